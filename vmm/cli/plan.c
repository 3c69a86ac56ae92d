/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "vmm/base/units.h"
#include "vmm/cli/plan.h"

static void print_range(FILE *out, gpa_t base, uint64_t bytes, const char *what)
{
    char size[UNITS_TEXT_MAX];

    fprintf(out, "  0x%010" PRIx64 " - 0x%010" PRIx64 "  %9s  %s\n", base, base + bytes - 1,
            units_format_size(size, bytes), what);
}

static void print_segments(FILE *out, const struct image *image)
{
    for (unsigned i = 0; i < image->segments; i++) {
        const struct image_segment *segment = &image->segment[i];
        char what[64];

        snprintf(what, sizeof(what), "segment r%c%c, ring %d", segment->write ? 'w' : '-',
                 segment->execute ? 'x' : '-', segment->user ? 3 : 0);
        print_range(out, segment->base, segment->bytes, what);
    }
}

/* What was asked for of the CPUs beyond their number. */
static void print_cpus(FILE *out, const struct machine *machine)
{
    const struct config *config = machine->config;
    const struct topology *topology = &machine->topology;
    const struct backing *backing = &machine->mem.backing;

    if (config->cpu.text && machine->vm >= 0)
        fprintf(out, "cpu      %s: XCR0 %#" PRIx64 "\n", config->cpu.text, machine->caps.xcr0);
    if (config->topology.sockets)
        fprintf(out, "topology sockets=%u,cores=%u,threads=%u, APIC ids up to %u\n",
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
    const struct config *config = machine->config;
    const struct layout *layout = &machine->layout;
    char page[UNITS_TEXT_MAX];

    fprintf(out, "guest    %s, entry %#" PRIx64 ", %u benchmark%s%s%s\n", config->guest,
            machine->image.entry, machine->image.benches, units_s(machine->image.benches),
            machine->benches ? "; chosen: " : "", machine->benches ? machine->benches : "");
    fprintf(out, "machine  %u vCPU%s, guest pages up to %s\n", config->vcpus,
            units_s(config->vcpus), units_format_size(page, config->guest_page_bytes));
    print_cpus(out, machine);
    if (machine->vm < 0)
        fprintf(out, "KVM      not checked: /dev/kvm cannot be used here\n");
    for (unsigned i = 0; i < machine->mem.ranges; i++)
        print_range(out, machine->mem.range[i].base, machine->mem.range[i].bytes, "RAM");
    print_segments(out, &machine->image);
    print_range(out, layout->tables, layout->tables_bytes, "page tables, ring 0");
    print_range(out, layout->window, layout->stacks - layout->window, "window's table, ring 0");
    print_range(out, layout->stacks, layout->dtb - layout->stacks, "stacks, ring 0");
    print_range(out, layout->dtb, layout->dtb_bytes, "device tree, read-only");
    print_range(out, layout->boot_times, layout->end - layout->boot_times, "boot times, free");
    for (unsigned i = 0; i < machine->mmio.count; i++)
        print_range(out, machine->mmio.region[i].base, machine->mmio.region[i].bytes,
                    machine->mmio.region[i].name);
}
