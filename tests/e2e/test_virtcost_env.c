/* SPDX-License-Identifier: MIT */
/*
 * virtcost's environments in ordinary use: in a terminal, under limits, stopped, with a runtime
 * that hangs, and with all kinds of disks.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/group.h"
#include "tests/support/program.h"
#include "tests/support/stand_in.h"
#include "tests/support/suite.h"

#define PATH_BYTES 128

/* One block of a real run that takes almost no time. */
#define SHORT "run", "--quick", "--blocks", "1", "--mem", "64M"

/* Settings for stand-in scripts: no container, and one step. */
#define FAKE "--bench", "row", "--envs", "native,vm"

/* Wait until a file exists. */
static void await_file(const char *path)
{
    while (access(path, F_OK))
        pause_ms(5);
}

/* Check that no cgroup of a virtcost is left; the test times out if one stays. */
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

/* A program in the foreground of its own terminal. */
struct terminal {
    pid_t pid;
    int fd;
    char output[16384];
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

/* Collect all of its output until it exits. Returns its status, as program_wait() does. */
static int terminal_wait(struct terminal *terminal)
{
    size_t used = 0;
    ssize_t got;
    int status;

    while (used < sizeof(terminal->output) - 1 &&
           (got = read(terminal->fd, terminal->output + used,
                       sizeof(terminal->output) - 1 - used)) > 0)
        used += (size_t)got;
    ck_assert_int_eq(waitpid(terminal->pid, &status, 0), terminal->pid);
    close(terminal->fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * A child that reads the terminal would be stopped, and one that cannot be stopped must not hang.
 */
START_TEST(a_terminal_makes_no_difference)
{
    static const char *const real[] = {SHORT, "--bench", "fma", "--envs", "native,container", NULL};
    static const char *const fake[] = {"run", FAKE, "--blocks", "1", NULL};
    struct terminal terminal;

    folder_begin("cat; cat </dev/tty; stty -F /dev/tty sane; " RIGHT);
    terminal = terminal_start(fake);
    ck_assert_msg(!terminal_wait(&terminal), "%s", terminal.output);
    folder_end();
    if (!has_container())
        return;
    terminal = terminal_start(real);
    ck_assert_msg(!terminal_wait(&terminal), "%s", terminal.output);
    check_has(terminal.output, " container ");
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

/* Nothing is left, whether a runtime is being tried, a container runs, or one is being created. */
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
        /* Before it handles signals, the signal itself ends it. */
        ck_assert_msg(status == 1 || (!i && status == 128 + SIGINT), "%d: %s", status,
                      terminal.output);
        check_no_cgroup(terminal.pid);
        ck_assert(!is_in_folder("virtcost-*"));
        folder_end();
    }
}
END_TEST

/* After SIGKILL, its files and cgroups are removed by the cleaner. */
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

/* A runtime that hangs is killed, with the processes it started. */
START_TEST(a_runtime_that_hangs_is_ended)
{
    const char *args[] = {"run", "--bench", "row", "--runtime", NULL, NULL};
    char runtime[2 * PATH_BYTES], ran[2 * PATH_BYTES];
    struct program program;
    struct outcome run;
    int pid, status;
    FILE *file;

    /* Orphans become this process's children. */
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
    /* Its parent may have reaped it before being killed. */
    if (waitpid(pid, &status, 0) == pid)
        ck_assert(WIFSIGNALED(status));
    else
        ck_assert(kill(pid, 0) && errno == ESRCH);
    folder_end();
}
END_TEST

/* A stopped child voids timings, and the user is informed at once, as it would seem to hang. */
START_TEST(a_child_that_is_stopped_is_reported)
{
    const char *args[] = {"run", FAKE, "--blocks", "1", "-o", NULL, NULL};
    char path[2 * PATH_BYTES], output[256] = "";
    struct program program;
    struct outcome run;
    const char *pid;
    json_t *json, *entry;
    size_t i;

    folder_begin("kill -STOP $$; " RIGHT);
    args[8] = strcpy(path, in_folder("json"));
    program = program_start("virtcost", args);
    while (!(pid = strstr(output, "kill -CONT ")) || !strchr(pid, '\n')) {
        pause_ms(5);
        output[pread(program.err, output, sizeof(output) - 1, 0)] = '\0';
    }
    check_has(output, "virtcost: minivmm was stopped by signal 19 (Stopped (signal)); try: ");
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

/* Stopped by Ctrl-Z, for example, or frozen by a cgroup: its timings are void. */
START_TEST(a_stop_of_virtcost_is_detected)
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

START_TEST(the_oom_killer_is_named)
{
    static const char *const args[] = {"run", FAKE, "--blocks", "1", NULL};
    char group[64], home[GROUP_PATH_MAX];
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
    check_has(run.err, "vm: minivmm was killed by the kernel's OOM killer (cgroup memory "
                       "limit 32 MiB); try: a smaller --mem, or a higher limit\n");
    outcome_free(&run);
    folder_end();
    leave_group(group, home);
}
END_TEST

/* With a neighbour that has exited, there is no figure. */
START_TEST(a_neighbour_that_ends_is_an_error)
{
    static const struct {
        const char *neighbour, *expected;
    } cases[] = {
        {"echo ready >&2; exit 3", "an instance exited with status 3"},
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

SUITE_MAIN_KVM("virtcost_env", a_terminal_makes_no_difference, ctrl_c_ends_it_in_every_phase,
               nothing_is_left_of_one_that_is_killed, a_runtime_that_hangs_is_ended,
               a_child_that_is_stopped_is_reported, a_stop_of_virtcost_is_detected,
               the_oom_killer_is_named, a_neighbour_that_ends_is_an_error)
