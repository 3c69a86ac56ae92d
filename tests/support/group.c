/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/group.h"
#include "tests/support/suite.h"

void pause_ms(unsigned ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&pause, NULL);
}

bool has_container(void)
{
    struct outcome run = program_run("virtcost", "run", "--quick", "--blocks", "1", "--mem", "64M",
                                     "--bench", "none", "--envs", "container,native", NULL);
    bool has = run.status == 0;

    ck_assert_msg(has || run.status == 77, "status %d: %s", run.status, run.err);
    if (!has)
        suite_skip_part(run.err);
    outcome_free(&run);
    return has;
}

static int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC), failed = fd < 0;

    if (fd >= 0) {
        failed = write(fd, text, strlen(text)) != (ssize_t)strlen(text);
        close(fd);
    }
    return failed ? -1 : 0;
}

const char *make_group(char group[64], const char *controller)
{
    snprintf(group, 64, "/sys/fs/cgroup/%s/minivmm-test-%d", controller, (int)getpid());
    if (mkdir(group, 0755))
        *group = '\0';
    return group;
}

int write_group(const char *group, const char *name, const char *text)
{
    char path[GROUP_PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", group, name);
    return write_text(path, text);
}

struct outcome run_in(const char *group, const char *const *args)
{
    struct program program;
    struct outcome run;

    ck_assert_int_eq(write_group(group, "cgroup.procs", "0"), 0);
    program = program_start("virtcost", args);
    run = program_wait(&program);
    return run;
}

void leave_group(const char *group, const char *home)
{
    char path[GROUP_PATH_MAX];

    snprintf(path, sizeof(path), "%.*s%s/cgroup.procs", (int)(strrchr(group, '/') - group), group,
             home);
    ck_assert_int_eq(write_text(path, "0"), 0);
    while (rmdir(group))
        pause_ms(10);
}

void find_home(char home[GROUP_PATH_MAX], const char *controller)
{
    FILE *file = fopen("/proc/self/cgroup", "r");
    char line[256], key[32];

    *home = '\0';
    snprintf(key, sizeof(key), ":%s:", controller);
    while (file && fgets(line, sizeof(line), file)) {
        const char *at = strstr(line, key);

        if (at)
            snprintf(home, GROUP_PATH_MAX, "%.*s", (int)strcspn(at + strlen(key), "\n"),
                     at + strlen(key));
    }
    if (file)
        fclose(file);
}
