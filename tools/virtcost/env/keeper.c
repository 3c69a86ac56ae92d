/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "tools/virtcost/env/hugepages.h"
#include "tools/virtcost/env/keeper.h"
#include "vmm/host/file.h"

/* Until the other end of the pipe is closed: its process is gone, however it went. */
static void await_end(int fd)
{
    char byte;

    while (read(fd, &byte, 1) > 0)
        ;
}

/* In the child; does not return. */
static void keep(const struct container *container, const char *folder, int fd)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t all;

    /* What ends the other is no reason to go. */
    setsid();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int out = STDIN_FILENO; nowhere >= 0 && out <= STDERR_FILENO; out++)
        dup2(nowhere, out);
    await_end(fd);
    hugepages_give_back_left();
    if (!access(folder, F_OK)) {
        container_remove_all(container);
        file_remove_tree(folder);
    }
    _exit(0);
}

int keeper_start(const struct container *container, const char *folder, struct err *err)
{
    int fds[2];
    pid_t pid;

    if (pipe2(fds, O_CLOEXEC))
        return err_sys(err, ERR_FAILED, "pipe");
    pid = fork();
    if (!pid) {
        close(fds[1]);
        keep(container, folder, fds[0]);
    }
    close(fds[0]);
    /* The other end stays open for as long as this process lives. */
    return pid < 0 ? err_sys(err, ERR_FAILED, "fork") : 0;
}
