/* SPDX-License-Identifier: MIT */
/* Disks from the command line: every engine and option, data integrity, counters, failures. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/loop.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"

#define DISK_BYTES (8 << 20)

static char path[64];

static void set_up(void)
{
    int fd;

    strcpy(path, "/tmp/minivmm-e2e-blk-XXXXXX");
    fd = mkstemp(path);
    ck_assert(fd >= 0 && !ftruncate(fd, DISK_BYTES));
    close(fd);
}

static void tear_down(void)
{
    unlink(path);
}

/* Whether a program holds the lock on this file, as it does while it uses it as a disk. */
static bool is_locked(const void *name)
{
    FILE *locks = fopen("/proc/locks", "re");
    char line[128], inode[32];
    bool found = false;
    struct stat file;

    ck_assert(locks && !stat(name, &file));
    snprintf(inode, sizeof(inode), ":%lu ", (unsigned long)file.st_ino);
    while (!found && fgets(line, sizeof(line), locks))
        found = strstr(line, " FLOCK ") && strstr(line, inode);
    fclose(locks);
    return found;
}

/* Whether the last block has been written; from then on the benchmark only reads. */
static bool is_filled(const void *name)
{
    uint64_t last = 0;
    int fd = open(name, O_RDONLY | O_CLOEXEC);

    ck_assert(fd >= 0 && pread(fd, &last, sizeof(last), DISK_BYTES - 4096) == sizeof(last));
    close(fd);
    return last;
}

/* A value for --disk: "path=..." and more options. */
static const char *disk(const char *more)
{
    static char text[2][256];
    static unsigned next;
    char *at = text[next++ % 2];

    snprintf(at, sizeof(text[0]), "path=%s%s", path, more);
    return at;
}

static struct outcome run_blk(const char *program, const char *benches, const char *of)
{
    struct outcome run =
        program_run(program, "--mem", "64M", "--quick", "--bench", benches, "--disk", of,
                    "--report", "json", "--args", "bs=4k iodepth=1:32", NULL);

    ck_assert_msg(run.status == 0 && run.json, "%s: status %d\n%.500s", of, run.status, run.err);
    return run;
}

static void check_rows(const struct outcome *run, const char *of, size_t rows)
{
    size_t i;
    json_t *row;

    ck_assert_uint_eq(json_array_size(json_at(run->json, "benches")), rows);
    json_array_foreach (json_at(run->json, "benches"), i, row) {
        ck_assert_msg(!strcmp(json_text_at(row, "check"), "ok"), "%s: a check failed", of);
        ck_assert_int_gt(json_int_at(row, "ops"), 0);
        ck_assert_int_gt(json_int_at(row, "latency_ns.p50"), 0);
        ck_assert_int_le(json_int_at(row, "latency_ns.p50"), json_int_at(row, "latency_ns.p99"));
        ck_assert_int_le(json_int_at(row, "latency_ns.p99"),
                         json_integer_value(json_object_get(json_at(row, "latency_ns"), "p99.9")));
    }
}

static json_int_t exits(const json_t *row, const char *reason)
{
    return json_integer_value(json_object_get(json_at(row, "exits_user"), reason));
}

START_TEST(every_engine_and_switch_keeps_the_data)
{
    static const char *const more[] = {"",
                                       ",engine=sync",
                                       ",engine=uring",
                                       ",event-idx=off",
                                       ",indirect=off",
                                       ",event-idx=off,indirect=off,depth=128",
                                       ",notify=exit",
                                       ",notify=exit,event-idx=off",
                                       ",notify=poll,poll=adaptive",
                                       ",irq=none,notify=poll",
                                       ",engine=sync,irq=none,notify=exit"};
    static const char *const fileless[] = {"engine=mem,size=8M", "engine=null,size=8M"};

    set_up();
    for (unsigned i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        /* All benchmarks with the defaults; one that reads and writes with the others. */
        struct outcome run = run_blk("minivmm", i ? "blk.randrw" : "blk", disk(more[i]));

        check_rows(&run, more[i], i ? 2 : 10);
        outcome_free(&run);
    }
    for (unsigned i = 0; i < sizeof(fileless) / sizeof(fileless[0]); i++) {
        struct outcome run = run_blk("minivmm", "blk.randrw,blk.write", fileless[i]);

        check_rows(&run, fileless[i], 4);
        outcome_free(&run);
        run = run_blk("bench-native", "blk.randrw,blk.write", fileless[i]);
        check_rows(&run, fileless[i], 4);
        outcome_free(&run);
    }
    tear_down();
}
END_TEST

START_TEST(exits_and_kicks_are_what_the_switches_say)
{
    static const struct {
        const char *disk;
        bool exits, kicks, interrupts;
    } way[] = {
        {"engine=mem,size=8M,notify=poll,irq=none", false, false, false},
        {"engine=mem,size=8M,notify=ioeventfd,irq=none", false, true, false},
        {"engine=mem,size=8M,notify=exit,irq=none", true, true, false},
        {"engine=mem,size=8M,notify=poll,irq=irqfd", true, false, true},
        {"engine=mem,size=8M,notify=ioeventfd,irq=irqfd", true, true, true},
    };

    for (unsigned i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
        struct outcome run = run_blk("minivmm", "blk.randread", way[i].disk);
        /* At depth 1, where operations share no kicks or interrupts. */
        const json_t *row = json_array_get(json_at(run.json, "benches"), 0);
        json_int_t reads = exits(row, "mmio_read"), writes = exits(row, "mmio_write");
        double ops = (double)json_int_at(row, "ops");
        /* The report has quotients, which are rounded. */
        double kicks = round(json_real_value(json_at(row, "kicks_per_io")) * ops);
        double interrupts = round(json_real_value(json_at(row, "interrupts_per_io")) * ops);

        /* On one CPU, the device may be done before the driver first checks. */
        bool must = sysconf(_SC_NPROCESSORS_ONLN) > 1;

        ck_assert_msg(way[i].exits ? !must || reads + writes : !(reads + writes), "%s: %lld exits",
                      way[i].disk, (long long)(reads + writes));
        ck_assert_msg(way[i].kicks ? kicks > 0 : kicks == 0, "%s: %g kicks", way[i].disk, kicks);
        ck_assert_msg(way[i].interrupts ? !must || interrupts > 0 : interrupts == 0,
                      "%s: %g interrupts", way[i].disk, interrupts);
        ck_assert_msg(kicks <= ops, "%s: %g kicks for %g operations", way[i].disk, kicks, ops);
        /* An interrupt's cause is read and acknowledged; a kick that is an exit is one write. */
        if (way[i].interrupts) {
            ck_assert_int_eq(reads, writes);
            ck_assert_msg((double)reads <= interrupts, "%s: more exits than interrupts",
                          way[i].disk);
        } else {
            ck_assert_int_eq(reads, 0);
        }
        outcome_free(&run);
    }
}
END_TEST

START_TEST(without_a_disk_there_is_a_temporary_one)
{
    struct outcome run = program_run("minivmm", "--mem", "64M", "--quick", "--bench",
                                     "blk.randread", "--report", "json", NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert(json_is_true(json_at(run.json, "config.disks.0.temporary")));
    ck_assert_int_gt(json_int_at(run.json, "devices.blk0.reads"), 0);
    outcome_free(&run);
    run = program_run("minivmm", "--mem", "64M", "--bench", "none", "--report", "json", NULL);
    ck_assert_int_eq(run.status, 0);
    ck_assert_uint_eq(json_array_size(json_at(run.json, "config.disks")), 0);
    outcome_free(&run);
}
END_TEST

/* How many bytes of the file are this one. */
static size_t count_bytes(char byte)
{
    static char content[DISK_BYTES];
    int fd = open(path, O_RDONLY);
    size_t count = 0;

    ck_assert_int_eq(read(fd, content, sizeof(content)), DISK_BYTES);
    close(fd);
    for (size_t i = 0; i < sizeof(content); i++)
        count += content[i] == byte;
    return count;
}

START_TEST(data_of_others_is_left_alone)
{
    static const char *const programs[] = {"minivmm", "bench-native"};
    static char mine[4096];
    int fd;

    set_up();
    memset(mine, 'x', sizeof(mine));
    fd = open(path, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, mine, sizeof(mine), 512 << 10), sizeof(mine));
    close(fd);
    for (unsigned i = 0; i < 2; i++) {
        struct outcome run = program_run(programs[i], "--mem", "64M", "--quick", "--bench", "blk",
                                         "--disk", disk(""), "--report", "json", NULL);

        ck_assert_int_eq(run.status, 1);
        ck_assert_msg(strstr(run.err, ": --bench blk: no result: the disk holds other data"), "%s",
                      run.err);
        ck_assert_str_eq(json_text_at(run.json, "end.missing.0"), "blk");
        ck_assert_uint_eq(json_array_size(json_at(run.json, "skipped")), 5);
        ck_assert(strstr(json_text_at(run.json, "skipped.0.reason"), "other data") != NULL);
        ck_assert_uint_eq(count_bytes('x'), sizeof(mine));
        outcome_free(&run);
    }
    tear_down();
}
END_TEST

START_TEST(one_writer_or_many_readers)
{
    const char *reader[] = {"--guest",   "spin.elf",  "--mem", "64M", "--disk",
                            disk(",ro"), "--timeout", "1",     NULL};
    const char *writer[] = {"--guest", "spin.elf",  "--mem", "64M", "--disk",
                            NULL,      "--timeout", "60",    NULL};
    struct program first, second;
    struct outcome run;

    set_up();
    run = run_blk("minivmm", "blk.randread", disk(""));
    outcome_free(&run);
    /* Two on one image, and benchmarks that only read it. */
    reader[5] = disk(",ro");
    first = program_start("minivmm", reader);
    second = program_start("minivmm", reader);
    run = run_blk("minivmm", "blk.randread", disk(",ro"));
    check_rows(&run, "ro", 2);
    outcome_free(&run);
    run = program_wait(&first);
    outcome_free(&run);
    run = program_wait(&second);
    outcome_free(&run);
    /* A writer excludes all others. */
    writer[5] = disk("");
    first = program_start("minivmm", writer);
    program_await(&first, is_locked, path);
    expect_failure(2, "another program uses it", "--mem", "64M", "--bench", "none", "--disk",
                   disk(""), NULL);
    expect_failure(2, "another program writes to it", "--mem", "64M", "--bench", "none", "--disk",
                   disk(",ro"), NULL);
    kill(first.pid, SIGTERM);
    run = program_wait(&first);
    outcome_free(&run);
    tear_down();
}
END_TEST

START_TEST(hostile_drivers_stop_their_disk_only)
{
    static const char *const ways[] = {"head", "circle", "address", "devices", "index", "register"};

    set_up();
    for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct outcome run =
            program_run("minivmm", "--guest", program_path("bad_disk.elf"), "--mem", "64M",
                        "--disk", disk(""), "--args", ways[i], "--report", "json", NULL);

        ck_assert_msg(run.status == 0, "%s: %d %s", ways[i], run.status, run.err);
        ck_assert_int_eq(json_int_at(run.json, "devices.blk0.device_errors"), 3);
        ck_assert_int_ge(json_int_at(run.json, "devices.blk0.reads"), 4);
        ck_assert(*json_text_at(run.json, "devices.blk0.error"));
        outcome_free(&run);
    }
    tear_down();
}
END_TEST

START_TEST(the_entropy_device_works)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("random.elf"), "--mem",
                                     "64M", "--report", "json", NULL);

    ck_assert_msg(run.status == 0, "%d %s%s", run.status, run.err, run.out);
    outcome_free(&run);
}
END_TEST

/* The last record that the guest reported as flushed. */
static unsigned long last_flushed(const char *log)
{
    const char *at = log;
    unsigned long last = 0;

    while ((at = strstr(at, "flushed "))) {
        const char *end = strchr(at, '\n');

        /* Ignore an incomplete line. */
        if (end)
            last = strtoul(at + 8, NULL, 10);
        at += 8;
    }
    return last;
}

static void verify_journal(unsigned long last)
{
    struct outcome run;
    char args[64];

    snprintf(args, sizeof(args), "only=verify from=%lu", last);
    run = program_run("minivmm", "--guest", program_path("journal.elf"), "--mem", "64M", "--disk",
                      disk(""), "--args", args, "--report", "json", NULL);
    ck_assert_msg(run.status == 0 && strstr(run.err, ": 0 lost"), "%lu: %d %s", last, run.status,
                  run.err);
    outcome_free(&run);
}

static bool has_direct(void)
{
    int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

START_TEST(killing_the_vmm_loses_nothing)
{
    const char *args[] = {"--guest", NULL, "--mem", "64M", "--disk", NULL, NULL};
    static const char *const engines[] = {",engine=sync", ",engine=uring", ",engine=uring,direct",
                                          ",notify=poll"};

    for (unsigned i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
        struct program program;
        struct outcome run;
        unsigned long last;

        set_up();
        if (strstr(engines[i], "direct") && !has_direct()) {
            suite_skip_part("direct access: not on this file system");
            tear_down();
            continue;
        }
        args[1] = program_path("journal.elf");
        args[5] = disk(engines[i]);
        program = program_start("minivmm", args);
        program_await_text(&program, "flushed ");
        usleep(200000 + i * 13000);
        kill(program.pid, SIGKILL);
        run = program_wait(&program);
        last = last_flushed(run.err);
        ck_assert_msg(run.status == 128 + SIGKILL && last, "%d %s", run.status, run.err);
        verify_journal(last);
        outcome_free(&run);
        tear_down();
    }
}
END_TEST

START_TEST(a_full_disk_is_an_error_and_no_loss)
{
    char folder[] = "/tmp/minivmm-e2e-full-XXXXXX";
    struct outcome run;
    unsigned long last;
    int fd;

    ck_assert(mkdtemp(folder));
    if (suite_mount(folder, "size=1m")) {
        rmdir(folder);
        suite_skip_part("a full disk: nothing can be mounted here");
        return;
    }
    snprintf(path, sizeof(path), "%s/disk", folder);
    fd = open(path, O_RDWR | O_CREAT, 0600);
    ck_assert(fd >= 0 && !ftruncate(fd, DISK_BYTES));
    close(fd);
    run = program_run("minivmm", "--guest", program_path("journal.elf"), "--mem", "64M", "--disk",
                      disk(""), "--report", "json", NULL);
    last = last_flushed(run.err);
    ck_assert_msg(run.status == 1 && strstr(run.err, "the disk failed a write") && last, "%d %s",
                  run.status, run.err);
    ck_assert_int_gt(json_int_at(run.json, "devices.blk0.errors"), 0);
    ck_assert_int_eq(json_int_at(run.json, "devices.blk0.device_errors"), 0);
    outcome_free(&run);
    verify_journal(last);
    ck_assert_int_eq(umount2(folder, MNT_DETACH), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(a_file_that_shrinks_is_an_error)
{
    static const char *const programs[] = {"minivmm", "bench-native"};

    for (unsigned i = 0; i < 2; i++) {
        const char *args[] = {"--mem",    "64M",  "--bench", "blk.randread", "--disk", NULL,
                              "--report", "json", NULL};
        struct program program;
        struct outcome run;

        set_up();
        args[5] = disk("");
        program = program_start(programs[i], args);
        program_await(&program, is_filled, path);
        ck_assert(!truncate(path, 4096));
        run = program_wait(&program);
        ck_assert_msg(run.status == 1, "%s: %d %s", programs[i], run.status, run.err);
        ck_assert_msg(strstr(run.err, "blk.randread failed: I/O error: ") != NULL, "%s", run.err);
        outcome_free(&run);
        tear_down();
    }
}
END_TEST

START_TEST(a_file_that_is_unlinked_goes_on)
{
    const char *args[] = {"--mem",    "64M",  "--bench", "blk.randread", "--disk", NULL,
                          "--report", "json", NULL};
    struct program program;
    struct outcome run;

    set_up();
    args[5] = disk("");
    program = program_start("minivmm", args);
    program_await(&program, is_locked, path);
    tear_down();
    run = program_wait(&program);
    ck_assert_msg(run.status == 0, "%d %s", run.status, run.err);
    check_rows(&run, "unlinked", 2);
    outcome_free(&run);
}
END_TEST

/* A mounted or otherwise exclusively opened block device is refused. */
START_TEST(a_device_in_use_is_refused)
{
    char file[] = "/tmp/minivmm-loop-XXXXXX", disk[128];
    const char *device;
    struct outcome run;
    int fd = mkstemp(file), other;

    ck_assert_int_eq(ftruncate(fd, 8 << 20), 0);
    close(fd);
    device = loop_attach(file, false);
    if (!device) {
        printf("skipped: a loop device\n");
        unlink(file);
        return;
    }
    /* As mount(2) opens it. */
    other = open(device, O_RDWR | O_EXCL | O_CLOEXEC);
    snprintf(disk, sizeof(disk), "path=%s", device);
    run = program_run("minivmm", "--mem", "64M", "--bench", "none", "--disk", disk, NULL);
    ck_assert_int_eq(run.status, 2);
    ck_assert_msg(strstr(run.err, "busy; try: umount") != NULL, "%s", run.err);
    outcome_free(&run);
    close(other);
    run = program_run("minivmm", "--mem", "64M", "--bench", "none", "--disk", disk, NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    outcome_free(&run);
    loop_detach(device);
    unlink(file);
}
END_TEST

SUITE_MAIN_KVM("blk", a_device_in_use_is_refused, every_engine_and_switch_keeps_the_data,
               exits_and_kicks_are_what_the_switches_say, without_a_disk_there_is_a_temporary_one,
               data_of_others_is_left_alone, one_writer_or_many_readers,
               hostile_drivers_stop_their_disk_only, the_entropy_device_works,
               killing_the_vmm_loses_nothing, a_full_disk_is_an_error_and_no_loss,
               a_file_that_shrinks_is_an_error, a_file_that_is_unlinked_goes_on)
