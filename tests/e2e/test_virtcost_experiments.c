/* SPDX-License-Identifier: MIT */
/* virtcost's experiments, with real containers where they can run. */
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/stand_in.h"
#include "tests/support/suite.h"

#define PATH_BYTES 128

/* Whether containers can run here: as root, with a working runtime. */
static bool has_container(void)
{
    struct outcome run = program_run("virtcost", "run", "--quick", "--blocks", "1", "--bench",
                                     "fma", "--mem", "64M", "--envs", "container,native", NULL);
    bool has = run.status == 0;

    if (!has)
        printf("skipped: containers: %s", run.err);
    outcome_free(&run);
    return has;
}

/* The rows of one environment in the first experiment. */
static unsigned count_values(const json_t *json, const char *env)
{
    unsigned count = 0;
    json_t *value;
    size_t i;

    json_array_foreach (json_at(json, "experiments.0.values"), i, value)
        count += !strcmp(json_text_at(value, "env"), env);
    return count;
}

static json_t *run_json(const char *experiment, const char *envs, const char *option,
                        const char *argument)
{
    char path[] = "/tmp/virtcost-json-XXXXXX";
    struct outcome run;
    json_t *json;

    close(mkstemp(path));
    run = program_run("virtcost", "run", experiment, "--quick", "--blocks", "1", "--mem", "256M",
                      "--envs", envs, "-o", path, option, argument, NULL);
    ck_assert_msg(run.status == 0, "%s: status %d\n%s", experiment, run.status, run.err);
    json = load(path);
    unlink(path);
    outcome_free(&run);
    return json;
}

/* The same file natively, in a container on a bind mount and on overlayfs, and in a VM. */
START_TEST(a_container_is_a_real_one)
{
    json_t *json, *run;
    size_t i;

    if (!has_container())
        return;
    json = run_json("blk", "native,container,vm", "--bench", "blk.randread");
    ck_assert(strstr(json_text_at(json, "runtime"), "runc") != NULL);
    ck_assert_uint_eq(json_array_size(json_at(json, "runs")), 4);
    json_array_foreach (json_at(json, "runs"), i, run) {
        const char *env = json_text_at(run, "env");
        bool contained = !strcmp(env, "container") || !strcmp(env, "overlayfs");

        ck_assert_str_eq(json_text_at(run, "report.env"), contained ? "container" : env);
        ck_assert_str_eq(json_text_at(run, "report.benches.0.check"), "ok");
        /* The limit is a VM's memory and a little more. */
        if (contained)
            ck_assert_int_lt(json_int_at(run, "report.host.memory_limit_bytes"),
                             (json_int_t)3 << 30);
    }
    ck_assert_uint_eq(count_values(json, "native"), count_values(json, "overlayfs"));
    json_decref(json);
}
END_TEST

static unsigned count_processes(const char *name)
{
    char path[300], comm[32];
    unsigned count = 0;
    struct dirent *entry;
    DIR *proc = opendir("/proc");

    ck_assert(proc != NULL);
    while ((entry = readdir(proc))) {
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
        file = fopen(path, "r");
        if (!file)
            continue;
        count += fgets(comm, sizeof(comm), file) && !strncmp(comm, name, strlen(name));
        fclose(file);
    }
    closedir(proc);
    return count;
}

/* Wait until a condition becomes true. */
static bool soon(bool (*is)(unsigned), unsigned argument)
{
    const struct timespec pause = {0, 20000000};

    for (unsigned i = 0; i < 1500; i++) {
        if (is(argument))
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static bool more_run(unsigned before)
{
    return count_processes("bench-native") > before;
}

static bool no_more_run(unsigned before)
{
    return !more_run(before);
}

/* The kernel does not end a container with the runtime that started it. */
START_TEST(no_container_outlives_it)
{
    const char *args[] = {"run", "--bench", "load.idle",      "--mem",
                          "64M", "--envs",  "container,null", NULL};
    unsigned before = count_processes("bench-native");
    struct program program;
    struct outcome run;

    if (!has_container())
        return;
    program = program_start("virtcost", args);
    ck_assert(soon(more_run, before));
    kill(program.pid, SIGKILL);
    run = program_wait(&program);
    ck_assert_int_eq(run.status, 128 + SIGKILL);
    ck_assert(soon(no_more_run, before));
    outcome_free(&run);
}
END_TEST

START_TEST(starts_come_in_phases)
{
    json_t *json = run_json("startup", "native,vm", NULL, NULL);
    json_t *value;
    double phases = 0, total = 0;
    size_t i;

    json_array_foreach (json_at(json, "experiments.0.values"), i, value) {
        const char *name = json_text_at(value, "name");
        double median = json_real_value(json_at(value, "median"));

        if (strcmp(json_text_at(value, "env"), "vm") != 0)
            continue;
        ck_assert_double_gt(median, 0);
        if (!strcmp(name, "startup.total"))
            total = median;
        else if (strcmp(name, "startup.to_user") != 0)
            phases += median;
    }
    /* All but the time between the readings of two clocks. */
    ck_assert_double_gt(phases, 0.9 * total);
    ck_assert_double_lt(phases, 1.1 * total);
    json_decref(json);
}
END_TEST

START_TEST(many_are_alive_at_once_and_gone_afterwards)
{
    unsigned before = count_processes("minivmm");
    json_t *json = run_json("density", "native,vm", "--count", "70");

    ck_assert_uint_ge(count_values(json, "vm"), 4);
    ck_assert_int_eq(json_int_at(json, "experiments.0.values.0.params.count"), 70);
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.skipped")), 0);
    ck_assert_uint_le(count_processes("minivmm"), before);
    json_decref(json);
}
END_TEST

/* A runtime creates folders in all cgroup hierarchies; they are removed as well. */
START_TEST(a_crowd_of_containers_leaves_no_cgroup)
{
    static const char *const args[] = {"run", "density", "--quick",          "--count",
                                       "2",   "--envs",  "native,container", NULL};
    struct program program;
    struct outcome run;
    char pattern[64];
    glob_t found;
    int pid;

    if (!has_container())
        return;
    program = program_start("virtcost", args);
    pid = program.pid;
    run = program_wait(&program);
    ck_assert_msg(run.status == 0, "%s", run.err);
    for (unsigned depth = 0; depth < 2; depth++) {
        snprintf(pattern, sizeof(pattern), "/sys/fs/cgroup%s/virtcost-%d", depth ? "/*" : "", pid);
        ck_assert_int_eq(glob(pattern, 0, NULL, &found), GLOB_NOMATCH);
    }
    outcome_free(&run);
}
END_TEST

/* Every step of these experiments, with a benchmark that takes no time. */
START_TEST(experiments_on_causes_run_all_steps)
{
    static const struct {
        const char *experiment, *step, *other;
    } expected[] = {
        {"pages", "host=4K,guest=4K", "host=2M,guest=2M"},
        {"topology", "bound", "floating"},
        {"scaling", "threads=1", "threads=2"},
        {"vector", "isa=sse2", "isa=sse2"},
    };

    for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        json_t *json = run_json(expected[i].experiment, "native,vm", "--bench", "fma"), *value;
        unsigned found = 0;
        size_t k;

        json_array_foreach (json_at(json, "experiments.0.values"), k, value) {
            const char *step = json_text_at(value, "step");

            found |= !strcmp(step, expected[i].step);
            found |= !strcmp(step, expected[i].other) << 1;
        }
        ck_assert_msg(found == 3, "%s: %u", expected[i].experiment, found);
        json_decref(json);
    }
}
END_TEST

/*
 * The configured topology, and whether the guest's CPUID shows it, is in the results and the text.
 */
START_TEST(a_topology_is_reported)
{
    char path[] = "/tmp/virtcost-json-XXXXXX";
    struct outcome run;
    json_t *json, *value;
    unsigned found = 0;
    size_t i;

    close(mkstemp(path));
    run = program_run("virtcost", "run", "topology", "--quick", "--blocks", "1", "--mem", "64M",
                      "--vcpus", "2", "--envs", "native,vm", "--bench", "fma", "-o", path, NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    check_has(run.out, "\nVM topology       sockets    cores  threads  in the guest's CPUID\n"
                       "bound                   1        2        1  -\n");
    check_has(run.out, "\nsockets                 2        1        1  ");
    check_has(run.out, "\nthreads                 1        1        2  ");
    json = load(path);
    json_array_foreach (json_at(json, "experiments.0.values"), i, value)
        found += !strcmp(json_text_at(value, "name"), "topology.seen") &&
                 !strcmp(json_text_at(value, "env"), "vm");
    ck_assert_uint_eq(found, 3);
    json_decref(json);
    unlink(path);
    outcome_free(&run);
}
END_TEST

/* The folder of its files may be on another file system than the programs. */
START_TEST(a_container_is_made_in_any_folder)
{
    struct outcome run;

    if (!has_container())
        return;
    setenv("TMPDIR", "/dev/shm", 1);
    run = program_run("virtcost", "run", "--quick", "--blocks", "1", "--bench", "fma", "--mem",
                      "64M", "--envs", "container,native", NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    outcome_free(&run);
}
END_TEST

/* A runtime's message is printed without the prefix of its log. */
START_TEST(the_message_of_a_failing_runtime_is_shown)
{
    static const char *const names[] = {"runc", "docker"};
    char runtime[2 * PATH_BYTES], expected[128];
    struct outcome run;

    folder_begin(RIGHT);
    for (unsigned i = 0; i < 2; i++) {
        script(names[i], "echo 'time=\"now\" level=error msg=\"no room\"' >&2; exit 1");
        strcpy(runtime, in_folder(names[i]));
        snprintf(expected, sizeof(expected), "cannot run containers: %s: no room; try: ", names[i]);
        run = program_run("virtcost", "run", "--bench", "row", "--runtime", runtime, NULL);
        ck_assert_int_eq(run.status, 77);
        check_has(run.err, expected);
        outcome_free(&run);
    }
    folder_end();
}
END_TEST

/* Without a runtime, the other environments are run, with a warning. */
START_TEST(without_containers_the_others_run)
{
    char *path = strdup(getenv("PATH"));
    struct outcome run;

    setenv("PATH", "/nowhere", 1);
    run = program_run("virtcost", "run", "--quick", "--blocks", "1", "--bench", "fma", "--mem",
                      "64M", NULL);
    setenv("PATH", path, 1);
    free(path);
    ck_assert_msg(run.status == 0, "status %d\n%s", run.status, run.err);
    check_has(run.err, "cannot run containers: runc: ");
    check_has(run.out, "warning  cannot run containers: ");
    check_has(run.out, " vm ");
    outcome_free(&run);
    check_refused(2, "--runtime nothing: unknown runtime; try: runc", "--runtime", "nothing");
    check_refused(77, "cannot run containers: crun: ", "--runtime", "/nowhere/crun");
}
END_TEST

/* An instance that cannot start ends the run, with its own message. */
START_TEST(an_instance_that_cannot_start_is_reported)
{
    struct outcome run;

    folder_begin("echo 'minivmm: no room' >&2; exit 1");
    script("bench-native", "echo ready >&2; exec sleep 60");
    run = program_run("virtcost", "run", "density", "--envs", "native,vm", "--blocks", "1",
                      "--count", "3", NULL);
    check_has(run.err, "an instance reported: minivmm: no room");
    ck_assert_int_eq(run.status, 1);
    outcome_free(&run);
    folder_end();
}
END_TEST

SUITE_MAIN_KVM("virtcost_experiments", a_container_is_a_real_one, no_container_outlives_it,
               starts_come_in_phases, many_are_alive_at_once_and_gone_afterwards,
               a_crowd_of_containers_leaves_no_cgroup, experiments_on_causes_run_all_steps,
               a_topology_is_reported, a_container_is_made_in_any_folder,
               the_message_of_a_failing_runtime_is_shown, without_containers_the_others_run,
               an_instance_that_cannot_start_is_reported)
