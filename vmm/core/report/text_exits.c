/* SPDX-License-Identifier: MIT */
/* The text report's tables of exit costs and of exits per vCPU. */
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/tabular.h"
#include "vmm/core/base/units.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/report/cost.h"
#include "vmm/core/report/summary.h"
#include "vmm/core/report/text.h"

/* With more vCPUs, the table of exits has only their sum. */
#define VCPUS_SHOWN_MAX 32

/* Fewer hits per operation are caused by the harness or the host. */
#define TRACED_LEAST 0.0005

const char *text_value(char text[UNITS_TEXT_MAX], double value)
{
    double size = value < 0 ? -value : value;
    int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;

    if (size < 1e8 && (size == 0 || size >= 0.001)) {
        snprintf(text, UNITS_TEXT_MAX, "%.*f", decimals, value);
        if (strlen(text) <= TEXT_VALUE_COLUMNS)
            return text;
    }
    for (int digits = 3; digits; digits--) {
        snprintf(text, UNITS_TEXT_MAX, "%.*g", digits, value);
        if (strlen(text) <= TEXT_VALUE_COLUMNS)
            break;
    }
    return text;
}

/* Two to four digits with a suffix, in six columns. */
static const char *ns(char text[UNITS_TEXT_MAX], double value)
{
    static const char suffix[][2] = {"", "k", "M", "G"};
    unsigned i = 0;

    if (value < 0)
        value = 0;
    if (value >= 1e12) {
        snprintf(text, UNITS_TEXT_MAX, "%.0e", value);
        return text;
    }
    for (; value >= 1000 && i < 3; value /= 1000)
        i++;
    snprintf(text, UNITS_TEXT_MAX, "%.*f%s", value < (i ? 100 : 10), value, suffix[i]);
    return text;
}

static void put_spread(struct tabular *table, bool known, const struct cost_spread *spread)
{
    char text[UNITS_TEXT_MAX];

    tabular_cell(table, "%s", known ? ns(text, spread->p50) : "-");
    tabular_cell(table, "%s", known ? ns(text, spread->p99) : "-");
}

/* Exits per operation by KVM's own count. */
static void put_counted(struct tabular *table, const struct report *report,
                        const struct result_row *row)
{
    double exits = (double)summary_kvm(report, &row->usage, "exits");

    if (!row->ended || !row->ops || !summary_has_kvm(report, &row->usage, "exits"))
        tabular_cell(table, "-");
    else
        tabular_cell(table, "%.*f", exits < 100 * (double)row->ops ? 3 : 0,
                     exits / (double)row->ops);
}

static void put_cost(struct tabular *table, const struct report *report, uint32_t i)
{
    static const char *const answer[] = {[CHANNEL_BY_VMM] = "VMM",
                                         [CHANNEL_BY_KVM] = "KVM",
                                         [CHANNEL_BY_GUEST] = "-",
                                         [CHANNEL_BY_MACHINE] = "?"};
    const struct result_row *row = &report->result->row[i];
    char text[UNITS_TEXT_MAX];
    struct summary summary;
    struct cost cost;

    if (!row->has_cost || !row->samples || summary_of(report, i, &summary) ||
        cost_of(report, row, &cost))
        return;
    tabular_cell(table, "%s %s", row->begin.name, row->begin.params);
    /* Without a loop, the median is that of single operations, which is printed as p50. */
    ns(text, summary.median);
    tabular_cell(table, "%s", cost.has_times && row->cost.loop_ns <= 0 ? "-" : text);
    put_spread(table, cost.has_times, &cost.roundtrip);
    tabular_cell(table, "%s", cost.has_times ? ns(text, cost.roundtrip.max) : "-");
    put_spread(table, cost.has_handler, &cost.handler);
    put_spread(table, cost.has_handler, &cost.switched);
    put_counted(table, report, row);
    /* The blank separates it from the numbers. */
    tabular_cell(table, " %s%s", answer[row->cost.answer], row->cost.interpreted ? "*" : "");
    tabular_end(table);
}

static void put_costs(struct tabular *table, const void *ctx)
{
    const struct report *report = ctx;

    for (uint32_t i = 0; i < report->result->rows; i++)
        put_cost(table, report, i);
}

/* Room for the names, beside the rest of their note. */
#define TRAPPED_TEXT_MAX (WRAPPED_NOTE_MAX - 100)

/*
 * The benchmarks whose samples exclude a trap, as "rdmsr, ipi.self": without the first part of
 * their dotted names. Rows of one benchmark are neighbours. What does not fit is left out.
 */
static const char *trapped_names(char text[TRAPPED_TEXT_MAX], const struct run_result *result)
{
    const char *last = "";
    size_t used = 0;

    *text = '\0';
    for (uint32_t i = 0; i < result->rows; i++) {
        const char *name = result->row[i].begin.name, *dot = strchr(name, '.');

        if (!result->row[i].has_cost || result->row[i].cost.trap_ns <= 0 || !strcmp(name, last))
            continue;
        if (used + strlen(name) + 2 >= TRAPPED_TEXT_MAX)
            break;
        used += (size_t)snprintf(text + used, TRAPPED_TEXT_MAX - used, "%s%s", used ? ", " : "",
                                 dot && dot[1] ? dot + 1 : name);
        last = name;
    }
    return text;
}

static void print_legend(FILE *out, const struct run_result *result, double trap_ns,
                         bool interpreted)
{
    char trap[UNITS_TEXT_MAX], names[TRAPPED_TEXT_MAX];

    wrapped_note(
        out,
        "mean: of a loop of operations, loop overhead subtracted; without a loop, the median of "
        "single\noperations. p50, p99, max: of operations timed one by one. switch + KVM: round "
        "trip minus handler:\nhardware, KVM, the system call and the VMM's counting. KVM: exits by "
        "KVM's own count, loop overhead\nincluded. by: what handles the operation; ?: hardware or "
        "KVM, depending on the machine.\n");
    if (trap_ns > 0)
        wrapped_note(out, "%s: the trap to ring 0 and back, %s ns, is subtracted.\n",
                     trapped_names(names, result), ns(trap, trap_ns));
    if (interpreted)
        wrapped_note(
            out, "* KVM emulates ring 0 on this host, one instruction at a time, in batches.\n");
}

static void print_added(FILE *out, const struct report *report)
{
    struct cost_added added[COST_ADDED_MAX];
    unsigned count = cost_added(report, added, COST_ADDED_MAX);

    for (unsigned i = 0; i < count; i++) {
        const struct cost_added *pair = &added[i];
        char bare[UNITS_TEXT_MAX], more[UNITS_TEXT_MAX], low[UNITS_TEXT_MAX], high[UNITS_TEXT_MAX];
        char ratio[UNITS_TEXT_MAX], text[200];
        size_t used;

        wrapped_note(out,
                     "%.15s: a bare KVM_RUN takes %s ns; with the VMM's own work, %s times that.\n",
                     pair->exit, text_value(bare, pair->bare), text_value(ratio, pair->ratio));
        snprintf(text, sizeof(text), "The VMM's work adds %s ns", text_value(more, pair->added));
        used = strlen(text);
        if (pair->confidence < SUMMARY_CONFIDENCE)
            snprintf(text + used, sizeof(text) - used, " (too few samples for a 95 %% interval)");
        else
            snprintf(text + used, sizeof(text) - used, ", 95 %%: %s to %s%s",
                     text_value(low, pair->ci95.low), text_value(high, pair->ci95.high),
                     pair->ci95.low <= 0 && pair->ci95.high >= 0
                         ? ": not significant (95 % interval contains 0)"
                         : "");
        wrapped_print(out, 4, "", text);
    }
}

void text_costs(FILE *out, const struct report *report)
{
    static const char trip[] = "guest: round trip", handler[] = "VMM: handler",
                      switched[] = "switch + KVM";
    static const struct tabular_column columns[] = {
        {"ns per operation", 30, true, NULL},
        {"mean", 6, false, trip},
        {"p50", 6, false, trip},
        {"p99", 6, false, trip},
        {"max", 6, false, trip},
        {"p50", 6, false, handler},
        {"p99", 6, false, handler},
        {"p50", 6, false, switched},
        {"p99", 6, false, switched},
        {"KVM", 6, false, NULL},
        {" by", 5, true, NULL},
    };
    const struct run_result *result = report->result;
    double trap_ns = 0;
    bool any = false, interpreted = false;

    for (uint32_t i = 0; i < result->rows; i++) {
        const struct result_row *row = &result->row[i];

        if (!row->has_cost)
            continue;
        any = true;
        interpreted |= row->cost.interpreted;
        trap_ns = row->cost.trap_ns > 0 ? row->cost.trap_ns : trap_ns;
    }
    if (any) {
        fputc('\n', out);
        tabular_print(out, columns, sizeof(columns) / sizeof(columns[0]), put_costs, report);
        print_legend(out, result, trap_ns, interpreted);
    }
    print_added(out, report);
}

/* Hits per operation: "kvm_exit 1.003, kvm_entry 1.003; npf 1.000". */
static void print_traced(FILE *out, const struct run_info *info, const struct result_row *row)
{
    char *text = NULL, label[CHANNEL_NAME_MAX + CHANNEL_PARAMS_MAX];
    size_t bytes = 0;
    FILE *line = open_memstream(&text, &bytes);
    bool reason = false, any = false;

    if (!line)
        return;
    snprintf(label, sizeof(label), "%s %s", row->begin.name, row->begin.params);
    for (unsigned i = 0; i < info->traces; i++) {
        double per_op = (double)row->usage.trace[i] / (double)row->ops;

        if (per_op < TRACED_LEAST)
            continue;
        fprintf(line, "%s%s %.3f",
                !any                               ? ""
                : info->trace_reason[i] && !reason ? "; "
                                                   : ", ",
                info->trace_name[i], per_op);
        reason = info->trace_reason[i];
        any = true;
    }
    fclose(line);
    if (text) {
        wrapped_note(out, "%s\n", label);
        text_wrapped(out, "", any ? text : "-");
    }
    free(text);
}

void text_traced(FILE *out, const struct report *report)
{
    const struct run_result *traced = report->traced;

    if (!traced)
        return;
    fputc('\n', out);
    wrapped_note(out, "KVM's tracepoints per operation, from a separate run; after the semicolon, "
                      "kvm_exit by reason:\n");
    for (uint32_t i = 0; i < traced->rows; i++)
        if (traced->row[i].ended && traced->row[i].ops)
            print_traced(out, report->info, &traced->row[i]);
}

static void put_counter(struct tabular *table, const char *vcpu, const char *name, const char *note,
                        const struct exit_counter *counter)
{
    char text[UNITS_TEXT_MAX];

    if (!counter->count)
        return;
    tabular_cell(table, "%4s %-16s%s", vcpu, name, note);
    tabular_cell(table, "%s", units_format_count(text, counter->count));
    tabular_cell(table, "%s", units_format_ns(text, exitstat_percentile(counter, 50)));
    tabular_cell(table, "%s", units_format_ns(text, exitstat_percentile(counter, 99)));
    tabular_cell(table, "%s", units_format_ns(text, counter->max_ns));
    tabular_cell(table, "%s", units_format_ns(text, counter->sum_ns));
    tabular_end(table);
}

static void put_vcpu(struct tabular *table, const struct run_info *info, const char *vcpu,
                     const struct exitstat *stat)
{
    for (unsigned i = 0; i < EXIT_REASONS; i++)
        put_counter(table, vcpu, exit_reason_info[i].name, " ", &stat->slot[i]);
    for (unsigned i = 0; i < info->devices; i++)
        if (info->device_for_harness[i])
            put_counter(table, vcpu, info->device[i], "*", &stat->slot[exitstat_device(i)]);
}

/* The sum of all vCPUs' counters, which the caller frees; NULL if out of memory. */
static struct exitstat *merge_vcpus(const struct run_info *info)
{
    struct exitstat *all = exitstat_alloc();

    for (unsigned i = 0; all && i < info->vcpus; i++) {
        for (unsigned s = 0; s < EXITSTAT_SLOTS; s++) {
            const struct exit_counter *from = &info->vcpu[i].stat->slot[s];
            struct exit_counter *into = &all->slot[s];

            if (!from->count)
                continue;
            into->count += from->count;
            into->sum_ns += from->sum_ns;
            into->max_ns = from->max_ns > into->max_ns ? from->max_ns : into->max_ns;
            hist_merge(&into->hist, &from->hist);
        }
    }
    return all;
}

static bool has_exits(const struct run_info *info)
{
    for (unsigned i = 0; i < info->vcpus; i++)
        for (unsigned s = 0; s < EXITSTAT_SLOTS; s++)
            if (info->vcpu[i].stat->slot[s].count)
                return true;
    return false;
}

/* The rows of the table: the sum of all vCPUs, then each vCPU. */
struct exit_rows {
    const struct run_info *info;
    const struct exitstat *all; /* NULL: only one vCPU, or out of memory */
};

static void put_exits(struct tabular *table, const void *ctx)
{
    const struct exit_rows *rows = ctx;
    const struct run_info *info = rows->info;

    if (rows->all)
        put_vcpu(table, info, "all", rows->all);
    for (unsigned i = 0; i < info->vcpus && info->vcpus <= VCPUS_SHOWN_MAX; i++) {
        char vcpu[16];

        snprintf(vcpu, sizeof(vcpu), "%u", i);
        put_vcpu(table, info, vcpu, info->vcpu[i].stat);
    }
}

void text_exits(FILE *out, const struct report *report)
{
    static const struct tabular_column columns[] = {
        {"vCPU exit to userspace", 22, true, NULL},
        {"count", 12, false, NULL},
        {"p50", 10, false, NULL},
        {"p99", 10, false, NULL},
        {"max", 10, false, NULL},
        {"total", 10, false, NULL},
    };
    const struct run_info *info = report->info;
    struct exitstat *all;

    if (info->env != RUN_VM || !has_exits(info))
        return;
    all = info->vcpus > 1 ? merge_vcpus(info) : NULL;
    fputc('\n', out);
    tabular_print(out, columns, sizeof(columns) / sizeof(columns[0]), put_exits,
                  &(struct exit_rows){info, all});
    exitstat_free(all);
    wrapped_note(out, "Times are handler times: from the return of KVM_RUN to the next call.\n");
    wrapped_note(out, "* exits of the harness (results, barriers), not charged to a benchmark\n");
}
