/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdarg.h>

#include "vmm/core/base/tabular.h"
#include "vmm/core/base/units.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/exec/plan.h"

/* The width of "machine" and the like, and a blank or two. */
#define LABEL_COLUMNS 9

static void put_range(struct tabular *table, gpa_t base, uint64_t bytes, const char *what)
{
    char size[UNITS_TEXT_MAX];

    tabular_cell(table, "  0x%010" PRIx64 " - 0x%010" PRIx64, base, base + bytes - 1);
    tabular_cell(table, "%s", units_format_size(size, bytes));
    tabular_cell(table, " %s", what);
    tabular_end(table);
}

static void put_segments(struct tabular *table, const struct image *image)
{
    for (unsigned i = 0; i < image->segments; i++) {
        const struct image_segment *segment = &image->segment[i];
        char what[64];

        snprintf(what, sizeof(what), "segment r%c%c, ring %d", segment->write ? 'w' : '-',
                 segment->execute ? 'x' : '-', segment->user ? 3 : 0);
        put_range(table, segment->base, segment->bytes, what);
    }
}

static void put_ranges(struct tabular *table, const void *ctx)
{
    const struct machine *machine = ctx;
    const struct layout *layout = &machine->layout;

    for (unsigned i = 0; i < machine->mem.ranges; i++)
        put_range(table, machine->mem.range[i].base, machine->mem.range[i].bytes, "RAM");
    put_segments(table, &machine->image);
    put_range(table, layout->tables, layout->tables_bytes, "page tables, ring 0");
    put_range(table, layout->window, layout->stacks - layout->window, "window's table, ring 0");
    put_range(table, layout->stacks, layout->dtb - layout->stacks, "stacks, ring 0");
    put_range(table, layout->dtb, layout->dtb_bytes, "device tree, read-only");
    put_range(table, layout->boot_times, layout->end - layout->boot_times, "boot times, free");
    for (unsigned i = 0; i < machine->mmio.count; i++)
        put_range(table, machine->mmio.region[i].base, machine->mmio.region[i].bytes,
                  machine->mmio.region[i].name);
}

/* A line with its label, folded like all others. */
static void print_line(FILE *out, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void print_line(FILE *out, const char *label, const char *format, ...)
{
    char text[WRAPPED_NOTE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    wrapped_print(out, LABEL_COLUMNS, label, text);
}

/* What was asked for of the CPUs beyond their number. */
static void print_cpus(FILE *out, const struct machine *machine)
{
    const struct config *config = machine->config;
    const struct topology *topology = &machine->topology;
    const struct backing *backing = &machine->mem.backing;

    if (config->cpu.text && machine->vm >= 0)
        print_line(out, "cpu", "%s: XCR0 %#" PRIx64, config->cpu.text, machine->caps.xcr0);
    if (config->topology.sockets)
        print_line(out, "topology", "sockets=%u,cores=%u,threads=%u, APIC ids up to %u",
                   topology->sockets, topology->cores, topology->threads,
                   topology_apic_id(topology, config->vcpus - 1));
    for (unsigned i = 0; i < config->numa.nodes; i++) {
        fprintf(out, "node %-3u %u vCPU%s, %" PRIu64 " MiB", i, config->vcpus / config->numa.nodes,
                units_s(config->vcpus / config->numa.nodes),
                config->mem_bytes / config->numa.nodes >> 20);
        if (backing->nodes)
            fprintf(out, " on host node %u", backing->host_node[i]);
        fputc('\n', out);
    }
}

void plan_print(FILE *out, const struct machine *machine)
{
    static const struct tabular_column columns[] = {
        {"", 29, true, NULL}, {"", 10, false, NULL}, {"", 23, true, NULL}};
    const struct config *config = machine->config;
    char page[UNITS_TEXT_MAX];

    print_line(out, "guest", "%s, entry %#" PRIx64 ", %u benchmark%s%s%s", config->guest,
               machine->image.entry, machine->image.benches, units_s(machine->image.benches),
               machine->benches ? "; chosen: " : "", machine->benches ? machine->benches : "");
    print_line(out, "machine", "%u vCPU%s, guest pages up to %s", config->vcpus,
               units_s(config->vcpus), units_format_size(page, config->guest_page_bytes));
    print_cpus(out, machine);
    if (machine->vm < 0)
        print_line(out, "KVM", "not checked: /dev/kvm cannot be used here");
    tabular_print(out, columns, sizeof(columns) / sizeof(columns[0]), put_ranges, machine);
}
