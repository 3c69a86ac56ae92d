/* SPDX-License-Identifier: MIT */
#include "tools/virtcost/results/results.h"
#include "tools/virtcost/figures/added.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/verdict.h"
#include "tools/virtcost/results/values.h"
#include "tools/virtcost/results/warnings.h"
#include "vmm/base/version.h"

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
    add_left_out(json_object_get(object, "skipped"), results->runs, experiment->name);
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
