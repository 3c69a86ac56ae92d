/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/results/missing.h"
#include "vmm/core/config/select.h"

/* The first of these objects whose name the word means. */
static const json_t *find(const json_t *array, const char *word, size_t length)
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

/* Whether the word has a row in none of the runs, and one of them lacks it; *reason is its. */
static bool lacks(const struct results *results, const char *word, size_t length,
                  const char **reason)
{
    json_t *run;
    size_t i;

    *reason = NULL;
    json_array_foreach (results->runs, i, run) {
        const json_t *report = json_object_get(run, "report");

        if (find(json_object_get(report, "benches"), word, length))
            return false;
        if (is_missing(report, word, length))
            *reason = get_text(find(json_object_get(report, "skipped"), word, length), "reason");
    }
    return *reason;
}

bool missing_explain(const struct results *results, const char *bench, struct err *err)
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
