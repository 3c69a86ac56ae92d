/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/results/limits.h"
#include "tools/virtcost/results/values.h"
#include "vmm/core/base/stats.h"

/*
 * While values are built, each has "by_block": its median in each block, null if the run is
 * missing, failed its check, or was interrupted.
 */
#define BY_BLOCK "by_block"

/* The same for the runs' limits. */
#define LIMITS_BY_BLOCK "limits_by_block"

static const char *const identity[] = {"name", "params", "threads"};

_Static_assert(sizeof(identity) / sizeof(identity[0]) == VALUES_KEYS, "what makes a row");

static bool same_row(const json_t *a, const json_t *b, unsigned keys)
{
    for (unsigned i = 0; i < keys; i++)
        if (!json_equal(json_object_get(a, identity[i]), json_object_get(b, identity[i])))
            return false;
    return true;
}

/* Find the value for a row in a step and an environment; NULL: none yet. */
static json_t *find_value(const json_t *values, const json_t *row, const char *step,
                          const char *env, unsigned keys)
{
    json_t *value;
    size_t i;

    json_array_foreach (values, i, value)
        if (get_is(value, "step", step) && get_is(value, "env", env) && same_row(value, row, keys))
            return value;
    return NULL;
}

static json_t *new_value(const json_t *row, const char *step, const char *env, unsigned blocks)
{
    json_t *value = json_pack("{s:s, s:s}", "step", step, "env", env), *array = json_array();
    json_t *limits = json_array();

    for (unsigned i = 0; i < VALUES_KEYS; i++)
        json_object_set(value, identity[i], json_object_get(row, identity[i]));
    json_object_set(value, "unit", json_object_get(row, "unit"));
    json_object_set(value, "better", json_object_get(row, "better"));
    for (unsigned i = 0; i < blocks; i++)
        json_array_append_new(array, json_null());
    for (unsigned i = 0; i < blocks; i++)
        json_array_append_new(limits, json_null());
    json_object_set_new(value, BY_BLOCK, array);
    json_object_set_new(value, LIMITS_BY_BLOCK, limits);
    return value;
}

/* Exits to user space by reason and operation, from the VM's first run: they vary little. */
static void set_exits(json_t *value, const json_t *row)
{
    json_t *per_op = json_object(), *count;
    double ops = get_number(row, "ops");
    const char *reason;

    json_object_foreach (json_object_get(row, "exits_user"), reason, count)
        if (ops > 0)
            json_object_set_new(per_op, reason, json_real(json_number_value(count) / ops));
    if (json_object_size(per_op))
        json_object_set(value, "exits_per_op", per_op);
    json_decref(per_op);
}

/* Exits to the VMM in the timed part of the VM's first run, barriers included. */
static void set_exits_vmm(json_t *value, const json_t *row)
{
    static const char *const kinds[] = {"exits_user", "exits_harness"};
    json_t *count;
    const char *reason;
    double sum = 0;

    if (!json_object_get(row, "exits_harness"))
        return;
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        json_object_foreach (json_object_get(row, kinds[i]), reason, count)
            sum += json_number_value(count);
    json_object_set_new(value, "exits_vmm", json_real(sum));
}

/* Copy the other properties of the first run's row. */
static void set_details(json_t *value, const json_t *row)
{
    static const char *const copied[] = {"latency_ns", "time_ns", "window_ns"};
    const json_t *kvm = json_object_get(json_object_get(row, "exits_kernel"), "exits");

    set_exits(value, row);
    set_exits_vmm(value, row);
    if (kvm)
        json_object_set(value, "exits_kvm", json_object_get(kvm, "count"));
    for (unsigned i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
        if (json_object_get(row, copied[i]))
            json_object_set(value, copied[i], json_object_get(row, copied[i]));
}

static void add_row(json_t *values, const json_t *run, const json_t *row, unsigned blocks)
{
    const char *step = get_text(run, "step"), *env = get_text(run, "env");
    json_t *value = find_value(values, row, step, env, VALUES_KEYS);
    double median = get_number(row, "median");

    if (!value) {
        value = new_value(row, step, env, blocks);
        set_details(value, row);
        json_array_append_new(values, value);
    }
    json_array_set_new(json_object_get(value, LIMITS_BY_BLOCK), (size_t)get_integer(run, "block"),
                       limits_of(json_object_get(run, "report")));
    if (!figures_void(row))
        json_array_set_new(json_object_get(value, BY_BLOCK), (size_t)get_integer(run, "block"),
                           json_real(median));
}

/* Set "samples", "median", "ci95" and "confidence" from sorted `values`; nothing without values. */
static void set_summary(json_t *object, double *values, size_t count)
{
    double *room = calloc(2 * count + STATS_RESAMPLES, sizeof(*room)), confidence = 0;
    json_t *samples = json_array();
    struct stats_interval interval;

    for (size_t i = 0; i < count; i++)
        json_array_append_new(samples, json_real(values[i]));
    json_object_set_new(object, "samples", samples);
    if (!count || !room) {
        free(room);
        return;
    }
    memcpy(room, values, count * sizeof(*values));
    stats_sort(values, count);
    interval = stats_median_ci95(values, count, &confidence);
    if (count >= STATS_BOOTSTRAP_MIN) {
        interval = stats_bootstrap_ci95(room, count, 1, room + count);
        confidence = 0.95;
    }
    json_object_set_new(object, "median", json_real(stats_median(values, count)));
    json_object_set_new(object, "ci95", json_pack("[f, f]", interval.low, interval.high));
    json_object_set_new(object, "confidence", json_real(confidence));
    free(room);
}

/* Set median, interval and samples of a value from its blocks. */
static void summarize(json_t *value, unsigned blocks)
{
    double *values = calloc(blocks + 1, sizeof(*values));
    json_t *median;
    size_t count = 0, i;

    json_array_foreach (json_object_get(value, BY_BLOCK), i, median)
        if (values && json_is_number(median))
            values[count++] = json_number_value(median);
    set_summary(value, values, count);
    free(values);
}

/* Group a step's values by row: they were run in random order. */
static void add_in_order(json_t *ordered, const json_t *values, const char *step,
                         const json_t *envs)
{
    json_t *value, *env, *other;
    size_t i, k;

    json_array_foreach (values, i, value) {
        if (!get_is(value, "step", step) ||
            find_value(ordered, value, step, get_text(value, "env"), VALUES_KEYS))
            continue;
        json_array_foreach (envs, k, env) {
            other = find_value(values, value, step, json_string_value(env), VALUES_KEYS);
            if (other)
                json_array_append(ordered, other);
        }
    }
}

json_t *values_of(const json_t *runs, const char *experiment, unsigned blocks, const json_t *steps,
                  const json_t *envs)
{
    json_t *values = json_array(), *ordered = json_array(), *run, *row, *value, *step;
    size_t i, k;

    json_array_foreach (runs, i, run) {
        const json_t *report = json_object_get(run, "report");

        if (!get_is(run, "experiment", experiment) || get_integer(run, "block") >= blocks)
            continue;
        json_array_foreach (json_object_get(report, "benches"), k, row)
            add_row(values, run, row, blocks);
    }
    json_array_foreach (values, i, value)
        summarize(value, blocks);
    json_array_foreach (steps, i, step)
        add_in_order(ordered, values, json_string_value(step), envs);
    json_decref(values);
    return ordered;
}

static double at_block(const json_t *value, size_t block)
{
    const json_t *median = json_array_get(json_object_get(value, BY_BLOCK), block);

    return json_is_number(median) ? json_number_value(median) : -1;
}

static double median_of(double *values, size_t count)
{
    stats_sort(values, count);
    return stats_median(values, count);
}

/* Why the runs of a block cannot be compared, or NULL. */
static const char *unequal_at(char text[LIMITS_TEXT_MAX], const json_t *base, const json_t *value,
                              size_t block)
{
    return limits_reason(
        text, get_text(base, "env"), json_array_get(json_object_get(base, LIMITS_BY_BLOCK), block),
        get_text(value, "env"), json_array_get(json_object_get(value, LIMITS_BY_BLOCK), block));
}

static json_t *ratio_of(const json_t *value, const json_t *base, const char *base_step,
                        unsigned blocks)
{
    static const char *const copied[] = {"step", "name", "params", "threads", "unit", "better"};
    double *room = calloc(3 * (size_t)blocks + 1, sizeof(*room));
    double *ratio = room, *bases = ratio + blocks, *others = bases + blocks;
    json_t *object = json_object();
    char reason[LIMITS_TEXT_MAX];
    size_t count = 0, unequal = 0;

    for (unsigned k = 0; k < sizeof(copied) / sizeof(copied[0]); k++)
        json_object_set(object, copied[k], json_object_get(value, copied[k]));
    json_object_set(object, "base", json_object_get(base, "env"));
    json_object_set(object, "env", json_object_get(value, "env"));
    if (base_step)
        json_object_set_new(object, "base_step", json_string(base_step));
    for (unsigned block = 0; room && block < blocks; block++) {
        double of_base = at_block(base, block), of_env = at_block(value, block);

        if (of_base <= 0 || of_env < 0)
            continue;
        if (unequal_at(reason, base, value, block)) {
            unequal++;
            json_object_set_new(object, "reason", json_string(reason));
            continue;
        }
        bases[count] = of_base;
        others[count] = of_env;
        ratio[count++] = of_env / of_base;
    }
    if (room)
        set_summary(object, ratio, count);
    json_object_set_new(object, "voided", json_integer((json_int_t)(blocks - count - unequal)));
    if (unequal)
        json_object_set_new(object, "unequal", json_integer((json_int_t)unequal));
    if (count) {
        json_object_set_new(object, "base_median", json_real(median_of(bases, count)));
        json_object_set_new(object, "env_median", json_real(median_of(others, count)));
    }
    free(room);
    return object;
}

/* Whether a figure is known to be 0: no ratio to it is possible. */
static int is_nothing(const json_t *value)
{
    return json_object_get(value, "median") && get_number(value, "median") == 0;
}

json_t *values_ratios(const json_t *values, const char *base, const char *base_step, unsigned keys,
                      unsigned blocks)
{
    json_t *ratios = json_array(), *value;
    size_t i;

    json_array_foreach (values, i, value) {
        const char *step = get_text(value, "step"), *env = get_text(value, "env");
        const json_t *other = find_value(values, value, step, base, VALUES_KEYS);

        if (get_is(value, "better", "none") || (other && is_nothing(other)))
            continue;
        if (strcmp(env, base) != 0 && other)
            json_array_append_new(ratios, ratio_of(value, other, NULL, blocks));
        other = base_step ? find_value(values, value, base_step, env, keys) : NULL;
        if (other && strcmp(step, base_step) != 0)
            json_array_append_new(ratios, ratio_of(value, other, base_step, blocks));
    }
    return ratios;
}

void values_finish(json_t *values)
{
    json_t *value;
    size_t i;

    json_array_foreach (values, i, value) {
        json_object_del(value, BY_BLOCK);
        json_object_del(value, LIMITS_BY_BLOCK);
    }
}
