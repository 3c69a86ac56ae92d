/* SPDX-License-Identifier: MIT */
/*
 * Density: start many VMs, containers or processes, keep them alive at once until each has
 * reported, and measure the host memory of one.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/virtcost/env/cgroup.h"
#include "tools/virtcost/env/instance.h"
#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/base/clock.h"
#include "vmm/core/base/tabular.h"
#include "vmm/core/base/units.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/host/memory.h"

#define COUNT_DEFAULT 100
#define COUNT_QUICK   20
#define MEM_DEFAULT   "64M"

/* Most instances that may be started but not ready. */
#define BEHIND_MAX 64u

/* Kernel memory has settled when two readings in a row are equal. */
#define SETTLE_LOOKS 20
#define SETTLE_NS    100000000

struct crowd {
    const struct environment *env;
    const struct site *site;
    struct cgroup cgroup;
    struct instance *instance;
    unsigned wanted, started, alive; /* alive: ready and not exited */
    struct answers answers;
    struct err limit; /* what stopped it early; empty text: nothing */
};

static int plan_density(struct plan *plan, const struct request *request, struct err *err)
{
    const char *mem = get_text(request->options, "mem");

    (void)err;
    plan_step(plan, request, "",
              json_pack("{s:s, s:s, s:s, s:n}", "bench", "load.idle", "mem",
                        *mem ? mem : MEM_DEFAULT, "thp", "off", ENVIRONMENT_DETACHED));
    if (request->site->container->runtime && !container_has_overlay(request->site->container))
        plan_skip(plan, "container", "", "processes of an engine's containers cannot be monitored");
    return 0;
}

/* Count instances that are ready and have not exited. */
static unsigned count_alive(const struct crowd *crowd)
{
    unsigned alive = crowd->started;

    for (unsigned i = 0; i < crowd->started; i++)
        alive -= instance_has_ended(&crowd->instance[i]);
    return alive < crowd->answers.ready ? alive : crowd->answers.ready;
}

/* Start all instances. Returns 0, RUN_STOPPED, or -1; a limit ends it early with 0. */
static int start_all(struct crowd *crowd, const json_t *options, struct err *err)
{
    while (crowd->started < crowd->wanted) {
        int result = instance_start(&crowd->instance[crowd->started], crowd->env, crowd->site,
                                    options, crowd->started, &crowd->answers, &crowd->limit);
        unsigned behind;

        if (result == RUN_STOPPED)
            return result;
        if (result)
            break;
        crowd->started++;
        /* Not one by one, but close enough to detect a full machine in time. */
        behind = crowd->started > BEHIND_MAX ? crowd->started - BEHIND_MAX : 0;
        result = answers_await(&crowd->answers, behind, crowd->site, &crowd->limit);
        if (result == RUN_STOPPED)
            return result;
        if (result)
            break;
    }
    if (!*crowd->limit.text) {
        int result = answers_await(&crowd->answers, crowd->started, crowd->site, &crowd->limit);

        if (result == RUN_STOPPED)
            return result;
    }
    crowd->alive = count_alive(crowd);
    if (crowd->alive)
        return 0;
    *err = crowd->limit;
    return -1;
}

/* Read the kernel memory of all instances once it has settled. */
static int settled_kernel(const struct crowd *crowd, uint64_t *bytes)
{
    const struct timespec pause = {.tv_nsec = SETTLE_NS};
    uint64_t before = 0;

    for (unsigned i = 0; i < SETTLE_LOOKS; i++) {
        /* It is 0 for live processes only if the kernel does not account it. */
        if (cgroup_kernel(&crowd->cgroup, bytes) || !*bytes)
            return -1;
        if (*bytes == before)
            break;
        before = *bytes;
        nanosleep(&pause, NULL);
    }
    return 0;
}

static void add_row(json_t *rows, const struct crowd *crowd, const char *name, const char *unit,
                    const char *better, double value)
{
    json_t *row = experiment_row(name, unit, better, value);

    json_object_set_new(json_object_get(row, "params"), "count", json_integer(crowd->alive));
    json_array_append_new(rows, row);
}

static void add_memory(json_t *rows, const struct crowd *crowd, uint64_t mem_bytes)
{
    uint64_t other = 0, guest = 0, kernel;
    struct memory_usage usage;
    unsigned seen = 0; /* divide by those that could be read */

    for (unsigned i = 0; i < crowd->started; i++) {
        pid_t pid = instance_pid(&crowd->instance[i], crowd->site);

        if (pid <= 0 || memory_usage_of(pid, mem_bytes, &usage) || usage.pss_bytes == UINT64_MAX)
            continue;
        seen++;
        other += usage.other_pss_bytes;
        guest += usage.pss_bytes;
    }
    if (seen) {
        add_row(rows, crowd, "density.pss", "KiB", "lower", (double)other / 1024 / seen);
        add_row(rows, crowd, "density.guest", "KiB", "lower", (double)guest / 1024 / seen);
    }
    if (crowd->cgroup.version && !settled_kernel(crowd, &kernel))
        add_row(rows, crowd, "density.kernel", "KiB", "lower",
                (double)kernel / 1024 / crowd->alive);
}

/* Start all instances and measure them while alive. */
static int measure_crowd(struct crowd *crowd, json_t *options, json_t *rows, struct err *err)
{
    uint64_t start = clock_mono_ns(), mem_bytes = 0;
    double seconds;
    int result;

    if (crowd->cgroup.version)
        json_object_set_new(options, ENVIRONMENT_CGROUP, json_string(crowd->cgroup.name));
    /* A cgroup that we may create but not enter would account no member. */
    if (crowd->cgroup.version && !crowd->env->contained && cgroup_enter(&crowd->cgroup))
        cgroup_close(&crowd->cgroup);
    result = start_all(crowd, options, err);
    seconds = (double)(clock_mono_ns() - start) / 1e9;
    if (crowd->cgroup.version && !crowd->env->contained)
        cgroup_leave(&crowd->cgroup);
    if (result)
        return result;
    units_parse_size(get_text(options, "mem"), &mem_bytes);
    add_row(rows, crowd, "density.start", "s", "lower", seconds);
    add_row(rows, crowd, "density.rate", "1/s", "higher", crowd->alive / seconds);
    add_memory(rows, crowd, mem_bytes);
    /* An instance that exited meanwhile was not measured completely. */
    return *crowd->limit.text ? 0 : answers_check(&crowd->answers, err);
}

static int open_crowd(struct crowd *crowd, struct err *err)
{
    struct err none;

    crowd->wanted = crowd->site->count ? crowd->site->count
                                       : (crowd->site->quick ? COUNT_QUICK : COUNT_DEFAULT);
    crowd->instance = calloc(crowd->wanted, sizeof(*crowd->instance));
    if (!crowd->instance)
        return err_sys(err, ERR_FAILED, "density");
    if (answers_open(&crowd->answers, err))
        return -1;
    /* Without a cgroup, kernel memory is not reported. */
    if (cgroup_open(&crowd->cgroup, &none))
        crowd->cgroup.version = 0;
    return 0;
}

static void close_crowd(struct crowd *crowd)
{
    instance_end_all(crowd->instance, crowd->started, crowd->site);
    cgroup_close(&crowd->cgroup);
    free(crowd->instance);
    answers_close(&crowd->answers);
}

static int measure_density(struct run *run, const struct environment *env, const struct site *site,
                           const json_t *options, struct err *err)
{
    struct crowd crowd = {.env = env, .site = site};
    json_t *own = json_deep_copy(options), *rows = json_array();
    int result;

    *run = (struct run){0};
    if (open_crowd(&crowd, err)) {
        json_decref(own);
        json_decref(rows);
        free(crowd.instance);
        return -1;
    }
    result = measure_crowd(&crowd, own, rows, err);
    run->interrupted = crowd.answers.interrupted;
    close_crowd(&crowd);
    if (!result)
        run->report = json_pack("{s:s, s:O}", "env", env->name, "benches", rows);
    if (!result && *crowd.limit.text)
        json_object_set_new(run->report, "limit",
                            json_sprintf("stopped with %u of %u alive: %s", crowd.alive,
                                         crowd.wanted, crowd.limit.text));
    json_decref(own);
    json_decref(rows);
    return result;
}

/* The columns of the table. */
static const struct {
    const char *title, *name;
    int width, decimals;
} columns[] = {
    {"start s", "density.start", 9, 2},      {"starts/s", "density.rate", 9, 0},
    {"PSS KiB", "density.pss", 12, 0},       {"touched KiB", "density.guest", 14, 0},
    {"kernel KiB", "density.kernel", 14, 0},
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* The median of a figure in an environment, or NULL. */
static const json_t *find_median(const json_t *results, const char *name, const char *env)
{
    const struct figures_want want = {.name = name, .env = env};

    return json_object_get(figures_find(json_object_get(results, "values"), &want), "median");
}

static void put_each(struct tabular *table, const void *ctx)
{
    for (const struct environment *env = environment; env->name; env++) {
        if (!find_median(ctx, "density.start", env->name))
            continue;
        tabular_cell(table, "%s", env->name);
        for (unsigned i = 0; i < COLUMNS; i++) {
            const json_t *median = find_median(ctx, columns[i].name, env->name);

            if (median)
                tabular_cell(table, "%.*f", columns[i].decimals, json_number_value(median));
            else
                tabular_cell(table, "-");
        }
        tabular_end(table);
    }
}

static void print_density(FILE *out, const json_t *results)
{
    struct tabular_column column[COLUMNS + 1] = {{"env", 10, true, NULL}};

    for (unsigned i = 0; i < COLUMNS; i++)
        column[i + 1] = (struct tabular_column){columns[i].title, columns[i].width, false, NULL};
    fputc('\n', out);
    tabular_print(out, column, COLUMNS + 1, put_each, results);
    wrapped_note(
        out, "PSS KiB: of one process, without the guest's or the benchmarks' memory, which "
             "is\ntouched KiB; kernel KiB: kernel memory of the cgroup, page tables included.\n");
}

const struct experiment experiment_density = {
    .name = "density",
    .help = "Many instances at once (--count): the rate of starts, and the memory of each",
    .blocks = 6,
    .quick_blocks = 1,
    .alone = true,
    .plan = plan_density,
    .measure = measure_density,
    .print = print_density,
};
