/* SPDX-License-Identifier: MIT */
/*
 * Child processes: start, wait, and leave none behind.
 *
 * A child has no terminal: its standard input is /dev/null and it has its own session, so that it
 * behaves the same in a terminal and in a script. Every wait here has a timeout, ends when the user
 * stops virtcost, and detects whether the child or this process was stopped or frozen, which voids
 * timings.
 */
#ifndef VIRTCOST_ENV_PROCESS_H
#define VIRTCOST_ENV_PROCESS_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

/* Time limits of a wait for a child. */
struct patience {
    int stop_fd;                      /* readable when the user stops virtcost; -1: none */
    unsigned seconds;                 /* time limit of the child; 0: none */
    bool gentle;                      /* end it with SIGTERM first, SIGKILL some seconds later */
    const char *started;              /* a file that the child creates; NULL: none */
    unsigned start_seconds;           /* time limit for creating that file */
    void (*notice)(const char *text); /* called when the child is stopped; may be NULL */
    const char *name;                 /* name of the child in the notice */
};

enum process_why {
    PROCESS_ENDED,   /* it exited or was killed by a signal of others */
    PROCESS_STOPPED, /* the user stopped virtcost */
    PROCESS_LATE,    /* it exceeded a time limit */
    PROCESS_HALTED,  /* it stayed stopped by a signal such as SIGTTIN */
};

struct process_end {
    enum process_why why;
    int status;       /* as from waitpid(2) */
    int halt_signal;  /* valid with PROCESS_HALTED */
    bool interrupted; /* the child or this process was stopped or frozen */
};

/*
 * process_start(): run argv[0], a path or a name searched in PATH, in its own session without a
 * terminal, with /dev/null as standard input and `out` and `err_out` as standard output and error.
 * The kernel kills it when this process exits, but not what a container runtime has started
 * (tools/virtcost/env/cleaner.h). Its environment has the CLOCK_MONOTONIC time of the start as
 * MINIVMM_T0. Returns its process ID, or -1 with errno.
 */
pid_t process_start(const char *const *argv, int out, int err_out);

/*
 * process_wait(): wait until it exits, or kill it and its process group when a limit of `patience`
 * is exceeded. Returns 0, or -1 with errno; it is reaped in both cases.
 */
int process_wait(pid_t pid, const struct patience *patience, struct process_end *end);

/* process_end(): send SIGTERM, some seconds later SIGKILL, and wait until it has exited. */
void process_end(pid_t pid);

/* process_kill(): send SIGKILL to its process group without waiting. */
void process_kill(pid_t pid);

/* process_reap(): wait until it has exited, after process_kill(). */
void process_reap(pid_t pid);

/*
 * process_run(): run a command until it exits; an `out` or `err_out` of -1 is discarded. Returns 0,
 * or -1 with errno.
 */
int process_run(const char *const *argv, int out, int err_out, const struct patience *patience,
                struct process_end *end);

/* process_ok(): whether a command exited with status 0. */
bool process_ok(const struct process_end *end);

/*
 * process_poll(): poll(2) for at most `ms` milliseconds; clears revents on a timeout. Sets *away to
 * true if this process was stopped or frozen meanwhile, else leaves it unchanged.
 */
int process_poll(struct pollfd *fds, unsigned count, int ms, bool *away);

/*
 * process_was_halted(): whether a child (-1: any) was stopped or continued by a signal since the
 * last call. Sets *signal to the one that stopped it, 0 if it was continued.
 */
bool process_was_halted(pid_t pid, int *signal);

#endif
