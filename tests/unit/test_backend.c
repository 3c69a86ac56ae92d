/* SPDX-License-Identifier: MIT */
/* The disk back-ends, on real files. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/backend/engine.h"

#define DISK_BYTES (1u << 20)
#define DEPTH      32u

static char path[FIXTURE_PATH_MAX];
static struct config_disk config;
static struct backend backend;

static const enum config_engine engines[] = {CONFIG_ENGINE_SYNC, CONFIG_ENGINE_URING,
                                             CONFIG_ENGINE_MEM};

static bool has_file(enum config_engine engine)
{
    return engine != CONFIG_ENGINE_MEM && engine != CONFIG_ENGINE_NULL;
}

static void make_file(void)
{
    fixture_file(path, "", 0);
    ck_assert(!truncate(path, DISK_BYTES));
}

static void must_open(enum config_engine engine)
{
    struct err err = {0};

    config = config_disk_default;
    config.engine = engine;
    if (has_file(engine)) {
        make_file();
        config.path = path;
    } else {
        config.bytes = DISK_BYTES;
    }
    ck_assert_msg(!backend_open(&backend, &config, DEPTH, &err), "%s", err.text);
    ck_assert_uint_eq(backend.bytes, DISK_BYTES);
}

static void close_all(void)
{
    backend_close(&backend);
    if (config.path)
        unlink(path);
}

/* Whether an engine can be tested on this host. */
static bool usable(enum config_engine engine)
{
    if (engine != CONFIG_ENGINE_URING || engine_uring_works())
        return true;
    suite_skip_part("io_uring is not available");
    return false;
}

/* Wait for an operation. Returns its error. */
static int finish(struct backend_io *io)
{
    struct backend_io *done;

    while (!backend_reap(&backend, &done, 1))
        backend_wait(&backend, -1);
    ck_assert_ptr_eq(done, io);
    return io->error;
}

static int transfer(enum backend_op op, uint64_t offset, void *data, size_t bytes)
{
    struct iovec iov = {data, bytes};
    struct backend_io io = {.op = op, .offset = offset, .bytes = bytes, .iov = &iov, .iovs = 1};

    backend_queue(&backend, &io);
    return finish(&io);
}

static int flush(void)
{
    struct backend_io io = {.op = BACKEND_FLUSH};

    backend_queue(&backend, &io);
    return finish(&io);
}

START_TEST(reads_return_what_was_written)
{
    static uint8_t out[65536], in[65536];

    for (unsigned e = 0; e < 3; e++) {
        if (!usable(engines[e]))
            continue;
        must_open(engines[e]);
        for (unsigned i = 0; i < sizeof(out); i++)
            out[i] = (uint8_t)(i * 7 + i / 256);
        for (size_t bytes = 512; bytes <= sizeof(out); bytes *= 2) {
            memset(in, 0, bytes);
            ck_assert_int_eq(transfer(BACKEND_WRITE, DISK_BYTES - bytes, out, bytes), 0);
            ck_assert_int_eq(transfer(BACKEND_READ, DISK_BYTES - bytes, in, bytes), 0);
            ck_assert_mem_eq(in, out, bytes);
        }
        ck_assert_int_eq(flush(), 0);
        close_all();
    }
}
END_TEST

START_TEST(iovecs_are_gathered)
{
    static uint8_t data[3000], found[3000];

    for (unsigned e = 0; e < 3; e++) {
        struct iovec iov[] = {{data, 1}, {data + 1, 998}, {data + 999, 1}, {data + 1000, 1560}};
        struct backend_io io = {.op = BACKEND_WRITE,
                                .writethrough = true,
                                .offset = 512,
                                .bytes = 2560,
                                .iov = iov,
                                .iovs = 4};

        if (!usable(engines[e]))
            continue;
        must_open(engines[e]);
        for (unsigned i = 0; i < sizeof(data); i++)
            data[i] = (uint8_t)(i + e);
        backend_queue(&backend, &io);
        ck_assert_int_eq(finish(&io), 0);
        ck_assert_int_eq(transfer(BACKEND_READ, 512, found, 2560), 0);
        ck_assert_mem_eq(found, data, 2560);
        close_all();
    }
}
END_TEST

START_TEST(many_are_in_flight)
{
    static uint8_t data[DEPTH][4096];

    for (unsigned e = 0; e < 3; e++) {
        struct backend_io io[DEPTH], *done[DEPTH];
        struct iovec iov[DEPTH];
        unsigned complete = 0, seen = 0;

        if (!usable(engines[e]))
            continue;
        must_open(engines[e]);
        for (unsigned i = 0; i < DEPTH; i++) {
            memset(data[i], (int)i + 1, sizeof(data[i]));
            iov[i] = (struct iovec){data[i], sizeof(data[i])};
            io[i] = (struct backend_io){
                .op = BACKEND_WRITE, .offset = i * 4096, .bytes = 4096, .iov = &iov[i], .iovs = 1};
            backend_queue(&backend, &io[i]);
        }
        while (complete < DEPTH) {
            unsigned count = backend_reap(&backend, done, 7);

            ck_assert_uint_le(count, 7);
            for (unsigned i = 0; i < count; i++) {
                ck_assert_int_eq(done[i]->error, 0);
                seen |= 1u << (done[i] - io);
            }
            complete += count;
            if (!count)
                backend_wait(&backend, -1);
        }
        ck_assert_uint_eq(complete, DEPTH);
        ck_assert_uint_eq(seen, UINT32_MAX);
        for (unsigned i = 0; i < DEPTH; i++) {
            ck_assert_int_eq(transfer(BACKEND_READ, i * 4096, data[0], 4096), 0);
            ck_assert_uint_eq(data[0][4095], i + 1);
        }
        close_all();
    }
}
END_TEST

START_TEST(null_moves_nothing)
{
    uint8_t data[512] = {42};

    must_open(CONFIG_ENGINE_NULL);
    ck_assert(!backend.ops->keeps_data);
    ck_assert_int_eq(transfer(BACKEND_READ, 0, data, sizeof(data)), 0);
    ck_assert_uint_eq(data[0], 42);
    ck_assert_int_eq(flush(), 0);
    close_all();
}
END_TEST

START_TEST(a_file_that_shrinks_is_an_io_error)
{
    static uint8_t data[8192];

    for (unsigned e = 0; e < 2; e++) {
        if (!usable(engines[e]))
            continue;
        must_open(engines[e]);
        ck_assert(!truncate(path, 4096));
        ck_assert_int_eq(transfer(BACKEND_READ, 8192, data, 4096), EIO);
        /* A partial read is an error too. */
        ck_assert_int_eq(transfer(BACKEND_READ, 0, data, 8192), EIO);
        ck_assert_int_eq(transfer(BACKEND_READ, 0, data, 4096), 0);
        close_all();
    }
}
END_TEST

START_TEST(an_unlinked_file_stays_usable)
{
    uint8_t data[512] = {1};

    must_open(CONFIG_ENGINE_SYNC);
    unlink(path);
    ck_assert_int_eq(transfer(BACKEND_WRITE, 0, data, sizeof(data)), 0);
    ck_assert_int_eq(flush(), 0);
    backend_close(&backend);
}
END_TEST

START_TEST(a_failed_flush_fails_all_later_ones)
{
    must_open(CONFIG_ENGINE_SYNC);
    ck_assert_int_eq(backend_flushed(&backend, 0), 0);
    ck_assert_int_eq(backend_flushed(&backend, ENOSPC), ENOSPC);
    ck_assert_int_eq(backend_flushed(&backend, 0), ENOSPC);
    ck_assert_int_eq(flush(), ENOSPC);
    close_all();
}
END_TEST

START_TEST(waiting_ends_with_an_event)
{
    static const enum config_engine all[] = {CONFIG_ENGINE_SYNC, CONFIG_ENGINE_URING,
                                             CONFIG_ENGINE_MEM, CONFIG_ENGINE_NULL};

    for (unsigned e = 0; e < 4; e++) {
        int event = eventfd(0, EFD_NONBLOCK);
        uint64_t one = 1, value;

        if (!usable(all[e]))
            continue;
        must_open(all[e]);
        /* Twice: a completed poll is submitted again. */
        for (unsigned i = 0; i < 2; i++) {
            struct backend_io *done;

            ck_assert_int_eq(write(event, &one, sizeof(one)), sizeof(one));
            backend_wait(&backend, event);
            ck_assert_int_eq(read(event, &value, sizeof(value)), sizeof(value));
            ck_assert_uint_eq(backend_reap(&backend, &done, 1), 0);
        }
        close(event);
        close_all();
    }
}
END_TEST

static void refuse(enum err_code code, const char *what, const char *hint)
{
    struct err err = {0};

    ck_assert_msg(backend_open(&backend, &config, DEPTH, &err) == -1, "%s was opened", config.path);
    ck_assert_int_eq(err.code, code);
    ck_assert_msg(strstr(err.text, what) && strstr(err.hint, hint), "%s; try: %s", err.text,
                  err.hint);
}

START_TEST(unsuitable_files_are_refused)
{
    char folder[] = "/tmp/minivmm-backend-XXXXXX", fifo[64];

    config = config_disk_default;
    ck_assert(mkdtemp(folder));
    snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
    ck_assert(!mkfifo(fifo, 0600));
    config.path = "/tmp/there/is/nothing";
    refuse(ERR_USAGE, "No such file", "size=1G,create");
    config.path = folder;
    refuse(ERR_USAGE, "Is a directory", "a regular file or a block device");
    config.path = fifo;
    refuse(ERR_USAGE, "not a regular file or block device", "a regular file");
    config.path = "/dev/zero";
    refuse(ERR_USAGE, "not a regular file or block device", "a regular file");
    unlink(fifo);
    rmdir(folder);
    fixture_file(path, "x", 1);
    config.path = path;
    refuse(ERR_USAGE, "size 1 is not a multiple of 512 bytes", "truncate");
    ck_assert(!truncate(path, 0));
    refuse(ERR_USAGE, "size is 0", "size=1G,create");
    unlink(path);
}
END_TEST

START_TEST(a_new_file_has_the_configured_size)
{
    struct err err = {0};
    struct stat file;

    fixture_file(path, "", 0);
    unlink(path);
    config = config_disk_default;
    config.path = path;
    config.create = true;
    config.bytes = DISK_BYTES;
    ck_assert_msg(!backend_open(&backend, &config, DEPTH, &err), "%s", err.text);
    backend_close(&backend);
    ck_assert(!stat(path, &file) && file.st_size == DISK_BYTES);
    /* An existing file of that size is used as it is. */
    ck_assert(!backend_open(&backend, &config, DEPTH, &err));
    backend_close(&backend);
    config.bytes = 2 * DISK_BYTES;
    refuse(ERR_USAGE, "the existing size is 1 MiB", "without size=");
    unlink(path);
}
END_TEST

START_TEST(o_nonblock_is_cleared)
{
    must_open(CONFIG_ENGINE_SYNC);
    ck_assert_int_eq(fcntl(backend.fd, F_GETFL) & O_NONBLOCK, 0);
    close_all();
}
END_TEST

/* Whether another process can open the file in this mode meanwhile. */
static bool other_opens(bool read_only)
{
    pid_t child = fork();
    int status;

    if (!child) {
        struct config_disk other = config_disk_default;
        struct backend its;
        struct err err = {0};

        other.path = path;
        other.engine = CONFIG_ENGINE_SYNC;
        other.read_only = read_only;
        _exit(backend_open(&its, &other, DEPTH, &err) ? 1 : 0);
    }
    waitpid(child, &status, 0);
    return !status;
}

START_TEST(one_writer_or_many_readers)
{
    struct err err = {0};

    must_open(CONFIG_ENGINE_SYNC);
    ck_assert(!other_opens(false) && !other_opens(true));
    backend_close(&backend);
    ck_assert(other_opens(false) && other_opens(true));
    config.read_only = true;
    ck_assert(!backend_open(&backend, &config, DEPTH, &err));
    ck_assert(!other_opens(false) && other_opens(true));
    close_all();
}
END_TEST

/* Another process creates the file first and sets its size while the lock is waited for. */
START_TEST(a_concurrently_created_file_is_kept)
{
    struct stat file;
    pid_t child;
    int fd;

    fixture_file(path, "", 0);
    fd = open(path, O_RDWR);
    ck_assert(fd >= 0 && !flock(fd, LOCK_EX));
    child = fork();
    if (!child) {
        usleep(100000);
        _exit(ftruncate(fd, 2 * DISK_BYTES));
    }
    close(fd);
    config = config_disk_default;
    config.path = path;
    config.create = true;
    config.bytes = DISK_BYTES;
    refuse(ERR_USAGE, "the existing size is 2 MiB", "without size=");
    ck_assert(!stat(path, &file) && file.st_size == 2 * DISK_BYTES);
    waitpid(child, NULL, 0);
    unlink(path);
}
END_TEST

/* An existing file stays, even an empty one. */
START_TEST(a_new_file_is_removed_on_error)
{
    const struct rlimit small = {DISK_BYTES, RLIM_INFINITY};

    signal(SIGXFSZ, SIG_IGN);
    ck_assert(!setrlimit(RLIMIT_FSIZE, &small));
    fixture_file(path, "", 0);
    config = config_disk_default;
    config.path = path;
    config.create = true;
    config.bytes = 2 * DISK_BYTES;
    refuse(ERR_FAILED, "2 MiB: File too large", "a smaller size=");
    ck_assert(!access(path, F_OK));
    unlink(path);
    refuse(ERR_FAILED, "2 MiB: File too large", "a smaller size=");
    ck_assert(access(path, F_OK));
}
END_TEST

START_TEST(a_temporary_disk_has_no_name)
{
    uint8_t data[512] = {7}, found[512] = {0};
    struct err err = {0};

    config = config_disk_temporary;
    ck_assert_msg(!backend_open(&backend, &config, DEPTH, &err), "%s", err.text);
    ck_assert_uint_eq(backend.bytes, CONFIG_DISK_TEMP_BYTES);
    ck_assert_int_eq(transfer(BACKEND_WRITE, 4096, data, sizeof(data)), 0);
    ck_assert_int_eq(transfer(BACKEND_READ, 4096, found, sizeof(found)), 0);
    ck_assert_mem_eq(data, found, sizeof(data));
    backend_close(&backend);
    ck_assert(!setenv("TMPDIR", "/there/is/nothing", 1));
    refuse(ERR_FAILED, "cannot create a temporary disk in /there/is/nothing", "TMPDIR");
}
END_TEST

/* Open a file with direct; skips the part if its file system does not support that. */
static bool open_direct(const char *at, const char *fallback)
{
    struct err err;

    config = config_disk_default;
    config.engine = CONFIG_ENGINE_SYNC;
    config.path = at;
    config.bytes = DISK_BYTES;
    config.create = config.direct = true;
    if (!backend_open(&backend, &config, DEPTH, &err))
        return true;
    suite_skip_part(fallback);
    return false;
}

START_TEST(cached_is_false_only_with_direct_io)
{
    for (unsigned i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
        if (!usable(engines[i]))
            continue;
        must_open(engines[i]);
        ck_assert_int_eq(backend.cached, has_file(engines[i]));
        close_all();
    }
    if (open_direct("minivmm-unit-direct", "no direct I/O in the working directory")) {
        ck_assert(!backend.cached);
        backend_close(&backend);
        unlink("minivmm-unit-direct");
    }
    if (open_direct("/dev/shm/minivmm-unit-direct", "no direct I/O on tmpfs")) {
        ck_assert(backend.cached);
        backend_close(&backend);
        unlink("/dev/shm/minivmm-unit-direct");
    }
}
END_TEST

SUITE_MAIN("backend", cached_is_false_only_with_direct_io, reads_return_what_was_written,
           iovecs_are_gathered, many_are_in_flight, null_moves_nothing,
           a_file_that_shrinks_is_an_io_error, an_unlinked_file_stays_usable,
           a_failed_flush_fails_all_later_ones, waiting_ends_with_an_event,
           unsuitable_files_are_refused, a_new_file_has_the_configured_size, o_nonblock_is_cleared,
           one_writer_or_many_readers, a_concurrently_created_file_is_kept,
           a_new_file_is_removed_on_error, a_temporary_disk_has_no_name)
