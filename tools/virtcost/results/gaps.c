/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/results/gaps.h"
#include "tools/virtcost/results/warnings.h"
#include "vmm/core/config/select.h"

#define REASON_MAX 240

/* Whether a run had benchmarks: its report has a row or a skipped one. */
static bool is_of_something(const json_t *run)
{
    const json_t *report = json_object_get(run, "report");

    return json_array_size(json_object_get(report, "benches")) ||
           json_array_size(json_object_get(report, "skipped"));
}

/* Whether an environment was run with benchmarks in an experiment, in this step or (NULL) any. */
static bool was_run(const json_t *runs, const char *experiment, const char *env, const char *step)
{
    json_t *run;
    size_t i;

    json_array_foreach (runs, i, run)
        if (get_is(run, "experiment", experiment) && get_is(run, "env", env) &&
            (!step || get_is(run, "step", step)) && is_of_something(run))
            return true;
    return false;
}

static bool is_in_a_run(const json_t *runs, const char *env)
{
    json_t *run;
    size_t i;

    json_array_foreach (runs, i, run)
        if (get_is(run, "env", env))
            return true;
    return false;
}

/*
 * Whether the user named an environment in which nothing was run. "null" does not count: some
 * experiments skip it.
 */
static bool is_idle(const struct results *results, unsigned env)
{
    return results->envs_named & 1u << env && results->env[env]->program &&
           json_array_size(results->runs) && !is_in_a_run(results->runs, results->env[env]->name);
}

/* Why an environment is left out of the whole experiment. */
static const char *reason_for_idle(const json_t *experiments, const char *env)
{
    json_t *experiment, *skipped;
    size_t i, k;

    json_array_foreach (experiments, i, experiment)
        json_array_foreach (json_object_get(experiment, "skipped"), k, skipped)
            if (get_is(skipped, "env", env) && get_is(skipped, "step", ""))
                return get_text(skipped, "reason");
    return "no step runs in this environment";
}

/* Count the figures of an environment in an experiment. */
static unsigned count_figures(const json_t *experiment, const char *env)
{
    unsigned count = 0;
    json_t *value;
    size_t i;

    json_array_foreach (json_object_get(experiment, "values"), i, value)
        count += get_is(value, "env", env) && json_object_get(value, "median");
    return count;
}

/* Why a benchmark, or (NULL) the first one with a reason, was not run in an environment. */
static const char *reason_of(char text[REASON_MAX], const json_t *runs, const char *experiment,
                             const char *env, const char *bench)
{
    json_t *run, *row;
    size_t i, k;

    json_array_foreach (runs, i, run) {
        if (!get_is(run, "experiment", experiment) || !get_is(run, "env", env))
            continue;
        json_array_foreach (json_object_get(json_object_get(run, "report"), "skipped"), k, row) {
            if (bench && !get_is(row, "name", bench))
                continue;
            snprintf(text, REASON_MAX, "%s: %s", get_text(row, "name"), get_text(row, "reason"));
            return text;
        }
    }
    snprintf(text, REASON_MAX, "no valid sample");
    return text;
}

/* Whether two rows have the same step, benchmark and threads; parameters may differ. */
static bool is_like(const json_t *value, const json_t *other)
{
    static const char *const keys[] = {"step", "name", "threads"};

    for (unsigned k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
        if (!json_equal(json_object_get(value, keys[k]), json_object_get(other, keys[k])))
            return false;
    return true;
}

/* Whether another environment has a figure for the same row. */
static bool has_figure(const json_t *experiment, const json_t *value, const char *env)
{
    json_t *other;
    size_t i;

    json_array_foreach (json_object_get(experiment, "values"), i, other)
        if (get_is(other, "env", env) && json_object_get(other, "median") &&
            is_like(value, other) &&
            json_equal(json_object_get(value, "params"), json_object_get(other, "params")))
            return true;
    return false;
}

/*
 * An environment's figure for the same row with other parameters, which the benchmark derived from
 * its memory. NULL: none.
 */
static const json_t *find_unlike(const json_t *experiment, const json_t *value, const char *base,
                                 const char *env)
{
    json_t *other;
    size_t i;

    json_array_foreach (json_object_get(experiment, "values"), i, other)
        if (get_is(other, "env", env) && json_object_get(other, "median") &&
            is_like(value, other) && !has_figure(experiment, other, base))
            return other;
    return NULL;
}

/* Why two figures with different parameters have no ratio. */
static const char *unlike_reason(char text[REASON_MAX], const json_t *other)
{
    char label[FIGURES_LABEL_MAX];

    snprintf(text, REASON_MAX,
             "its parameters differ there (%s); name them with --args, or more "
             "--mem",
             figures_label(label, other));
    return text;
}

/* Warn of figures of the base whose counterpart has other parameters: they have no ratio. */
static void warn_of_unlike(json_t *warnings, const struct results *results,
                           const json_t *experiment)
{
    const char *name = get_text(experiment, "name"), *base = results->env[0]->name;
    char label[FIGURES_LABEL_MAX], reason[REASON_MAX];
    json_t *value;
    size_t i;

    json_array_foreach (json_object_get(experiment, "values"), i, value) {
        if (!get_is(value, "env", base) || !json_object_get(value, "median"))
            continue;
        for (unsigned e = 1; e < results->envs; e++) {
            const char *env = results->env[e]->name;
            const json_t *other = has_figure(experiment, value, env)
                                      ? NULL
                                      : find_unlike(experiment, value, base, env);

            if (other)
                warnings_add(warnings, "other_parameters",
                             json_sprintf("%s: no ratio of %s, %lld thr, in %s: %s", name,
                                          figures_label(label, value),
                                          (long long)get_integer(value, "threads"), env,
                                          unlike_reason(reason, other)));
        }
    }
}

void gaps_warn(json_t *warnings, const struct results *results, const json_t *experiments)
{
    char reason[REASON_MAX];
    json_t *experiment;
    size_t i;

    for (unsigned e = 0; e < results->envs; e++) {
        const char *env = results->env[e]->name;

        json_array_foreach (experiments, i, experiment) {
            const char *name = get_text(experiment, "name");

            if (!get_integer(experiment, "blocks") || !was_run(results->runs, name, env, NULL))
                continue;
            if (!count_figures(experiment, env))
                warnings_add(warnings, "no_result",
                             json_sprintf("%s: %s has no result: %s", name, env,
                                          reason_of(reason, results->runs, name, env, NULL)));
        }
        if (is_idle(results, e))
            warnings_add(
                warnings, "no_result",
                json_sprintf("%s has no result: %s", env, reason_for_idle(experiments, env)));
    }
    json_array_foreach (experiments, i, experiment)
        warn_of_unlike(warnings, results, experiment);
}

/* Fail if an experiment has no result, or an environment in it has none while the base has. */
static int find_empty(const struct results *results, const json_t *experiment, struct err *err)
{
    const char *name = get_text(experiment, "name"), *base = results->env[0]->name;
    bool of_base = count_figures(experiment, base), any = of_base;
    bool asked = was_run(results->runs, name, base, NULL);
    char reason[REASON_MAX];

    for (unsigned e = 1; e < results->envs; e++) {
        const char *env = results->env[e]->name;
        unsigned count = count_figures(experiment, env);

        any |= count > 0;
        asked |= was_run(results->runs, name, env, NULL);
        if (of_base && !count && was_run(results->runs, name, env, NULL))
            return err_set(err, ERR_FAILED, "%s: %s has no result: %s", name, env,
                           reason_of(reason, results->runs, name, env, NULL));
    }
    if (any || !asked)
        return 0;
    return err_set(err, ERR_FAILED, "%s: no result: %s", name,
                   reason_of(reason, results->runs, name, base, NULL));
}

/* Fail if the base has a figure that an environment run with it lacks. */
static int find_gap(const struct results *results, const json_t *experiment, struct err *err)
{
    const char *name = get_text(experiment, "name"), *base = results->env[0]->name;
    char reason[REASON_MAX], label[FIGURES_LABEL_MAX];
    json_t *value;
    size_t i;

    json_array_foreach (json_object_get(experiment, "values"), i, value) {
        if (!get_is(value, "env", base) || !json_object_get(value, "median"))
            continue;
        for (unsigned e = 1; e < results->envs; e++) {
            const char *env = results->env[e]->name;
            const json_t *other;

            if (!was_run(results->runs, name, env, get_text(value, "step")) ||
                has_figure(experiment, value, env))
                continue;
            other = find_unlike(experiment, value, base, env);
            figures_label(label, value);
            return err_set(
                err, ERR_FAILED, "%s: %s has no result for %s: %s", name, env, label,
                other ? unlike_reason(reason, other)
                      : reason_of(reason, results->runs, name, env, get_text(value, "name")));
        }
    }
    return 0;
}

int gaps_fail(const struct results *results, const json_t *experiments, struct err *err)
{
    json_t *experiment;
    size_t i;

    for (unsigned e = 0; e < results->envs; e++)
        if (is_idle(results, e))
            return err_set(err, ERR_FAILED, "%s has no result: %s", results->env[e]->name,
                           reason_for_idle(experiments, results->env[e]->name));
    json_array_foreach (experiments, i, experiment)
        if (get_integer(experiment, "blocks") &&
            (find_empty(results, experiment, err) ||
             (results->bench_named && find_gap(results, experiment, err))))
            return -1;
    return 0;
}

/* The first object whose name matches the word. */
static const json_t *find_row(const json_t *array, const char *word, size_t length)
{
    json_t *item;
    size_t i;

    json_array_foreach (array, i, item)
        if (select_matches(get_text(item, "name"), word, length))
            return item;
    return NULL;
}

static bool is_missing(const json_t *report, const char *word, size_t length)
{
    json_t *name;
    size_t i;

    json_array_foreach (json_object_get(json_object_get(report, "end"), "missing"), i, name)
        if (json_string_length(name) == length && !strncmp(json_string_value(name), word, length))
            return true;
    return false;
}

/* Whether no run has a row for the word and at least one lists it as missing; sets *reason. */
static bool lacks(const struct results *results, const char *word, size_t length,
                  const char **reason)
{
    json_t *run;
    size_t i;

    *reason = NULL;
    json_array_foreach (results->runs, i, run) {
        const json_t *report = json_object_get(run, "report");

        if (find_row(json_object_get(report, "benches"), word, length))
            return false;
        if (is_missing(report, word, length))
            *reason =
                get_text(find_row(json_object_get(report, "skipped"), word, length), "reason");
    }
    return *reason;
}

bool gaps_named(const struct results *results, const char *bench, struct err *err)
{
    for (const char *at = bench, *word, *reason; at;) {
        size_t length;

        at = select_word(at, &word, &length);
        if (!lacks(results, word, length, &reason))
            continue;
        err_set(err, ERR_FAILED, "--bench %.*s: no result in any environment%s%s", (int)length,
                word, *reason ? ": " : "", reason);
        return true;
    }
    return false;
}
