/* SPDX-License-Identifier: MIT */
/*
 * Executes an instruction of the set that the argument names: "sse2", "avx" or "avx512". It raises
 * #UD if XCR0 does not enable the state of that set.
 */
#include <string.h>

#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)team;
    guest_log("about to use %s", machine->args);
    if (!strcmp(machine->args, "avx"))
        __asm__ volatile("vpxor %%ymm0, %%ymm0, %%ymm0" ::: "xmm0");
    else if (!strcmp(machine->args, "avx512"))
        __asm__ volatile("vpxorq %%zmm0, %%zmm0, %%zmm0" ::: "xmm0");
    else
        __asm__ volatile("pxor %%xmm0, %%xmm0" ::: "xmm0");
    guest_log("used %s", machine->args);
    return 0;
}
