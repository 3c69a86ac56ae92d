/* SPDX-License-Identifier: MIT */
/* The text report's tables of exits: what one costs, and what there was on each vCPU. */
#include <stdlib.h>
#include <string.h>

#include "vmm/base/units.h"
#include "vmm/report/cost.h"
#include "vmm/report/summary.h"
#include "vmm/report/text.h"

/* With more vCPUs than this, the table of exits shows them all together. */
#define VCPUS_SHOWN_MAX 32

#define NAME_COLUMNS 30

/* Fewer per operation are the harness's, or the host's. */
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

/* Two to four digits and the thousands, in six columns. */
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

static void print_spread(FILE *out, bool known, const struct cost_spread *spread)
{
    char p50[UNITS_TEXT_MAX], p99[UNITS_TEXT_MAX];

    if (known)
        fprintf(out, " %6s %6s", ns(p50, spread->p50), ns(p99, spread->p99));
    else
        fprintf(out, " %6s %6s", "-", "-");
}

/* Exits by KVM's own count, per operation. */
static void print_counted(FILE *out, const struct report *report, const struct result_row *row)
{
    double exits = (double)summary_kvm(report, &row->usage, "exits");

    if (!row->ended || !row->ops || !summary_has_kvm(report, &row->usage, "exits"))
        fprintf(out, " %6s", "-");
    else
        fprintf(out, " %6.*f", exits < 100 * (double)row->ops ? 3 : 0, exits / (double)row->ops);
}

static void print_cost(FILE *out, const struct report *report, uint32_t i)
{
    static const char *const answer[] = {[CHANNEL_BY_VMM] = "VMM",
                                         [CHANNEL_BY_KVM] = "KVM",
                                         [CHANNEL_BY_GUEST] = "-",
                                         [CHANNEL_BY_MACHINE] = "?"};
    const struct result_row *row = &report->result->row[i];
    char name[CHANNEL_NAME_MAX + CHANNEL_PARAMS_MAX], mean[UNITS_TEXT_MAX], max[UNITS_TEXT_MAX];
    struct summary summary;
    struct cost cost;

    if (!row->samples || summary_of(report, i, &summary) || cost_of(report, row, &cost))
        return;
    snprintf(name, sizeof(name), "%s %s", row->begin.name, row->begin.params);
    /* A name that is too long has its own line. */
    if (strlen(name) > NAME_COLUMNS) {
        fprintf(out, "%s\n", name);
        name[0] = '\0';
    }
    /* Where there was no loop, the middle of single operations is all there is. */
    ns(mean, summary.median);
    fprintf(out, "%-*s %6s", NAME_COLUMNS, name,
            cost.has_times && row->cost.loop_ns <= 0 ? "-" : mean);
    print_spread(out, cost.has_times, &cost.roundtrip);
    fprintf(out, " %6s", cost.has_times ? ns(max, cost.roundtrip.max) : "-");
    print_spread(out, cost.has_handler, &cost.handler);
    print_spread(out, cost.has_handler, &cost.switched);
    print_counted(out, report, row);
    fprintf(out, "  %s%s\n", answer[row->cost.answer], row->cost.interpreted ? "*" : "");
}

static void print_legend(FILE *out, double trap_ns, bool interpreted)
{
    char trap[UNITS_TEXT_MAX];

    fprintf(
        out,
        "mean: of loops, less the loop itself, or the median of single operations. p50, p99, max: "
        "of\noperations stamped one by one. switch + KVM: the round trip less the handler: "
        "hardware, KVM,\nthe system call and our counting. KVM: exits by KVM's own count, the "
        "loop's own included.\nby: who answers; ?: hardware or KVM, as the machine has it.\n");
    if (trap_ns > 0)
        fprintf(
            out,
            "rdmsr, wrmsr, timer, remap, ipi.self: less the trap to ring 0 and back, which takes "
            "%s ns.\n",
            ns(trap, trap_ns));
    if (interpreted)
        fprintf(out, "* KVM interprets ring 0 here, instruction by instruction and in batches.\n");
}

static void print_added(FILE *out, const struct report *report)
{
    struct cost_added added[COST_ADDED_MAX];
    unsigned count = cost_added(report, added, COST_ADDED_MAX);

    for (unsigned i = 0; i < count; i++) {
        const struct cost_added *pair = &added[i];
        char bare[UNITS_TEXT_MAX], more[UNITS_TEXT_MAX], low[UNITS_TEXT_MAX], high[UNITS_TEXT_MAX];
        char ratio[UNITS_TEXT_MAX];

        fprintf(out,
                "%.15s: a bare KVM_RUN takes %s ns; with the VMM's own work, %s times that.\n"
                "    The work adds %s ns",
                pair->exit, text_value(bare, pair->bare), text_value(ratio, pair->ratio),
                text_value(more, pair->added));
        if (pair->confidence < SUMMARY_CONFIDENCE)
            fputs(" (too few samples for a 95 % interval)\n", out);
        else
            fprintf(out, ", 95 %%: %s to %s%s\n", text_value(low, pair->ci95.low),
                    text_value(high, pair->ci95.high),
                    pair->ci95.low <= 0 && pair->ci95.high >= 0
                        ? ": not significant (95 % interval contains 0)"
                        : "");
    }
}

void text_costs(FILE *out, const struct report *report)
{
    const struct run_result *result = report->result;
    double trap_ns = 0;
    bool any = false, interpreted = false;

    for (uint32_t i = 0; i < result->rows; i++) {
        const struct result_row *row = &result->row[i];

        if (!row->has_cost)
            continue;
        if (!any)
            fprintf(out, "\n%-*s %27s %13s %13s\n%-*s %6s %6s %6s %6s %6s %6s %6s %6s %6s  %s\n",
                    NAME_COLUMNS, "", "guest: round trip", "VMM: handler", "switch + KVM",
                    NAME_COLUMNS, "ns per operation", "mean", "p50", "p99", "max", "p50", "p99",
                    "p50", "p99", "KVM", "by");
        any = true;
        interpreted |= row->cost.interpreted;
        trap_ns = row->cost.trap_ns > 0 ? row->cost.trap_ns : trap_ns;
        print_cost(out, report, i);
    }
    if (any)
        print_legend(out, trap_ns, interpreted);
    print_added(out, report);
}

/* "kvm_exit 1.003, kvm_entry 1.003; npf 1.000": what there was per operation. */
static void print_traced(FILE *out, const struct run_facts *facts, const struct result_row *row)
{
    char *text = NULL, label[CHANNEL_NAME_MAX + CHANNEL_PARAMS_MAX];
    size_t bytes = 0;
    FILE *line = open_memstream(&text, &bytes);
    bool reason = false, any = false;

    if (!line)
        return;
    snprintf(label, sizeof(label), "%s %s", row->begin.name, row->begin.params);
    for (unsigned i = 0; i < facts->traces; i++) {
        double per_op = (double)row->usage.trace[i] / (double)row->ops;

        if (per_op < TRACED_LEAST)
            continue;
        fprintf(line, "%s%s %.3f",
                !any                                ? ""
                : facts->trace_reason[i] && !reason ? "; "
                                                    : ", ",
                facts->trace_name[i], per_op);
        reason = facts->trace_reason[i];
        any = true;
    }
    fclose(line);
    if (text) {
        fprintf(out, "%s\n", label);
        text_wrapped(out, "", any ? text : "-");
    }
    free(text);
}

void text_traced(FILE *out, const struct report *report)
{
    const struct run_result *traced = report->traced;

    if (!traced)
        return;
    fprintf(out,
            "\nKVM's tracepoints per operation, from a run of their own; after the semicolon, the "
            "reasons\nof kvm_exit:\n");
    for (uint32_t i = 0; i < traced->rows; i++)
        if (traced->row[i].ended && traced->row[i].ops)
            print_traced(out, report->facts, &traced->row[i]);
}

static void print_counter(FILE *out, const char *vcpu, const char *name, const char *note,
                          const struct exit_counter *counter)
{
    char count[UNITS_TEXT_MAX], p50[UNITS_TEXT_MAX], p99[UNITS_TEXT_MAX], max[UNITS_TEXT_MAX];
    char total[UNITS_TEXT_MAX];

    if (!counter->count)
        return;
    fprintf(out, "%4s %-16s%s %12s %10s %10s %10s %10s\n", vcpu, name, note,
            units_format_count(count, counter->count),
            units_format_ns(p50, exitstat_percentile(counter, 50)),
            units_format_ns(p99, exitstat_percentile(counter, 99)),
            units_format_ns(max, counter->max_ns), units_format_ns(total, counter->sum_ns));
}

static void print_vcpu(FILE *out, const struct run_facts *facts, const char *vcpu,
                       const struct exitstat *stat)
{
    for (unsigned i = 0; i < EXIT_REASONS; i++)
        print_counter(out, vcpu, exit_reason_info[i].name, " ", &stat->slot[i]);
    for (unsigned i = 0; i < facts->devices; i++)
        if (facts->device_for_harness[i])
            print_counter(out, vcpu, facts->device[i], "*", &stat->slot[exitstat_device(i)]);
}

/* All vCPUs' counters in one. Returns NULL if there is no memory. */
static struct exitstat *merge_vcpus(const struct run_facts *facts)
{
    struct exitstat *all = exitstat_alloc();

    for (unsigned i = 0; all && i < facts->vcpus; i++) {
        for (unsigned s = 0; s < EXITSTAT_SLOTS; s++) {
            const struct exit_counter *from = &facts->vcpu[i].stat->slot[s];
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

void text_exits(FILE *out, const struct report *report)
{
    const struct run_facts *facts = report->facts;
    struct exitstat *all;

    if (facts->env != RUN_VM || !facts->vcpus)
        return;
    fprintf(out, "\n%4s %-17s %12s %10s %10s %10s %10s\n", "vCPU", "exit to user space", "count",
            "p50", "p99", "max", "total");
    if (facts->vcpus > 1) {
        all = merge_vcpus(facts);
        if (all)
            print_vcpu(out, facts, "all", all);
        exitstat_free(all);
    }
    for (unsigned i = 0; i < facts->vcpus && facts->vcpus <= VCPUS_SHOWN_MAX; i++) {
        char vcpu[16];

        snprintf(vcpu, sizeof(vcpu), "%u", i);
        print_vcpu(out, facts, vcpu, facts->vcpu[i].stat);
    }
    fprintf(out, "Times are the handler's: from the return of KVM_RUN to the next one.\n"
                 "* the harness's own (results, barriers), charged to no benchmark\n");
}
