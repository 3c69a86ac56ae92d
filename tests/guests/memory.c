/* SPDX-License-Identifier: MIT */
/*
 * Logs the address of the arena, writes a pattern to the first word of each of its 4 KiB pages and
 * reads it back, returns the memory to the host and checks that it reads zeros, or still the
 * pattern if it cannot be returned.
 */
#include <errno.h>

#include "guest/kvm/start.h"

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
    /* Discarding must fail outside RAM and for less than a page. */
    if (!guest_discard((void *)MINIVMM_DEVICE_BASE, PAGE) ||
        !guest_discard(machine->arena + begin, 64))
        return 4;
    return 0;
}
