/* SPDX-License-Identifier: MIT */
/* The time a process, a container and a VM take from start to exit, by phase. */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/base/stats.h"
#include "vmm/core/base/tabular.h"
#include "vmm/core/base/wrapped.h"

/* In chronological order; each is a field of a report's "startup", or computed from them. */
static const struct phase {
    const char *name, *field, *help;
} phases[] = {
    {"startup.exec_to_main", "exec_to_main_ns", "exec to main, container setup included"},
    {"startup.main_to_entry", "main_to_entry_ns", "main to the first thread or the first KVM_RUN"},
    {"startup.entry_to_user", "entry_to_user_ns",
     "that to the guest's first instruction in ring 3"},
    {"startup.user_to_end", NULL, "that to exit: the run, its report and teardown"},
};

#define PHASES (sizeof(phases) / sizeof(phases[0]))

static int plan_startup(struct plan *plan, const struct request *request, struct err *err)
{
    (void)err;
    plan_step(plan, request, "", json_pack("{s:s}", "bench", "none"));
    return 0;
}

static void add_row(json_t *rows, const char *name, double ns)
{
    json_array_append_new(rows, experiment_row(name, "ns", "lower", ns));
}

/* The program warns if it was stopped or frozen; without benchmarks, no row shows it. */
static bool was_interrupted(const json_t *report)
{
    json_t *warning;
    size_t i;

    json_array_foreach (json_object_get(report, "warnings"), i, warning)
        if (get_is(warning, "code", "interrupted"))
            return true;
    return false;
}

static int measure_startup(struct run *run, const struct environment *env, const struct site *site,
                           const json_t *options, struct err *err)
{
    int result = environment_run(run, env, site, options, err);
    const json_t *startup = json_object_get(run->report, "startup");
    const json_t *to_user = json_object_get(startup, "exec_to_user_ns");
    double total = (double)run->total_ns;
    json_t *rows;

    if (result)
        return result;
    rows = json_array();
    for (unsigned i = 0; i < PHASES; i++)
        if (phases[i].field && json_object_get(startup, phases[i].field))
            add_row(rows, phases[i].name, get_number(startup, phases[i].field));
    /* A report's clock starts at exec, virtcost's at the fork before it. */
    if (to_user && json_number_value(to_user) <= total)
        add_row(rows, "startup.user_to_end", total - json_number_value(to_user));
    if (to_user)
        add_row(rows, "startup.to_user", json_number_value(to_user));
    add_row(rows, "startup.total", total);
    json_object_set_new(run->report, "benches", rows);
    run->interrupted |= was_interrupted(run->report);
    return 0;
}

static const json_t *find_value(const json_t *results, const char *name, const char *env)
{
    const struct figures_want want = {.name = name, .env = env};

    return figures_find(json_object_get(results, "values"), &want);
}

/* The given percentile of the samples in ms; -1 without samples. */
static double percentile_ms(const json_t *value, double percent)
{
    const json_t *samples = json_object_get(value, "samples");
    size_t count = json_array_size(samples), at;
    double *sorted = calloc(count + 1, sizeof(*sorted)), found;

    if (!sorted || !count) {
        free(sorted);
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = json_number_value(json_array_get(samples, i));
    stats_sort(sorted, count);
    at = (size_t)((double)count * percent / 100);
    found = sorted[at < count ? at : count - 1];
    free(sorted);
    return found / 1e6;
}

/* A negative time means unknown. */
static void put_ms(struct tabular *table, double ms)
{
    if (ms < 0)
        tabular_cell(table, "-");
    else
        tabular_cell(table, "%.3f", ms);
}

static void put_env(struct tabular *table, const json_t *results, const char *env)
{
    const json_t *total = find_value(results, "startup.total", env);
    const struct phase *largest = NULL;
    double most = -1;

    if (!total)
        return;
    tabular_cell(table, "%s", env);
    for (unsigned i = 0; i < PHASES; i++) {
        const json_t *median = json_object_get(find_value(results, phases[i].name, env), "median");
        double ms = median ? json_number_value(median) / 1e6 : -1;

        put_ms(table, ms);
        largest = ms > most ? &phases[i] : largest;
        most = ms > most ? ms : most;
    }
    put_ms(table, percentile_ms(total, 50));
    put_ms(table, percentile_ms(total, 99));
    /* The space separates it from the numbers. */
    tabular_cell(table, " %s", largest ? largest->name + strlen("startup.") : "-");
    tabular_end(table);
}

static void put_envs(struct tabular *table, const void *ctx)
{
    for (const struct environment *env = environment; env->name; env++)
        put_env(table, ctx, env->name);
}

static void print_startup(FILE *out, const json_t *results)
{
    struct tabular_column column[PHASES + 4] = {{"ms", 10, true, NULL}};

    for (unsigned i = 0; i < PHASES; i++)
        column[i + 1] =
            (struct tabular_column){phases[i].name + strlen("startup."), 13, false, NULL};
    column[PHASES + 1] = (struct tabular_column){"total p50", 9, false, NULL};
    column[PHASES + 2] = (struct tabular_column){"p99", 9, false, NULL};
    column[PHASES + 3] = (struct tabular_column){" largest", 13, true, NULL};
    fputc('\n', out);
    tabular_print(out, column, PHASES + 4, put_envs, results);
    for (unsigned i = 0; i < PHASES; i++)
        wrapped_note(out, "%s: %s.\n", phases[i].name + strlen("startup."), phases[i].help);
    wrapped_note(
        out, "The guest boots no operating system: a VM with one takes longer by its boot time.\n");
}

const struct experiment experiment_startup = {
    .name = "startup",
    .help = "Fresh starts of a process, a container and a VM, from exec to exit, by phase",
    .blocks = 200,
    .quick_blocks = 20,
    .plan = plan_startup,
    .measure = measure_startup,
    .print = print_startup,
};
