/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>

#include "tools/virtcost/compare/report.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"

static json_t *value_of(const json_t *row, const json_t *env)
{
    static const char *const copied[] = {"name", "params", "threads", "unit", "better"};
    json_t *value = json_object();

    for (unsigned i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
        json_object_set(value, copied[i], json_object_get(row, copied[i]));
    json_object_set_new(value, "step", json_string(""));
    json_object_set(value, "env", (json_t *)env);
    json_object_set_new(value, "samples", json_array());
    if (!figures_void(row))
        json_object_set(value, "samples", json_object_get(row, "samples"));
    return value;
}

/* The warnings of one report, and those on its void rows. */
static json_t *warnings_of(const json_t *report)
{
    const json_t *given = json_object_get(report, "warnings");
    json_t *warnings = json_is_array(given) ? json_copy((json_t *)given) : json_array(), *row;
    unsigned wrong = 0, interrupted = 0;
    size_t i;

    json_array_foreach (json_object_get(report, "benches"), i, row) {
        wrong += !get_is(row, "check", "ok");
        interrupted += json_is_true(json_object_get(row, "interrupted"));
    }
    if (wrong)
        json_array_append_new(
            warnings,
            json_pack("{s:s, s:o}", "code", "check_failed", "text",
                      json_sprintf("the check of %u of its rows failed: they are void", wrong)));
    if (interrupted)
        json_array_append_new(
            warnings,
            json_pack("{s:s, s:o}", "code", "interrupted", "text",
                      json_sprintf("%u of its rows were interrupted: they are void", interrupted)));
    return warnings;
}

json_t *report_results(const json_t *report)
{
    const json_t *config = json_object_get(report, "config"), *env = json_object_get(report, "env");
    const char *reason = get_text(json_object_get(report, "end"), "reason");
    json_t *values = json_array(), *row;
    size_t i;

    json_array_foreach (json_object_get(report, "benches"), i, row)
        json_array_append_new(values, value_of(row, env));
    return json_pack("{s:s, s:O*, s:O*, s:O*, s:O*, s:O*, s:{s:s}, s:o, s:[{s:s, s:o}]}", "schema",
                     REPORT_SCHEMA, "env", env, "tool", json_object_get(report, "tool"), "host",
                     json_object_get(report, "host"), "config", config, "quick",
                     json_object_get(config, "quick"), "end", "reason",
                     strcmp(reason, "guest") ? reason : "done", "warnings", warnings_of(report),
                     "experiments", "name", "report", "values", values);
}

int report_check_pair(const json_t *a, const json_t *b, const char *name_a, const char *name_b,
                      struct err *err)
{
    char env_a[24], env_b[24];
    bool is_report = get_is(a, "schema", REPORT_SCHEMA);

    if (is_report != get_is(b, "schema", REPORT_SCHEMA)) {
        err_set(err, ERR_USAGE,
                "%s is a report of one run, %s a results file of virtcost: samples of one run are "
                "not blocks",
                is_report ? name_a : name_b, is_report ? name_b : name_a);
        return err_hint(err, "two reports, or two files from virtcost run --output");
    }
    if (!is_report || json_equal(json_object_get(a, "env"), json_object_get(b, "env")))
        return 0;
    figures_clean(env_a, sizeof(env_a), get_text(a, "env"));
    figures_clean(env_b, sizeof(env_b), get_text(b, "env"));
    err_set(err, ERR_USAGE, "different environments: %s has '%s', %s has '%s'", name_a, env_a,
            name_b, env_b);
    return err_hint(err, "reports of one environment, or virtcost run to compare environments");
}
