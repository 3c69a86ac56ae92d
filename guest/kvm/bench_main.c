/* SPDX-License-Identifier: MIT */
/* bench.elf: the benchmarks in a bare VM. */
#include "guest/bench/bench.h"
#include "guest/kvm/cpu.h"
#include "guest/kvm/disk.h"
#include "guest/kvm/exits.h"
#include "guest/kvm/start.h"

static uint64_t tsc_hz;

static uint64_t ticks_hz(void)
{
    return tsc_hz;
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    const struct env env = {
        .threads = machine->vcpus,
        .team = team,
        .arena = machine->arena,
        .arena_bytes = machine->arena_bytes,
        .mem_bytes = machine->mem_bytes,
        .l1d = machine->l1d,
        .l2 = machine->l2,
        .llc = machine->llc,
        .quick = machine->quick,
        .chosen = machine->chosen,
        .args = machine->args,
        .send = guest_send,
        .discard = guest_discard,
        .ticks_hz = ticks_hz,
        .disk_open = disk_open,
        .disk_close = disk_close,
        .exits = exits_begin(machine),
    };

    tsc_hz = machine->tsc_hz;
    cpu_check(machine);
    disk_begin(machine);
    return bench_main(&env);
}
