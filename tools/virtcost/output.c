/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "tools/virtcost/output.h"

int output_open(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

    if (fd < 0) {
        err_sys(err, ERR_FAILED, "--output %s", path);
        return err_hint(err, "a file that can be written");
    }
    return fd;
}

int output_write(int fd, const char *text, size_t bytes)
{
    while (bytes) {
        ssize_t written = write(fd, text, bytes);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            text += written;
            bytes -= (size_t)written;
        }
    }
    return 0;
}

int output_replace(int fd, const char *text, size_t bytes)
{
    /* Only a regular file can be emptied; a pipe or a terminal need not be. */
    if (ftruncate(fd, 0) && errno != EINVAL)
        return -1;
    if (output_write(fd, text, bytes))
        return -1;
    /* Some file systems tell only now that there is no room. */
    return fsync(fd) && errno != EINVAL && errno != EROFS ? -1 : 0;
}
