/* SPDX-License-Identifier: MIT */
/*
 * Logs the NUMA nodes of the device tree, "cpu APIC-ID node N", "memory BASE BYTES node N" and
 * "distance FROM TO D" in hexadecimal, and touches every page of the arena.
 */
#include <libfdt.h>
#include <string.h>

#include "guest/kvm/start.h"

static int node_id(const void *dtb, int node)
{
    const fdt32_t *id = fdt_getprop(dtb, node, "numa-node-id", NULL);

    return id ? (int)fdt32_ld(id) : -1;
}

static void log_nodes(const void *dtb)
{
    int node = -1, bytes = 0;
    const fdt32_t *cells;

    while ((node = fdt_node_offset_by_prop_value(dtb, node, "device_type", "cpu", 4)) >= 0)
        guest_log("cpu %x node %d", fdt32_ld(fdt_getprop(dtb, node, "reg", NULL)),
                  node_id(dtb, node));
    while ((node = fdt_node_offset_by_prop_value(dtb, node, "device_type", "memory", 7)) >= 0) {
        const fdt64_t *reg = fdt_getprop(dtb, node, "reg", &bytes);

        for (int i = 0; i < bytes / 16; i++)
            guest_log("memory %llx %llx node %d", (unsigned long long)fdt64_ld(&reg[2 * i]),
                      (unsigned long long)fdt64_ld(&reg[2 * i + 1]), node_id(dtb, node));
    }
    node = fdt_path_offset(dtb, "/distance-map");
    cells = fdt_getprop(dtb, node, "distance-matrix", &bytes);
    for (int i = 0; cells && i + 2 < bytes / 4; i += 3)
        guest_log("distance %x %x %x", fdt32_ld(&cells[i]), fdt32_ld(&cells[i + 1]),
                  fdt32_ld(&cells[i + 2]));
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)team;
    log_nodes(machine->dtb);
    for (size_t i = 0; i < machine->arena_bytes; i += 4096)
        *(volatile uint8_t *)(machine->arena + i) = 1;
    guest_log("touched %zu MiB of %zu", machine->arena_bytes >> 20, machine->mem_bytes >> 20);
    return 0;
}
