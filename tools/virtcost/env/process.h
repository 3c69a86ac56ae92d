/* SPDX-License-Identifier: MIT */
/*
 * Child processes: started, waited for, and never left behind.
 *
 * A child has no terminal: its standard input is /dev/null and its session is its own, so that it
 * runs in a terminal as it does in a script. Every wait here looks at the user's stop and has an
 * end, and notices a child, or this process, that was stopped or frozen meanwhile: what was timed
 * then is void.
 */
#ifndef VIRTCOST_ENV_PROCESS_H
#define VIRTCOST_ENV_PROCESS_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

/* How long a child is waited for. */
struct patience {
    int stop_fd;            /* readable when the user wants to stop; -1: not looked at */
    unsigned seconds;       /* the child is ended after these; 0: there is no limit */
    bool gentle;            /* it is ended by SIGTERM, and by SIGKILL only after some seconds */
    const char *started;    /* a file that the child makes; NULL: none */
    unsigned start_seconds; /* the child is ended if that file is missing after these */
    void (*notice)(const char *text); /* called when the child is found stopped; may be NULL */
    const char *name;                 /* of the child, in the notice */
};

enum process_why {
    PROCESS_ENDED,   /* by itself */
    PROCESS_STOPPED, /* by the user */
    PROCESS_LATE,    /* it met the limit, or never made its file, */
    PROCESS_HALTED,  /* or stayed stopped by a signal such as SIGTTIN */
};

struct process_end {
    enum process_why why;
    int status;       /* of waitpid(2) */
    int halt_signal;  /* with PROCESS_HALTED */
    bool interrupted; /* the child, or this process, was stopped or frozen meanwhile */
};

/*
 * process_start(): run argv[0], a path or a name to be looked for, in a session of its own, which
 * has no terminal, with /dev/null as its standard input and these as its standard output and
 * standard error. It ends when this process does; what a container's runtime has started does not
 * (tools/virtcost/env/keeper.h). The moment, by CLOCK_MONOTONIC, is in its environment as
 * MINIVMM_T0. Returns its number, or -1 with errno.
 */
pid_t process_start(const char *const *argv, int out, int err_out);

/*
 * process_wait(): wait for its end, or end it, with its process group, once patience is over.
 * Returns 0, or -1 with errno; it is gone in both cases.
 */
int process_wait(pid_t pid, const struct patience *patience, struct process_end *end);

/* process_end(): SIGTERM, and SIGKILL after some seconds; waits until it is gone. */
void process_end(pid_t pid);

/* process_kill(): SIGKILL to its process group, without waiting. */
void process_kill(pid_t pid);

/* process_reap(): wait until it is gone, after process_kill(). */
void process_reap(pid_t pid);

/*
 * process_run(): run a command to its end; an `out` or `err_out` of -1 goes nowhere. Returns 0, or
 * -1 with errno.
 */
int process_run(const char *const *argv, int out, int err_out, const struct patience *patience,
                struct process_end *end);

/* process_ok(): whether a command ended by itself, with status 0. */
bool process_ok(const struct process_end *end);

/*
 * process_poll(): poll(2) for at most `ms`, the revents being 0 where nothing is ready. *away is
 * set if this process was stopped or frozen meanwhile, and left alone otherwise.
 */
int process_poll(struct pollfd *fds, unsigned count, int ms, bool *away);

/*
 * process_was_halted(): whether a child (-1: any) was stopped or continued by a signal since the
 * last call. *signal becomes the one that stopped it, 0 if it goes on.
 */
bool process_was_halted(pid_t pid, int *signal);

#endif
