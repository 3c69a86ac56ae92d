/* SPDX-License-Identifier: MIT */
/*
 * Writes a pattern to the first word of every 4 KiB page of the arena and reads it back, gives the
 * memory back to the host, and finds zeros, or finds the pattern if it cannot be given back. Tells
 * where the arena is.
 */
#include <errno.h>

#include "guest/kvm/machine.h"

#define PAGE 4096u

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    size_t begin = -(uintptr_t)machine->arena & 0x1fffff;
    size_t end = begin + ((machine->arena_bytes - begin) & ~(size_t)0x1fffff);
    uint32_t wrong = 0;
    int result;

    (void)team;
    guest_log("arena %p, %zu MiB of %zu", (void *)machine->arena, machine->arena_bytes >> 20,
              machine->mem_bytes >> 20);
    for (size_t i = begin; i < end; i += PAGE)
        *(volatile uint64_t *)(machine->arena + i) = i + 1;
    for (size_t i = begin; i < end; i += PAGE)
        wrong += *(volatile uint64_t *)(machine->arena + i) != i + 1;
    if (wrong)
        return 1;
    result = guest_discard(machine->arena + begin, end - begin);
    if (result && result != EOPNOTSUPP)
        return 2;
    for (size_t i = begin; i < end; i += PAGE)
        wrong += *(volatile uint64_t *)(machine->arena + i) != (result ? i + 1 : 0);
    if (wrong)
        return 3;
    /* What is not RAM, or not whole pages, cannot be given back. */
    if (!guest_discard((void *)MINIVMM_DEVICE_BASE, PAGE) ||
        !guest_discard(machine->arena + begin, 64))
        return 4;
    return 0;
}
