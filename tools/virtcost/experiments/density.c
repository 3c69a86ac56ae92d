/* SPDX-License-Identifier: MIT */
/*
 * How many fit: so many VMs, containers or processes alive at once, each having answered, and what
 * one of them takes of the host's memory.
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

/* So many are started and have not answered yet, at most. */
#define BEHIND_MAX 64u

/* The kernel's memory is settled when it changes no more from one look to the next. */
#define SETTLE_LOOKS 20
#define SETTLE_NS    100000000

struct crowd {
    const struct environment *env;
    const struct site *site;
    struct cgroup cgroup;
    struct instance *instance;
    unsigned wanted, started, alive; /* alive: those that have answered */
    struct answers answers;
    struct err limit; /* what stopped it before all were there; no text: nothing */
};

static int plan_density(struct plan *plan, const struct request *request, struct err *err)
{
    const char *mem = get_text(request->options, "mem");

    (void)err;
    plan_step(plan, request, "",
              json_pack("{s:s, s:s, s:s, s:n}", "bench", "load.idle", "mem",
                        *mem ? mem : MEM_DEFAULT, "thp", "off", ENVIRONMENT_DETACHED));
    if (request->site->container->runtime && !container_has_overlay(request->site->container))
        plan_skip(plan, "container", "", "an engine's containers cannot be watched from here");
    return 0;
}

/* Those that have answered and are still there. */
static unsigned count_alive(const struct crowd *crowd)
{
    unsigned alive = crowd->started;

    for (unsigned i = 0; i < crowd->started; i++)
        alive -= instance_has_ended(&crowd->instance[i]);
    return alive < crowd->answers.ready ? alive : crowd->answers.ready;
}

/* Start them all. Returns 0, RUN_STOPPED, or -1; a limit that is met ends it as well. */
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
        /* Not one by one, but near enough that a machine that is full is noticed in time. */
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

/* What the kernel holds for all of them, once that changes no more. */
static int settled_kernel(const struct crowd *crowd, uint64_t *bytes)
{
    const struct timespec pause = {.tv_nsec = SETTLE_NS};
    uint64_t before = 0;

    for (unsigned i = 0; i < SETTLE_LOOKS; i++) {
        /* Of processes that are alive, it is not 0 unless the kernel does not count. */
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
    unsigned seen = 0; /* the mean is that of those that could be looked at */

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

/* All of them alive, measured. */
static int measure_crowd(struct crowd *crowd, json_t *options, json_t *rows, struct err *err)
{
    uint64_t start = clock_mono_ns(), mem_bytes = 0;
    double seconds;
    int result;

    if (crowd->cgroup.version)
        json_object_set_new(options, ENVIRONMENT_CGROUP, json_string(crowd->cgroup.name));
    /* A cgroup that we may make, but not enter, would tell of nobody's memory. */
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
    /* One that ended meanwhile has not been measured whole. */
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
    /* Without it, the kernel's memory is not told. */
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
                            json_sprintf("%u of %u were alive when this stopped it: %s",
                                         crowd.alive, crowd.wanted, crowd.limit.text));
    json_decref(own);
    json_decref(rows);
    return result;
}

/* The columns of the table. */
static const struct {
    const char *title, *name;
    int width, decimals;
} columns[] = {
    {"all in s", "density.start", 9, 2},     {"per s", "density.rate", 9, 0},
    {"PSS KiB", "density.pss", 12, 0},       {"touched KiB", "density.guest", 14, 0},
    {"kernel KiB", "density.kernel", 14, 0},
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* The figure of one environment, or NULL. */
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
    struct tabular_column column[COLUMNS + 1] = {{"each", 10, true, NULL}};

    for (unsigned i = 0; i < COLUMNS; i++)
        column[i + 1] = (struct tabular_column){columns[i].title, columns[i].width, false, NULL};
    fputc('\n', out);
    tabular_print(out, column, COLUMNS + 1, put_each, results);
    wrapped_note(out,
                 "PSS: of the process, but for the guest's memory, or the benchmarks', which is\n"
                 "touched; kernel: what the cgroup holds of the kernel's, page tables included.\n");
}

const struct experiment experiment_density = {
    .name = "density",
    .help = "Many alive at once (--count): how fast they start, and the memory that one takes",
    .blocks = 6,
    .quick_blocks = 1,
    .alone = true,
    .plan = plan_density,
    .measure = measure_density,
    .print = print_density,
};
