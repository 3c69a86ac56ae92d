/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>

#include "tools/virtcost/figures/added.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/verdict.h"
#include "tools/virtcost/results/results.h"
#include "tools/virtcost/results/values.h"
#include "tools/virtcost/results/warnings.h"
#include "vmm/core/base/version.h"

void results_add(struct results *results, const char *step, unsigned order, const char *env,
                 json_t *report)
{
    const struct part *part = &results->part[results->parts - 1];

    json_array_append_new(results->runs,
                          json_pack("{s:s, s:s, s:i, s:i, s:s, s:o}", "experiment",
                                    part->experiment->name, "step", step, "block", part->blocks,
                                    "order", order, "env", env, "report", report));
}

static json_t *envs_json(const struct results *results)
{
    json_t *envs = json_array();

    for (unsigned i = 0; i < results->envs; i++)
        json_array_append_new(envs, json_string(results->env[i]->name));
    return envs;
}

/* The entry of an environment and a step with this reason, or NULL. */
static json_t *find_entry(const json_t *entries, const char *env, const char *step, const char *why)
{
    json_t *entry;
    size_t i;

    json_array_foreach (entries, i, entry)
        if (get_is(entry, "env", env) && get_is(entry, "step", step) && get_is(entry, "why", why))
            return entry;
    return NULL;
}

/* Whether a list separated by ", " contains an item. */
static bool has_item(const char *list, const char *item)
{
    size_t length = strlen(item);

    for (const char *at = strstr(list, item); at; at = strstr(at + 1, item))
        if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ','))
            return true;
    return false;
}

static void add_item(json_t *entry, const char *key, const char *item)
{
    const char *list = get_text(entry, key);

    if (!has_item(list, item))
        json_object_set_new(entry, key, json_sprintf("%s%s%s", list, *list ? ", " : "", item));
}

/* Record what a run skipped: one entry for all benchmarks with the same reason. */
static void add_left_out_of(json_t *entries, const json_t *run)
{
    const char *env = get_text(run, "env"), *step = get_text(run, "step");
    json_t *row, *entry;
    size_t i;

    json_array_foreach (json_object_get(json_object_get(run, "report"), "skipped"), i, row) {
        const char *why = get_text(row, "reason");

        entry = find_entry(entries, env, step, why);
        if (!entry) {
            json_array_append_new(entries, json_pack("{s:s, s:s, s:s, s:s}", "env", env, "step",
                                                     step, "names", "", "why", why));
            entry = json_array_get(entries, json_array_size(entries) - 1);
        }
        add_item(entry, "names", get_text(row, "name"));
    }
}

/* Add the entries of the VM, or of the other environments: {"env", "step", "names", "why"}. */
static json_t *left_out(const struct results *results, const char *experiment, bool vm)
{
    json_t *entries = json_array(), *run;
    size_t i;

    for (unsigned e = 0; e < results->envs; e++) {
        const char *env = results->env[e]->name;

        if (!strcmp(env, "vm") != vm)
            continue;
        json_array_foreach (results->runs, i, run)
            if (get_is(run, "experiment", experiment) && get_is(run, "env", env))
                add_left_out_of(entries, run);
    }
    return entries;
}

/* Whether two entries differ only in the environment. */
static bool is_same(const json_t *a, const json_t *b)
{
    return get_is(a, "step", get_text(b, "step")) && get_is(a, "names", get_text(b, "names")) &&
           get_is(a, "why", get_text(b, "why"));
}

/* Merge environments that skipped the same; drop what is reported for the VM already. */
static json_t *merge_envs(const json_t *entries, const json_t *of_vm)
{
    json_t *merged = json_array(), *entry, *known;
    size_t i, k;

    json_array_foreach (entries, i, entry) {
        bool is_told = false;

        json_array_foreach (of_vm, k, known)
            is_told |= is_same(entry, known);
        json_array_foreach (merged, k, known)
            if (is_same(entry, known) && !is_told) {
                add_item(known, "env", get_text(entry, "env"));
                is_told = true;
            }
        if (!is_told)
            json_array_append_new(merged, json_deep_copy(entry));
    }
    return merged;
}

/* List what the table lacks, with reasons. */
static void add_left_out(json_t *skipped, const struct results *results, const char *experiment)
{
    json_t *of_vm = left_out(results, experiment, true);
    json_t *others = left_out(results, experiment, false);
    json_t *all = merge_envs(others, of_vm), *entry;
    size_t i;

    json_array_extend(all, of_vm);
    json_array_foreach (all, i, entry)
        json_array_append_new(
            skipped,
            json_pack("{s:O, s:O, s:o}", "env", json_object_get(entry, "env"), "step",
                      json_object_get(entry, "step"), "reason",
                      json_sprintf("%s: %s", get_text(entry, "names"), get_text(entry, "why"))));
    json_decref(all);
    json_decref(others);
    json_decref(of_vm);
}

static json_t *part_json(const struct results *results, const struct part *part)
{
    const struct experiment *experiment = part->experiment;
    const char *base = results->env[0]->name, *base_step;
    json_t *envs = envs_json(results), *values, *added, *object;

    values = values_of(results->runs, experiment->name, part->blocks, part->steps, envs);
    base_step = experiment->stepwise ? json_string_value(json_array_get(part->steps, 0)) : NULL;
    object =
        json_pack("{s:s, s:s, s:i, s:i, s:o}", "name", experiment->name, "help", experiment->help,
                  "blocks", part->blocks, "blocks_wanted", part->wanted, "values", values);
    if (part->elapsed_ns)
        json_object_set_new(object, "seconds", json_real((double)part->elapsed_ns / 1e9));
    json_object_set_new(object, "ratios",
                        values_ratios(values, base, base_step,
                                      experiment->step_keys ? experiment->step_keys : VALUES_KEYS,
                                      part->blocks));
    verdict_write(json_object_get(object, "ratios"), results->margin_pct / 100);
    values_finish(values);
    added = added_rows(results->runs, experiment->name, json_object_get(object, "ratios"));
    if (json_array_size(added))
        json_object_set(object, "added", added);
    json_decref(added);
    json_object_set_new(object, "skipped",
                        part->skipped ? json_deep_copy(part->skipped) : json_array());
    add_left_out(json_object_get(object, "skipped"), results, experiment->name);
    json_decref(envs);
    return object;
}

/* The host as described by the first report that does. */
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
    json_t *experiments = json_array();

    for (unsigned i = 0; i < results->parts; i++)
        json_array_append_new(experiments, part_json(results, &results->part[i]));
    return json_pack(
        "{s:s, s:{s:s, s:s}, s:I, s:b, s:f, s:o, s:o, s:s*, s:{s:s, s:s*}, s:o, s:o, s:O}",
        "schema", RESULTS_SCHEMA, "tool", "version", version_number, "commit", version_commit,
        "seed", (json_int_t)results->seed, "quick", results->quick, "margin_pct",
        results->margin_pct, "envs", envs_json(results), "host", host_json(results), "runtime",
        results->runtime, "end", "reason", results->end, "error", results->error, "warnings",
        warnings_of(results, experiments), "experiments", experiments, "runs", results->runs);
}
