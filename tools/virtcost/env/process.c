/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/virtcost/env/process.h"
#include "vmm/core/base/clock.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/inherit.h"

/* Time limits of a process to exit after SIGTERM, and of the kernel after SIGKILL. */
#define GRACE_MS 5000
#define REAP_MS  10000

/* Interval of checks on a silent child: long enough not to disturb a measurement. */
#define TICK_MS 100

/* A wake-up this much too late, without waiting for a CPU, means that the process was stopped. */
#define AWAY_NS 250000000

/* Time limit of a child stopped by a signal. */
#define HALT_NS 60000000000

/*
 * In the child: duplicate /dev/null and the files to descriptors 0, 1 and 2, even if they have
 * these numbers now. Returns 0, or -1 with errno, the descriptors unchanged.
 */
static int take_descriptors(int out, int err_out)
{
    int from[] = {open("/dev/null", O_RDWR | O_CLOEXEC), out, err_out};

    for (int i = 0; i < 3; i++)
        if (from[i] < 0 || (from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) < 0)
            return -1;
    for (int i = 0; i < 3; i++)
        dup2(from[i], i);
    return 0;
}

/* In the child: exec the program. Does not return. */
static void become(const char *const *argv, int out, int err_out)
{
    char now[24];

    /* Neither Ctrl-C nor the terminal's job control may reach the child directly. */
    setsid();
    inherit_pass_on();
    /* Else its output would be mistaken for this process's. */
    if (take_descriptors(out, err_out)) {
        dprintf(err_out, "%s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    snprintf(now, sizeof(now), "%" PRIu64, clock_mono_ns());
    setenv("MINIVMM_T0", now, 1);
    execvp(argv[0], (char *const *)argv);
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

pid_t process_start(const char *const *argv, int out, int err_out)
{
    pid_t us = getpid(), pid = fork();

    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != us)
        _exit(127); /* the parent exited before the prctl() */
    become(argv, out, err_out);
    return -1;
}

/* CLOCK_BOOTTIME: it runs while the machine is suspended. */
static uint64_t boot_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Time this thread was runnable without a CPU; 0 if the kernel does not report it. */
static uint64_t waited_ns(void)
{
    char text[96], *end;

    if (file_read("/proc/thread-self/schedstat", text, sizeof(text)))
        return 0;
    strtoull(text, &end, 10);
    return strtoull(end, NULL, 10);
}

static int poll_clear(struct pollfd *fds, unsigned count, int ms)
{
    int ready = poll(fds, count, ms);

    for (unsigned i = 0; ready < 0 && i < count; i++)
        fds[i].revents = 0;
    return ready;
}

int process_poll(struct pollfd *fds, unsigned count, int ms, bool *away)
{
    uint64_t due = boot_ns() + (uint64_t)ms * 1000000, waited = waited_ns(), now;
    int ready = poll_clear(fds, count, ms);

    now = boot_ns();
    if (now > due + AWAY_NS && now > due + AWAY_NS + waited_ns() - waited)
        *away = true;
    return ready;
}

bool process_was_halted(pid_t pid, int *signal)
{
    siginfo_t info = {0};

    if (waitid(pid < 0 ? P_ALL : P_PID, (id_t)(pid < 0 ? 0 : pid), &info,
               WSTOPPED | WCONTINUED | WNOHANG) ||
        !info.si_pid)
        return false;
    *signal = info.si_code == CLD_CONTINUED ? 0 : info.si_status;
    return true;
}

/* Wait for a file without timer ticks. Returns whether it is readable. */
static bool wait_readable(int fd, int timeout_ms)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    uint64_t end = clock_mono_ns() + (uint64_t)timeout_ms * 1000000, now;

    while (poll_clear(&one, 1, timeout_ms) < 0 && (now = clock_mono_ns()) < end)
        timeout_ms = (int)((end - now) / 1000000) + 1;
    return one.revents;
}

/* A child that is waited for. */
struct watched {
    pid_t pid;
    int fd;
    const struct patience *patience;
    struct process_end *end;
    uint64_t began_ns, halted_ns; /* halted_ns: when it was stopped; 0: it is not stopped */
};

static void look_for_halt(struct watched *child)
{
    const struct patience *patience = child->patience;
    char text[256];
    int signal;

    if (!process_was_halted(child->pid, &signal))
        return;
    child->end->interrupted = true;
    child->halted_ns = signal ? clock_mono_ns() : 0;
    child->end->halt_signal = signal;
    if (!signal || !patience->notice)
        return;
    snprintf(text, sizeof(text), "%s was stopped by signal %d (%s); try: kill -CONT %d",
             patience->name ? patience->name : "a program", signal, strsignal(signal),
             (int)child->pid);
    patience->notice(text);
}

static bool is_late(const struct watched *child)
{
    const struct patience *patience = child->patience;
    uint64_t seconds = (clock_mono_ns() - child->began_ns) / 1000000000;

    if (patience->seconds && seconds >= patience->seconds)
        return true;
    return patience->started && seconds >= patience->start_seconds &&
           access(patience->started, F_OK);
}

static enum process_why await(struct watched *child)
{
    struct pollfd fds[] = {{.fd = child->fd, .events = POLLIN},
                           {.fd = child->patience->stop_fd, .events = POLLIN}};

    for (;;) {
        process_poll(fds, 2, TICK_MS, &child->end->interrupted);
        look_for_halt(child);
        if (fds[0].revents)
            return PROCESS_ENDED;
        if (fds[1].revents)
            return PROCESS_STOPPED;
        if (is_late(child))
            return PROCESS_LATE;
        if (child->halted_ns && clock_mono_ns() - child->halted_ns > HALT_NS)
            return PROCESS_HALTED;
    }
}

/* Signal the whole group: a runtime may be a script. */
static void signal_group(pid_t pid, int signal)
{
    if (kill(-pid, signal))
        kill(pid, signal);
}

void process_kill(pid_t pid)
{
    signal_group(pid, SIGKILL);
}

/* End it with SIGTERM. Returns whether it exited. */
static bool end_gently(pid_t pid, int fd)
{
    signal_group(pid, SIGTERM);
    signal_group(pid, SIGCONT); /* a stopped process acts on no other signal */
    return wait_readable(fd, GRACE_MS);
}

/* Do not wait for a process that the kernel cannot kill because it waits for a device. */
static int reap(pid_t pid, int fd, int *status)
{
    if (fd >= 0 && !wait_readable(fd, REAP_MS))
        return -1;
    return waitpid(pid, status, 0) == pid ? 0 : -1;
}

static int open_pid(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int process_wait(pid_t pid, const struct patience *patience, struct process_end *end)
{
    struct watched child = {pid, open_pid(pid), patience, end, clock_mono_ns(), 0};
    int error = errno;
    bool stopped;

    *end = (struct process_end){0};
    end->why = child.fd < 0 ? PROCESS_STOPPED : await(&child);
    if (end->why == PROCESS_ENDED || !patience->gentle || child.fd < 0 ||
        !end_gently(pid, child.fd))
        process_kill(pid);
    if (reap(pid, child.fd, &end->status))
        end->status = SIGKILL;
    if (child.fd < 0) {
        errno = error;
        return -1;
    }
    close(child.fd);
    /* A signal to both processes counts as the user's stop. */
    stopped = patience->stop_fd >= 0 && wait_readable(patience->stop_fd, 0);
    if (stopped && (patience->gentle || !WIFEXITED(end->status)))
        end->why = PROCESS_STOPPED;
    return 0;
}

void process_end(pid_t pid)
{
    int fd = open_pid(pid);

    if (fd < 0 || !end_gently(pid, fd))
        process_kill(pid);
    reap(pid, fd, NULL);
    if (fd >= 0)
        close(fd);
}

void process_reap(pid_t pid)
{
    int fd = open_pid(pid);

    reap(pid, fd, NULL);
    if (fd >= 0)
        close(fd);
}

int process_run(const char *const *argv, int out, int err_out, const struct patience *patience,
                struct process_end *end)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC), result = -1;
    pid_t pid = nowhere < 0
                    ? -1
                    : process_start(argv, out < 0 ? nowhere : out, err_out < 0 ? nowhere : err_out);

    *end = (struct process_end){.status = -1};
    if (pid > 0)
        result = process_wait(pid, patience, end);
    if (nowhere >= 0)
        close(nowhere);
    return result;
}

bool process_ok(const struct process_end *end)
{
    return end->why == PROCESS_ENDED && !end->status;
}
