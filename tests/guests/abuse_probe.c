/* SPDX-License-Identifier: MIT */
/*
 * Misuses the control device of the probe in ways that the ABI permits; the argument names the way.
 * The "endless" ways never end, the others end with status 0.
 */
#include <string.h>

#include "guest/kvm/start.h"

#define ENDLESS ((1ull << MINIVMM_CONTROL_WORK_SHIFT) - 1)

static const struct guest_machine *machine;
static struct team *all;
static uint32_t status;

static volatile uint64_t *control(unsigned reg)
{
    return (volatile uint64_t *)(MINIVMM_PROBE_CONTROL_BASE + reg);
}

static void work(enum minivmm_probe_work kind, uint64_t count)
{
    *control(MINIVMM_CONTROL_WORK) = (uint64_t)kind << MINIVMM_CONTROL_WORK_SHIFT | count;
}

static void out(uint32_t value)
{
    __asm__ volatile("outl %0, %w1" ::"a"(value), "Nd"((uint16_t)MINIVMM_PROBE_PORT));
}

static void ring_doorbell(uint64_t value)
{
    *(volatile uint64_t *)(MINIVMM_CHANNEL_BASE + MINIVMM_CHANNEL_DOORBELL) = value;
}

static void interrupt(uint64_t vcpu, uint64_t vector, uint64_t delay_ns)
{
    *control(MINIVMM_CONTROL_INTERRUPT) =
        vcpu | vector << MINIVMM_CONTROL_VECTOR_SHIFT | delay_ns << MINIVMM_CONTROL_DELAY_SHIFT;
}

static void await_sent(void)
{
    while (!*control(MINIVMM_CONTROL_INTERRUPT))
        cpu_relax();
}

/* --- endless --- */

static void endless_bare(void)
{
    work(MINIVMM_WORK_BARE, ENDLESS);
    for (;;)
        out(1);
}

/* There is no further exit, so KVM_RUN does not return. */
static void endless_bare_spinning(void)
{
    work(MINIVMM_WORK_BARE, ENDLESS);
    for (;;)
        cpu_relax();
}

/* CHANNEL_EXIT is among the exits that are not handled. */
static void endless_bare_exit(void)
{
    work(MINIVMM_WORK_BARE, ENDLESS);
}

static void endless_immediate_exit(void)
{
    work(MINIVMM_WORK_IMMEDIATE_EXIT, ENDLESS);
}

static void endless_ioctl(void)
{
    work(MINIVMM_WORK_IOCTL, ENDLESS);
}

static void endless_eventfd(void)
{
    work(MINIVMM_WORK_EVENTFD, ENDLESS);
}

/* --- finite --- */

/* Invalid doorbells and a write to an address without a device, none of which is handled. */
static void bare_doorbell(void)
{
    work(MINIVMM_WORK_BARE, 3);
    ring_doorbell(UINT64_MAX);
    ring_doorbell(0);
    *(volatile uint32_t *)(MINIVMM_PROBE_CONTROL_BASE + MINIVMM_DEVICE_BYTES) = 1;
}

/* Repeat counts 0 and 1 of every operation, many times. */
static void no_work(void)
{
    for (unsigned i = 0; i < 200; i++)
        for (unsigned kind = 0; kind < MINIVMM_WORK_COUNT; kind++)
            work(kind, kind == MINIVMM_WORK_BARE ? 0 : i % 2);
    out(1);
}

static void times(void)
{
    for (unsigned i = 0; i < 500; i++) {
        *control(MINIVMM_CONTROL_TIMES) = i % 3 ? 1 : 0;
        out(1);
        *control(MINIVMM_CONTROL_TIMES) = i % 5 ? UINT64_MAX : UINT64_MAX - 1;
    }
}

/* Interrupts to nonexistent vCPUs: no existing vCPU may receive them. */
static void absent(void)
{
    static const unsigned vcpus[] = {1, 7, 254, 255, 256, 65535};
    static const unsigned vectors[] = {0, 2, 14, 32, 128, 255};

    for (unsigned i = 0; i < sizeof(vcpus) / sizeof(vcpus[0]); i++) {
        for (unsigned j = 0; j < sizeof(vectors) / sizeof(vectors[0]); j++) {
            interrupt(vcpus[i], vectors[j], 0);
            await_sent();
        }
    }
    status = guest_local()->interrupts;
}

/* The interrupt is still pending when the run ends. */
static void pending(void)
{
    interrupt(0, 32, 999999999);
}

static void work_at_once(struct team *team, unsigned tid, void *arg)
{
    (void)team, (void)arg;
    for (unsigned i = 0; i < 100; i++) {
        work(MINIVMM_WORK_EVENTFD, 100);
        work(MINIVMM_WORK_IOCTL, 10);
        interrupt(tid ? 0 : machine->vcpus - 1, 32 + i % 3, i * 100);
        *control(MINIVMM_CONTROL_TIMES) = i & 1;
    }
}

static void at_once(void)
{
    team_run(all, machine->vcpus, work_at_once, NULL);
}

/* An interrupt to this vCPU, "vector=N" in the argument. */
static void vector(void)
{
    unsigned number = 0;

    for (const char *digit = strchr(machine->args, '=') + 1; *digit; digit++)
        number = number * 10 + (unsigned)(*digit - '0');
    interrupt(0, number, 0);
    await_sent();
}

uint32_t guest_main(const struct guest_machine *found, struct team *team)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } abuses[] = {
        {"endless-bare", endless_bare},
        {"endless-bare-spinning", endless_bare_spinning},
        {"endless-bare-exit", endless_bare_exit},
        {"endless-immediate-exit", endless_immediate_exit},
        {"endless-ioctl", endless_ioctl},
        {"endless-eventfd", endless_eventfd},
        {"bare-doorbell", bare_doorbell},
        {"no-work", no_work},
        {"times", times},
        {"absent", absent},
        {"pending", pending},
        {"at-once", at_once},
        {"vector", vector},
    };
    size_t length = strcspn(found->args, "=");

    machine = found;
    all = team;
    status = 99;
    for (unsigned i = 0; i < sizeof(abuses) / sizeof(abuses[0]); i++) {
        if (strlen(abuses[i].name) == length && !strncmp(abuses[i].name, found->args, length)) {
            status = 0;
            abuses[i].run();
        }
    }
    return status;
}
