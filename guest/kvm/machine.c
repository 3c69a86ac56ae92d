/* SPDX-License-Identifier: MIT */
#include <libfdt.h>
#include <string.h>

#include "guest/kvm/machine.h"
#include "guest/kvm/ring0.h"
#include "guest/kvm/runtime.h"

extern uint8_t user_end[];

/* Returns `found`, or ends the run if it is NULL. */
static const void *must(const void *found, const char *what)
{
    if (!found) {
        guest_log("device tree: missing property %s", what);
        guest_exit(1);
    }
    return found;
}

static const void *property(const void *dtb, int node, const char *name)
{
    return must(fdt_getprop(dtb, node, name, NULL), name);
}

static uint64_t cell64(const void *property, unsigned i)
{
    return fdt64_ld((const fdt64_t *)property + i);
}

/* Reduce [*base, *end) to the larger part of it that is outside [from, to). */
static void cut(uint64_t *base, uint64_t *end, uint64_t from, uint64_t to)
{
    if (from >= *end || to <= *base)
        return;
    if (from - *base > *end - to)
        *end = from;
    else
        *base = to;
}

/* Count a contiguous range of RAM; its free part becomes the arena if it is the largest so far. */
static void take_ram(struct guest_machine *machine, uint64_t base, uint64_t end,
                     const void *reserved)
{
    uint64_t loaded_end = (uintptr_t)user_end + (uint64_t)machine->vcpus * USER_BYTES;

    machine->mem_bytes += end - base;
    cut(&base, &end, 0, loaded_end);
    cut(&base, &end, cell64(reserved, 0), cell64(reserved, 0) + cell64(reserved, 1));
    if (end - base > machine->arena_bytes) {
        machine->arena = (uint8_t *)base;
        machine->arena_bytes = end - base;
    }
}

/* Memory nodes are in the order of their addresses, one per NUMA node: merge adjacent ones. */
static void find_arena(struct guest_machine *machine, const void *dtb)
{
    const void *reserved =
        property(dtb, fdt_first_subnode(dtb, fdt_path_offset(dtb, "/reserved-memory")), "reg");
    uint64_t base = 0, end = 0;
    int node = -1;

    while ((node = fdt_node_offset_by_prop_value(dtb, node, "device_type", "memory", 7)) >= 0) {
        int bytes = 0;
        const void *reg = must(fdt_getprop(dtb, node, "reg", &bytes), "reg of a memory node");

        for (unsigned i = 0; i < (unsigned)bytes / 16; i++) {
            uint64_t next = cell64(reg, 2 * i);

            if (next != end) {
                take_ram(machine, base, end, reserved);
                base = next;
            }
            end = next + cell64(reg, 2 * i + 1);
        }
    }
    take_ram(machine, base, end, reserved);
}

static unsigned count_cpus(const void *dtb, int cpus)
{
    unsigned count = 0;
    int node;

    fdt_for_each_subnode(node, dtb, cpus) count++;
    return count;
}

void machine_read(struct guest_machine *machine, const void *dtb)
{
    int cpus, chosen;
    const void *caches;

    if (fdt_check_header(dtb)) {
        guest_log("device tree at %p: invalid header", dtb);
        guest_exit(1);
    }
    cpus = fdt_path_offset(dtb, "/cpus");
    chosen = fdt_path_offset(dtb, "/chosen");
    caches = property(dtb, chosen, "minivmm,host-caches");
    *machine = (struct guest_machine){
        .dtb = dtb,
        .vcpus = count_cpus(dtb, cpus),
        .tsc_hz = cell64(property(dtb, cpus, "timebase-frequency"), 0),
        .boot_times = (uint64_t *)cell64(property(dtb, chosen, "minivmm,boot-times"), 0),
        .host_cpus = fdt32_ld(property(dtb, chosen, "minivmm,host-cpus")),
        .window = cell64(property(dtb, chosen, "minivmm,window"), 0),
        .l1d = cell64(caches, 0),
        .l2 = cell64(caches, 1),
        .llc = cell64(caches, 2),
        .quick = fdt_getprop(dtb, chosen, "minivmm,quick", NULL),
        .chosen = fdt_getprop(dtb, chosen, "minivmm,bench", NULL),
        .args = property(dtb, chosen, "bootargs"),
    };
    find_arena(machine, dtb);
}
