/* SPDX-License-Identifier: MIT */
/* Entry of every vCPU into ring 3, and the run-time functions that talk to the VMM's devices. */
#include <stdarg.h>
#include <stdio.h>

#include "guest/kvm/machine.h"
#include "kernels_sha256.h"

void user_start(const void *dtb, unsigned id, struct cpu_local *local) __attribute__((noreturn));

__attribute__((section(MINIVMM_INFO_SECTION), used)) static const struct minivmm_guest_info info = {
    .magic = MINIVMM_INFO_MAGIC,
    .abi_version = MINIVMM_ABI_VERSION,
    .vcpu_bytes = USER_BYTES,
    .kernels_sha256 = KERNELS_SHA256,
};

static struct guest_machine machine;
static struct team team;
static uint32_t machine_ready;

static volatile uint64_t *paravirt(enum minivmm_paravirt_reg reg)
{
    return (volatile uint64_t *)(MINIVMM_PARAVIRT_BASE + reg);
}

static void wait_on(uint32_t *word, uint32_t value)
{
    *paravirt(MINIVMM_PARAVIRT_WAIT) =
        (uint64_t)(uint16_t)value << MINIVMM_PARAVIRT_VALUE_SHIFT | (uintptr_t)word;
}

static void wake(uint32_t *word)
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

void user_start(const void *dtb, unsigned id, struct cpu_local *local)
{
    static const struct team_sleep sleep = {.wait = wait_on, .wake = wake};
    uint64_t now = __builtin_ia32_rdtsc();

    local->self = local;
    local->id = id;
    if (id) {
        while (!__atomic_load_n(&machine_ready, __ATOMIC_ACQUIRE))
            wait_on(&machine_ready, 0);
        machine.boot_times[id] = now;
        team_worker(&team, id);
    }
    machine_read(&machine, dtb);
    machine.boot_times[0] = now;
    team_init(&team, &sleep, machine.vcpus, machine.host_cpus);
    __atomic_store_n(&machine_ready, 1, __ATOMIC_RELEASE);
    if (machine.vcpus > 1)
        wake(&machine_ready);
    team_wait_ready(&team);
    guest_exit(guest_main(&machine, &team));
}
