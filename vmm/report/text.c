/* SPDX-License-Identifier: MIT */
/* The report for a person: at most REPORT_COLUMNS wide, aligned, without colour. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/units.h"
#include "vmm/base/version.h"
#include "vmm/report/summary.h"
#include "vmm/report/warnings.h"

#define NAME_COLUMNS 31

/* In a shorter window the two snapshots themselves are most of what is seen. */
#define SHARES_MIN_NS 1000000

/* With more vCPUs than this, the table of exits shows them all together. */
#define VCPUS_SHOWN_MAX 32

static void print_host(FILE *out, const struct report *report)
{
    const struct hostinfo *host = report->host;
    const struct run_facts *facts = report->facts;

    fprintf(out, "%s: %s", version_text, report_env_name(facts->env));
    if (facts->env == RUN_VM)
        fprintf(out, " on %s, %s paging", host->kvm_module ? host->kvm_module : "KVM",
                host->paging ? host->paging : "unknown");
    fprintf(out, "\nhost     %.40s, family %u; %u of %u CPUs; %.1f GiB; %.30s\n", host->cpu,
            host->family, host->cpus_usable, host->cpus, (double)host->memory_bytes / (1 << 30),
            host->kernel);
}

static void print_machine(FILE *out, const struct report *report)
{
    const struct config *config = report->config;
    const struct memory_usage *memory = &report->facts->memory;
    char mem[UNITS_TEXT_MAX], page[UNITS_TEXT_MAX];

    fprintf(out, "machine  %u %s; %s", config->vcpus,
            report->facts->env == RUN_VM ? "vCPUs" : "threads",
            units_format_size(mem, config->mem_bytes));
    if (report->facts->env == RUN_VM)
        fprintf(out, "; guest pages %s", units_format_size(page, config->guest_page_bytes));
    if (report->facts->has_memory && memory->resident_bytes) {
        uint64_t huge = memory->huge_bytes + memory->hugetlb_bytes;

        fprintf(out, "; host pages of %s: %.0f %% of %" PRIu64 " MiB touched",
                units_format_size(page, memory->hugetlb_page_bytes ? memory->hugetlb_page_bytes
                                                                   : CONFIG_PAGE_2M),
                (double)huge / (double)memory->resident_bytes * 100, memory->resident_bytes >> 20);
    }
    fputc('\n', out);
}

static void print_time(FILE *out, const char *what, uint64_t ns)
{
    char text[UNITS_TEXT_MAX];

    if (ns != FACT_ABSENT)
        fprintf(out, "%s %s; ", what, units_format_ns(text, ns));
}

static void print_start(FILE *out, const struct report *report)
{
    const struct run_startup *startup = &report->facts->startup;
    char text[UNITS_TEXT_MAX];

    fprintf(out, "times    ");
    print_time(out, "exec to main", startup->exec_to_main);
    if (report->facts->env == RUN_VM) {
        print_time(out, "main to KVM_RUN", startup->main_to_entry);
        print_time(out, "to ring 3", startup->entry_to_user);
    }
    fprintf(out, "run %s; ",
            units_format_ns(text, report->facts->end.raw_ns - report->facts->begin.raw_ns));
    if (startup->teardown != FACT_ABSENT)
        fprintf(out, "teardown %s", units_format_ns(text, startup->teardown));
    fputc('\n', out);
}

/* Four digits that count, without an exponent as long as that is readable. */
static const char *format_value(char text[UNITS_TEXT_MAX], double value)
{
    double size = value < 0 ? -value : value;
    int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;

    if (size >= 1e8 || (size > 0 && size < 0.001))
        snprintf(text, UNITS_TEXT_MAX, "%.3g", value);
    else
        snprintf(text, UNITS_TEXT_MAX, "%.*f", decimals, value);
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
    snprintf(text, UNITS_TEXT_MAX, value < 0.001 ? "%.0e" : value < 10 ? "%.3f" : "%.0f", value);
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

/*
 * Where the time of the vCPUs that took part went. The others slept all the while, and their sleep
 * is not the benchmark's.
 */
static void print_shares(FILE *out, const struct report *report, const struct result_row *row,
                         const struct summary *summary)
{
    uint64_t window = summary->window_ns * row->begin.threads;
    uint64_t idle = summary->window_ns * (report->config->vcpus - row->begin.threads);
    uint64_t waiting = summary->waiting_ns > idle ? summary->waiting_ns - idle : 0;
    uint64_t away = summary->halted_ns + summary->runqueue_ns;
    uint64_t guest = summary->in_run_ns > away ? summary->in_run_ns - away : 0;
    const uint64_t parts[] = {guest, summary->handler_ns, waiting + summary->halted_ns,
                              summary->runqueue_ns};
    char text[UNITS_TEXT_MAX];

    /* A native run knows the last one only. */
    for (unsigned i = report->facts->env == RUN_VM ? 0 : 3; i < 4; i++) {
        if (summary->window_ns < SHARES_MIN_NS)
            fprintf(out, " %5s", "-");
        else
            fprintf(out, " %5s", format_percent(text, percent(parts[i], window)));
    }
}

static void print_reasons(FILE *out, const struct result_row *row)
{
    const char *separator = "    exits: ";

    for (unsigned i = 0; i < EXIT_REASONS; i++) {
        if (!row->usage.count[i])
            continue;
        fprintf(out, "%s%s %" PRIu64, separator, exit_reason_info[i].name, row->usage.count[i]);
        separator = ", ";
    }
    fputc('\n', out);
}

static void print_row(FILE *out, const struct report *report, uint32_t i)
{
    static const char *const check[] = {
        [RESULT_UNCHECKED] = "-", [RESULT_OK] = "ok", [RESULT_WRONG] = "WRONG"};
    const struct result_row *row = &report->result->row[i];
    char value[UNITS_TEXT_MAX] = "-", spread[UNITS_TEXT_MAX] = "-", per_op[UNITS_TEXT_MAX];
    char name[CHANNEL_NAME_MAX + CHANNEL_PARAMS_MAX];
    struct summary summary = {0};

    snprintf(name, sizeof(name), "%s %s", row->begin.name, row->begin.params);
    if (row->samples && !summary_of(report, i, &summary)) {
        format_value(value, summary.median);
        format_percent(spread, summary.spread_pct);
        strcat(spread, "%");
    }
    /* A name that is too long has a line of its own. */
    if (strlen(name) > NAME_COLUMNS)
        fprintf(out, "%s\n", name);
    fprintf(out, "%-*s %4u %8s %-9s %6s %-5s", NAME_COLUMNS,
            strlen(name) > NAME_COLUMNS ? "" : name, row->begin.threads, value, row->begin.unit,
            spread, check[row->check]);
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
    fprintf(out, "\n%-*s %4s %8s %-9s %6s %-5s", NAME_COLUMNS, "benchmark", "thr", "median", "unit",
            "+-", "check");
    if (vm)
        fprintf(out, " %7s %5s %5s %5s", "exit/op", "guest", "exit", "wait");
    fprintf(out, " %5s\n", "runq");
    for (uint32_t i = 0; i < result->rows; i++)
        print_row(out, report, i);
    fprintf(out, "\n+-: half the 95 %% interval of the median, in %% of it.");
    if (vm)
        fprintf(out, " Time of the vCPUs in %%: in the guest,\n"
                     "serving exits, waiting (halted or in a barrier), runnable without a CPU.");
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
            units_format_ns(p50, hist_percentile(&counter->hist, 50)),
            units_format_ns(p99, hist_percentile(&counter->hist, 99)),
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
    for (uint32_t i = 0; i < result->skipped; i++)
        fprintf(out, "skipped  %s: %s\n", result->skip[i].name, result->skip[i].reason);
}

/* Print text that may be long, broken at blanks, with later lines indented. */
static void print_wrapped(FILE *out, const char *label, const char *text)
{
    int column = fprintf(out, "%-8s", label);

    while (*text) {
        int word = (int)strcspn(text, " ");

        if (column + 1 + word > REPORT_COLUMNS)
            column = fprintf(out, "\n%8s", "") - 1;
        column += fprintf(out, " %.*s", word, text);
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
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
    char text[80];

    fprintf(out, "\nThe guest faulted on vCPU %u in ring %" PRIu64 ": %s\n", fault->vcpu,
            fault->cs & 3, report_fault(text, fault));
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
