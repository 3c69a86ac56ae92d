/* SPDX-License-Identifier: MIT */
/* The text report's part on disks: what they are, and the table of I/O. */
#include <string.h>

#include "vmm/report/io.h"
#include "vmm/report/text.h"

#define NAME_COLUMNS 36

void text_disks(FILE *out, const struct report *report)
{
    for (unsigned i = 0; i < report->facts->disks; i++) {
        const struct run_disk *disk = &report->facts->disk[i];
        const struct config_disk *config = disk->config;
        char size[UNITS_TEXT_MAX], text[512];
        int used =
            snprintf(text, sizeof(text), "%s: %s of %.300s%s%s%s, engine %s", disk->name,
                     units_format_size(size, disk->bytes),
                     config->path        ? config->path
                     : config->temporary ? "a temporary file, since --disk names none"
                                         : "no file",
                     config->read_only ? ", read-only" : "", config->direct ? ", direct" : "",
                     disk->cached ? ", through the page cache" : "", disk->engine);

        if (report->facts->env == RUN_VM)
            snprintf(text + used, sizeof(text) - (size_t)used,
                     ", notify %s%s, irq %s, %u entries%s%s", config_notify_name[config->notify],
                     config->adaptive ? " (adaptive)" : "", config_irq_name[config->irq],
                     config->depth, config->event_idx ? "" : ", no event-idx",
                     config->indirect ? "" : ", no indirect");
        text_wrapped(out, "disk", text);
    }
}

/* Three digits that count and a unit, in six columns. */
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

/* In a native run, what only a VM has is a dash. */
static const char *share(char text[UNITS_TEXT_MAX], const struct report *report, double per_io)
{
    if (report->facts->env != RUN_VM)
        strcpy(text, "-");
    else
        snprintf(text, UNITS_TEXT_MAX, "%.3f", per_io);
    return text;
}

static void print_row(FILE *out, const struct report *report, const struct result_row *row,
                      const struct io_summary *io)
{
    char name[CHANNEL_NAME_MAX + CHANNEL_PARAMS_MAX], p50[UNITS_TEXT_MAX], p99[UNITS_TEXT_MAX];
    char p999[UNITS_TEXT_MAX], exits[UNITS_TEXT_MAX], kicks[UNITS_TEXT_MAX];
    char interrupts[UNITS_TEXT_MAX], cpu[UNITS_TEXT_MAX];

    snprintf(name, sizeof(name), "%s %s", row->begin.name, row->begin.params);
    /* A name that is too long has its own line. */
    if (strlen(name) > NAME_COLUMNS) {
        fprintf(out, "%s\n", name);
        name[0] = '\0';
    }
    fprintf(out, "%-*s %7.0f %5.1f %6s %6s %6s %6s %6s %6s %6s\n", NAME_COLUMNS, name, io->mb_per_s,
            io->depth, duration(p50, (double)io->latency_ns[IO_P50]),
            duration(p99, (double)io->latency_ns[IO_P99]),
            duration(p999, (double)io->latency_ns[IO_P999]), share(exits, report, io->exits),
            share(kicks, report, io->kicks), share(interrupts, report, io->interrupts),
            duration(cpu, io->cpu_ns));
}

void text_io(FILE *out, const struct report *report)
{
    const struct run_result *result = report->result;
    bool any = false;

    for (uint32_t i = 0; i < result->rows; i++) {
        struct io_summary io;

        if (io_summary_of(report, &result->row[i], &io))
            continue;
        if (!any)
            fprintf(out, "\n%-*s %7s %5s %20s %6s %6s %6s %6s\n", NAME_COLUMNS, "", "", "",
                    "completion latency", "exits", "kicks", "irqs", "CPU");
        if (!any)
            fprintf(out, "%-*s %7s %5s %6s %6s %6s %6s %6s %6s %6s\n", NAME_COLUMNS, "block I/O",
                    "MB/s", "depth", "p50", "p99", "p99.9", "/IO", "/IO", "/IO", "/IO");
        any = true;
        print_row(out, report, &result->row[i], &io);
    }
    if (any)
        fprintf(out, "depth: operations in flight, on average. exits: to user space. kicks: "
                     "notifications that reached\nthe device, as exits or within KVM. CPU: of the "
                     "host's, by all threads of this process.\n");
}
