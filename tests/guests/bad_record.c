/* SPDX-License-Identifier: MIT */
/*
 * Sends one invalid record or doorbell to the channel; the argument is its number. The status is 0
 * if the number is out of range.
 */
#include <math.h>
#include <stdlib.h>

#include "guest/kvm/start.h"
#include "minivmm/abi.h"

/* Valid records, to get the channel into the state for a breach. */
#define BEGIN                                                                                  \
    {                                                                                          \
        .type = CHANNEL_BEGIN, .begin = {.threads = 1, .name = "row", .unit = "u", .op = "o" } \
    }
#define SAMPLES                                           \
    {                                                     \
        .type = CHANNEL_SAMPLES, .samples = {.count = 1 } \
    }
#define END                                     \
    {                                           \
        .type = CHANNEL_END, .end = {.ops = 1 } \
    }
#define CHECK                                                   \
    {                                                           \
        .type = CHANNEL_CHECK, .check = {.ok = 1, .what = "w" } \
    }

#define COST                                                    \
    {                                                           \
        .type = CHANNEL_COST, .cost = {.ring = 3, .exit = "e" } \
    }

static const struct {
    unsigned count;
    struct channel_record record[5];
} breach[] = {
    /* The order of records. */
    {1, {SAMPLES}},
    {1, {END}},
    {1, {CHECK}},
    {2, {BEGIN, BEGIN}},
    {2, {BEGIN, CHECK}},
    {3, {BEGIN, END, END}},
    {3, {BEGIN, END, CHECK}},
    {5, {BEGIN, SAMPLES, END, CHECK, BEGIN}},
    {5, {BEGIN, SAMPLES, END, CHECK, SAMPLES}},
    {2, {{.type = CHANNEL_PLAN, .plan = {1}}, {.type = CHANNEL_PLAN, .plan = {1}}}},
    {2, {BEGIN, {.type = CHANNEL_PLAN, .plan = {1}}}},
    {2, {BEGIN, {.type = CHANNEL_SKIP, .skip = {.name = "n", .reason = "r"}}}},
    {2, {BEGIN, {.type = CHANNEL_FAIL, .skip = {.name = "n", .reason = "r"}}}},
    {1, {COST}},
    {3, {BEGIN, COST, COST}},
    {1, {{.type = CHANNEL_TIMES, .times = {.count = 1, .total = 1}}}},
    {2, {{.type = CHANNEL_EXIT}, BEGIN}},
    {2, {{.type = CHANNEL_FAULT}, BEGIN}},
    /* Types. */
    {1, {{.type = 0}}},
    {1, {{.type = CHANNEL_TYPE_COUNT}}},
    {1, {{.type = 0xffffffff}}},
    /* Numbers. */
    {1, {{.type = CHANNEL_BEGIN, .begin = {.threads = 0, .name = "r", .unit = "u", .op = "o"}}}},
    {1, {{.type = CHANNEL_BEGIN, .begin = {.threads = 9999, .name = "r", .unit = "u", .op = "o"}}}},
    {1,
     {{.type = CHANNEL_BEGIN,
       .begin = {.threads = 1, .better = 2, .name = "r", .unit = "u", .op = "o"}}}},
    {1,
     {{.type = CHANNEL_BEGIN,
       .begin =
           {.threads = 1, .flags = MINIVMM_BENCH_FLAGS + 1, .name = "r", .unit = "u", .op = "o"}}}},
    {2, {BEGIN, {.type = CHANNEL_SAMPLES, .samples = {.count = 0}}}},
    {2, {BEGIN, {.type = CHANNEL_SAMPLES, .samples = {.count = CHANNEL_SAMPLES_MAX + 1}}}},
    {2, {BEGIN, {.type = CHANNEL_SAMPLES, .samples = {.count = 0xffffffff}}}},
    {2, {BEGIN, {.type = CHANNEL_SAMPLES, .samples = {.count = 1, .value = {INFINITY}}}}},
    {2, {BEGIN, {.type = CHANNEL_SAMPLES, .samples = {.count = 1, .value = {NAN}}}}},
    {2, {BEGIN, {.type = CHANNEL_COST, .cost = {.ring = 1, .exit = "e"}}}},
    {2, {BEGIN, {.type = CHANNEL_COST, .cost = {.answer = CHANNEL_ANSWERS, .exit = "e"}}}},
    {2, {BEGIN, {.type = CHANNEL_COST, .cost = {.loop_ns = NAN, .exit = "e"}}}},
    {2, {BEGIN, {.type = CHANNEL_COST, .cost = {.exit = "\033[2J"}}}},
    {2, {BEGIN, {.type = CHANNEL_TIMES, .times = {.count = 1}}}},
    {2, {BEGIN, {.type = CHANNEL_TIMES, .times = {.count = 0xffffffff, .total = 1}}}},
    {2, {BEGIN, {.type = CHANNEL_TIMES, .times = {.count = 1, .total = 1, .ticks = {~0ull}}}}},
    {4, {BEGIN, SAMPLES, END, {.type = CHANNEL_CHECK, .check = {.ok = 2, .what = "w"}}}},
    /* Texts: empty, unterminated, with control characters, with invalid parameters. */
    {1, {{.type = CHANNEL_BEGIN, .begin = {.threads = 1, .unit = "u", .op = "o"}}}},
    {1, {{.type = CHANNEL_BEGIN, .begin = {.threads = 1, .name = "a b", .unit = "u", .op = "o"}}}},
    {1,
     {{.type = CHANNEL_BEGIN, .begin = {.threads = 1, .name = "\033[2J", .unit = "u", .op = "o"}}}},
    {1,
     {{.type = CHANNEL_BEGIN,
       .begin =
           {.threads = 1, .name = "0123456789abcdef0123456789abcdef", .unit = "u", .op = "o"}}}},
    {1,
     {{.type = CHANNEL_BEGIN,
       .begin = {.threads = 1, .name = "r", .params = "size", .unit = "u", .op = "o"}}}},
    {1,
     {{.type = CHANNEL_BEGIN,
       .begin = {.threads = 1, .name = "r", .params = "a=1,", .unit = "u", .op = "o"}}}},
    {1,
     {{.type = CHANNEL_BEGIN,
       .begin = {.threads = 1, .name = "r", .params = "=1", .unit = "u", .op = "o"}}}},
    {4, {BEGIN, SAMPLES, END, {.type = CHANNEL_CHECK, .check = {.ok = 1, .what = "a b"}}}},
    {1, {{.type = CHANNEL_SKIP, .skip = {.name = "n", .reason = "\a"}}}},
    {1, {{.type = CHANNEL_FAIL, .skip = {.name = "n", .reason = "\033[2J"}}}},
    {1, {{.type = CHANNEL_WARN, .warn = {.code = "c", .text = "\033]0;x\a"}}}},
    {1, {{.type = CHANNEL_LOG, .log = {.text = "\033[31mred\n"}}}},
    {1, {{.type = CHANNEL_LOG, .log = {.text = "\x80\xff"}}}},
};

/* Invalid doorbells. */
static const uint64_t doorbell[] = {
    0,                                                        /* no records */
    1ull << 48 | MINIVMM_DEVICE_BASE,                         /* not RAM */
    1ull << 48 | 0xfffffffff000,                              /* beyond RAM */
    (uint64_t)(MINIVMM_CHANNEL_BATCH_MAX + 1) << 48 | 0x1000, /* too many */
    0xffffull << 48 | 0x1000,
    2ull << 48 | (MINIVMM_RAM_LOW_END - 256), /* half outside RAM if it reaches 3 GiB */
};

static volatile uint64_t *channel(void)
{
    return (volatile uint64_t *)(MINIVMM_CHANNEL_BASE + MINIVMM_CHANNEL_DOORBELL);
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    const unsigned breaches = sizeof(breach) / sizeof(breach[0]);
    const unsigned doorbells = sizeof(doorbell) / sizeof(doorbell[0]);
    unsigned which = (unsigned)strtoul(machine->args, NULL, 10);

    (void)team;
    if (which < breaches) {
        guest_send(breach[which].record, breach[which].count);
        return 77; /* the VMM accepted the record */
    }
    which -= breaches;
    if (which < doorbells) {
        *channel() = doorbell[which];
        return 77;
    }
    switch (which - doorbells) {
    case 0:
        return (uint32_t)*channel(); /* the doorbell is write-only */
    case 1:
        *(volatile uint32_t *)channel() = 1; /* a 32-bit write */
        return 77;
    case 2:
        channel()[1] = 1ull << 48 | 0x1000; /* unknown register */
        return 77;
    case 3: /* more log text than a run may have */
        for (unsigned i = 0; i < 1u << 17; i++)
            guest_log("%0200u", i);
        return 77;
    case 4: /* more skipped benchmarks than a run may have */
        for (unsigned i = 0; i < 1u << 17; i++)
            guest_send((const struct channel_record[]){{.type = CHANNEL_SKIP,
                                                        .skip = {.name = "n", .reason = "r"}}},
                       1);
        return 77;
    }
    return 0;
}
