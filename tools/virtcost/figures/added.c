/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/added.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/measure.h"
#include "vmm/core/base/stats.h"
#include "vmm/core/base/tabular.h"
#include "vmm/core/base/wrapped.h"

#define VM "vm"

/* Parts of an operation's added time: how often each happens, and the row with its cost. */
static const struct part {
    const char *what;
    const char *count; /* key of the row (per operation) or of its exits_user (total) */
    const char *name;  /* benchmark that measures the cost of one */
    const char *param, *value;
} parts[] = {
    {"kick, an exit", "mmio_write", "exits.mmio.write", "work", "none"},
    {"kick, in KVM", "kicks_per_io", "exits.mmio.event", "work", "none"},
    {"wake-up of the disk's thread", "sleeps_per_io", "exits.floor", "exit", "wakeup"},
    {"interrupt to a halted vCPU", "interrupts_per_io", "exits.irqfd.halted", NULL, NULL},
    {"interrupt status, an exit", "mmio_read", "exits.mmio.read", "work", "none"},
    {"interrupt acknowledge, an exit", "mmio_read", "exits.mmio.write", "work", "none"},
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static int is_blk(const json_t *row)
{
    return !strncmp(get_text(row, "name"), "blk.", 4);
}

/* The runs of one experiment. */
struct runs {
    const json_t *all;
    const char *experiment;
};

/* Median of a value over the reports of an environment; -1: none has it. */
static double median_over(const struct runs *runs, const char *env,
                          double (*value)(const json_t *report, const void *arg), const void *arg)
{
    double *values = calloc(json_array_size(runs->all) + 1, sizeof(*values)), median = -1;
    size_t count = 0, i;
    json_t *run;

    json_array_foreach (runs->all, i, run) {
        double found = -1;

        if (values && get_is(run, "env", env) && get_is(run, "experiment", runs->experiment))
            found = value(json_object_get(run, "report"), arg);
        if (found >= 0)
            values[count++] = found;
    }
    if (count) {
        stats_sort(values, count);
        median = stats_median(values, count);
    }
    free(values);
    return median;
}

static double cost_in(const json_t *report, const void *arg)
{
    const struct part *part = arg;
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(report, "benches"), i, row) {
        const json_t *params = json_object_get(row, "params");

        if (get_is(row, "name", part->name) && get_is(row, "check", "ok") &&
            (!part->param || get_is(params, part->param, part->value)))
            return get_number(row, "median");
    }
    return -1;
}

/* The row whose count is read. */
struct count_of {
    const struct part *part;
    const json_t *like;
};

/*
 * A driver's MMIO writes are kicks, if kicks exit, and one interrupt acknowledge per status read.
 */
static double count_of_row(const json_t *row, const struct part *part)
{
    const json_t *exits = json_object_get(row, "exits_user");
    double ops = get_number(row, "ops");
    double reads = get_number(exits, "mmio_read");
    double kicks = (get_number(exits, "mmio_write") - reads) / ops;

    if (!strcmp(part->count, "mmio_write"))
        return kicks;
    if (!strcmp(part->count, "mmio_read"))
        return reads / ops;
    if (!strcmp(part->count, "kicks_per_io") && kicks > 0)
        return 0;
    return get_number(row, part->count);
}

static double count_in(const json_t *report, const void *arg)
{
    const struct count_of *of = arg;
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(report, "benches"), i, row) {
        if (json_equal(json_object_get(row, "name"), json_object_get(of->like, "name")) &&
            json_equal(json_object_get(row, "params"), json_object_get(of->like, "params")))
            return count_of_row(row, of->part);
    }
    return -1;
}

/* Build the parts and their sum; none if the cost of a part that happened is unknown. */
static void predict(const struct runs *runs, const json_t *ratio, json_t *object, double added_ns)
{
    json_t *array = json_array();
    double sum = 0;

    for (unsigned i = 0; i < PARTS; i++) {
        const struct count_of of = {&parts[i], ratio};
        double per_io = median_over(runs, VM, count_in, &of);
        double already = median_over(runs, get_text(ratio, "base"), count_in, &of), cost;

        /* The base has some of it too: it sleeps until its disk is done. */
        per_io -= already > 0 ? already : 0;
        cost = per_io > 0 ? median_over(runs, VM, cost_in, &parts[i]) : 0;

        if (cost < 0) {
            json_decref(array);
            return;
        }
        if (per_io <= 0)
            continue;
        sum += per_io * cost;
        json_array_append_new(array, json_pack("{s:s, s:f, s:f}", "what", parts[i].what, "per_io",
                                               per_io, "ns", cost));
    }
    json_object_set_new(object, "parts", array);
    json_object_set_new(object, "predicted_ns", json_real(sum));
    json_object_set_new(object, "residual_ns", json_real(added_ns - sum));
}

json_t *added_rows(const json_t *runs, const char *experiment, const json_t *ratios)
{
    const struct runs of = {runs, experiment};
    json_t *rows = json_array(), *ratio;
    size_t i;

    json_array_foreach (ratios, i, ratio) {
        double base = get_number(ratio, "base_median");
        double env = get_number(ratio, "env_median");
        json_t *object;

        if (!is_blk(ratio) || !get_is(ratio, "env", VM) || base <= 0 || env <= 0)
            continue;
        object = json_pack("{s:O, s:O, s:f, s:f, s:f}", "name", json_object_get(ratio, "name"),
                           "params", json_object_get(ratio, "params"), "base_ns", 1e9 / base,
                           "env_ns", 1e9 / env, "added_ns", 1e9 / env - 1e9 / base);
        predict(&of, ratio, object, 1e9 / env - 1e9 / base);
        json_array_append_new(rows, object);
    }
    return rows;
}

static json_int_t param(const json_t *row, const char *key)
{
    return get_integer(json_object_get(row, "params"), key);
}

/* The ratio of one cell, or NULL. */
static const json_t *find_cell(const json_t *ratios, const char *name, json_int_t bs,
                               json_int_t depth)
{
    return figures_find(
        ratios, &(struct figures_want){.name = name, .env = VM, .bs = bs, .iodepth = depth});
}

#define BS_MIN    512
#define BS_MAX    (1 << 20)
#define DEPTH_MAX 64

static int any_in(const json_t *ratios, const char *name, json_int_t bs, json_int_t depth)
{
    for (json_int_t d = depth ? depth : 1; d <= (depth ? depth : DEPTH_MAX); d *= 2)
        for (json_int_t b = bs ? bs : BS_MIN; b <= (bs ? bs : BS_MAX); b *= 2)
            if (find_cell(ratios, name, b, d))
                return 1;
    return 0;
}

/* Ratios of one benchmark, by size and depth. */
struct grid {
    const json_t *ratios;
    const char *name;
};

static void put_grid(struct tabular *table, const void *ctx)
{
    const struct grid *grid = ctx;
    char text[MEASURE_TEXT_MAX];

    for (json_int_t bs = BS_MIN; bs <= BS_MAX; bs *= 2) {
        if (!any_in(grid->ratios, grid->name, bs, 0))
            continue;
        tabular_cell(table, "%16s", measure_size(text, bs));
        for (json_int_t depth = 1; depth <= DEPTH_MAX; depth *= 2) {
            const json_t *cell = find_cell(grid->ratios, grid->name, bs, depth);

            if (cell && json_object_get(cell, "median"))
                tabular_cell(table, "%.3f%s", get_number(cell, "median"),
                             get_is(cell, "verdict", "unclear") ? "?" : "");
            else if (any_in(grid->ratios, grid->name, 0, depth))
                tabular_cell(table, "-");
        }
        tabular_end(table);
    }
}

static void print_grid(FILE *out, const json_t *ratios, const char *name)
{
    struct tabular_column column[TABULAR_COLUMNS_MAX] = {{name, 16, true, NULL}};
    char title[TABULAR_COLUMNS_MAX][24];
    unsigned columns = 1;

    for (json_int_t depth = 1; depth <= DEPTH_MAX; depth *= 2) {
        if (!any_in(ratios, name, 0, depth))
            continue;
        snprintf(title[columns], sizeof(title[0]), "%lld", (long long)depth);
        column[columns] = (struct tabular_column){title[columns], 9, false, NULL};
        columns++;
    }
    tabular_print(out, column, columns, put_grid, &(struct grid){ratios, name});
}

static void print_grids(FILE *out, const json_t *added, const json_t *ratios)
{
    const char *last = "";
    json_t *row;
    size_t i;

    fputc('\n', out);
    wrapped_note(out, "block I/O, vm/base, by block size (down) and depth (across); ?: unclear\n");
    json_array_foreach (added, i, row) {
        if (strcmp(last, get_text(row, "name")))
            print_grid(out, ratios, get_text(row, "name"));
        last = get_text(row, "name");
    }
}

static void print_parts(FILE *out, const json_t *row)
{
    json_t *part;
    size_t i;

    json_array_foreach (json_object_get(row, "parts"), i, part) {
        char amount[64];

        snprintf(amount, sizeof(amount), "    %8.3f x %9.0f ns ", get_number(part, "per_io"),
                 get_number(part, "ns"));
        wrapped_print(out, (int)strlen(amount) + 1, amount, get_text(part, "what"));
    }
}

/* Whether the ratio behind an added time is unclear. */
static bool is_unclear(const json_t *ratios, const json_t *row)
{
    const json_t *cell =
        find_cell(ratios, get_text(row, "name"), param(row, "bs"), param(row, "iodepth"));

    return get_is(cell, "verdict", "unclear");
}

/* The rows of the table of added times. */
struct added_rows {
    const json_t *added, *ratios;
};

static void put_row(struct tabular *table, const json_t *row, bool unclear)
{
    static const char *const columns[] = {"base_ns", "env_ns", "added_ns", "predicted_ns",
                                          "residual_ns"};
    char size[MEASURE_TEXT_MAX];
    FILE *out;

    tabular_cell(table, "%s bs=%s,iodepth=%lld", get_text(row, "name"),
                 measure_size(size, param(row, "bs")), (long long)param(row, "iodepth"));
    for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        if (json_object_get(row, columns[i]))
            tabular_cell(table, "%.0f%s", get_number(row, columns[i]),
                         unclear && !strcmp(columns[i], "added_ns") ? "?" : "");
        else
            tabular_cell(table, "-");
    }
    tabular_end(table);
    if (param(row, "iodepth") != 1)
        return;
    out = tabular_between(table);
    if (out)
        print_parts(out, row);
}

static void put_rows(struct tabular *table, const void *ctx)
{
    const struct added_rows *rows = ctx;
    json_t *row;
    size_t i;

    json_array_foreach (rows->added, i, row)
        put_row(table, row, is_unclear(rows->ratios, row));
}

void added_print(FILE *out, const json_t *added, const json_t *ratios)
{
    static const struct tabular_column columns[] = {
        {"ns per operation", 30, true, NULL},
        {"base", 10, false, NULL},
        {"vm", 10, false, NULL},
        {"added", 10, false, NULL},
        {"predicted", 10, false, NULL},
        {"residual", 10, false, NULL},
    };
    int predicted = 0;
    json_t *row;
    size_t i;

    if (!json_array_size(added))
        return;
    print_grids(out, added, ratios);
    fputc('\n', out);
    tabular_print(out, columns, sizeof(columns) / sizeof(columns[0]), put_rows,
                  &(struct added_rows){added, ratios});
    json_array_foreach (added, i, row)
        predicted |= json_object_get(row, "predicted_ns") != NULL;
    wrapped_note(
        out, "predicted: the count of exits, kicks, wake-ups and interrupts, each times its cost "
             "in\nthese runs. With several requests in flight they overlap with the disk's work; "
             "the\nresidual is that overlap, the driver, the virtqueue and cache effects.\n");
    if (!predicted)
        wrapped_note(out, "The costs are not measured: add exits to --bench.\n");
}
