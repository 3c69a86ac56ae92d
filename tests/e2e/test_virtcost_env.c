/* SPDX-License-Identifier: MIT */
/*
 * virtcost's environments in ordinary use: in a terminal, under limits, stopped, with a runtime
 * that hangs, and with disks of all sorts.
 */
#include <fcntl.h>
#include <glob.h>
#include <linux/loop.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/stand_in.h"
#include "tests/support/suite.h"

#define PATH_BYTES 128

/* One block of a real run that takes no time. */
#define SHORT "run", "--quick", "--blocks", "1", "--mem", "64M"

/* What scripts take the place of: no container, and one step. */
#define FAKE "--bench", "row", "--envs", "native,vm"

static void pause_ms(unsigned ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&pause, NULL);
}

/* Whether containers can be run here: as root, with a runtime, and a program that is static. */
static bool has_container(void)
{
    struct outcome run =
        program_run("virtcost", SHORT, "--bench", "none", "--envs", "container,native", NULL);
    bool has = run.status == 0;

    ck_assert_msg(has || run.status == 77, "status %d: %s", run.status, run.err);
    if (!has)
        suite_skip_part(run.err);
    outcome_free(&run);
    return has;
}

/* Wait for a file to be there. */
static void await_file(const char *path)
{
    while (access(path, F_OK))
        pause_ms(5);
}

/* That no cgroup of a virtcost is left; the suite's time is up if one stays. */
static void check_no_cgroup(pid_t pid)
{
    static const char *const patterns[] = {"/sys/fs/cgroup/*virtcost-%d*",
                                           "/sys/fs/cgroup/*/virtcost-%d*",
                                           "/sys/fs/cgroup/*/*/virtcost-%d*"};

    for (unsigned i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        char pattern[64];
        glob_t found;

        snprintf(pattern, sizeof(pattern), patterns[i], (int)pid);
        while (!glob(pattern, 0, NULL, &found)) {
            globfree(&found);
            pause_ms(10);
        }
    }
}

/* A program in the foreground of a terminal of its own. */
struct terminal {
    pid_t pid;
    int fd;
    char said[16384];
};

static struct terminal terminal_start(const char *const *args)
{
    struct terminal terminal = {0};
    const char *argv[32] = {program_path("virtcost")};

    fflush(NULL);
    terminal.pid = forkpty(&terminal.fd, NULL, NULL, NULL);
    ck_assert_int_ge(terminal.pid, 0);
    if (!terminal.pid) {
        for (unsigned i = 0; args[i]; i++)
            argv[i + 1] = args[i];
        execv(argv[0], (char *const *)argv);
        _exit(126);
    }
    return terminal;
}

/* All that it says until its end. Returns its status, as program_wait() has it. */
static int terminal_wait(struct terminal *terminal)
{
    size_t used = 0;
    ssize_t got;
    int status;

    while (used < sizeof(terminal->said) - 1 &&
           (got = read(terminal->fd, terminal->said + used, sizeof(terminal->said) - 1 - used)) > 0)
        used += (size_t)got;
    ck_assert_int_eq(waitpid(terminal->pid, &status, 0), terminal->pid);
    close(terminal->fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A child that reads the terminal would be stopped, and one that cannot be is no reason to hang. */
START_TEST(a_terminal_makes_no_difference)
{
    static const char *const real[] = {SHORT, "--bench", "fma", "--envs", "native,container", NULL};
    static const char *const fake[] = {"run", FAKE, "--blocks", "1", NULL};
    struct terminal terminal;

    folder_begin("cat; cat </dev/tty; stty -F /dev/tty sane; " RIGHT);
    terminal = terminal_start(fake);
    ck_assert_msg(!terminal_wait(&terminal), "%s", terminal.said);
    folder_end();
    if (!has_container())
        return;
    terminal = terminal_start(real);
    ck_assert_msg(!terminal_wait(&terminal), "%s", terminal.said);
    check_has(terminal.said, " container ");
    check_no_cgroup(terminal.pid);
}
END_TEST

static bool is_in_folder(const char *pattern)
{
    glob_t found;
    bool there = !glob(in_folder(pattern), 0, NULL, &found);

    if (there)
        globfree(&found);
    return there;
}

/* With nothing left, be it while a runtime is looked for, a container runs, or one is made. */
START_TEST(ctrl_c_ends_it_in_every_phase)
{
    static const char *const args[] = {"run",    "--mem",          "64M", "--bench", "load.idle",
                                       "--envs", "container,null", NULL};
    static const unsigned after_ms[] = {30, 150, 500};

    if (!has_container())
        return;
    for (unsigned i = 0; i < sizeof(after_ms) / sizeof(after_ms[0]); i++) {
        struct terminal terminal;
        int status;

        folder_begin(NULL);
        unsetenv("MINIVMM_BUILD");
        terminal = terminal_start(args);
        pause_ms(after_ms[i]);
        ck_assert_int_eq(write(terminal.fd, "\003", 1), 1);
        status = terminal_wait(&terminal);
        /* Before it heeds signals, the signal itself ends it. */
        ck_assert_msg(status == 1 || (!i && status == 128 + SIGINT), "%d: %s", status,
                      terminal.said);
        check_no_cgroup(terminal.pid);
        ck_assert(!is_in_folder("virtcost-*"));
        folder_end();
    }
}
END_TEST

/* Killed outright, it leaves its files and cgroups to a process that removes them. */
START_TEST(nothing_is_left_of_one_that_is_killed)
{
    static const char *const args[] = {"run",     "density", "--count",          "3",
                                       "--quick", "--envs",  "container,native", NULL};
    static const unsigned after_ms[] = {120, 400, 700};

    if (!has_container())
        return;
    for (unsigned i = 0; i < sizeof(after_ms) / sizeof(after_ms[0]); i++) {
        struct program program;
        struct outcome run;

        folder_begin(NULL);
        unsetenv("MINIVMM_BUILD");
        program = program_start("virtcost", args);
        pause_ms(after_ms[i]);
        kill(program.pid, SIGKILL);
        run = program_wait(&program);
        check_no_cgroup(program.pid);
        while (is_in_folder("virtcost-*"))
            pause_ms(10);
        outcome_free(&run);
        folder_end();
    }
}
END_TEST

/* A runtime that does not end is ended, with what it has started. */
START_TEST(a_runtime_that_hangs_is_ended)
{
    const char *args[] = {"run", "--bench", "row", "--runtime", NULL, NULL};
    char runtime[2 * PATH_BYTES], ran[2 * PATH_BYTES];
    struct program program;
    struct outcome run;
    int pid, status;
    FILE *file;

    /* What is orphaned is ours. */
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    folder_begin(RIGHT);
    script("runc", "case \"$*\" in *run*) ;; *) exit 0;; esac\n"
                   "sleep 1234567 & echo $! >\"$0.new\"; mv \"$0.new\" \"$0.ran\"; wait");
    strcpy(runtime, in_folder("runc"));
    strcpy(ran, in_folder("runc.ran"));
    args[4] = runtime;
    program = program_start("virtcost", args);
    await_file(ran);
    kill(program.pid, SIGTERM);
    run = program_wait(&program);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "stopped: 0 blocks complete");
    outcome_free(&run);
    file = fopen(ran, "r");
    ck_assert(file && fscanf(file, "%d", &pid) == 1);
    fclose(file);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    folder_end();
}
END_TEST

/* What a child's stop voids, and that the user is told at once, lest it seem to hang. */
START_TEST(a_child_that_is_stopped_is_reported)
{
    const char *args[] = {"run", FAKE, "--blocks", "1", "-o", NULL, NULL};
    char path[2 * PATH_BYTES], said[256] = "";
    struct program program;
    struct outcome run;
    const char *pid;
    json_t *json, *entry;
    size_t i;

    folder_begin("kill -STOP $$; " RIGHT);
    args[8] = strcpy(path, in_folder("json"));
    program = program_start("virtcost", args);
    while (!(pid = strstr(said, "kill -CONT ")) || !strchr(pid, '\n')) {
        pause_ms(5);
        said[pread(program.err, said, sizeof(said) - 1, 0)] = '\0';
    }
    check_has(said, "virtcost: minivmm was stopped by signal 19 (Stopped (signal)); try: ");
    kill(atoi(pid + strlen("kill -CONT ")), SIGCONT);
    run = program_wait(&program);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "bench: vm has no result");
    check_has(run.out, "vm        no result (1 void)");
    check_has(run.out, "warning  vm: row, 1 thr: stopped or frozen meanwhile in 1 of the runs");
    json = load(path);
    json_array_foreach (json_at(json, "runs"), i, entry) {
        bool vm = !strcmp(json_text_at(entry, "env"), "vm");

        ck_assert_int_eq(json_has(entry, "report.benches.0.interrupted"), vm);
    }
    json_decref(json);
    outcome_free(&run);
    folder_end();
}
END_TEST

static int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC), failed = fd < 0;

    if (fd >= 0) {
        failed = write(fd, text, strlen(text)) != (ssize_t)strlen(text);
        close(fd);
    }
    return failed ? -1 : 0;
}

/* A cgroup of version 1 for a test, or an empty text. */
static const char *make_group(char group[64], const char *controller)
{
    snprintf(group, 64, "/sys/fs/cgroup/%s/test-%d", controller, (int)getpid());
    if (mkdir(group, 0755))
        *group = '\0';
    return group;
}

static int write_group(const char *group, const char *name, const char *text)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof(path), "%s/%s", group, name);
    return write_text(path, text);
}

static void hold(pid_t pid, const char *group)
{
    char text[16];

    if (!*group) {
        kill(pid, SIGSTOP);
        pause_ms(500);
        kill(pid, SIGCONT);
        return;
    }
    snprintf(text, sizeof(text), "%d", (int)pid);
    ck_assert_int_eq(write_group(group, "cgroup.procs", text), 0);
    ck_assert_int_eq(write_group(group, "freezer.state", "FROZEN"), 0);
    pause_ms(500);
    ck_assert_int_eq(write_group(group, "freezer.state", "THAWED"), 0);
}

/* With Ctrl-Z, say, or by a cgroup: what it timed meanwhile is void. */
START_TEST(being_stopped_itself_is_noticed)
{
    const char *args[] = {"run", FAKE, "--blocks", "1", NULL};
    char group[64] = "";

    for (unsigned i = 0; i < 2; i++) {
        struct program program;
        struct outcome run;

        if (i && !*make_group(group, "freezer")) {
            suite_skip_part("no freezer of version 1");
            return;
        }
        folder_begin(": >\"$0.ran\"; sleep 0.3; " RIGHT);
        program = program_start("virtcost", args);
        await_file(in_folder("minivmm.ran"));
        hold(program.pid, group);
        run = program_wait(&program);
        ck_assert_msg(run.status == 1, "%s", run.out);
        check_has(run.out, "warning  vm: row, 1 thr: stopped or frozen meanwhile in 1 of the runs");
        outcome_free(&run);
        folder_end();
    }
    ck_assert_int_eq(rmdir(group), 0);
}
END_TEST

/* Run virtcost in a cgroup. */
static struct outcome run_in(const char *group, const char *const *args)
{
    struct program program;
    struct outcome run;

    ck_assert_int_eq(write_group(group, "cgroup.procs", "0"), 0);
    program = program_start("virtcost", args);
    run = program_wait(&program);
    return run;
}

/* Back to where it was, for a cgroup to be removed. */
static void leave(const char *group, const char *home)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof(path), "%.*s%s/cgroup.procs", (int)(strrchr(group, '/') - group), group,
             home);
    ck_assert_int_eq(write_text(path, "0"), 0);
    while (rmdir(group))
        pause_ms(10);
}

/* This process's cgroup of a controller of version 1. */
static void find_home(char home[PATH_BYTES], const char *controller)
{
    FILE *file = fopen("/proc/self/cgroup", "r");
    char line[256], key[32];

    *home = '\0';
    snprintf(key, sizeof(key), ":%s:", controller);
    while (file && fgets(line, sizeof(line), file)) {
        const char *at = strstr(line, key);

        if (at)
            snprintf(home, PATH_BYTES, "%.*s", (int)strcspn(at + strlen(key), "\n"),
                     at + strlen(key));
    }
    if (file)
        fclose(file);
}

START_TEST(the_oom_killer_is_named)
{
    static const char *const args[] = {"run", FAKE, "--blocks", "1", NULL};
    char group[64], home[PATH_BYTES];
    struct outcome run;

    find_home(home, "memory");
    if (!*make_group(group, "memory")) {
        suite_skip_part("no memory cgroup of version 1");
        return;
    }
    ck_assert_int_eq(write_group(group, "memory.limit_in_bytes", "33554432"), 0);
    folder_begin("exec tail /dev/zero");
    run = run_in(group, args);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "vm: minivmm was killed by the kernel's OOM killer (its cgroup's memory "
                       "limit is 32 MiB); try: a smaller --mem, or a higher limit\n");
    outcome_free(&run);
    folder_end();
    leave(group, home);
}
END_TEST

/* Whether a cgroup below this one, of a container, has a process. */
static bool has_container_in(const char *group)
{
    char pattern[PATH_BYTES], line[16];
    bool found = false;
    glob_t paths;

    snprintf(pattern, sizeof(pattern), "%s/virtcost-*/cgroup.procs", group);
    if (glob(pattern, 0, NULL, &paths))
        return false;
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        FILE *file = fopen(paths.gl_pathv[i], "r");

        found |= file && fgets(line, sizeof(line), file);
        if (file)
            fclose(file);
    }
    globfree(&paths);
    return found;
}

/* Its cgroup is below that of virtcost, so that a quota holds for it as well. */
START_TEST(a_container_does_not_escape_its_caller)
{
    static const char *const args[] = {"run",    "--mem",          "64M", "--bench", "load.idle",
                                       "--envs", "container,null", NULL};
    static const char *const controllers[] = {"cpu", "memory", "freezer"};

    if (!has_container())
        return;
    for (unsigned i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++) {
        char group[64], home[PATH_BYTES];
        struct program program;
        struct outcome run;

        find_home(home, controllers[i]);
        if (!*make_group(group, controllers[i]))
            continue;
        ck_assert_int_eq(write_group(group, "cgroup.procs", "0"), 0);
        program = program_start("virtcost", args);
        while (!has_container_in(group))
            pause_ms(5);
        kill(program.pid, SIGTERM);
        run = program_wait(&program);
        ck_assert_int_eq(run.status, 1);
        outcome_free(&run);
        leave(group, home);
    }
}
END_TEST

/* A row of a report of a host with a quota, or with none. */
#define LIMITED(limit)                                                                             \
    "echo '{\"config\": {\"kernels_sha256\": \"0\", \"mem_bytes\": 1}, \"host\": {\"cpus\": "      \
    "4" limit                                                                                      \
    "}, \"end\": {\"reason\": \"guest\", \"guest_status\": 0}, \"benches\": [{\"name\": \"row\", " \
    "\"params\": {}, \"threads\": 1, \"unit\": \"u\", \"better\": \"higher\", \"check\": \"ok\", " \
    "\"median\": 2.0}]}'"

/* No ratio is that of two limits. */
START_TEST(unequal_limits_make_no_ratio)
{
    static const struct {
        const char *native, *vm, *expected;
    } cases[] = {
        {LIMITED(", \"cpu_limit\": 0.2"), LIMITED(""), "no ratio: CPU limit: native 0.2, vm none"},
        {LIMITED(""), LIMITED(", \"cpu_limit\": 1.5"), "no ratio: CPU limit: native none, vm 1.5"},
        {LIMITED(", \"cpu_limit\": 0.2"), LIMITED(", \"cpu_limit\": 0.2"), "1.000"},
        {LIMITED(""), LIMITED(", \"cpu_limit\": 4"), "1.000"},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome run;

        folder_begin(cases[i].vm);
        script("bench-native", cases[i].native);
        run = program_run("virtcost", "run", FAKE, "--blocks", "1", NULL);
        ck_assert_msg(run.status == 0, "%s", run.err);
        check_has(run.out, cases[i].expected);
        ck_assert_int_eq(strstr(run.out, "warning  bench: no ratio: CPU limit: ") != NULL, i < 2);
        outcome_free(&run);
        folder_end();
    }
}
END_TEST

/* A loop device on a file, or an empty text. */
static const char *attach(char path[32], const char *file)
{
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), number = -1, device, backing;

    *path = '\0';
    if (control >= 0) {
        number = ioctl(control, LOOP_CTL_GET_FREE);
        close(control);
    }
    snprintf(path, 32, "/dev/loop%d", number);
    device = number < 0 ? -1 : open(path, O_RDWR | O_CLOEXEC);
    backing = open(file, O_RDWR | O_CLOEXEC);
    if (device < 0 || ioctl(device, LOOP_SET_FD, backing))
        *path = '\0';
    if (device >= 0)
        close(device);
    close(backing);
    return path;
}

static void detach(const char *path)
{
    int device = open(path, O_RDWR | O_CLOEXEC);

    ck_assert_int_eq(ioctl(device, LOOP_CLR_FD), 0);
    close(device);
}

static void make_file(const char *path, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

    ck_assert_msg(fd >= 0 && !ftruncate(fd, 16 << 20), "%s", path);
    close(fd);
}

/* Both have figures of this disk. */
static void check_disk(const char *disk)
{
    char argument[PATH_BYTES], args[] = "bs=4k iodepth=1";
    struct outcome run;

    snprintf(argument, sizeof(argument), "path=%s", disk);
    run = program_run("virtcost", SHORT, "--bench", "blk.randread", "--args", args, "--envs",
                      "native,container", "--disk", argument, NULL);
    ck_assert_msg(run.status == 0, "%s: %s%s", disk, run.err, run.out);
    check_has(run.out, " 1 container ");
    ck_assert_msg(!strstr(run.out, "no result") && !strstr(run.out, "skipped"), "%s: %s", disk,
                  run.out);
    outcome_free(&run);
}

START_TEST(a_container_has_any_disk)
{
    char file[64], link[64], device[32];

    if (!has_container())
        return;
    /* In folders that a container has its own of, and in the one that it cannot have. */
    snprintf(file, sizeof(file), "/test disk %d", (int)getpid());
    make_file(file, 0600);
    check_disk(file);
    snprintf(link, sizeof(link), "/dev/shm/test-link-%d", (int)getpid());
    ck_assert_int_eq(symlink(file, link), 0);
    check_disk(link);
    ck_assert_int_eq(chdir("/dev"), 0);
    check_disk(link + strlen("/dev/"));
    unlink(link);
    /* Only a capability lets root use it. */
    ck_assert_int_eq(chown(file, 65534, 65534) | chmod(file, 0400), 0);
    check_disk(file);
    if (*attach(device, file)) {
        check_disk(device);
        detach(device);
    }
    unlink(file);
    snprintf(file, sizeof(file), "/tmp/test-disk-%d,size=16M,create", (int)getpid());
    check_disk(file);
    *strchr(file, ',') = '\0';
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(access("/dev/volume", F_OK), -1);
}
END_TEST

#define SKIPPED(rows)                                                                        \
    "echo '{\"config\": {\"kernels_sha256\": \"0\"}, \"end\": {\"reason\": \"guest\", "      \
    "\"guest_status\": 0, \"missing\": [\"other\"]}, \"benches\": [" rows "], \"skipped\": " \
    "[{\"name\": \"other\", \"reason\": \"no such disk\"}]}'"

#define ROW(name)                                                                            \
    "{\"name\": \"" name "\", \"params\": {}, \"threads\": 1, \"unit\": \"u\", \"better\": " \
    "\"higher\", \"check\": \"ok\", \"median\": 2.0}"

/* What gave nothing is in the table, and no success. */
START_TEST(what_is_missing_is_said)
{
    static const struct {
        const char *native, *vm, *table, *error;
    } cases[] = {
        {RIGHT, SKIPPED(""), "warning  bench: vm has no result: other: no such disk\n",
         "bench: vm has no result: other: no such disk\n"},
        {SKIPPED(ROW("row") "," ROW("other")), SKIPPED(ROW("row")),
         "skipped  vm: other: no such disk\n",
         "bench: vm has no result of other: other: no such "
         "disk\n"},
        /* Status 1 for a benchmark that was named; the others have their figures. */
        {RIGHT, SKIPPED(ROW("row")) "; exit 1", "skipped  vm: other: no such disk\n", NULL},
        {SKIPPED(""), SKIPPED(""), "warning  bench: native has no result: other: no such disk\n",
         "bench: no result: other: no such disk\n"},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome run;

        folder_begin(cases[i].vm);
        script("bench-native", cases[i].native);
        run = program_run("virtcost", "run", FAKE, "--blocks", "1", NULL);
        ck_assert_msg(run.status == (cases[i].error != NULL), "%u: %s", i, run.err);
        check_has(run.out, cases[i].table);
        check_has(run.err, cases[i].error ? cases[i].error : "");
        outcome_free(&run);
        folder_end();
    }
}
END_TEST

/* An environment that was named and has nothing to do there gives nothing. */
START_TEST(an_environment_without_use_is_a_failure)
{
    struct outcome run;

    if (!has_container())
        return;
    run = program_run("virtcost", "run", "kernels", "--quick", "--blocks", "1", "--bench", "fma",
                      "--mem", "64M", "--envs", "native,overlayfs", NULL);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "virtcost: overlayfs has no result: nothing of this runs there\n");
    check_has(run.out, "warning  overlayfs has no result: nothing of this runs there\n");
    outcome_free(&run);
}
END_TEST

/* Beside a neighbour that is gone, there is no figure. */
START_TEST(a_neighbour_that_ends_is_an_error)
{
    static const struct {
        const char *neighbour, *expected;
    } cases[] = {
        {"echo ready >&2; exit 3", "an instance ended with status 3"},
        {"kill -9 $$", "an instance was killed by signal 9 (Killed)"},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512];
        struct outcome run;

        snprintf(text, sizeof(text), "case \"$*\" in *load*) %s;; esac\nsleep 0.1\n" RIGHT,
                 cases[i].neighbour);
        folder_begin(text);
        script("bench-native", text);
        run = program_run("virtcost", "run", "noise", "--bench", "row", "--envs", "native,vm",
                          "--blocks", "1", NULL);
        ck_assert_msg(run.status == 1, "%s", run.out);
        check_has(run.err, cases[i].expected);
        outcome_free(&run);
        folder_end();
    }
}
END_TEST

/* An engine in whose place a script runs the program as it is. */
#define ENGINE                                                                                    \
    "echo \"$*\" >>\"$0.log\"\n"                                                                  \
    "case $1 in --version) echo 'Docker version 9.8.7, build x';; ps) echo abc;;\n"               \
    "run) while [ \"${1#virtcost-}\" = \"$1\" ] || [ \"$2\" != /bench-native ]; do shift; done; " \
    "shift 2; [ \"$1\" = --version ] && exit 0\n" RIGHT ";; esac"

/* Its containers are given the limits, found by a label, and removed with their image. */
START_TEST(an_engine_is_told_the_limits)
{
    const char *args[] = {"run",      "--bench", "row",       "--envs", "native,container",
                          "--blocks", "1",       "--runtime", NULL,     NULL};
    char group[64], home[PATH_BYTES], runtime[2 * PATH_BYTES], log[16384], expected[64];
    struct outcome run;
    int fd;

    find_home(home, "cpu");
    if (!*make_group(group, "cpu")) {
        suite_skip_part("no cgroup of version 1 for the CPU");
        return;
    }
    ck_assert_int_eq(write_group(group, "cpu.cfs_period_us", "50000"), 0);
    ck_assert_int_eq(write_group(group, "cpu.cfs_quota_us", "40000"), 0);
    folder_begin(RIGHT);
    script("docker", ENGINE);
    args[8] = strcpy(runtime, in_folder("docker"));
    run = run_in(group, args);
    ck_assert_msg(run.status == 0, "%s", run.err);
    fd = open(in_folder("docker.log"), O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    log[read(fd, log, sizeof(log) - 1)] = '\0';
    close(fd);
    check_has(log, " --cpu-quota=40000 --cpu-period=50000 ");
    check_has(log, " --label virtcost=");
    check_has(log, "\nps -aq --filter label=virtcost=");
    check_has(log, "\nrm --force abc\n");
    check_has(log, "\nrmi -f virtcost-");
    snprintf(expected, sizeof(expected), " --name virtcost-");
    check_has(log, expected);
    outcome_free(&run);
    folder_end();
    leave(group, home);
}
END_TEST

SUITE_MAIN_KVM("virtcost_env", a_terminal_makes_no_difference, ctrl_c_ends_it_in_every_phase,
               nothing_is_left_of_one_that_is_killed, a_runtime_that_hangs_is_ended,
               a_child_that_is_stopped_is_reported, being_stopped_itself_is_noticed,
               the_oom_killer_is_named, a_container_does_not_escape_its_caller,
               unequal_limits_make_no_ratio, a_container_has_any_disk, what_is_missing_is_said,
               an_environment_without_use_is_a_failure, a_neighbour_that_ends_is_an_error,
               an_engine_is_told_the_limits)
