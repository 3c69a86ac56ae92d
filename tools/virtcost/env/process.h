/* SPDX-License-Identifier: MIT */
/* Child processes: started, waited for, and never left behind. */
#ifndef VIRTCOST_ENV_PROCESS_H
#define VIRTCOST_ENV_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * process_start(): run argv[0], a path or a name to be looked for, in a process group of its own
 * with these as its standard output and standard error. It ends when this process does;
 * what a container's runtime has started does not (tools/virtcost/env/keeper.h). The moment, by
 * CLOCK_MONOTONIC, is in its environment as MINIVMM_T0. Returns its number, or -1 with errno.
 */
pid_t process_start(const char *const *argv, int out, int err_out);

/*
 * process_wait(): wait for its end, or for `stop_fd` to become readable, after which it is killed:
 * at once, or, if it is `gentle`, only if SIGTERM has not ended it after some seconds. Returns
 * whether it was stopped, or -1 with errno; *status is that of waitpid(2).
 */
int process_wait(pid_t pid, int stop_fd, bool gentle, int *status);

/* process_end(): SIGTERM, and SIGKILL after some seconds. */
void process_end(pid_t pid);

/* process_run(): run a command whose output nobody reads, to its end. Returns its status. */
int process_run(const char *const *argv, int err_out);

#endif
