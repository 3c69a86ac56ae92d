/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "minivmm/abi.h"
#include "vmm/core/base/clock.h"
#include "vmm/core/host/headroom.h"
#include "vmm/core/result/result.h"

static void *reserve(size_t bytes)
{
    void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return room == MAP_FAILED ? NULL : room;
}

static void release(void *room, size_t bytes)
{
    if (room)
        munmap(room, bytes);
}

int result_init(struct run_result *result, const struct result_source *source, unsigned threads_max,
                struct err *err)
{
    *result = (struct run_result){
        .source = *source,
        .threads_max = threads_max,
        .row = reserve(RESULT_ROWS_MAX * sizeof(*result->row)),
        .sample = reserve(RESULT_SAMPLES_MAX * sizeof(*result->sample)),
        .skip = reserve(RESULT_SKIPPED_MAX * sizeof(*result->skip)),
        .fail = reserve(RESULT_FAILED_MAX * sizeof(*result->fail)),
        .warn = reserve(RESULT_WARNED_MAX * sizeof(*result->warn)),
        .time = reserve(RESULT_TIMES_MAX * sizeof(*result->time)),
    };
    if (result->row && result->sample && result->time && result->skip && result->fail &&
        result->warn)
        return 0;
    err_sys(err, ERR_FAILED, "cannot allocate memory for results");
    result_free(result);
    return headroom_map_hint(err, "ulimit -v unlimited");
}

void result_free(struct run_result *result)
{
    release(result->row, RESULT_ROWS_MAX * sizeof(*result->row));
    release(result->sample, RESULT_SAMPLES_MAX * sizeof(*result->sample));
    release(result->time, RESULT_TIMES_MAX * sizeof(*result->time));
    release(result->skip, RESULT_SKIPPED_MAX * sizeof(*result->skip));
    release(result->fail, RESULT_FAILED_MAX * sizeof(*result->fail));
    release(result->warn, RESULT_WARNED_MAX * sizeof(*result->warn));
    result->row = NULL;
    result->sample = NULL;
    result->time = NULL;
    result->skip = NULL;
    result->fail = NULL;
    result->warn = NULL;
}

/*
 * Times are read while they are updated, and not at all for a thread that has ended, so that a
 * later value may be smaller: the difference is then 0.
 */
static uint64_t between(uint64_t now, uint64_t then)
{
    return now > then ? now - then : 0;
}

/* The same for a time that may be CPUS_UNKNOWN. */
static uint64_t known_between(uint64_t now, uint64_t then)
{
    return now == CPUS_UNKNOWN || then == CPUS_UNKNOWN ? CPUS_UNKNOWN : between(now, then);
}

void usage_subtract(struct usage *a, const struct usage *b)
{
    for (unsigned i = 0; i < EXITSTAT_SLOTS; i++) {
        a->count[i] -= b->count[i];
        a->handler_ns[i] = between(a->handler_ns[i], b->handler_ns[i]);
    }
    a->in_run_ns = between(a->in_run_ns, b->in_run_ns);
    a->time.on_cpu_ns = known_between(a->time.on_cpu_ns, b->time.on_cpu_ns);
    a->time.runqueue_ns = known_between(a->time.runqueue_ns, b->time.runqueue_ns);
    a->kvm_partial |= b->kvm_partial;
    a->process_ns = between(a->process_ns, b->process_ns);
    for (unsigned i = 0; i < IO_COUNTERS; i++)
        a->io[i] -= b->io[i];
    for (unsigned i = 0; i < RESULT_KVM_MAX; i++)
        a->kvm[i] = between(a->kvm[i], b->kvm[i]);
    for (unsigned i = 0; i < RESULT_TRACE_MAX; i++)
        a->trace[i] = between(a->trace[i], b->trace[i]);
}

/* Allowed contents of a string from the guest. */
enum text_kind {
    TEXT_WORD,   /* names, units: printable, no blank, not empty */
    TEXT_PARAMS, /* printable, no blank, may be empty */
    TEXT_LINE,   /* printable with blanks */
    TEXT_LINES,  /* the same, with newlines and tabs */
};

/*
 * Whether `text` is terminated within `size` and has only characters of its kind, so that a guest
 * cannot send control sequences to the user's terminal.
 */
static bool text_valid(const char *text, size_t size, enum text_kind kind)
{
    size_t length = strnlen(text, size);

    if (length == size || (!length && kind == TEXT_WORD))
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if (c > ' ' && c <= '~' && c != '"' && c != '\\')
            continue;
        if (kind >= TEXT_LINE && c >= ' ' && c <= '~')
            continue;
        if (kind == TEXT_LINES && (c == '\n' || c == '\t'))
            continue;
        return false;
    }
    return true;
}

/* Whether the key at `key`, of `length` characters, also occurs before it. */
static bool key_repeats(const char *text, const char *key, size_t length)
{
    for (; text < key; text += strcspn(text, ",") + 1)
        if (!strncmp(text, key, length + 1))
            return true;
    return false;
}

/* "key=value,key=value" without empty or duplicate keys and empty values; or "". */
static bool params_valid(const char *text)
{
    const char *at = text;

    while (*at) {
        size_t key = strcspn(at, "=,"), value;

        if (!key || at[key] != '=' || key_repeats(text, at, key))
            return false;
        at += key + 1;
        value = strcspn(at, "=,");
        if (!value || at[value] == '=')
            return false;
        at += value;
        if (*at == ',' && !*++at)
            return false;
    }
    return true;
}

static int broken(struct err *err, const char *rule)
{
    return err_set(err, ERR_FAILED, "channel protocol error of the guest: %s", rule);
}

static int apply_plan(struct run_result *result, const struct channel_record *record,
                      struct err *err)
{
    if (result->has_plan || result->rows || result->skipped)
        return broken(err, "PLAN after a PLAN, BEGIN or SKIP");
    result->has_plan = true;
    result->planned = record->plan.benches;
    return 0;
}

/* Report the window of the last row. */
static void show_window(struct run_result *result, bool open)
{
    uint32_t number = result->rows - 1;

    if (result->source.window)
        result->source.window(result->source.snapshot_ctx, result->origin, &result->row[number],
                              number, open);
}

static bool same_row(const struct channel_begin *a, const struct channel_begin *b)
{
    return a->threads == b->threads && !strcmp(a->name, b->name) && !strcmp(a->params, b->params);
}

/* The invalid field of a BEGIN record, or NULL. */
static const char *begin_fault(const struct run_result *result, const struct channel_begin *begin)
{
    if (!text_valid(begin->name, sizeof(begin->name), TEXT_WORD))
        return "BEGIN: invalid name";
    if (!text_valid(begin->unit, sizeof(begin->unit), TEXT_WORD))
        return "BEGIN: invalid unit";
    if (!text_valid(begin->op, sizeof(begin->op), TEXT_WORD))
        return "BEGIN: invalid op";
    if (!text_valid(begin->params, sizeof(begin->params), TEXT_PARAMS) ||
        !params_valid(begin->params))
        return "BEGIN: invalid params";
    if (begin->better > CHANNEL_LOWER)
        return "BEGIN: invalid better";
    if (begin->flags & ~MINIVMM_BENCH_FLAGS)
        return "BEGIN: unknown flags";
    if (!begin->threads || begin->threads > result->threads_max)
        return "BEGIN: invalid thread count";
    if (result->has_plan && begin->bench >= result->planned)
        return "BEGIN: benchmark index out of range";
    return NULL;
}

static int apply_begin(struct run_result *result, const struct channel_record *record,
                       struct err *err)
{
    const struct channel_begin *begin = &record->begin;
    struct result_row *row = &result->row[result->rows];
    const char *fault;

    if (result->state != RESULT_IDLE)
        return broken(err, "BEGIN while a row is open");
    if (result->rows == RESULT_ROWS_MAX)
        return broken(err, "too many rows");
    fault = begin_fault(result, begin);
    if (fault)
        return broken(err, fault);
    for (uint32_t i = 0; i < result->rows; i++)
        if (same_row(&result->row[i].begin, begin))
            return broken(err, "BEGIN: duplicate row");

    *row = (struct result_row){
        .begin = *begin,
        .first_sample = result->samples,
        .first_time = result->times,
        .began_ns = clock_mono_ns(),
    };
    __atomic_store_n(&result->current, begin->bench, __ATOMIC_RELAXED);
    __atomic_store_n(&result->rows, result->rows + 1, __ATOMIC_RELEASE);
    result->state = RESULT_OPEN;
    result->source.snapshot(result->source.snapshot_ctx, &result->before);
    show_window(result, true);
    return 0;
}

static int apply_samples(struct run_result *result, const struct channel_record *record,
                         struct err *err)
{
    const struct channel_samples *samples = &record->samples;

    if (result->state == RESULT_IDLE)
        return broken(err, "SAMPLES outside a row");
    if (!samples->count || samples->count > CHANNEL_SAMPLES_MAX)
        return broken(err, "SAMPLES: invalid count");
    if (result->samples + samples->count > RESULT_SAMPLES_MAX)
        return broken(err, "too many samples");
    for (uint32_t i = 0; i < samples->count; i++)
        if (!isfinite(samples->value[i]))
            return broken(err, "SAMPLES: value is not finite");
    memcpy(&result->sample[result->samples], samples->value,
           samples->count * sizeof(samples->value[0]));
    result->samples += samples->count;
    result->row[result->rows - 1].samples += samples->count;
    return 0;
}

/* The invalid field of a COST record, or NULL. */
static const char *cost_fault(const struct channel_cost *cost)
{
    if (cost->answer >= CHANNEL_ANSWERS)
        return "COST: invalid field answer";
    if (cost->ring != 0 && cost->ring != 3)
        return "COST: invalid field ring";
    if (cost->interpreted > 1)
        return "COST: invalid field interpreted";
    if (!isfinite(cost->loop_ns))
        return "COST: loop_ns is not finite";
    if (!isfinite(cost->trap_ns))
        return "COST: trap_ns is not finite";
    if (!text_valid(cost->exit, sizeof(cost->exit), TEXT_WORD))
        return "COST: invalid field exit";
    return NULL;
}

static int apply_cost(struct run_result *result, const struct channel_record *record,
                      struct err *err)
{
    const struct channel_cost *cost = &record->cost;
    struct result_row *row;
    const char *fault = cost_fault(cost);

    if (result->state == RESULT_IDLE)
        return broken(err, "COST outside a row");
    row = &result->row[result->rows - 1];
    if (row->has_cost)
        return broken(err, "second COST for a row");
    if (fault)
        return broken(err, fault);
    row->cost = *cost;
    row->has_cost = true;
    return 0;
}

/* The handler time of operation `i` of `total`, all with equal numbers of exits. */
static uint32_t handler_of(const struct run_result *result, uint32_t i, uint32_t total)
{
    const uint32_t *ns = NULL;
    unsigned kept = result->source.handlers ? result->source.handlers(result->origin, &ns) : 0;
    uint64_t sum = 0;

    if (!kept || kept % total || i >= total)
        return RESULT_NO_HANDLER;
    for (unsigned exits = kept / total, j = 0; j < exits; j++)
        sum += ns[i * exits + j];
    return sum < RESULT_NO_HANDLER ? (uint32_t)sum : RESULT_NO_HANDLER - 1;
}

static int apply_times(struct run_result *result, const struct channel_record *record,
                       struct err *err)
{
    const struct channel_times *times = &record->times;
    struct result_row *row;

    if (result->state == RESULT_IDLE)
        return broken(err, "TIMES outside a row");
    row = &result->row[result->rows - 1];
    if (!times->count || times->count > CHANNEL_SAMPLES_MAX)
        return broken(err, "TIMES: invalid count");
    if (!times->total)
        return broken(err, "TIMES: total is 0");
    if (result->times + times->count > RESULT_TIMES_MAX)
        return broken(err, "too many times");
    /* JSON integers are signed. */
    for (uint32_t i = 0; i < times->count; i++)
        if (times->ticks[i] > INT64_MAX)
            return broken(err, "TIMES: ticks out of range");
    for (uint32_t i = 0; i < times->count; i++, row->times++)
        result->time[result->times++] = (struct result_time){
            .ticks = times->ticks[i],
            .handler_ns = handler_of(result, row->times, times->total),
        };
    return 0;
}

static int apply_io(struct run_result *result, const struct channel_record *record, struct err *err)
{
    const struct channel_io *io = &record->io;
    struct result_row *row;

    if (result->state == RESULT_IDLE)
        return broken(err, "IO outside a row");
    row = &result->row[result->rows - 1];
    if (row->has_io)
        return broken(err, "second IO for a row");
    if (io->bytes > INT64_MAX)
        return broken(err, "IO: bytes out of range");
    if (!isfinite(io->depth) || io->depth < 0)
        return broken(err, "IO: invalid depth");
    for (unsigned i = 0; i < CHANNEL_IO_POINTS; i++)
        if (io->ticks[i] > INT64_MAX || (i && io->ticks[i] < io->ticks[i - 1]))
            return broken(err, "IO: latencies out of range or not ascending");
    row->io = *io;
    row->has_io = true;
    return 0;
}

static int apply_end(struct run_result *result, const struct channel_record *record,
                     struct err *err)
{
    struct result_row *row;

    if (result->state != RESULT_OPEN)
        return broken(err, "END without BEGIN");
    /* JSON integers are signed. */
    if (record->end.ops > INT64_MAX)
        return broken(err, "END: ops out of range");
    if (record->end.window_ticks > INT64_MAX)
        return broken(err, "END: window_ticks out of range");
    row = &result->row[result->rows - 1];
    show_window(result, false);
    result->source.snapshot(result->source.snapshot_ctx, &row->usage);
    usage_subtract(&row->usage, &result->before);
    row->ops = record->end.ops;
    row->window_ticks = record->end.window_ticks;
    row->ended_ns = clock_mono_ns();
    row->ended = true;
    result->state = RESULT_ENDED;
    return 0;
}

static int apply_check(struct run_result *result, const struct channel_record *record,
                       struct err *err)
{
    const struct channel_check *check = &record->check;
    struct result_row *row;

    if (result->state != RESULT_ENDED)
        return broken(err, "CHECK without END");
    row = &result->row[result->rows - 1];
    if (!row->samples)
        return broken(err, "CHECK for a row without samples");
    if (check->ok > 1)
        return broken(err, "CHECK: invalid field ok");
    if (!text_valid(check->what, sizeof(check->what), TEXT_WORD))
        return broken(err, "CHECK: invalid field what");
    row->checked = *check;
    /* A check whose value is not finite has failed. */
    row->check = check->ok && isfinite(check->value) ? RESULT_OK : RESULT_WRONG;
    result->state = RESULT_IDLE;
    return 0;
}

/* Check a SKIP or FAIL record, which share a layout. */
static int check_reason(const struct run_result *result, const struct channel_record *record,
                        const char *type, struct err *err)
{
    const struct channel_skip *skip = &record->skip;
    char rule[64];

    if (result->state != RESULT_IDLE) {
        snprintf(rule, sizeof(rule), "%s while a row is open", type);
        return broken(err, rule);
    }
    if (!text_valid(skip->name, sizeof(skip->name), TEXT_WORD)) {
        snprintf(rule, sizeof(rule), "%s: invalid name", type);
        return broken(err, rule);
    }
    if (!text_valid(skip->reason, sizeof(skip->reason), TEXT_LINE)) {
        snprintf(rule, sizeof(rule), "%s: invalid reason", type);
        return broken(err, rule);
    }
    return 0;
}

static int apply_skip(struct run_result *result, const struct channel_record *record,
                      struct err *err)
{
    if (result->skipped == RESULT_SKIPPED_MAX)
        return broken(err, "too many skipped benchmarks");
    if (check_reason(result, record, "SKIP", err))
        return -1;
    result->skip[result->skipped++] = record->skip;
    return 0;
}

static int apply_fail(struct run_result *result, const struct channel_record *record,
                      struct err *err)
{
    if (result->failed == RESULT_FAILED_MAX)
        return broken(err, "too many failed benchmarks");
    if (check_reason(result, record, "FAIL", err))
        return -1;
    result->fail[result->failed++] = record->skip;
    return 0;
}

static int apply_warn(struct run_result *result, const struct channel_record *record,
                      struct err *err)
{
    const struct channel_warn *warn = &record->warn;

    if (result->warned == RESULT_WARNED_MAX)
        return broken(err, "too many warnings");
    if (!text_valid(warn->code, sizeof(warn->code), TEXT_WORD))
        return broken(err, "WARN: invalid code");
    if (!text_valid(warn->text, sizeof(warn->text), TEXT_LINE))
        return broken(err, "WARN: invalid text");
    result->warn[result->warned++] = *warn;
    return 0;
}

static int apply_log(struct run_result *result, const struct channel_record *record,
                     struct err *err)
{
    const char *text = record->log.text;

    if (!text_valid(text, sizeof(record->log.text), TEXT_LINES))
        return broken(err, "LOG: invalid text");
    if (result->log_bytes + strlen(text) > RESULT_LOG_MAX)
        return broken(err, "log too long");
    result->log_bytes += strlen(text);
    result->source.log(result->source.log_ctx, text);
    return 0;
}

static int apply_fault(struct run_result *result, const struct channel_record *record,
                       struct err *err)
{
    if (record->fault.vector > 255)
        return broken(err, "FAULT: vector out of range");
    if (record->fault.vcpu >= result->threads_max)
        return broken(err, "FAULT: vCPU number out of range");
    if (!result->has_fault)
        result->fault = record->fault;
    result->has_fault = true;
    return 0;
}

static int apply_exit(struct run_result *result, const struct channel_record *record,
                      struct err *err)
{
    (void)err;
    result->exited = true;
    result->exit_status = record->exit.status;
    return 0;
}

int result_apply(struct run_result *result, const struct channel_record *record, void *origin,
                 struct err *err)
{
    static int (*const apply[CHANNEL_TYPE_COUNT])(struct run_result *,
                                                  const struct channel_record *, struct err *) = {
        [CHANNEL_PLAN] = apply_plan,       [CHANNEL_BEGIN] = apply_begin,
        [CHANNEL_SAMPLES] = apply_samples, [CHANNEL_END] = apply_end,
        [CHANNEL_COST] = apply_cost,       [CHANNEL_TIMES] = apply_times,
        [CHANNEL_CHECK] = apply_check,     [CHANNEL_SKIP] = apply_skip,
        [CHANNEL_WARN] = apply_warn,       [CHANNEL_LOG] = apply_log,
        [CHANNEL_FAULT] = apply_fault,     [CHANNEL_EXIT] = apply_exit,
        [CHANNEL_IO] = apply_io,           [CHANNEL_FAIL] = apply_fail,
    };

    if (record->type >= CHANNEL_TYPE_COUNT || !apply[record->type])
        return broken(err, "unknown record type");
    if (result->exited || result->has_fault)
        return broken(err, "record after EXIT or FAULT");
    result->origin = origin;
    return apply[record->type](result, record, err);
}
