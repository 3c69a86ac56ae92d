/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/bench/bench.h"
#include "minivmm/args.h"

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
        .begin = {.bench = run->index,
                  .threads = row->threads,
                  .better = row->better,
                  .flags = run->flags},
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

static void send_reason(const struct bench_run *run, enum channel_type type, const char *format,
                        va_list args)
{
    struct channel_record record = {.type = type};

    copy_text(record.skip.name, sizeof(record.skip.name), run->name);
    vsnprintf(record.skip.reason, sizeof(record.skip.reason), format, args);
    send(run, &record);
}

void bench_skip(struct bench_run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    send_reason(run, CHANNEL_SKIP, format, args);
    va_end(args);
}

void bench_fail(struct bench_run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    send_reason(run, CHANNEL_FAIL, format, args);
    va_end(args);
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

bool bench_isa_missing(const char *args)
{
    const char *value = args_find(args, "isa=");

    for (unsigned isa = isa_best() + 1; value && isa < ISA_COUNT; isa++)
        if (args_is(value, isa_name(isa)))
            return true;
    return false;
}

uint64_t bench_arg(const struct bench_run *run, const char *key, uint64_t otherwise)
{
    const char *value = args_find(run->env->args, key);

    return value ? strtoul(value, NULL, 10) : otherwise;
}

unsigned bench_arg_list(const struct bench_run *run, const char *key,
                        uint64_t values[BENCH_LIST_MAX])
{
    const char *value = args_find(run->env->args, key);

    uint64_t found[ARGS_LIST_MAX];
    unsigned count = value ? args_list(value, 1, BENCH_BS_MAX, found) : 0;

    if (count > BENCH_LIST_MAX)
        return 0;
    memcpy(values, found, count * sizeof(found[0]));
    return count;
}

bool bench_arg_is(const struct bench_run *run, const char *key, const char *word)
{
    const char *value = args_find(run->env->args, key);

    return value && args_is(value, word);
}

enum isa bench_isa(const struct bench_run *run)
{
    const char *value = args_find(run->env->args, "isa=");
    enum isa best = isa_best();

    for (unsigned isa = 0; value && isa < best; isa++)
        if (args_is(value, isa_name(isa)))
            return isa;
    return best;
}

unsigned bench_teams(const struct bench_run *run, unsigned threads[2])
{
    threads[0] = 1;
    threads[1] = run->env->threads;
    return threads[1] > 1 ? 2 : 1;
}
