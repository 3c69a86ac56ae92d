/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/added.h"
#include "tools/virtcost/figures.h"
#include "tools/virtcost/get.h"
#include "tools/virtcost/results.h"
#include "tools/virtcost/values.h"
#include "vmm/base/stats.h"
#include "vmm/base/version.h"

/* More of a run's CPU time than this, taken by the hypervisor below, makes it doubtful. */
#define STEAL_PCT 5.0

#define STEAL_RUN_NS 2e8

/* The base is not to change by more than this from the first blocks to the last. */
#define DRIFT 0.05

/* So many blocks are needed to see that. */
#define DRIFT_BLOCKS 6

void results_add(struct results *results, const char *step, unsigned order, const char *env,
                 json_t *report)
{
    const struct part *part = &results->part[results->parts - 1];

    json_array_append_new(results->runs,
                          json_pack("{s:s, s:s, s:i, s:i, s:s, s:o}", "experiment",
                                    part->experiment->name, "step", step, "block", part->blocks,
                                    "order", order, "env", env, "report", report));
}

void results_warn(json_t *warnings, const char *code, json_t *text)
{
    json_array_append_new(warnings, json_pack("{s:s, s:o}", "code", code, "text", text));
}

/* How often the check of which row of which environment failed: {"env: row": count}. */
static json_t *count_wrong(const struct results *results)
{
    json_t *counts = json_object(), *run, *row;
    size_t i, k;

    json_array_foreach (results->runs, i, run) {
        json_t *report = json_object_get(run, "report");

        json_array_foreach (json_object_get(report, "benches"), k, row) {
            char name[FIGURES_LABEL_MAX], key[2 * FIGURES_LABEL_MAX];

            if (get_is(row, "check", "ok"))
                continue;
            figures_label(name, row);
            snprintf(key, sizeof(key), "%s: %s, %lld thr", get_text(run, "env"), name,
                     (long long)get_integer(row, "threads"));
            json_object_set_new(counts, key, json_integer(get_integer(counts, key) + 1));
        }
    }
    return counts;
}

unsigned results_wrong(const struct results *results)
{
    json_t *counts = count_wrong(results), *count;
    const char *key;
    unsigned wrong = 0;

    json_object_foreach (counts, key, count)
        wrong += (unsigned)json_integer_value(count);
    json_decref(counts);
    return wrong;
}

static void warn_wrong(const struct results *results, json_t *warnings)
{
    json_t *counts = count_wrong(results), *count;
    const char *key;

    json_object_foreach (counts, key, count)
        results_warn(warnings, "check_failed",
                     json_sprintf("%s: wrong result in %lld of the runs, whose samples are void",
                                  key, (long long)json_integer_value(count)));
    json_decref(counts);
}

static void warn_incomplete(const struct results *results, json_t *warnings)
{
    for (unsigned i = 0; i < results->parts; i++) {
        const struct part *part = &results->part[i];

        if (part->blocks < part->wanted)
            results_warn(warnings, "incomplete",
                         json_sprintf("%s: ended by %s: %u of %u blocks are complete",
                                      part->experiment->name,
                                      strcmp(results->end, "error") ? "a signal" : "an error",
                                      part->blocks, part->wanted));
    }
}

/* Whether a run was long enough to tell: the kernel counts in ticks of up to 10 ms. */
static bool is_long(const json_t *report)
{
    double window_ns = 0;
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(report, "benches"), i, row)
        window_ns += get_number(row, "window_ns");
    return window_ns >= STEAL_RUN_NS;
}

static void warn_stolen(const struct results *results, json_t *warnings)
{
    unsigned count = 0;
    double most = 0;
    json_t *run;
    size_t i;

    json_array_foreach (results->runs, i, run) {
        const json_t *report = json_object_get(run, "report");
        double pct = get_number(json_object_get(report, "host"), "steal_pct");

        if (!is_long(report))
            continue;
        count += pct > STEAL_PCT;
        most = pct > most ? pct : most;
    }
    if (count)
        results_warn(
            warnings, "stolen",
            json_sprintf("in %u of %zu runs the hypervisor below took more than %.0f %% of "
                         "the CPUs' time, at most %.1f %%",
                         count, json_array_size(results->runs), STEAL_PCT, most));
}

/* The median of the samples from `first` on; they are in the order of the blocks. */
static double median_from(const json_t *samples, size_t first, size_t count)
{
    double *values = calloc(count, sizeof(*values)), median = 0;

    for (size_t i = 0; values && i < count; i++)
        values[i] = json_number_value(json_array_get(samples, first + i));
    if (values) {
        stats_sort(values, count);
        median = stats_median(values, count);
    }
    free(values);
    return median;
}

/* What changed under all environments alike: ratios bear it, absolute figures do not. */
static void warn_drift(json_t *warnings, const char *experiment, const char *base,
                       const json_t *values)
{
    unsigned drifted = 0, seen = 0;
    json_t *value;
    size_t i;

    json_array_foreach (values, i, value) {
        const json_t *samples = json_object_get(value, "samples");
        size_t count = json_array_size(samples), half = count / 2;
        double first, last;

        if (!get_is(value, "env", base) || count < DRIFT_BLOCKS)
            continue;
        first = median_from(samples, 0, half);
        last = median_from(samples, count - half, half);
        seen++;
        drifted += last > first * (1 + DRIFT) || last < first * (1 - DRIFT);
    }
    if (drifted)
        results_warn(
            warnings, "drift",
            json_sprintf("%s: %u of %u figures of %s changed by more than %.0f %% from the "
                         "first half of the blocks to the second",
                         experiment, drifted, seen, base, 100 * DRIFT));
}

/* Whether what a run warns of is said elsewhere in the results, or is what a step is for. */
static bool is_said(const char *code)
{
    static const char *const said[] = {"quick",          "steal",      "unpinned",
                                       "oversubscribed", "incomplete", "check_failed"};

    for (unsigned i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        if (!strcmp(code, said[i]))
            return true;
    return false;
}

/* What the runs themselves warn of: each code once, as the first of them has it. */
static void warn_runs(const struct results *results, json_t *warnings)
{
    json_t *codes = json_object(), *run, *warning, *known;
    const char *code;
    size_t i, k;

    json_array_foreach (results->runs, i, run)
        json_array_foreach (json_object_get(json_object_get(run, "report"), "warnings"), k,
                            warning) {
            code = get_text(warning, "code");
            if (is_said(code))
                continue;
            known = json_object_get(codes, code);
            if (!known)
                json_object_set_new(
                    codes, code,
                    json_pack("{s:i, s:s}", "runs", 1, "text", get_text(warning, "text")));
            else
                json_object_set_new(known, "runs", json_integer(get_integer(known, "runs") + 1));
        }
    json_object_foreach (codes, code, known)
        results_warn(warnings, code,
                     json_sprintf("in %lld of %zu runs: %s", (long long)get_integer(known, "runs"),
                                  json_array_size(results->runs), get_text(known, "text")));
    json_decref(codes);
}

static json_t *envs_json(const struct results *results)
{
    json_t *envs = json_array();

    for (unsigned i = 0; i < results->envs; i++)
        json_array_append_new(envs, json_string(results->env[i]->name));
    return envs;
}

/* What the VM's programs left out, and why: what a reader misses in the table. */
static void add_left_out(json_t *skipped, const json_t *runs, const char *experiment)
{
    json_t *run, *row, *known;
    size_t i, k, n;

    json_array_foreach (runs, i, run) {
        json_array_foreach (json_object_get(json_object_get(run, "report"), "skipped"), k, row) {
            json_t *entry;
            bool found = false;

            if (!get_is(run, "experiment", experiment) || !get_is(run, "env", "vm"))
                continue;
            entry =
                json_pack("{s:s, s:s, s:o}", "env", "vm", "step", get_text(run, "step"), "reason",
                          json_sprintf("%s: %s", get_text(row, "name"), get_text(row, "reason")));
            json_array_foreach (skipped, n, known)
                found |= json_equal(known, entry);
            if (!found)
                json_array_append(skipped, entry);
            json_decref(entry);
        }
    }
}

static json_t *part_json(const struct results *results, const struct part *part, json_t *warnings)
{
    const struct experiment *experiment = part->experiment;
    const char *base = results->env[0]->name, *base_step;
    json_t *envs = envs_json(results), *values, *added, *object;

    values = values_of(results->runs, experiment->name, part->blocks, part->steps, envs);
    base_step = experiment->stepwise ? json_string_value(json_array_get(part->steps, 0)) : NULL;
    object =
        json_pack("{s:s, s:s, s:i, s:i, s:o}", "name", experiment->name, "help", experiment->help,
                  "blocks", part->blocks, "blocks_wanted", part->wanted, "values", values);
    json_object_set_new(object, "ratios",
                        values_ratios(values, base, base_step,
                                      experiment->step_keys ? experiment->step_keys : VALUES_KEYS,
                                      part->blocks));
    values_finish(values);
    added = added_rows(results->runs, experiment->name, json_object_get(object, "ratios"));
    if (json_array_size(added))
        json_object_set(object, "added", added);
    json_decref(added);
    json_object_set_new(object, "skipped",
                        part->skipped ? json_deep_copy(part->skipped) : json_array());
    add_left_out(json_object_get(object, "skipped"), results->runs, experiment->name);
    warn_drift(warnings, experiment->name, base, values);
    json_decref(envs);
    return object;
}

/* What the first report that has it says of the host. */
static json_t *host_json(const struct results *results)
{
    json_t *run;
    size_t i;

    json_array_foreach (results->runs, i, run) {
        json_t *host = json_object_get(json_object_get(run, "report"), "host");

        if (host)
            return json_incref(host);
    }
    return json_object();
}

json_t *results_json(const struct results *results)
{
    json_t *warnings = results->warnings ? json_deep_copy(results->warnings) : json_array();
    json_t *experiments = json_array();

    for (unsigned i = 0; i < results->parts; i++)
        json_array_append_new(experiments, part_json(results, &results->part[i], warnings));
    warn_incomplete(results, warnings);
    warn_wrong(results, warnings);
    warn_stolen(results, warnings);
    warn_runs(results, warnings);
    return json_pack("{s:s, s:{s:s, s:s}, s:I, s:b, s:o, s:o, s:s*, s:{s:s, s:s*}, s:o, s:o, s:O}",
                     "schema", RESULTS_SCHEMA, "tool", "version", version_number, "commit",
                     version_commit, "seed", (json_int_t)results->seed, "quick", results->quick,
                     "envs", envs_json(results), "host", host_json(results), "runtime",
                     results->runtime, "end", "reason", results->end, "error", results->error,
                     "warnings", warnings, "experiments", experiments, "runs", results->runs);
}
