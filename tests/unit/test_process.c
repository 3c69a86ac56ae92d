/* SPDX-License-Identifier: MIT */
/* Child processes: what they inherit, and that each wait for them ends. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tools/virtcost/env/process.h"

static const struct patience endless = {.stop_fd = -1};

static struct process_end run_with(const char *script, int out, const struct patience *patience)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct process_end end;

    ck_assert_int_eq(process_run(argv, out, -1, patience, &end), 0);
    return end;
}

static void pause_ms(unsigned ms)
{
    const struct timespec pause = {.tv_nsec = ms * 1000000};

    nanosleep(&pause, NULL);
}

/* A file whose descriptor is a standard one is still assigned correctly. */
START_TEST(a_child_has_standard_files_and_no_terminal)
{
    int out;
    char text[64] = "";
    struct process_end end;

    close(STDIN_FILENO);
    out = memfd_create("out", MFD_CLOEXEC);
    ck_assert_int_eq(out, STDIN_FILENO);
    end = run_with("cat; [ -r /dev/stdin ] && [ -w /dev/stderr ] || echo closed; "
                   "(: </dev/tty) 2>/dev/null && echo terminal; [ $$ = $(ps -o sid= -p $$) ] || "
                   "echo session; echo end",
                   out, &endless);
    ck_assert(process_ok(&end) && !end.interrupted);
    ck_assert_int_gt(pread(out, text, sizeof(text) - 1, 0), 0);
    ck_assert_str_eq(text, "end\n");
}
END_TEST

/* A child whose descriptors cannot be set is not run with the parent's. */
START_TEST(a_child_without_descriptors_is_not_run)
{
    int out = memfd_create("out", MFD_CLOEXEC), ours = memfd_create("ours", MFD_CLOEXEC);
    const char *const argv[] = {"sh", "-c", "echo astray", NULL};
    struct rlimit limit;
    struct process_end end;
    struct stat file;
    char text[64] = "";

    dup2(ours, STDOUT_FILENO);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    /* Enough for /dev/null and the child's pidfd, but not for the duplicates. */
    limit.rlim_cur = (rlim_t)ours + 3;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_int_eq(process_run(argv, out, out, &endless, &end), 0);
    ck_assert(!process_ok(&end));
    ck_assert_int_gt(pread(out, text, sizeof(text) - 1, 0), 0);
    ck_assert_str_eq(text, "sh: Too many open files\n");
    ck_assert_int_eq(fstat(ours, &file), 0);
    ck_assert_int_eq(file.st_size, 0);
}
END_TEST

/* Wait until the process whose number a script wrote to a file has exited, or fail on a timeout. */
static void check_ended(int out)
{
    char text[16] = "";
    int pid = 0, status;

    ck_assert_int_gt(pread(out, text, sizeof(text) - 1, 0), 0);
    ck_assert_int_eq(sscanf(text, "%d", &pid), 1);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
}

START_TEST(time_limits_are_enforced)
{
    static const struct {
        const char *script;
        struct patience patience;
    } cases[] = {
        {"sleep 60 & echo $!; wait", {.stop_fd = -1, .seconds = 1}},
        {"sleep 60 & echo $!; kill -STOP $$", {.stop_fd = -1, .seconds = 1, .gentle = true}},
        {"sleep 60 & echo $!; wait",
         {.stop_fd = -1, .started = "/nowhere/file", .start_seconds = 1}},
    };

    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int out = memfd_create("out", MFD_CLOEXEC);
        struct process_end end = run_with(cases[i].script, out, &cases[i].patience);

        ck_assert_int_eq(end.why, PROCESS_LATE);
        ck_assert(!process_ok(&end));
        check_ended(out);
        close(out);
    }
}
END_TEST

/* Processes in its group are killed with it. */
START_TEST(nothing_is_left_behind)
{
    int out = memfd_create("out", MFD_CLOEXEC);
    struct process_end end;

    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    end = run_with("sleep 60 & echo $!", out, &endless);
    ck_assert(process_ok(&end));
    check_ended(out);
    close(out);
}
END_TEST

START_TEST(a_stop_is_heeded)
{
    int stop_fd = eventfd(1, EFD_CLOEXEC);
    const struct patience patience = {.stop_fd = stop_fd};
    struct process_end end = run_with("exec sleep 60", -1, &patience);

    ck_assert_int_eq(end.why, PROCESS_STOPPED);
    ck_assert(WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGKILL);
    close(stop_fd);
}
END_TEST

static char noticed[256];

static void notice(const char *text)
{
    snprintf(noticed, sizeof(noticed), "%s", text);
    kill(atoi(strstr(text, "kill -CONT ") + strlen("kill -CONT ")), SIGCONT);
}

START_TEST(a_stopped_child_is_detected)
{
    const struct patience patience = {.stop_fd = -1, .notice = notice, .name = "sh"};
    struct process_end end = run_with("kill -STOP $$; exit 5", -1, &patience);

    ck_assert_int_eq(strncmp(noticed, "sh was stopped by signal 19 (", 29), 0);
    ck_assert(end.interrupted);
    ck_assert(end.why == PROCESS_ENDED && WEXITSTATUS(end.status) == 5);
}
END_TEST

/* Late by being stopped, not by a requested timeout. */
START_TEST(suspension_is_detected)
{
    pid_t us = getpid(), helper;
    bool away = false;

    process_poll(NULL, 0, 300, &away);
    ck_assert(!away);
    helper = fork();
    if (!helper) {
        pause_ms(20);
        kill(us, SIGSTOP);
        pause_ms(600);
        kill(us, SIGCONT);
        _exit(0);
    }
    process_poll(NULL, 0, 100, &away);
    ck_assert(away);
    ck_assert_int_eq(waitpid(helper, NULL, 0), helper);
}
END_TEST

SUITE_MAIN("process", a_child_has_standard_files_and_no_terminal,
           a_child_without_descriptors_is_not_run, time_limits_are_enforced, nothing_is_left_behind,
           a_stop_is_heeded, a_stopped_child_is_detected, suspension_is_detected)
