/* SPDX-License-Identifier: MIT */
/*
 * The overhead of the VMM per exit, without KVM: two clock readings, the look-up among 32 devices,
 * the call and the counters. Prints the median and the range of many rounds; asserts nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/base/stats.h"
#include "vmm/exec/exit.h"

#define DEVICES 32
#define EXITS   200000
#define ROUNDS  51
#define BASE    0xc0000000ull
#define SPACING 0x1000ull

static int device_write(void *device, struct vcpu *vcpu, uint64_t offset, const void *data,
                        unsigned bytes, struct err *err)
{
    (void)vcpu, (void)offset, (void)data, (void)bytes, (void)err;
    ++*(uint64_t *)device;
    return 0;
}

static int device_read(void *device, struct vcpu *vcpu, uint64_t offset, void *data, unsigned bytes,
                       struct err *err)
{
    return device_write(device, vcpu, offset, data, bytes, err);
}

static const struct bus_ops ops = {device_read, device_write};
static uint64_t served[DEVICES];
static struct bus mmio, pio;
static volatile uint64_t sink;

/* The index of a device, varying from exit to exit. */
static unsigned pick(uint64_t i)
{
    return (unsigned)(i * 0x9e3779b97f4a7c15ull >> 59);
}

static double look_up(const struct exit_env *env, const struct clock_rate *rate)
{
    uint64_t start = clock_ticks();

    for (uint64_t i = 0; i < EXITS; i++)
        sink = (uintptr_t)bus_find(env->mmio, BASE + pick(i) * SPACING, 8);
    return (double)clock_ns(rate, clock_ticks() - start) / EXITS;
}

static double whole_path(const struct exit_env *env, const struct clock_rate *rate)
{
    static struct kvm_run run = {.exit_reason = KVM_EXIT_MMIO, .mmio = {.len = 8, .is_write = 1}};
    uint64_t start = clock_ticks();
    struct err err;

    for (uint64_t i = 0; i < EXITS; i++) {
        struct exit_info info;
        uint64_t returned = clock_ticks(), served_at;

        run.mmio.phys_addr = BASE + pick(i) * SPACING;
        exitstat_begin(env->stat, EXIT_OTHER, returned);
        if (exit_handle(env, &run, &info, &err))
            abort();
        served_at = clock_ticks();
        exit_account(env, &info, clock_ns(rate, served_at - returned));
        exitstat_begin(env->stat, EXITSTAT_IN_RUN, served_at);
    }
    return (double)clock_ns(rate, clock_ticks() - start) / EXITS;
}

static void report(const char *what,
                   double (*measure)(const struct exit_env *, const struct clock_rate *),
                   const struct exit_env *env, const struct clock_rate *rate)
{
    double ns[ROUNDS];

    measure(env, rate);
    for (unsigned i = 0; i < ROUNDS; i++)
        ns[i] = measure(env, rate);
    stats_sort(ns, ROUNDS);
    printf("%-42s %6.1f ns  (%.1f to %.1f)\n", what, stats_median(ns, ROUNDS), ns[0],
           ns[ROUNDS - 1]);
}

int main(void)
{
    struct clock_point from = clock_now(), to;
    struct exit_times times = {0};
    struct exit_env env = {NULL, &mmio, &pio, exitstat_alloc(), &times};
    struct clock_rate rate;
    struct err err;

    for (unsigned i = 0; i < DEVICES; i++) {
        struct bus_region region = {
            .base = BASE + i * SPACING,
            .bytes = SPACING,
            .ops = &ops,
            .device = &served[i],
            .name = "device",
            .number = i,
        };

        if (bus_add(&mmio, &region, &err))
            return ERR_FAILED;
    }
    if (!env.stat || bus_freeze(&mmio, &err))
        return ERR_FAILED;
    do
        to = clock_now();
    while (to.raw_ns - from.raw_ns < 50000000);
    rate = clock_rate_of(clock_measure_hz(&from, &to));
    report("look-up among 32 devices", look_up, &env, &rate);
    report("dispatch, device, clock and counters", whole_path, &env, &rate);
    exitstat_free(env.stat);
    return ERR_NONE;
}
