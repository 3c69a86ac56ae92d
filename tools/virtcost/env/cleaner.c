/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/env/cgroup.h"
#include "tools/virtcost/env/cleaner.h"
#include "tools/virtcost/env/hugepages.h"
#include "vmm/core/host/file.h"

/* Time limit of its exit once nothing is left to clean up. */
#define END_MS 5000

/* Wait until the other end of the pipe is closed: virtcost has exited or was killed. */
static void await_end(int fd)
{
    char byte;

    while (read(fd, &byte, 1) > 0)
        ;
}

/* In the child; does not return. */
static void keep(struct container *container, const char *folder, pid_t owner, int fd)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int out = STDIN_FILENO; nowhere >= 0 && out <= STDERR_FILENO; out++)
        dup2(nowhere, out);
    await_end(fd);
    hugepages_give_back_left();
    if (*folder && !access(folder, F_OK)) {
        container_close(container);
        cgroup_sweep(owner);
        file_remove_tree(folder);
    }
    _exit(0);
}

/*
 * Run in its own session, so that signals to virtcost's terminal do not end it, and not as a child
 * of virtcost, which measures its children.
 */
static void detach(struct container *container, const char *folder, pid_t owner, int ended)
{
    setsid();
    if (!fork())
        keep(container, folder, owner, ended);
    _exit(0);
}

int cleaner_start(struct cleaner *cleaner, struct container *container, const char *folder,
                  struct err *err)
{
    pid_t owner = getpid(), pid;
    int ended[2] = {-1, -1}, alive[2] = {-1, -1};

    *cleaner = (struct cleaner){-1, -1};
    if (pipe2(ended, O_CLOEXEC))
        return err_sys(err, ERR_FAILED, "pipe");
    if (pipe2(alive, O_CLOEXEC)) {
        close(ended[0]);
        close(ended[1]);
        return err_sys(err, ERR_FAILED, "pipe");
    }
    pid = fork();
    /* The cleaner's end of the second pipe stays open as long as the cleaner lives. */
    if (!pid) {
        close(ended[1]);
        close(alive[0]);
        detach(container, folder, owner, ended[0]);
    }
    close(ended[0]);
    close(alive[1]);
    *cleaner = (struct cleaner){ended[1], alive[0]};
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return pid < 0 ? err_sys(err, ERR_FAILED, "fork") : 0;
}

void cleaner_end(struct cleaner *cleaner)
{
    struct pollfd gone = {.fd = cleaner->cleaner_fd, .events = POLLIN};

    if (cleaner->owner_fd < 0)
        return;
    close(cleaner->owner_fd);
    poll(&gone, 1, END_MS);
    close(cleaner->cleaner_fd);
    *cleaner = (struct cleaner){-1, -1};
}

void *cleaner_share(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}
