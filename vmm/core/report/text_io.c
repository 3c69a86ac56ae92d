/* SPDX-License-Identifier: MIT */
/* The text report's lines on disks and its table of I/O. */
#include <string.h>

#include "vmm/core/base/tabular.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/report/io.h"
#include "vmm/core/report/text.h"

void text_disks(FILE *out, const struct report *report)
{
    for (unsigned i = 0; i < report->info->disks; i++) {
        const struct run_disk *disk = &report->info->disk[i];
        const struct config_disk *config = disk->config;
        char size[UNITS_TEXT_MAX], text[512];
        int used =
            snprintf(text, sizeof(text), "%s: %s of %.300s%s%s%s, engine %s", disk->name,
                     units_format_size(size, disk->bytes),
                     config->path        ? config->path
                     : config->temporary ? "a temporary file (no --disk)"
                                         : "no file",
                     config->read_only ? ", read-only" : "", config->direct ? ", direct" : "",
                     disk->cached ? ", through the page cache" : "", disk->engine);

        if (report->info->env == RUN_VM)
            snprintf(text + used, sizeof(text) - (size_t)used,
                     ", notify %s%s, irq %s, %u entries%s%s", config_notify_name[config->notify],
                     config->adaptive ? " (adaptive)" : "", config_irq_name[config->irq],
                     config->depth, config->event_idx ? "" : ", no event-idx",
                     config->indirect ? "" : ", no indirect");
        text_wrapped(out, "disk", text);
    }
}

/* Three significant digits and a unit, in six columns. */
static const char *duration(char text[UNITS_TEXT_MAX], double ns)
{
    static const char *const unit[] = {"ns", "us", "ms", "s"};
    unsigned i = 0;

    for (; ns >= 999.5 && i < 3; i++)
        ns /= 1000;
    snprintf(text, UNITS_TEXT_MAX, "%.*f%s",
             !i || ns >= 99.5 ? 0
             : ns >= 9.95     ? 1
                              : 2,
             ns, unit[i]);
    return text;
}

/* "-" in a native run, which has no such events. */
static const char *share(char text[UNITS_TEXT_MAX], const struct report *report, double per_io)
{
    if (report->info->env != RUN_VM)
        strcpy(text, "-");
    else
        snprintf(text, UNITS_TEXT_MAX, "%.3f", per_io);
    return text;
}

static void put_row(struct tabular *table, const struct report *report,
                    const struct result_row *row, const struct io_summary *io)
{
    char text[UNITS_TEXT_MAX];

    tabular_cell(table, "%s %s", row->begin.name, row->begin.params);
    tabular_cell(table, "%.0f", io->mb_per_s);
    tabular_cell(table, "%.1f", io->depth);
    tabular_cell(table, "%s", duration(text, (double)io->latency_ns[IO_P50]));
    tabular_cell(table, "%s", duration(text, (double)io->latency_ns[IO_P99]));
    tabular_cell(table, "%s", duration(text, (double)io->latency_ns[IO_P999]));
    tabular_cell(table, "%s", share(text, report, io->exits));
    tabular_cell(table, "%s", share(text, report, io->kicks));
    tabular_cell(table, "%s", share(text, report, io->interrupts));
    tabular_cell(table, "%s", duration(text, io->cpu_ns));
    tabular_end(table);
}

static void put_rows(struct tabular *table, const void *ctx)
{
    const struct report *report = ctx;
    const struct run_result *result = report->result;
    struct io_summary io;

    for (uint32_t i = 0; i < result->rows; i++)
        if (!io_summary_of(report, &result->row[i], &io))
            put_row(table, report, &result->row[i], &io);
}

static bool has_io(const struct report *report)
{
    struct io_summary io;

    for (uint32_t i = 0; i < report->result->rows; i++)
        if (!io_summary_of(report, &report->result->row[i], &io))
            return true;
    return false;
}

void text_io(FILE *out, const struct report *report)
{
    static const char latency[] = "completion latency";
    static const struct tabular_column columns[] = {
        {"block I/O", 36, true, NULL}, {"MB/s", 7, false, NULL},   {"depth", 5, false, NULL},
        {"p50", 6, false, latency},    {"p99", 6, false, latency}, {"p99.9", 6, false, latency},
        {"/IO", 6, false, "exits"},    {"/IO", 6, false, "kicks"}, {"/IO", 6, false, "irqs"},
        {"/IO", 6, false, "CPU"},
    };

    if (!has_io(report))
        return;
    fputc('\n', out);
    tabular_print(out, columns, sizeof(columns) / sizeof(columns[0]), put_rows, report);
    wrapped_note(out,
                 "depth: mean number of operations in flight. exits: to user space. kicks: "
                 "notifications that\nreached the device, by an exit or an ioeventfd. CPU: host "
                 "CPU time of all threads of this process.\n");
}
