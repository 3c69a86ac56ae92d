/* SPDX-License-Identifier: MIT */
/* The text report: at most wrapped_columns() wide, aligned, without colour. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/tabular.h"
#include "vmm/core/base/units.h"
#include "vmm/core/base/version.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/report/outcome.h"
#include "vmm/core/report/summary.h"
#include "vmm/core/report/text.h"
#include "vmm/core/report/warnings.h"

/* Width of a line's label and a blank. */
#define LABEL_COLUMNS 9

/* Width of a register's name and value. */
#define REGISTER_COLUMNS 21

/* In a shorter window, the two snapshots take most of the time. */
#define SHARES_MIN_NS 1000000

void text_wrapped(FILE *out, const char *label, const char *text)
{
    wrapped_print(out, LABEL_COLUMNS, label, text);
}

/* A line of parts, wrapped between parts. */
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

/* Whether a part must start a new line; the separator needs a column. */
static bool line_is_full(const struct line *line, int length)
{
    return line->continued && line->column + 1 + length >= wrapped_columns();
}

/* A part that is longer than a line is broken at its blanks. */
static void line_put(struct line *line, const char *part)
{
    bool whole = (int)strlen(part) < wrapped_columns() - LABEL_COLUMNS;

    while (*part) {
        int length = (int)(whole ? strlen(part) : strcspn(part, " "));

        if (length > wrapped_columns() - LABEL_COLUMNS - 1)
            length = wrapped_columns() - LABEL_COLUMNS - 1;
        if (line_is_full(line, length))
            line->column = fprintf(line->out, "\n%*s", LABEL_COLUMNS, "") - 1;
        else if (line->continued)
            line->column += fprintf(line->out, " ");
        line->column += fprintf(line->out, "%.*s", length, part);
        line->continued = true;
        part += length;
        part += strspn(part, " ");
    }
}

static void line_add(struct line *line, const char *format, ...)
{
    char part[REPORT_COLUMNS - LABEL_COLUMNS];
    va_list args;

    va_start(args, format);
    vsnprintf(part, sizeof(part), format, args);
    va_end(args);
    if (line->continued)
        line->column += fprintf(line->out, "%s", line->separator);
    line_put(line, part);
}

static void line_end(struct line *line)
{
    fputc('\n', line->out);
}

static void print_host(FILE *out, const struct report *report)
{
    const struct hostinfo *host = report->host;
    const struct run_info *info = report->info;
    struct line line;

    if (info->env == RUN_VM)
        wrapped_note(out, "%s: %s on %s, %s paging\n", version_text, report_env_name(info->env),
                     host->kvm_module ? host->kvm_module : "KVM",
                     host->paging ? host->paging : "unknown");
    else
        wrapped_note(out, "%s: %s\n", version_text, report_env_name(info->env));
    line = line_begin(out, "host", ";");
    line_add(&line, "%.70s, family %u", host->cpu, host->family);
    if (host->cpus_usable && host->cpus)
        line_add(&line, "%u of %u CPU%s", host->cpus_usable, host->cpus, units_s(host->cpus));
    else if (host->cpus_usable)
        line_add(&line, "%u usable CPU%s", host->cpus_usable, units_s(host->cpus_usable));
    if (host->quota.cpus > 0)
        line_add(&line, "CPU quota %.3g", host->quota.cpus);
    if (host->memory_bytes)
        line_add(&line, "%.1f GiB", (double)host->memory_bytes / (1 << 30));
    if (*host->kernel)
        line_add(&line, "%s", host->kernel);
    line_end(&line);
}

/* Printed only if there are several kinds. */
static void print_cores(FILE *out, const struct cores *cores)
{
    struct line line;

    if (!cores || cores->kinds < 2)
        return;
    line = line_begin(out, "cores", ";");
    for (unsigned i = 0; i < cores->groups; i++) {
        char kind[CORES_KIND_MAX];

        line_add(&line, "%s: CPU%s %.40s", cores_kind(kind, cores, cores->group[i].kind),
                 units_s(cores->group[i].count), cores->group[i].cpus);
    }
    line_end(&line);
}

static void print_machine(FILE *out, const struct report *report)
{
    const struct config *config = report->config;
    const struct memory_usage *memory = &report->info->memory;
    struct line line = line_begin(out, "machine", ";");
    bool vm = report->info->env == RUN_VM;
    char size[UNITS_TEXT_MAX];

    line_add(&line, "%u %s%s", config->vcpus, vm ? "vCPU" : "thread", units_s(config->vcpus));
    if (config->topology.sockets)
        line_add(&line, "sockets=%u,cores=%u,threads=%u", config->topology.sockets,
                 config->topology.cores, config->topology.threads);
    line_add(&line, "%s", units_format_size(size, config->mem_bytes));
    if (config->numa.nodes)
        line_add(&line, "%s NUMA nodes: %u", config->numa.unbound ? "unbound" : "bound",
                 config->numa.nodes);
    if (vm)
        line_add(&line, "guest pages %s", units_format_size(size, config->guest_page_bytes));
    if (report->info->has_memory && memory->resident_bytes) {
        uint64_t huge = memory->huge_bytes + memory->hugetlb_bytes;

        line_add(&line, "host pages of %s: %.0f %% of %" PRIu64 " MiB touched",
                 units_format_size(size, memory->hugetlb_page_bytes ? memory->hugetlb_page_bytes
                                                                    : CONFIG_PAGE_2M),
                 (double)huge / (double)memory->resident_bytes * 100, memory->resident_bytes >> 20);
    }
    line_end(&line);
}

static void print_features(FILE *out, const char *what, const struct feature_set *set)
{
    const char *separator = what;

    for (unsigned i = 0; i < feature_count; i++) {
        if (!set->has[i])
            continue;
        fprintf(out, "%s%s", separator, feature_table[i].name);
        separator = " ";
    }
}

/* Printed only with --cpu. */
static void print_cpu(FILE *out, const struct report *report)
{
    const struct run_info *info = report->info;
    size_t bytes = 0;
    char *text = NULL;
    FILE *line;

    if (!report->config->cpu.text)
        return;
    line = open_memstream(&text, &bytes);
    if (!line)
        return;
    fprintf(line, "%s; XCR0 %#" PRIx64, report->config->cpu.text, info->xcr0);
    print_features(line, "; disabled: ", &info->masked.disabled);
    print_features(line, "; hidden, not disabled: ", &info->masked.hidden);
    fclose(line);
    if (text)
        text_wrapped(out, "cpu", text);
    free(text);
}

static void add_time(struct line *line, const char *what, uint64_t ns)
{
    char text[UNITS_TEXT_MAX];

    if (ns != RUN_INFO_UNKNOWN)
        line_add(line, "%s %s", what, units_format_ns(text, ns));
}

static void print_start(FILE *out, const struct report *report)
{
    const struct run_startup *startup = &report->info->startup;
    struct line line = line_begin(out, "times", ";");

    add_time(&line, "exec to main", startup->exec_to_main);
    if (report->info->env == RUN_VM) {
        add_time(&line, "to KVM_RUN", startup->main_to_entry);
        add_time(&line, "to ring 3", startup->entry_to_user);
    }
    add_time(&line, "run", report->info->end.raw_ns - report->info->begin.raw_ns);
    add_time(&line, "teardown", startup->teardown);
    line_end(&line);
}

/* Exits per operation, with enough digits to distinguish few from none. */
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

/* At most five characters. */
static char *format_percent(char text[UNITS_TEXT_MAX], double value)
{
    snprintf(text, UNITS_TEXT_MAX, value < 999.95 ? "%.1f" : ">999", value);
    return text;
}

/* The shares of the time of the row's threads. */
static void put_shares(struct tabular *table, const struct report *report,
                       const struct result_row *row, const struct summary *summary)
{
    const uint64_t parts[] = {summary->running_ns, summary->handler_ns, summary->asleep_ns,
                              summary->time.runqueue_ns};
    uint64_t window = summary->window_ns * row->begin.threads;
    char text[UNITS_TEXT_MAX];

    for (unsigned i = 0; i < 4; i++) {
        /* A native run has no exits. */
        if (i == 1 && report->info->env != RUN_VM)
            continue;
        if (summary->window_ns < SHARES_MIN_NS || parts[i] == RUN_INFO_UNKNOWN)
            tabular_cell(table, "-");
        else
            tabular_cell(table, "%s", format_percent(text, percent(parts[i], window)));
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

static void put_row(struct tabular *table, const struct report *report, uint32_t i)
{
    static const char *const check[] = {
        [RESULT_UNCHECKED] = "-", [RESULT_OK] = "ok", [RESULT_WRONG] = "WRONG"};
    const struct result_row *row = &report->result->row[i];
    char value[UNITS_TEXT_MAX] = "-", spread[UNITS_TEXT_MAX] = "-", per_op[UNITS_TEXT_MAX];
    bool is_void = row->check == RESULT_OK && outcome_interrupted(report, row);
    struct summary summary = {0};
    FILE *out;

    if (row->samples && !summary_of(report, i, &summary)) {
        text_value(value, summary.median);
        if (summary.has_spread)
            snprintf(spread, sizeof(spread), summary.spread_pct < 100 ? "%.1f%%" : ">100%%",
                     summary.spread_pct);
    }
    tabular_cell(table, "%s%s%s", row->begin.name, *row->begin.params ? " " : "",
                 row->begin.params);
    tabular_cell(table, "%u", row->begin.threads);
    tabular_cell(table, "%s", value);
    tabular_cell(table, "%s", row->begin.unit);
    tabular_cell(table, "%s", spread);
    tabular_cell(table, "%s", is_void ? "void" : check[row->check]);
    if (row->ended) {
        if (report->info->env == RUN_VM)
            tabular_cell(table, "%s", format_per_op(per_op, summary.exits_user, row->ops));
        put_shares(table, report, row, &summary);
    }
    tabular_end(table);
    if (!row->ended || !summary.exits_user)
        return;
    out = tabular_between(table);
    if (out)
        print_reasons(out, row);
}

static void put_rows(struct tabular *table, const void *ctx)
{
    const struct report *report = ctx;

    for (uint32_t i = 0; i < report->result->rows; i++)
        put_row(table, report, i);
}

static void print_rows(FILE *out, const struct report *report)
{
    static const struct tabular_column in_vm[] = {
        {"benchmark", 31, true, NULL}, {"thr", 4, false, NULL},   {"median", 8, false, NULL},
        {"unit", 9, true, NULL},       {"+-", 6, false, NULL},    {"check", 5, true, NULL},
        {"exit/op", 7, false, NULL},   {"guest", 5, false, NULL}, {"exit", 5, false, NULL},
        {"sleep", 5, false, NULL},     {"runq", 5, false, NULL},
    };
    static const struct tabular_column natively[] = {
        {"benchmark", 31, true, NULL}, {"thr", 4, false, NULL},   {"median", 8, false, NULL},
        {"unit", 9, true, NULL},       {"+-", 6, false, NULL},    {"check", 5, true, NULL},
        {"run", 5, false, NULL},       {"sleep", 5, false, NULL}, {"runq", 5, false, NULL},
    };
    bool vm = report->info->env == RUN_VM;

    if (!report->result->rows)
        return;
    fputc('\n', out);
    tabular_print(out, vm ? in_vm : natively,
                  vm ? sizeof(in_vm) / sizeof(in_vm[0]) : sizeof(natively) / sizeof(natively[0]),
                  put_rows, report);
    fputc('\n', out);
    wrapped_note(out,
                 "+-: half the median's 95 %% confidence interval, in %% of the median; -: fewer "
                 "than 6 samples.\n");
    if (vm)
        wrapped_note(out,
                     "vCPU time in %%: guest: running guest code. exit: handling exits. sleep: "
                     "halted or in a\nbarrier. runq: runnable, waiting for a CPU.\n");
}

/* Adjacent benchmarks with the same reason share a line. */
static void print_reasons_of(FILE *out, const char *label, const struct channel_skip *skip,
                             uint32_t count)
{
    uint32_t last;

    if (count)
        fputc('\n', out);
    for (uint32_t i = 0; i < count; i = last) {
        size_t bytes = 0;
        char *text = NULL;
        FILE *line = open_memstream(&text, &bytes);

        for (last = i; last < count && !strcmp(skip[last].reason, skip[i].reason); last++)
            if (line)
                fprintf(line, "%s%s", last > i ? ", " : "", skip[last].name);
        if (!line)
            continue;
        fprintf(line, ": %s", skip[i].reason);
        fclose(line);
        if (text)
            text_wrapped(out, label, text);
        free(text);
    }
}

static void print_warnings(FILE *out, const struct report *report)
{
    struct warning warnings[WARNINGS_MAX];
    unsigned count = warnings_find(report, warnings);

    if (count)
        fputc('\n', out);
    for (unsigned i = 0; i < count; i++)
        text_wrapped(out, "warning", warnings[i].text);
}

static void print_fault(FILE *out, const struct channel_fault *fault)
{
    static const char *const regs[] = CHANNEL_FAULT_REGS;
    /* Registers per line: a divisor of their number. */
    unsigned across = wrapped_columns() >= 4 * REGISTER_COLUMNS   ? 4
                      : wrapped_columns() >= 2 * REGISTER_COLUMNS ? 2
                                                                  : 1;
    char text[160], name[80];

    snprintf(text, sizeof(text), "faulted on vCPU %u in ring %" PRIu64 ": %s", fault->vcpu,
             fault->cs & 3, report_fault(name, fault));
    fputc('\n', out);
    text_wrapped(out, "The guest", text);
    wrapped_note(out, "at rip %#" PRIx64 ", address %#" PRIx64 ", rflags %#" PRIx64 "\n",
                 fault->rip, fault->address, fault->rflags);
    for (unsigned i = 0; i < 16; i++)
        fprintf(out, "%4s %016" PRIx64 "%s", regs[i], fault->regs[i],
                i % across == across - 1 ? "\n" : "");
}

char *report_text(const struct report *report, size_t *bytes)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, bytes);

    if (!out)
        return NULL;
    print_host(out, report);
    print_cores(out, report->cores);
    print_machine(out, report);
    print_cpu(out, report);
    text_disks(out, report);
    print_start(out, report);
    if (report->info->stop == STOP_ERROR) {
        fputc('\n', out);
        text_wrapped(out, "error", report->info->error.text);
    }
    if (report->result->has_fault)
        print_fault(out, &report->result->fault);
    if (report->result->exited && report->result->exit_status)
        fprintf(out, "\nThe guest ended with status %u.\n", report->result->exit_status);
    print_rows(out, report);
    text_io(out, report);
    text_costs(out, report);
    text_traced(out, report);
    text_exits(out, report);
    print_reasons_of(out, "failed", report->result->fail, report->result->failed);
    print_reasons_of(out, "skipped", report->result->skip, report->result->skipped);
    print_warnings(out, report);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}
