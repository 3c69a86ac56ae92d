/* SPDX-License-Identifier: MIT */
/* The report for a person: at most REPORT_COLUMNS wide, aligned, without colour. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/units.h"
#include "vmm/base/version.h"
#include "vmm/report/summary.h"
#include "vmm/report/warnings.h"

#define NAME_COLUMNS  31
#define VALUE_COLUMNS 8
#define UNIT_COLUMNS  9

/* A line's label and the blank behind it. */
#define LABEL_COLUMNS 9

/* In a shorter window the two snapshots themselves are most of what is seen. */
#define SHARES_MIN_NS 1000000

/* With more vCPUs than this, the table of exits shows them all together. */
#define VCPUS_SHOWN_MAX 32

/* Print text that may be long, broken at blanks if there are any, with later lines indented. */
static void print_wrapped(FILE *out, const char *label, const char *text)
{
    int column = fprintf(out, "%-*s", LABEL_COLUMNS - 1, label);

    while (*text) {
        int word = (int)strcspn(text, " ");

        if (word > REPORT_COLUMNS - LABEL_COLUMNS)
            word = REPORT_COLUMNS - LABEL_COLUMNS;
        if (column + 1 + word > REPORT_COLUMNS)
            column = fprintf(out, "\n%*s", LABEL_COLUMNS - 1, "") - 1;
        column += fprintf(out, " %.*s", word, text);
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

/* A line of parts that are kept whole, and continued on the next if there are too many. */
struct line {
    FILE *out;
    const char *separator;
    int column;
    bool continued;
};

static struct line line_begin(FILE *out, const char *label, const char *separator)
{
    return (struct line){out, separator, fprintf(out, "%-*s ", LABEL_COLUMNS - 1, label), false};
}

static void line_add(struct line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void line_add(struct line *line, const char *format, ...)
{
    char part[REPORT_COLUMNS - LABEL_COLUMNS];
    va_list args;
    int length;

    va_start(args, format);
    vsnprintf(part, sizeof(part), format, args);
    va_end(args);
    length = (int)strlen(part);
    if (line->continued)
        line->column += fprintf(line->out, "%s", line->separator);
    /* The last column is the separator's. */
    if (line->continued && line->column + 1 + length >= REPORT_COLUMNS)
        line->column = fprintf(line->out, "\n%*s", LABEL_COLUMNS, "") - 1;
    else if (line->continued)
        line->column += fprintf(line->out, " ");
    line->column += fprintf(line->out, "%s", part);
    line->continued = true;
}

static void line_end(struct line *line)
{
    fputc('\n', line->out);
}

static void print_host(FILE *out, const struct report *report)
{
    const struct hostinfo *host = report->host;
    const struct run_facts *facts = report->facts;
    struct line line;

    fprintf(out, "%s: %s", version_text, report_env_name(facts->env));
    if (facts->env == RUN_VM)
        fprintf(out, " on %s, %s paging", host->kvm_module ? host->kvm_module : "KVM",
                host->paging ? host->paging : "unknown");
    fputc('\n', out);
    line = line_begin(out, "host", ";");
    line_add(&line, "%.70s, family %u", host->cpu, host->family);
    line_add(&line, "%u of %u CPUs", host->cpus_usable, host->cpus);
    line_add(&line, "%.1f GiB", (double)host->memory_bytes / (1 << 30));
    line_add(&line, "%s", host->kernel);
    line_end(&line);
}

static void print_machine(FILE *out, const struct report *report)
{
    const struct config *config = report->config;
    const struct memory_usage *memory = &report->facts->memory;
    struct line line = line_begin(out, "machine", ";");
    bool vm = report->facts->env == RUN_VM;
    char size[UNITS_TEXT_MAX];

    line_add(&line, "%u %s", config->vcpus, vm ? "vCPUs" : "threads");
    line_add(&line, "%s", units_format_size(size, config->mem_bytes));
    if (vm)
        line_add(&line, "guest pages %s", units_format_size(size, config->guest_page_bytes));
    if (report->facts->has_memory && memory->resident_bytes) {
        uint64_t huge = memory->huge_bytes + memory->hugetlb_bytes;

        line_add(&line, "host pages of %s: %.0f %% of %" PRIu64 " MiB touched",
                 units_format_size(size, memory->hugetlb_page_bytes ? memory->hugetlb_page_bytes
                                                                    : CONFIG_PAGE_2M),
                 (double)huge / (double)memory->resident_bytes * 100, memory->resident_bytes >> 20);
    }
    line_end(&line);
}

static void add_time(struct line *line, const char *what, uint64_t ns)
{
    char text[UNITS_TEXT_MAX];

    if (ns != FACT_ABSENT)
        line_add(line, "%s %s", what, units_format_ns(text, ns));
}

static void print_start(FILE *out, const struct report *report)
{
    const struct run_startup *startup = &report->facts->startup;
    struct line line = line_begin(out, "times", ";");

    add_time(&line, "exec to main", startup->exec_to_main);
    if (report->facts->env == RUN_VM) {
        add_time(&line, "to KVM_RUN", startup->main_to_entry);
        add_time(&line, "to ring 3", startup->entry_to_user);
    }
    add_time(&line, "run", report->facts->end.raw_ns - report->facts->begin.raw_ns);
    add_time(&line, "teardown", startup->teardown);
    line_end(&line);
}

/* Four digits that count, without an exponent as long as that is readable. */
static const char *format_value(char text[UNITS_TEXT_MAX], double value)
{
    double size = value < 0 ? -value : value;
    int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;

    if (size < 1e8 && (size == 0 || size >= 0.001)) {
        snprintf(text, UNITS_TEXT_MAX, "%.*f", decimals, value);
        if (strlen(text) <= VALUE_COLUMNS)
            return text;
    }
    for (int digits = 3; digits; digits--) {
        snprintf(text, UNITS_TEXT_MAX, "%.*g", digits, value);
        if (strlen(text) <= VALUE_COLUMNS)
            break;
    }
    return text;
}

/* Parts per operation: enough digits to tell "few" from "none". */
static const char *format_per_op(char text[UNITS_TEXT_MAX], uint64_t count, uint64_t ops)
{
    double value = ops ? (double)count / (double)ops : 0;

    if (!ops)
        return "-";
    if (!count)
        return "0";
    snprintf(text, UNITS_TEXT_MAX,
             value < 0.001 ? "%.0e"
             : value < 10  ? "%.3f"
             : value < 1e6 ? "%.0f"
                           : "%.1e",
             value);
    return text;
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole * 100 : 0;
}

/* At most five characters: what is beyond all reason is only said to be. */
static const char *format_percent(char text[UNITS_TEXT_MAX], double value)
{
    snprintf(text, UNITS_TEXT_MAX, value < 999.95 ? "%.1f" : ">999", value);
    return text;
}

/* Where the time of the vCPUs that took part went. */
static void print_shares(FILE *out, const struct report *report, const struct result_row *row,
                         const struct summary *summary)
{
    const uint64_t parts[] = {summary->running_ns, summary->handler_ns, summary->asleep_ns,
                              summary->time.runqueue_ns};
    uint64_t window = summary->window_ns * row->begin.threads;
    char text[UNITS_TEXT_MAX];

    for (unsigned i = 0; i < 4; i++) {
        /* A native run has no exits. */
        if (i == 1 && report->facts->env != RUN_VM)
            continue;
        if (summary->window_ns < SHARES_MIN_NS)
            fprintf(out, " %5s", "-");
        else
            fprintf(out, " %5s", format_percent(text, percent(parts[i], window)));
    }
}

static void print_reasons(FILE *out, const struct result_row *row)
{
    struct line line = line_begin(out, "    exits:", ",");

    for (unsigned i = 0; i < EXIT_REASONS; i++)
        if (row->usage.count[i])
            line_add(&line, "%s %" PRIu64, exit_reason_info[i].name, row->usage.count[i]);
    line_end(&line);
}

static void print_row(FILE *out, const struct report *report, uint32_t i)
{
    static const char *const check[] = {
        [RESULT_UNCHECKED] = "-", [RESULT_OK] = "ok", [RESULT_WRONG] = "WRONG"};
    const struct result_row *row = &report->result->row[i];
    char value[UNITS_TEXT_MAX] = "-", spread[UNITS_TEXT_MAX] = "-", per_op[UNITS_TEXT_MAX];
    char name[CHANNEL_NAME_MAX + CHANNEL_PARAMS_MAX];
    int unit = (int)strlen(row->begin.unit), columns = NAME_COLUMNS;
    struct summary summary = {0};

    snprintf(name, sizeof(name), "%s %s", row->begin.name, row->begin.params);
    if (row->samples && !summary_of(report, i, &summary)) {
        format_value(value, summary.median);
        format_percent(spread, summary.spread_pct);
        strcat(spread, "%");
    }
    /* A unit that is too long takes from the name; a name that is too long has its own line. */
    if (unit > UNIT_COLUMNS)
        columns -= unit - UNIT_COLUMNS;
    if ((int)strlen(name) > columns) {
        fprintf(out, "%s\n", name);
        name[0] = '\0';
    }
    fprintf(out, "%-*s %4u %*s %-*s %6s %-5s", columns, name, row->begin.threads, VALUE_COLUMNS,
            value, UNIT_COLUMNS, row->begin.unit, spread, check[row->check]);
    if (row->ended) {
        if (report->facts->env == RUN_VM)
            fprintf(out, " %7s", format_per_op(per_op, summary.exits_user, row->ops));
        print_shares(out, report, row, &summary);
    }
    fputc('\n', out);
    if (row->ended && summary.exits_user)
        print_reasons(out, row);
}

static void print_rows(FILE *out, const struct report *report)
{
    const struct run_result *result = report->result;
    bool vm = report->facts->env == RUN_VM;

    if (!result->rows)
        return;
    fprintf(out, "\n%-*s %4s %*s %-*s %6s %-5s", NAME_COLUMNS, "benchmark", "thr", VALUE_COLUMNS,
            "median", UNIT_COLUMNS, "unit", "+-", "check");
    if (vm)
        fprintf(out, " %7s %5s %5s", "exit/op", "guest", "exit");
    else
        fprintf(out, " %5s", "run");
    fprintf(out, " %5s %5s\n", "sleep", "runq");
    for (uint32_t i = 0; i < result->rows; i++)
        print_row(out, report, i);
    fprintf(out, "\n+-: half the 95 %% interval of the median, in %% of it.");
    if (vm)
        fprintf(out, " Time of the vCPUs in %%: in the guest,\n"
                     "serving exits, asleep (halted or in a barrier), runnable without a CPU.");
    fputc('\n', out);
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

static void print_exits(FILE *out, const struct report *report)
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

static void print_skipped(FILE *out, const struct report *report)
{
    const struct run_result *result = report->result;

    if (result->skipped)
        fprintf(out, "\n");
    for (uint32_t i = 0; i < result->skipped; i++) {
        char text[sizeof(struct channel_skip) + 2];

        snprintf(text, sizeof(text), "%s: %s", result->skip[i].name, result->skip[i].reason);
        print_wrapped(out, "skipped", text);
    }
}

static void print_warnings(FILE *out, const struct report *report)
{
    struct warning warnings[WARNINGS_MAX];
    unsigned count = warnings_find(report, warnings);

    if (count)
        fputc('\n', out);
    for (unsigned i = 0; i < count; i++)
        print_wrapped(out, "warning", warnings[i].text);
}

static void print_fault(FILE *out, const struct channel_fault *fault)
{
    static const char *const regs[] = CHANNEL_FAULT_REGS;
    char text[160], name[80];

    snprintf(text, sizeof(text), "faulted on vCPU %u in ring %" PRIu64 ": %s", fault->vcpu,
             fault->cs & 3, report_fault(name, fault));
    fputc('\n', out);
    print_wrapped(out, "The guest", text);
    fprintf(out, "at rip %#" PRIx64 ", address %#" PRIx64 ", rflags %#" PRIx64 "\n", fault->rip,
            fault->address, fault->rflags);
    for (unsigned i = 0; i < 16; i++)
        fprintf(out, "%4s %016" PRIx64 "%s", regs[i], fault->regs[i], i % 4 == 3 ? "\n" : "");
}

char *report_text(const struct report *report, size_t *bytes)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, bytes);

    if (!out)
        return NULL;
    print_host(out, report);
    print_machine(out, report);
    print_start(out, report);
    if (report->result->has_fault)
        print_fault(out, &report->result->fault);
    if (report->result->exited && report->result->exit_status)
        fprintf(out, "\nThe guest ended with status %u.\n", report->result->exit_status);
    print_rows(out, report);
    print_exits(out, report);
    print_skipped(out, report);
    print_warnings(out, report);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}
