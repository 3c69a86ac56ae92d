/* SPDX-License-Identifier: MIT */
/* Logs the address of the arena and writes to its first and its last page. */
#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    volatile uint64_t *first = (volatile uint64_t *)machine->arena;
    volatile uint64_t *last = first + machine->arena_bytes / sizeof(*last) - 1;

    (void)team;
    guest_log("arena %p, %zu MiB of %zu", (void *)machine->arena, machine->arena_bytes >> 20,
              machine->mem_bytes >> 20);
    *first = 1;
    *last = 2;
    return *first == 1 && *last == 2 ? 0 : 1;
}
