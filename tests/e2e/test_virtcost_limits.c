/* SPDX-License-Identifier: MIT */
/* virtcost under limits, with all kinds of disks, and its messages for missing results. */
#include <fcntl.h>
#include <glob.h>
#include <linux/loop.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
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
/* Whether a container's cgroup below this one has a process. */
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

/* Its cgroup is below virtcost's, so that a quota applies to it as well. */
START_TEST(a_container_does_not_escape_its_caller)
{
    static const char *const args[] = {"run",    "--mem",          "64M", "--bench", "load.idle",
                                       "--envs", "container,null", NULL};
    static const char *const controllers[] = {"cpu", "memory", "freezer"};

    if (!has_container())
        return;
    for (unsigned i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++) {
        char group[64], home[GROUP_PATH_MAX];
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
        leave_group(group, home);
    }
}
END_TEST

/* A row of a report from a host with a quota, or without. */
#define LIMITED(limit)                                                                             \
    "echo '{\"config\": {\"kernels_sha256\": \"0\", \"mem_bytes\": 1}, \"host\": {\"cpus\": "      \
    "4" limit                                                                                      \
    "}, \"end\": {\"reason\": \"guest\", \"guest_status\": 0}, \"benches\": [{\"name\": \"row\", " \
    "\"params\": {}, \"threads\": 1, \"unit\": \"u\", \"better\": \"higher\", \"check\": \"ok\", " \
    "\"median\": 2.0}]}'"

/* Runs under two limits have no ratio. */
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
    /* In folders that a container's own mounts hide, and in the one that it cannot have. */
    snprintf(file, sizeof(file), "/test disk %d", (int)getpid());
    make_file(file, 0600);
    check_disk(file);
    snprintf(link, sizeof(link), "/dev/shm/test-link-%d", (int)getpid());
    ck_assert_int_eq(symlink(file, link), 0);
    check_disk(link);
    ck_assert_int_eq(chdir("/dev"), 0);
    check_disk(link + strlen("/dev/"));
    unlink(link);
    /* Root needs a capability to use it. */
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

/* Without --disk, all environments use the same file: a container's own would be in memory. */
START_TEST(without_a_disk_all_have_one_file)
{
    char args[] = "bs=4k iodepth=1";
    struct outcome run;

    if (!has_container())
        return;
    run = program_run("virtcost", SHORT, "--bench", "fma,blk.randread", "--args", args, "--envs",
                      "native,container", NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    check_has(run.out, " container ");
    outcome_free(&run);
}
END_TEST

#define SKIPPED(rows)                                                                        \
    "echo '{\"config\": {\"kernels_sha256\": \"0\"}, \"end\": {\"reason\": \"guest\", "      \
    "\"guest_status\": 0, \"missing\": [\"other\"]}, \"benches\": [" rows "], \"skipped\": " \
    "[{\"name\": \"other\", \"reason\": \"no such disk\"}]}'"

#define ROW(name) ROW_OF(name, "")

#define ROW_OF(name, params)                           \
    "{\"name\": \"" name "\", \"params\": {" params    \
    "}, \"threads\": 1, \"unit\": \"u\", \"better\": " \
    "\"higher\", \"check\": \"ok\", \"median\": 2.0}"

/* A run without a result is in the table and fails. */
START_TEST(missing_results_are_reported)
{
    static const struct {
        const char *native, *vm, *table, *error;
    } cases[] = {
        {RIGHT, SKIPPED(""), "warning  bench: vm has no result: other: no such disk\n",
         "bench: vm has no result: other: no such disk\n"},
        {SKIPPED(ROW("row") "," ROW("other")), SKIPPED(ROW("row")),
         "skipped  vm: other: no such disk\n",
         "bench: vm has no result for other: other: no such "
         "disk\n"},
        {SKIPPED(ROW_OF("row", "\"n\": 2")), SKIPPED(ROW_OF("row", "\"n\": 1")), "row n=2 ",
         "bench: vm has no result for row n=2: its parameters differ there"},
        /* Status 1 for a named benchmark; the others have their figures. */
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

/* A named environment in which nothing runs is a failure. */
START_TEST(an_environment_without_use_is_a_failure)
{
    struct outcome run;

    if (!has_container())
        return;
    run = program_run("virtcost", "run", "kernels", "--quick", "--blocks", "1", "--bench", "fma",
                      "--mem", "64M", "--envs", "native,overlayfs", NULL);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "virtcost: overlayfs has no result: no step runs in this environment\n");
    check_has(run.out, "warning  overlayfs has no result: no step runs in this environment\n");
    outcome_free(&run);
}
END_TEST

/* An engine replaced by a script that runs the program directly. */
#define ENGINE                                                                                    \
    "echo \"$*\" >>\"$0.log\"\n"                                                                  \
    "case $1 in --version) echo 'Docker version 9.8.7, build x';; ps) echo abc;;\n"               \
    "run) while [ \"${1#virtcost-}\" = \"$1\" ] || [ \"$2\" != /bench-native ]; do shift; done; " \
    "shift 2; [ \"$1\" = --version ] && exit 0\n" RIGHT ";; esac"

/* Its containers get the limits, are found by label, and are removed with their image. */
START_TEST(an_engine_gets_the_limits)
{
    const char *args[] = {"run",      "--bench", "row",       "--envs", "native,container",
                          "--blocks", "1",       "--runtime", NULL,     NULL};
    char group[64], home[GROUP_PATH_MAX], runtime[2 * PATH_BYTES], log[16384], expected[64];
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
    leave_group(group, home);
}
END_TEST

SUITE_MAIN_KVM("virtcost_limits", a_container_does_not_escape_its_caller,
               unequal_limits_make_no_ratio, a_container_has_any_disk,
               without_a_disk_all_have_one_file, missing_results_are_reported,
               an_environment_without_use_is_a_failure, an_engine_gets_the_limits)
