/* SPDX-License-Identifier: MIT */
#include <cpuid.h>
#include <libfdt.h>
#include <stdio.h>

#include "guest/kvm/cpu.h"
#include "guest/kvm/runtime.h"

/* AVX, opmask, and both halves of the ZMM state. */
#define XCR0_VECTORS 0xe4u

/* Cells per feature in minivmm,masked. */
#define CELLS 4

static bool has_feature(const fdt32_t *cell)
{
    unsigned reg[4] = {0};

    __get_cpuid_count(fdt32_ld(cell), fdt32_ld(cell + 1), &reg[0], &reg[1], &reg[2], &reg[3]);
    return reg[fdt32_ld(cell + 2) & 3] >> (fdt32_ld(cell + 3) & 31) & 1;
}

/* The vector states that XCR0 enables; 0 if there is no XCR0. */
static uint64_t vector_states(void)
{
    unsigned a, b, c, d;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
        return 0;
    __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    return a & XCR0_VECTORS;
}

/* Leaf 0xb, if present, reports threads per core and logical CPUs per socket. */
static void check_topology(const struct guest_machine *machine, int chosen)
{
    struct channel_record record = {.type = CHANNEL_WARN, .warn.code = "topology_not_seen"};
    const fdt32_t *asked = fdt_getprop(machine->dtb, chosen, "minivmm,topology", NULL);
    unsigned a, threads, logical, c, d, cores;

    if (!asked || !__get_cpuid_count(0xb, 0, &a, &threads, &c, &d) ||
        !__get_cpuid_count(0xb, 1, &a, &logical, &c, &d))
        return;
    cores = fdt32_ld(asked + 1);
    if (threads == fdt32_ld(asked + 2) && logical == cores * fdt32_ld(asked + 2))
        return;
    snprintf(record.warn.text, sizeof(record.warn.text),
             "--topology: ring 3 sees %u thread%s per core and %u logical CPU%s per socket: CPUID "
             "in ring 3 is that of the host",
             threads, threads == 1 ? "" : "s", logical, logical == 1 ? "" : "s");
    guest_send(&record, 1);
}

void cpu_check(const struct guest_machine *machine)
{
    struct channel_record record = {.type = CHANNEL_WARN, .warn.code = "cpu_not_masked"};
    int chosen = fdt_path_offset(machine->dtb, "/chosen"), bytes = 0;
    const fdt32_t *masked = fdt_getprop(machine->dtb, chosen, "minivmm,masked", &bytes);
    const fdt64_t *xcr0 = fdt_getprop(machine->dtb, chosen, "minivmm,xcr0", NULL);
    unsigned count = masked ? (unsigned)bytes / (CELLS * sizeof(*masked)) : 0, visible = 0;

    check_topology(machine, chosen);
    if (!masked || !xcr0)
        return;
    for (unsigned i = 0; i < count; i++)
        visible += has_feature(&masked[i * CELLS]);
    if (!visible && !(vector_states() & ~fdt64_ld(xcr0)))
        return;
    snprintf(record.warn.text, sizeof(record.warn.text),
             "--cpu: removed features that ring 3 still sees: %u of %u; vector states in XCR0: "
             "%#llx instead of %#llx: this KVM cannot mask them",
             visible, count, (unsigned long long)vector_states(),
             (unsigned long long)fdt64_ld(xcr0) & XCR0_VECTORS);
    guest_send(&record, 1);
}
