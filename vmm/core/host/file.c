/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/core/base/units.h"
#include "vmm/core/host/file.h"

int file_beside_program(const char *name, char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    char *slash;

    if (length < 0 || (size_t)length == size - 1)
        return -1; /* a truncated path would name another directory */
    path[length] = '\0';
    slash = strrchr(path, '/');
    if (!slash || (size_t)(slash + 1 - path) + strlen(name) >= size)
        return -1;
    strcpy(slash + 1, name);
    return 0;
}

int file_read(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    text[0] = '\0';
    if (fd < 0)
        return -1;
    got = read(fd, text, size - 1);
    close(fd);
    if (got < 0)
        return -1;
    if (got > 0 && text[got - 1] == '\n')
        got--;
    text[got] = '\0';
    return 0;
}

int file_read_u64(const char *path, uint64_t *value)
{
    char text[32];

    return file_read(path, text, sizeof(text)) ? -1 : units_parse_u64(text, value);
}

int file_status_field(const char *path, const char *key, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    int found = -1;

    if (!file)
        return -1;
    while (found && getline(&line, &room, file) >= 0) {
        char *value, *end;

        if (strncmp(line, key, strlen(key)))
            continue;
        value = line + strlen(key);
        value += strspn(value, " \t:");
        end = value + strlen(value);
        while (end > value && isspace((unsigned char)end[-1]))
            end--;
        *end = '\0';
        snprintf(text, size, "%s", value);
        found = 0;
    }
    free(line);
    fclose(file);
    return found;
}

int file_status_kb(const char *path, const char *key, uint64_t *bytes)
{
    char text[64];

    char *end;

    if (file_status_field(path, key, text, sizeof(text)))
        return -1;
    *bytes = strtoull(text, &end, 10) << 10;
    return end == text ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *file, int type, struct FTW *place)
{
    (void)file, (void)type, (void)place;
    return remove(path);
}

int file_remove_tree(const char *path)
{
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

int file_flush(FILE *file, const char *name, struct err *err)
{
    bool failed = ferror(file);

    if (fflush(file) || failed) {
        err_sys(err, ERR_FAILED, "cannot write to %s", name);
        /* Already reported: the exit handler (inherit.c) must not report it again. */
        __fpurge(file);
        clearerr(file);
        return errno == ENOSPC || errno == EFBIG ? err_hint(err, "another file, or free disk space")
                                                 : -1;
    }
    return 0;
}

bool file_is_regular(const char *path)
{
    struct stat file;

    return stat(path, &file) ? errno == ENOENT : S_ISREG(file.st_mode);
}

int file_can_replace(const char *path)
{
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];

    if (fd >= 0) {
        close(fd);
        return 0;
    }
    if (errno != ENOENT || !*path)
        return -1;
    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash + 1 - path) : 1,
             slash ? path : ".");
    return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS);
}

bool file_has_content(const char *path)
{
    struct stat file;

    return !stat(path, &file) && S_ISREG(file.st_mode) && file.st_size > 0;
}

/* Write, sync and close: some file systems report ENOSPC only on fsync(2). */
static int write_whole(int fd, const char *text, size_t bytes)
{
    int error = 0;

    while (bytes && !error) {
        ssize_t written = write(fd, text, bytes);

        if (written >= 0) {
            text += written;
            bytes -= (size_t)written;
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    if (!error && fsync(fd) && errno != EINVAL && errno != EROFS)
        error = errno;
    if (close(fd) && !error)
        error = errno;
    errno = error;
    return error ? -1 : 0;
}

/* Create a file beside `path` with the owner and mode of `path` if that exists. Returns it, or -1.
 */
static int open_beside(const char *path, char beside[PATH_MAX])
{
    struct stat old;
    bool exists = !stat(path, &old);
    int fd;

    if (exists && !S_ISREG(old.st_mode))
        return -1;
    if (snprintf(beside, PATH_MAX, "%s.%d.new", path, getpid()) >= PATH_MAX)
        return -1;
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 && exists &&
        (old.st_nlink > 1 || fchown(fd, old.st_uid, old.st_gid) ||
         fchmod(fd, old.st_mode & 0777))) {
        close(fd);
        unlink(beside);
        return -1;
    }
    return fd;
}

/* Overwrite in place; allocate first, so that the old content stays if there is no space. */
static int write_into(const char *path, const char *text, size_t bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    struct stat old;

    if (fd < 0)
        return -1;
    if (!fstat(fd, &old) && S_ISREG(old.st_mode)) {
        int error = bytes ? posix_fallocate(fd, 0, (off_t)bytes) : 0;

        if (!error && ftruncate(fd, (off_t)bytes))
            error = errno;
        if (error) {
            if (ftruncate(fd, old.st_size))
                error = errno;
            close(fd);
            errno = error;
            return -1;
        }
    }
    return write_whole(fd, text, bytes);
}

int file_replace(const char *path, const char *text, size_t bytes)
{
    char *real = realpath(path, NULL); /* keep symbolic links */
    char beside[PATH_MAX];
    int fd = open_beside(real ? real : path, beside), result = -1;
    bool whole = false;

    if (fd >= 0) {
        whole = !write_whole(fd, text, bytes);
        if (whole)
            result = rename(beside, real ? real : path);
        if (result) {
            int error = errno;

            unlink(beside);
            errno = error;
        }
    }
    free(real);
    /* The directory may be read-only, or the file a mount point. */
    return fd < 0 || (whole && result) ? write_into(path, text, bytes) : result;
}

bool file_same(const char *a, const char *b)
{
    struct stat one, other;

    if (!strcmp(a, b))
        return true;
    return !stat(a, &one) && !stat(b, &other) && (S_ISREG(one.st_mode) || S_ISBLK(one.st_mode)) &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}
