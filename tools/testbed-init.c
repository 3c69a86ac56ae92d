/* SPDX-License-Identifier: MIT */
/*
 * PID 1 of the machine that tools/testbed boots.
 *
 * It mounts the usual file systems, loads kvm and kvm_amd, runs the command and powers the machine
 * off. The interface to tools/testbed:
 *
 *     ttyS0               kernel console; also errors of this program until ttyS2 is open
 *     ttyS1, ttyS2        standard output and standard error of the command, unmodified
 *     ttyS3               exit status of the command, in decimal; empty if the machine died before
 *     /command            the command: argv, NUL-terminated strings
 *     /mod                the kernel modules
 *     TESTBED_NPT=0|1     required value of kvm_amd's parameter npt
 *     TESTBED_MERGE=1     merge standard error into standard output, in order
 *     TESTBED_DISKS=N     wait for N disks, /dev/nvme0n1 to /dev/nvme0nN
 *     TESTBED_OUT=N       write /out as a tar archive to disk N
 *
 * The TESTBED_ words are on the kernel command line; the kernel passes unknown words to PID 1 as
 * environment variables. If the command cannot be executed, the status is 126 or 127, as in a
 * shell; if the machine cannot be set up as requested, it is FAILED.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define FAILED        125
#define COMMAND_BYTES 65536
#define COMMAND_ARGS  1024
#define DISK_WAIT_MS  20000

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct mount_point {
    const char *type;
    const char *path;
} mounts[] = {
    {"devtmpfs", "/dev"},
    {"proc", "/proc"},
    {"sysfs", "/sys"},
    {"tmpfs", "/tmp"},
    {"tmpfs", "/dev/shm"},
    {"hugetlbfs", "/dev/hugepages"},
    {"debugfs", "/sys/kernel/debug"},
    {"tracefs", "/sys/kernel/tracing"},
};

/* Names in /dev that udev, not the kernel, creates on other systems. */
static const struct link {
    const char *target;
    const char *path;
} links[] = {
    {"/proc/self/fd", "/dev/fd"},
    {"/proc/self/fd/0", "/dev/stdin"},
    {"/proc/self/fd/1", "/dev/stdout"},
    {"/proc/self/fd/2", "/dev/stderr"},
};

/* The environment of the command. */
static char *command_env[] = {"PATH=/payload:/bin", "HOME=/tmp", "TERM=dumb", NULL};

/* An output stream of the command: a pipe, copied to a serial port. */
struct stream {
    int in;   /* read end of the pipe */
    int out;  /* write end, for the command */
    int port; /* serial port */
};

static int port_open(const char *tty)
{
    int port = open(tty, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    struct termios mode;

    if (port < 0 || tcgetattr(port, &mode))
        return -1;
    cfmakeraw(&mode);
    mode.c_cflag |= CLOCAL;
    return tcsetattr(port, TCSANOW, &mode) ? -1 : port;
}

/*
 * Wait until the last byte has left the port. tcdrain() is not enough: it waits a few milliseconds
 * for the transmitter, and the reader on the host may be slower.
 */
static void port_drain(int port)
{
    int lsr = 0;

    while (!ioctl(port, TIOCSERGETLSR, &lsr) && !(lsr & TIOCSER_TEMT))
        usleep(1000);
}

/* Write dirty pages to the disks, report the status and power the machine off. */
static _Noreturn void power_off(int status)
{
    int port = port_open("/dev/ttyS3");

    sync();
    if (port >= 0) {
        dprintf(port, "%d\n", status);
        port_drain(port);
    }
    reboot(RB_POWER_OFF);
    _exit(FAILED); /* the kernel panics when PID 1 exits, which ends the machine as well */
}

static _Noreturn __attribute__((format(printf, 1, 2))) void die(const char *format, ...)
{
    char message[256];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args); /* before other calls change errno (%m) */
    va_end(args);
    dprintf(STDERR_FILENO, "testbed: %s\n", message);
    port_drain(STDERR_FILENO);
    power_off(FAILED);
}

/* The number in an environment variable, 0 if it is not set. */
static int env_number(const char *name)
{
    const char *value = getenv(name);

    return value ? atoi(value) : 0;
}

static void mount_all(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
        const struct mount_point *m = &mounts[i];

        if (mkdir(m->path, 0755) && errno != EEXIST)
            die("mkdir %s: %m", m->path);
        if (mount(m->type, m->path, m->type, 0, NULL))
            die("mount %s: %m", m->path);
    }
    for (size_t i = 0; i < ARRAY_SIZE(links); i++)
        if (symlink(links[i].target, links[i].path))
            die("symlink %s: %m", links[i].path);
}

static void loopback_up(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
        die("network interface lo: %m");
    close(fd);
}

static void module_load(const char *path, const char *parameters)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
        die("%s: %m", path);
    close(fd);
}

/* Load KVM. Read the parameter back: kvm_amd ignores npt=1 if the CPU has no nested paging. */
static void kvm_load(bool npt)
{
    char value = 0;
    int fd;

    module_load("/mod/irqbypass.ko", "");
    module_load("/mod/kvm.ko", "");
    module_load("/mod/kvm-amd.ko", npt ? "npt=1" : "npt=0");

    if (access("/dev/kvm", F_OK))
        die("/dev/kvm: %m");
    fd = open("/sys/module/kvm_amd/parameters/npt", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, &value, 1) != 1)
        die("kvm_amd's parameter npt: %m");
    close(fd);
    if (value != (npt ? 'Y' : 'N'))
        die("kvm_amd has npt=%c, requested npt=%d", value, npt);
}

/* The built-in NVMe driver may still be probing its disks when PID 1 starts. */
static void disks_wait(int count)
{
    char path[32];

    for (int i = 1; i <= count; i++) {
        snprintf(path, sizeof(path), "/dev/nvme0n%d", i);
        for (int ms = 0; access(path, F_OK); ms++) {
            if (ms == DISK_WAIT_MS)
                die("%s did not appear within %d s", path, DISK_WAIT_MS / 1000);
            usleep(1000);
        }
    }
}

/*
 * The command writes to a pipe rather than the port, so that its output is not a terminal. The
 * write end stays open here, so that the pipe never hangs up.
 */
static void stream_open(struct stream *stream, const char *tty)
{
    int ends[2];

    stream->port = port_open(tty);
    if (stream->port < 0 || pipe2(ends, O_CLOEXEC) || fcntl(ends[0], F_SETFL, O_NONBLOCK))
        die("%s: %m", tty);
    stream->in = ends[0];
    stream->out = ends[1];
}

/* Copy the present content of the pipe to the port. */
static void stream_pump(const struct stream *stream)
{
    char buf[4096];
    ssize_t len;

    while ((len = read(stream->in, buf, sizeof(buf))) > 0)
        for (ssize_t done = 0, n; done < len; done += n) {
            n = write(stream->port, buf + done, (size_t)(len - done));
            if (n < 0)
                die("writing output: %m");
        }
}

/* The argument vector of the command. A single string is a command line for the shell. */
static char **command_read(void)
{
    static char *args[COMMAND_ARGS + 1];
    static char *line[] = {"sh", "-c", NULL, NULL};
    static char buf[COMMAND_BYTES];
    int fd = open("/command", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
    size_t count = 0;

    if (len <= 0)
        die("/command: %m");
    if (len == sizeof(buf))
        die("the command is too long");
    close(fd);
    for (char *s = buf; s < buf + len; s += strlen(s) + 1) {
        if (count == COMMAND_ARGS)
            die("the command has too many arguments");
        args[count++] = s;
    }
    line[2] = args[0];
    return count > 1 ? args : line;
}

static _Noreturn void command_exec(char **args, int out, int err)
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    environ = command_env;
    if (!chdir("/payload"))
        execvp(args[0], args);
    dprintf(STDERR_FILENO, "testbed: %s: %m\n", args[0]);
    _exit(errno == ENOENT ? 127 : 126);
}

static int exit_status(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static void on_child(int signal)
{
    (void)signal; /* interrupts ppoll(), nothing else */
}

/*
 * Run the command and copy its output until it ends, then kill all remaining processes. Returns its
 * exit status.
 */
static int command_run(char **args, const struct stream *streams, nfds_t count)
{
    struct pollfd fds[2];
    sigset_t none, child;
    int wait_status = 0;
    pid_t pid, ended;

    sigemptyset(&none);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL); /* unblocked only in ppoll() */
    signal(SIGCHLD, on_child);

    pid = fork();
    if (pid < 0)
        die("fork: %m");
    if (!pid)
        command_exec(args, streams[0].out, streams[count - 1].out);

    for (nfds_t i = 0; i < count; i++)
        fds[i] = (struct pollfd){.fd = streams[i].in, .events = POLLIN};
    do {
        ppoll(fds, count, NULL, &none);
        for (nfds_t i = 0; i < count; i++)
            stream_pump(&streams[i]);
        while ((ended = waitpid(-1, &wait_status, WNOHANG)) > 0 && ended != pid)
            ; /* an orphan */
    } while (ended != pid);

    kill(-1, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    for (nfds_t i = 0; i < count; i++) {
        stream_pump(&streams[i]);
        port_drain(streams[i].port);
    }
    return exit_status(wait_status);
}

/* Write /out to a disk as a raw tar archive. */
static void out_save(int disk)
{
    char path[32];
    char *args[] = {"/bin/tar", "-c", "-f", path, "-C", "/out", ".", NULL};
    int wait_status;
    pid_t pid;

    snprintf(path, sizeof(path), "/dev/nvme0n%d", disk);
    pid = fork();
    if (!pid)
        command_exec(args, STDERR_FILENO, STDERR_FILENO);
    if (pid < 0 || waitpid(pid, &wait_status, 0) != pid || exit_status(wait_status))
        die("cannot save /out");
}

int main(void)
{
    const struct sched_param first = {.sched_priority = 1};
    const bool npt = env_number("TESTBED_NPT");
    const int disks = env_number("TESTBED_DISKS");
    const int out_disk = env_number("TESTBED_OUT");
    const nfds_t count = env_number("TESTBED_MERGE") ? 1 : 2;
    struct stream streams[2];
    int status;

    mount_all();
    stream_open(&streams[0], "/dev/ttyS1");
    if (count == 2)
        stream_open(&streams[1], "/dev/ttyS2");
    dup2(streams[count - 1].port, STDERR_FILENO);
    loopback_up();
    disks_wait(disks);
    kvm_load(npt);

    /*
     * Run with a real-time priority, so that output reaches the host before the command continues:
     * if the command crashes the machine, its last lines are not lost.
     */
    if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first))
        die("sched_setscheduler: %m");
    status = command_run(command_read(), streams, count);
    if (out_disk)
        out_save(out_disk);
    power_off(status);
}
