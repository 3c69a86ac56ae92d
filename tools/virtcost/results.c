/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/added.h"
#include "tools/virtcost/results.h"
#include "vmm/base/stats.h"
#include "vmm/base/version.h"

void results_add(struct results *results, unsigned block, unsigned order, const char *env,
                 json_t *report)
{
    json_array_append_new(results->runs, json_pack("{s:i, s:i, s:s, s:o}", "block", block, "order",
                                                   order, "env", env, "report", report));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* The report of one environment in one block, or NULL. */
static const json_t *report_of(const struct results *results, unsigned block, const char *env)
{
    json_t *run;
    size_t i;

    json_array_foreach(
        results->runs, i,
        run) if (json_integer_value(json_object_get(run, "block")) == (json_int_t)block &&
                 !strcmp(text_of(run, "env"), env)) return json_object_get(run, "report");
    return NULL;
}

/* The row of a report that is of the same benchmark, parameters and threads, or NULL. */
static const json_t *find_row(const json_t *report, const json_t *like)
{
    static const char *const keys[] = {"name", "params", "threads"};
    json_t *row;
    size_t i;

    json_array_foreach(json_object_get(report, "benches"), i, row)
    {
        unsigned same = 0;

        for (unsigned k = 0; k < 3; k++)
            same += json_equal(json_object_get(row, keys[k]), json_object_get(like, keys[k]));
        if (same == 3)
            return row;
    }
    return NULL;
}

/* The median of a row that is right; -1 if there is none. */
static double median_of(const json_t *row)
{
    if (!row || strcmp(text_of(row, "check"), "ok"))
        return -1;
    return json_number_value(json_object_get(row, "median"));
}

static json_t *reals(const double *values, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_real(values[i]));
    return array;
}

/*
 * The interval by the method that suits the number of values. *confidence is less than 0.95 where
 * there are so few that not even their whole range is enough.
 */
static struct stats_interval interval_of(const double *values, const double *sorted, size_t count,
                                         double *confidence)
{
    double *scratch = calloc(count + STATS_RESAMPLES, sizeof(*scratch));
    struct stats_interval interval = stats_median_ci95(sorted, count, confidence);

    if (count >= STATS_BOOTSTRAP_MIN && scratch) {
        interval = stats_bootstrap_ci95(values, count, 1, scratch);
        *confidence = 0.95;
    }
    free(scratch);
    return interval;
}

/* Set "median", "ci95" and "confidence" of `object` from `count` values. */
static void set_summary(json_t *object, const double *values, size_t count, double *sorted)
{
    struct stats_interval interval;
    double confidence;

    memcpy(sorted, values, count * sizeof(*values));
    stats_sort(sorted, count);
    interval = interval_of(values, sorted, count, &confidence);
    json_object_set_new(object, "median", json_real(stats_median(sorted, count)));
    json_object_set_new(object, "ci95", json_pack("[f, f]", interval.low, interval.high));
    json_object_set_new(object, "confidence", json_real(confidence));
}

static double median_in_place(double *values, size_t count)
{
    stats_sort(values, count);
    return stats_median(values, count);
}

static json_t *row_ratio(const struct results *results, const json_t *like, const char *base,
                         const char *env)
{
    static const char *const copied[] = {"name", "params", "threads", "unit", "better"};
    double *room = calloc(4 * (size_t)results->blocks + 1, sizeof(*room));
    double *ratio = room, *bases = ratio + results->blocks, *others = bases + results->blocks;
    json_t *object = json_object();
    size_t count = 0;

    for (unsigned block = 0; room && block < results->blocks; block++) {
        double of_base = median_of(find_row(report_of(results, block, base), like));
        double of_env = median_of(find_row(report_of(results, block, env), like));

        if (of_base <= 0 || of_env < 0)
            continue;
        bases[count] = of_base;
        others[count] = of_env;
        ratio[count++] = of_env / of_base;
    }
    for (unsigned k = 0; k < sizeof(copied) / sizeof(copied[0]); k++)
        json_object_set(object, copied[k], json_object_get(like, copied[k]));
    json_object_set_new(object, "base", json_string(base));
    json_object_set_new(object, "env", json_string(env));
    json_object_set_new(object, "samples", reals(ratio, count));
    json_object_set_new(object, "voided", json_integer((json_int_t)(results->blocks - count)));
    if (count) {
        set_summary(object, ratio, count, others + results->blocks);
        json_object_set_new(object, "base_median", json_real(median_in_place(bases, count)));
        json_object_set_new(object, "env_median", json_real(median_in_place(others, count)));
    }
    free(room);
    return object;
}

json_t *results_ratios(const struct results *results)
{
    const char *base = results->env[0]->name;
    const json_t *rows = json_object_get(report_of(results, 0, base), "benches");
    json_t *ratios = json_array(), *row;
    size_t i;

    if (!results->blocks)
        return ratios;
    json_array_foreach(rows, i, row) for (unsigned e = 1; e < results->envs; e++)
        json_array_append_new(ratios, row_ratio(results, row, base, results->env[e]->name));
    return ratios;
}

/* "name key=value,key=value" */
static void print_name(char *text, size_t size, const json_t *row)
{
    const char *key, *separator = " ";
    size_t used;
    json_t *value;

    snprintf(text, size, "%s", text_of(row, "name"));
    json_object_foreach(json_object_get(row, "params"), key, value)
    {
        used = strlen(text);
        if (json_is_integer(value))
            snprintf(text + used, size - used, "%s%s=%lld", separator, key,
                     (long long)json_integer_value(value));
        else
            snprintf(text + used, size - used, "%s%s=%s", separator, key, json_string_value(value));
        separator = ",";
    }
}

/* How often the check of which row of which environment failed: {"env: row": count}. */
static json_t *count_wrong(const struct results *results)
{
    json_t *counts = json_object(), *run, *row;
    size_t i, k;

    json_array_foreach(results->runs, i, run)
    {
        json_t *report = json_object_get(run, "report");

        json_array_foreach(json_object_get(report, "benches"), k, row)
        {
            char name[128], key[160];

            if (!strcmp(text_of(row, "check"), "ok"))
                continue;
            print_name(name, sizeof(name), row);
            snprintf(key, sizeof(key), "%s: %s, %lld thr", text_of(run, "env"), name,
                     (long long)json_integer_value(json_object_get(row, "threads")));
            json_object_set_new(counts, key,
                                json_integer(json_integer_value(json_object_get(counts, key)) + 1));
        }
    }
    return counts;
}

unsigned results_wrong(const struct results *results)
{
    json_t *counts = count_wrong(results), *count;
    const char *key;
    unsigned wrong = 0;

    json_object_foreach(counts, key, count) wrong += (unsigned)json_integer_value(count);
    json_decref(counts);
    return wrong;
}

static void warn(json_t *warnings, const char *code, json_t *text)
{
    json_array_append_new(warnings, json_pack("{s:s, s:o}", "code", code, "text", text));
}

json_t *results_warnings(const struct results *results)
{
    json_t *warnings = json_array(), *counts = count_wrong(results), *count;
    const char *key;

    if (results->blocks < results->wanted)
        warn(warnings, "incomplete",
             json_sprintf("ended by %s: %u of %u blocks are complete",
                          strcmp(results->end, "error") ? "a signal" : "an error", results->blocks,
                          results->wanted));
    json_object_foreach(counts, key, count)
        warn(warnings, "check_failed",
             json_sprintf("%s: wrong result in %lld of the runs, whose samples are void", key,
                          (long long)json_integer_value(count)));
    json_decref(counts);
    return warnings;
}

static json_t *end_json(const struct results *results)
{
    return json_pack("{s:s, s:s*}", "reason", results->end, "error", results->error);
}

json_t *results_json(const struct results *results, json_t *ratios, json_t *added, json_t *warnings)
{
    return json_pack("{s:s, s:{s:s, s:s}, s:I, s:i, s:i, s:b, s:o, s:O, s:O, s:O, s:O}", "schema",
                     "virtcost/1", "tool", "version", version_number, "commit", version_commit,
                     "seed", (json_int_t)results->seed, "blocks", results->blocks, "blocks_wanted",
                     results->wanted, "quick", results->quick, "end", end_json(results), "ratios",
                     ratios, "added", added, "warnings", warnings, "runs", results->runs);
}

/* Whether an interval says more than that the two may be the same. */
static const char *verdict(const json_t *ratio, double low, double high)
{
    int lower_is_better = !strcmp(text_of(ratio, "better"), "lower");

    if (json_number_value(json_object_get(ratio, "confidence")) < 0.95)
        return "few";
    if (low <= 1 && high >= 1)
        return "same";
    return (low > 1) != lower_is_better ? "better" : "worse";
}

static void print_ratio(FILE *out, const json_t *ratio)
{
    const json_t *ci95 = json_object_get(ratio, "ci95");
    double low = json_number_value(json_array_get(ci95, 0));
    double high = json_number_value(json_array_get(ci95, 1));
    json_int_t voided = json_integer_value(json_object_get(ratio, "voided"));
    char name[128];

    print_name(name, sizeof(name), ratio);
    fprintf(out, "%-30s %4lld %-5s", name,
            (long long)json_integer_value(json_object_get(ratio, "threads")),
            text_of(ratio, "env"));
    if (!ci95)
        fprintf(out, " no result");
    else
        fprintf(out, " %8.5g %8.5g %-8s %7.4f [%6.4f, %6.4f] %s",
                json_number_value(json_object_get(ratio, "base_median")),
                json_number_value(json_object_get(ratio, "env_median")), text_of(ratio, "unit"),
                json_number_value(json_object_get(ratio, "median")), low, high,
                verdict(ratio, low, high));
    if (voided)
        fprintf(out, " (%lld void)", (long long)voided);
    fputc('\n', out);
}

static int has_null(const struct results *results)
{
    for (unsigned e = 1; e < results->envs; e++)
        if (!strcmp(results->env[e]->name, "null"))
            return 1;
    return 0;
}

void results_print(FILE *out, const struct results *results, const json_t *ratios,
                   const json_t *added, const json_t *warnings)
{
    const char *base = results->env[0]->name;
    json_t *ratio, *warning;
    size_t i;

    fprintf(out, "%u blocks%s, seed %" PRIu64 "\n", results->blocks,
            results->quick ? " of quick runs, for a first look" : "", results->seed);
    fprintf(out, "%-30s %4s %-5s %8s %8s %-8s %7s %-16s\n", "benchmark", "thr", "env", base, "env",
            "unit", "ratio", " 95 % interval");
    json_array_foreach(ratios, i, ratio) print_ratio(out, ratio);
    fprintf(out,
            "The ratio is the median of env/%s within each block; \"same\" if 1 is in its\n"
            "interval.",
            base);
    if (has_null(results))
        fprintf(out, " The ratio of \"null\", %s against %s, shows the noise.", base, base);
    fputc('\n', out);
    added_print(out, added, ratios);
    json_array_foreach(warnings, i, warning)
        fprintf(out, "%swarning  %s\n", i ? "" : "\n", text_of(warning, "text"));
}
