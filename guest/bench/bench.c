/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/bench/bench.h"

#define ALIGNMENT ((size_t)2 << 20)

static void send(const struct bench_run *run, const struct channel_record *record)
{
    run->env->send(record, 1);
}

static void copy_text(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from);
}

void row_begin(struct bench_run *run, const struct row *row)
{
    struct channel_record record = {
        .type = CHANNEL_BEGIN,
        .begin = {.bench = run->index, .threads = row->threads, .better = row->better},
    };

    copy_text(record.begin.name, sizeof(record.begin.name), run->name);
    copy_text(record.begin.params, sizeof(record.begin.params), row->params);
    copy_text(record.begin.unit, sizeof(record.begin.unit), row->unit);
    copy_text(record.begin.op, sizeof(record.begin.op), row->op);
    run->samples = 0;
    send(run, &record);
}

void row_sample(struct bench_run *run, double value)
{
    if (run->samples < ROW_SAMPLES_MAX)
        run->sample[run->samples++] = value;
}

void row_end(struct bench_run *run, uint64_t ops, uint64_t window)
{
    struct channel_record record = {
        .type = CHANNEL_END,
        .end = {.ops = ops, .window_ticks = window},
    };

    send(run, &record);
    for (unsigned sent = 0; sent < run->samples; sent += record.samples.count) {
        unsigned count = run->samples - sent;

        record = (struct channel_record){.type = CHANNEL_SAMPLES};
        record.samples.count = count < CHANNEL_SAMPLES_MAX ? count : CHANNEL_SAMPLES_MAX;
        memcpy(record.samples.value, run->sample + sent,
               record.samples.count * sizeof(run->sample[0]));
        send(run, &record);
    }
}

void row_check(struct bench_run *run, const char *what, double value, double limit)
{
    struct channel_record record = {
        .type = CHANNEL_CHECK,
        .check = {.ok = value <= limit, .value = value, .limit = limit},
    };

    copy_text(record.check.what, sizeof(record.check.what), what);
    run->wrong += !record.check.ok;
    send(run, &record);
}

void bench_skip(struct bench_run *run, const char *format, ...)
{
    struct channel_record record = {.type = CHANNEL_SKIP};
    va_list args;

    copy_text(record.skip.name, sizeof(record.skip.name), run->name);
    va_start(args, format);
    vsnprintf(record.skip.reason, sizeof(record.skip.reason), format, args);
    va_end(args);
    send(run, &record);
}

void bench_warn(struct bench_run *run, const char *code, const char *format, ...)
{
    struct channel_record record = {.type = CHANNEL_WARN};
    va_list args;

    copy_text(record.warn.code, sizeof(record.warn.code), code);
    va_start(args, format);
    vsnprintf(record.warn.text, sizeof(record.warn.text), format, args);
    va_end(args);
    send(run, &record);
}

/* The first aligned byte of the arena. */
static uint8_t *arena_start(const struct env *env)
{
    return (uint8_t *)(((uintptr_t)env->arena + ALIGNMENT - 1) & ~(ALIGNMENT - 1));
}

size_t bench_room(const struct bench_run *run)
{
    const struct env *env = run->env;
    size_t lost = (size_t)(arena_start(env) - env->arena) + run->arena_used;

    return lost < env->arena_bytes ? (env->arena_bytes - lost) & ~(ALIGNMENT - 1) : 0;
}

void *bench_alloc(struct bench_run *run, size_t bytes)
{
    void *start = arena_start(run->env) + run->arena_used;

    if (bytes > bench_room(run))
        return NULL;
    run->arena_used += (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    return start;
}

double bench_seconds(const struct bench_run *run, uint64_t ticks)
{
    return (double)ticks / (double)run->env->ticks_hz();
}

uint64_t bench_ticks(const struct bench_run *run, double seconds)
{
    return (uint64_t)(seconds * (double)run->env->ticks_hz());
}

/* Arguments are separated by these. */
#define BLANKS " ,"

/* What follows `key`, which ends with "=", in the user's arguments, or NULL. */
static const char *find_arg(const char *args, const char *key)
{
    size_t length = strlen(key);

    for (const char *at = args + strspn(args, BLANKS); *at; at += strspn(at, BLANKS)) {
        if (!strncmp(at, key, length))
            return at + length;
        at += strcspn(at, BLANKS);
    }
    return NULL;
}

/* Whether the word at `at` is this one. */
static bool word_is(const char *at, const char *word)
{
    size_t length = strlen(word);

    return strcspn(at, BLANKS) == length && !strncmp(at, word, length);
}

static bool is_order(const char *at)
{
    char *end;
    unsigned long n = strtoul(at, &end, 10);

    return *at >= '1' && *at <= '9' && !strcspn(end, BLANKS) && n <= BENCH_N_MAX;
}

static bool is_isa(const char *at)
{
    for (unsigned isa = 0; isa < ISA_COUNT; isa++)
        if (word_is(at, isa_name(isa)))
            return true;
    return false;
}

/*
 * A number of a colon-separated list, a power of two within bounds, with k or m for 2^10 or 2^20.
 * Returns what follows it, or NULL.
 */
static const char *parse_power(const char *at, uint64_t least, uint64_t most, uint64_t *value)
{
    char *end;

    *value = *at >= '1' && *at <= '9' ? strtoul(at, &end, 10) : 0;
    if (!*value)
        return NULL;
    if (*end == 'k' || *end == 'm')
        *value <<= *end++ == 'k' ? 10 : 20;
    return *value >= least && *value <= most && !(*value & (*value - 1)) ? end : NULL;
}

/* The whole list: powers of two, none of them twice. Returns how many, or 0. */
static unsigned parse_list(const char *at, uint64_t least, uint64_t most,
                           uint64_t values[BENCH_LIST_MAX])
{
    uint64_t seen = 0, value;
    unsigned count = 0;

    while ((at = parse_power(at, least, most, &value)) && !(seen & value)) {
        seen |= value;
        values[count++] = value;
        if (*at != ':')
            return strcspn(at, BLANKS) ? 0 : count;
        at++;
    }
    return 0;
}

static bool is_sizes(const char *at)
{
    uint64_t values[BENCH_LIST_MAX];

    return parse_list(at, BENCH_BS_MIN, BENCH_BS_MAX, values);
}

static bool is_depths(const char *at)
{
    uint64_t values[BENCH_LIST_MAX];

    return parse_list(at, 1, BENCH_IODEPTH_MAX, values);
}

static bool is_grid(const char *at)
{
    return word_is(at, "full");
}

const char *bench_check_args(const char *args)
{
    static const struct {
        const char *key;
        bool (*valid)(const char *value);
    } known[] = {{"n=", is_order},
                 {"isa=", is_isa},
                 {"bs=", is_sizes},
                 {"iodepth=", is_depths},
                 {"grid=", is_grid}};

    for (const char *at = args + strspn(args, BLANKS); *at; at += strspn(at, BLANKS)) {
        bool valid = false;

        for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
            size_t length = strlen(known[i].key);

            /* Not the second of its kind, and with a value that can be. */
            if (!strncmp(at, known[i].key, length))
                valid = find_arg(args, known[i].key) == at + length && known[i].valid(at + length);
        }
        if (!valid)
            return at;
        at += strcspn(at, BLANKS);
    }
    return NULL;
}

bool bench_isa_missing(const char *args)
{
    const char *value = find_arg(args, "isa=");

    for (unsigned isa = isa_best() + 1; value && isa < ISA_COUNT; isa++)
        if (word_is(value, isa_name(isa)))
            return true;
    return false;
}

uint64_t bench_arg(const struct bench_run *run, const char *key, uint64_t otherwise)
{
    const char *value = find_arg(run->env->args, key);

    return value ? strtoul(value, NULL, 10) : otherwise;
}

unsigned bench_arg_list(const struct bench_run *run, const char *key,
                        uint64_t values[BENCH_LIST_MAX])
{
    const char *value = find_arg(run->env->args, key);

    return value ? parse_list(value, 1, BENCH_BS_MAX, values) : 0;
}

bool bench_arg_is(const struct bench_run *run, const char *key, const char *word)
{
    const char *value = find_arg(run->env->args, key);

    return value && word_is(value, word);
}

enum isa bench_isa(const struct bench_run *run)
{
    const char *value = find_arg(run->env->args, "isa=");
    enum isa best = isa_best();

    for (unsigned isa = 0; value && isa < best; isa++)
        if (word_is(value, isa_name(isa)))
            return isa;
    return best;
}

unsigned bench_teams(const struct bench_run *run, unsigned threads[2])
{
    threads[0] = 1;
    threads[1] = run->env->threads;
    return threads[1] > 1 ? 2 : 1;
}
