/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "guest/kvm/runtime.h"
#include "minivmm/abi.h"

static volatile uint64_t *paravirt(enum minivmm_paravirt_reg reg)
{
    return (volatile uint64_t *)(MINIVMM_PARAVIRT_BASE + reg);
}

void guest_wait(uint32_t *word, uint32_t value)
{
    *paravirt(MINIVMM_PARAVIRT_WAIT) =
        (uint64_t)(uint16_t)value << MINIVMM_PARAVIRT_VALUE_SHIFT | (uintptr_t)word;
}

void guest_wake(uint32_t *word)
{
    *paravirt(MINIVMM_PARAVIRT_WAKE) = (uintptr_t)word;
}

int guest_discard(void *start, size_t bytes)
{
    /* The device takes sizes that are powers of two; their alignment does not matter. */
    while (bytes) {
        unsigned order = 63 - (unsigned)__builtin_clzll(bytes);
        uint64_t status;

        *paravirt(MINIVMM_PARAVIRT_DISCARD) =
            (uint64_t)order << MINIVMM_PARAVIRT_ORDER_SHIFT | (uintptr_t)start >> 12;
        status = *paravirt(MINIVMM_PARAVIRT_DISCARD);
        if (status)
            return (int)status;
        start = (uint8_t *)start + (1ull << order);
        bytes -= 1ull << order;
    }
    return 0;
}

void guest_send(const struct channel_record *records, unsigned count)
{
    __asm__ volatile("" ::: "memory");
    *(volatile uint64_t *)(MINIVMM_CHANNEL_BASE + MINIVMM_CHANNEL_DOORBELL) =
        (uint64_t)count << MINIVMM_CHANNEL_COUNT_SHIFT | (uintptr_t)records;
}

void guest_log(const char *format, ...)
{
    struct channel_record record = {.type = CHANNEL_LOG};
    size_t room = sizeof(record.log.text) - 1;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(record.log.text, room, format, args);
    va_end(args);
    if (length < 0)
        return;
    record.log.text[(size_t)length < room ? (size_t)length : room - 1] = '\n';
    guest_send(&record, 1);
}

void guest_exit(uint32_t status)
{
    const struct channel_record record = {.type = CHANNEL_EXIT, .exit = {status}};

    guest_send(&record, 1);
    for (;;)
        ring0_call(RING0_SLEEP, guest_local()->interrupts, 0);
}

/* Called by the stack protector, which libfdt may be compiled with. */
void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
    guest_log("stack overflow on vCPU %u", guest_local()->id);
    guest_exit(1);
}
