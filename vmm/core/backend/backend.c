/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#include "vmm/core/backend/engine.h"
#include "vmm/core/base/units.h"

#define SECTOR_BYTES 512u

/* The time to wait for a lock, two seconds: a loaded machine closes an io_uring late. */
#define LOCK_RETRY_NS 10000000
#define LOCK_RETRIES  200u

/* The directory without TMPDIR. */
#define TEMP_FOLDER "/tmp"

int backend_flushed(struct backend *backend, int error)
{
    if (error && !backend->flush_error)
        backend->flush_error = error;
    return backend->flush_error;
}

static int open_temporary(const struct config_disk *config, struct err *err)
{
    const char *folder = getenv("TMPDIR");
    int fd;

    if (!folder || !*folder)
        folder = TEMP_FOLDER;
    fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        char name[4096];

        snprintf(name, sizeof(name), "%s/minivmm-disk-XXXXXX", folder);
        fd = mkostemp(name, O_CLOEXEC);
        if (fd >= 0)
            unlink(name);
    }
    if (fd < 0 || ftruncate(fd, (off_t)config->bytes)) {
        int error = errno;

        err_sys(err, ERR_FAILED, "cannot create a temporary disk in %s", folder);
        if (fd >= 0)
            close(fd);
        return err_hint(err, "another TMPDIR, or --disk path=FILE,size=256M,create%s",
                        error == EFBIG ? ", or ulimit -f unlimited" : "");
    }
    return fd;
}

/*
 * The kernel closes an io_uring asynchronously, and with it releases the lock of a process that was
 * just killed. Retry after this pause.
 */
static const struct timespec lock_pause = {.tv_nsec = LOCK_RETRY_NS};

/* O_EXCL on a block device fails if it is mounted or another writer has it open with O_EXCL. */
static int exclusive_flag(const char *path)
{
    struct stat file;

    return !stat(path, &file) && S_ISBLK(file.st_mode) ? O_EXCL : 0;
}

/*
 * Create the file or open an existing one. Sets *made if it was created, so that it is removed
 * again if it cannot be used; an EINVAL for O_DIRECT comes after the creation.
 */
static int create_file(const char *path, int flags, bool *made)
{
    int fd = open(path, flags | O_CREAT | O_EXCL, 0600);

    if (fd < 0 && errno == EEXIST)
        return open(path, flags | O_CREAT, 0600);
    *made = fd >= 0 || errno == EINVAL;
    return fd;
}

/* Without O_NONBLOCK, opening a FIFO would block; use_file() clears the flag. */
static int open_file(const struct config_disk *config, bool *made, struct err *err)
{
    int exclusive = config->read_only ? 0 : exclusive_flag(config->path);
    int flags = O_CLOEXEC | O_NONBLOCK | (config->read_only ? O_RDONLY : O_RDWR) | exclusive |
                (config->direct ? O_DIRECT : 0);
    int fd = config->create && !exclusive ? create_file(config->path, flags, made)
                                          : open(config->path, flags);
    int error;

    for (unsigned i = 0; fd < 0 && exclusive && errno == EBUSY && i < LOCK_RETRIES; i++) {
        nanosleep(&lock_pause, NULL);
        fd = open(config->path, flags);
    }
    if (fd >= 0)
        return fd;
    error = errno;
    err_sys(err, ERR_USAGE, "--disk path=%s", config->path);
    if (error == EBUSY)
        return err_hint(err, "umount, stop the program that uses it, or ro");
    if ((error == EINVAL || error == EOPNOTSUPP) && config->direct) {
        err_set(err, ERR_USAGE,
                "--disk path=%s,direct: the file system does not support direct I/O", config->path);
        return err_hint(err, "without direct");
    }
    if (error == ENOENT)
        return err_hint(err, "an existing file, or size=1G,create");
    if (error == EROFS || error == EACCES || error == EPERM || error == ETXTBSY)
        return err_hint(err, "ro, or a writable file");
    return err_hint(err, "a regular file or a block device");
}

/* A read-only block device can be opened for writing; only the writes fail. */
static int check_writable(int fd, const struct stat *file, const struct config_disk *config,
                          struct err *err)
{
    int read_only = 0;

    if (config->read_only || !S_ISBLK(file->st_mode) || ioctl(fd, BLKROGET, &read_only) ||
        !read_only)
        return 0;
    err_set(err, ERR_USAGE, "--disk path=%s: the device is read-only", config->path);
    return err_hint(err, "ro, or blockdev --setrw %s", config->path);
}

/* An advisory lock: one writer or any number of readers. */
static int lock_file(int fd, const struct config_disk *config, struct err *err)
{
    int failed = -1;

    for (unsigned i = 0; i < LOCK_RETRIES && failed; i++) {
        failed = flock(fd, (config->read_only ? LOCK_SH : LOCK_EX) | LOCK_NB);
        if (failed && errno != EWOULDBLOCK)
            break;
        if (failed)
            nanosleep(&lock_pause, NULL);
    }
    if (!failed)
        return 0;
    if (errno != EWOULDBLOCK)
        return err_sys(err, ERR_FAILED, "--disk path=%s: cannot lock the file", config->path);
    err_set(err, ERR_USAGE, "--disk path=%s: another program %s", config->path,
            config->read_only ? "writes to it" : "uses it");
    return err_hint(err, config->read_only ? "a copy, or wait until that program ends"
                                           : "a copy, or ro in all programs");
}

static int file_bytes(int fd, const struct stat *file, const struct config_disk *config,
                      uint64_t *bytes, struct err *err)
{
    int result = 0;

    *bytes = (uint64_t)file->st_size;
    if (S_ISBLK(file->st_mode))
        result = ioctl(fd, BLKGETSIZE64, bytes);
    else if (config->create && !*bytes)
        result = ftruncate(fd, (off_t)(*bytes = config->bytes));
    if (result) {
        char size[UNITS_TEXT_MAX];
        int error = errno;

        if (S_ISBLK(file->st_mode))
            return err_sys(err, ERR_FAILED, "--disk path=%s: BLKGETSIZE64", config->path);
        err_sys(err, ERR_FAILED, "--disk path=%s: cannot extend the file to %s", config->path,
                units_format_size(size, *bytes));
        return err_hint(err, error == EFBIG ? "a smaller size=, or ulimit -f unlimited"
                                            : "a smaller size=, or more disk space");
    }
    return 0;
}

static int check_bytes(const struct config_disk *config, uint64_t bytes, struct err *err)
{
    char has[UNITS_TEXT_MAX], wanted[UNITS_TEXT_MAX];

    if (config->bytes && config->bytes != bytes) {
        err_set(err, ERR_USAGE, "--disk path=%s,size=%s: the existing size is %s", config->path,
                units_format_size(wanted, config->bytes), units_format_size(has, bytes));
        return err_hint(err, "without size=, or another file");
    }
    if (!bytes || bytes % SECTOR_BYTES) {
        err_set(err, ERR_USAGE,
                bytes ? "--disk path=%s: size %" PRIu64 " is not a multiple of 512 bytes"
                      : "--disk path=%s: size is %" PRIu64,
                config->path, bytes);
        return err_hint(err, bytes ? "truncate -s %%512 FILE" : "size=1G,create");
    }
    return 0;
}

/* The alignment and unit of direct I/O. */
static unsigned block_bytes(int fd, const struct stat *file, const struct config_disk *config)
{
    static const unsigned sizes[] = {512, 1024, 2048, 4096};
    int sector = 0;

    if (!config->direct)
        return SECTOR_BYTES;
    if (S_ISBLK(file->st_mode) && !ioctl(fd, BLKSSZGET, &sector) && sector > 0)
        return (unsigned)sector;
    /* Not every kernel reports it for files (STATX_DIOALIGN), so try. */
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        _Alignas(4096) uint8_t block[4096];

        if (pread(fd, block, sizes[i], 0) >= 0)
            return sizes[i];
    }
    return 4096;
}

static int read_status(int fd, const struct config_disk *config, struct stat *file, struct err *err)
{
    return fstat(fd, file) ? err_sys(err, ERR_FAILED, "--disk path=%s", config->path) : 0;
}

static int use_file(struct backend *backend, const struct config_disk *config, bool *made,
                    struct err *err)
{
    struct stat file;

    if (read_status(backend->fd, config, &file, err))
        return -1;
    if (!S_ISREG(file.st_mode) && !S_ISBLK(file.st_mode)) {
        err_set(err, ERR_USAGE, "--disk path=%s: not a regular file or block device", config->path);
        return err_hint(err, "a regular file or a block device");
    }
    if (check_writable(backend->fd, &file, config, err))
        return -1;
    /* With O_NONBLOCK, io_uring would fail with EAGAIN on some files instead of waiting. */
    if (fcntl(backend->fd, F_SETFL, fcntl(backend->fd, F_GETFL) & ~O_NONBLOCK))
        return err_sys(err, ERR_FAILED, "--disk path=%s", config->path);
    /* Get the size under the lock: its previous holder may have created the file. */
    if (lock_file(backend->fd, config, err)) {
        *made = false; /* another program uses it */
        return -1;
    }
    if (read_status(backend->fd, config, &file, err) ||
        file_bytes(backend->fd, &file, config, &backend->bytes, err) ||
        check_bytes(config, backend->bytes, err))
        return -1;
    backend->block_bytes = block_bytes(backend->fd, &file, config);
    if (!(backend->bytes % backend->block_bytes))
        return 0;
    err_set(err, ERR_USAGE,
            "--disk path=%s,direct: the size is not a multiple of the block size, %u bytes",
            config->path, backend->block_bytes);
    return err_hint(err, "without direct, or truncate -s %%%u FILE", backend->block_bytes);
}

/* Files of tmpfs and ramfs are in the page cache, even where O_DIRECT is accepted. */
static bool is_cached(int fd, const struct config_disk *config)
{
    struct statfs fs;

    return !config->direct ||
           (!fstatfs(fd, &fs) && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC));
}

static const struct backend_ops *choose_engine(const struct config_disk *config)
{
    static const struct backend_ops *const engine[] = {
        [CONFIG_ENGINE_SYNC] = &engine_sync,
        [CONFIG_ENGINE_URING] = &engine_uring,
        [CONFIG_ENGINE_MEM] = &engine_mem,
        [CONFIG_ENGINE_NULL] = &engine_null,
    };

    if (config->engine == CONFIG_ENGINE_BEST)
        return engine_uring_works() ? &engine_uring : &engine_sync;
    return engine[config->engine];
}

int backend_open(struct backend *backend, const struct config_disk *config, unsigned depth,
                 struct err *err)
{
    bool made = false;

    *backend = (struct backend){
        .ops = choose_engine(config),
        .bytes = config->bytes,
        .block_bytes = SECTOR_BYTES,
        .read_only = config->read_only,
        .fd = -1,
        .depth = depth,
    };
    if (config->temporary)
        backend->fd = open_temporary(config, err);
    else if (config->path)
        backend->fd = open_file(config, &made, err);
    if ((backend->fd >= 0 || (!config->temporary && !config->path)) &&
        (!config->path || !use_file(backend, config, &made, err)) &&
        !backend->ops->open(backend, err)) {
        backend->cached = backend->fd >= 0 && is_cached(backend->fd, config);
        return 0;
    }
    if (made)
        unlink(config->path);
    if (backend->fd >= 0)
        close(backend->fd);
    backend->fd = -1;
    return -1;
}

void backend_close(struct backend *backend)
{
    /* Unlock explicitly: an io_uring may keep the file open for a while. */
    if (backend->fd >= 0)
        flock(backend->fd, LOCK_UN);
    backend->ops->close(backend);
    if (backend->fd >= 0)
        close(backend->fd);
    backend->fd = -1;
}
