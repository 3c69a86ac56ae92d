/* SPDX-License-Identifier: MIT */
/*
 * The cost of an exit. The mean comes from timed loops, minus the same loop without the operation;
 * the distribution comes from individually timed operations, whose exits the VMM times as well.
 */
#include <stdio.h>
#include <string.h>

#include "guest/bench/exits.h"
#include "guest/bench/table.h"

/* About a microsecond of dependent multiplications, at three to four cycles each. */
#define WORK_ROUNDS 1100u

#define LOOPS_MAX 32u

_Static_assert(EXITS_STAMPS_MAX <= MINIVMM_CONTROL_TIMES_MAX, "the VMM records all stamped exits");
#define N_MAX (1ull << 24)

struct measurement {
    struct bench_run *run;
    const struct exits_op *op;
    unsigned rounds; /* of work after each operation */
};

static bool partner_done;

bool exits_partner_done(void)
{
    return __atomic_load_n(&partner_done, __ATOMIC_ACQUIRE);
}

void exits_work(unsigned rounds)
{
    uint64_t x = rounds;

    for (; rounds; rounds--)
        __asm__ volatile("imul $3, %0, %0" : "+r"(x));
}

void exits_nothing(uint64_t n, unsigned rounds)
{
    for (; n; n--)
        exits_work(rounds);
}

static uint64_t time_of(void (*loop)(uint64_t, unsigned), uint64_t n, unsigned rounds)
{
    uint64_t start = ticks();

    loop(n, rounds);
    return ticks() - start;
}

/*
 * Find a repeat count for a loop: double it until the operations alone take `enough`, or, if they
 * are short compared to the rest of the loop, until the whole loop takes twice that.
 */
static uint64_t find_count(const struct measurement *m)
{
    uint64_t enough = bench_ticks(m->run, m->run->env->quick ? 0.002 : 0.010);

    for (uint64_t n = 1;; n *= 2) {
        uint64_t all = time_of(m->op->loop, n, m->rounds);
        uint64_t base = time_of(m->op->base, n, m->rounds);

        if (n == N_MAX || all >= base + enough || all >= 2 * enough)
            return n;
    }
}

static double ns_of(const struct bench_run *run, double ticks_taken)
{
    return bench_seconds(run, 1) * 1e9 * ticks_taken;
}

static bool is_interpreted(const struct measurement *m)
{
    return !m->op->ring && m->run->env->exits->ring0_interpreted();
}

static void send_cost(const struct measurement *m, double loop_ticks)
{
    const struct exits *exits = m->run->env->exits;
    struct channel_record record = {.type = CHANNEL_COST};
    struct channel_cost *cost = &record.cost;

    cost->answer = m->op->answer;
    cost->ring = m->op->ring;
    cost->loop_ns = ns_of(m->run, loop_ticks);
    cost->interpreted = is_interpreted(m);
    if (m->op->less_trap)
        cost->trap_ns = ns_of(m->run, exits->trap());
    snprintf(cost->exit, sizeof(cost->exit), "%s", m->op->exit);
    m->run->env->send(&record, 1);
}

static void send_times(const struct measurement *m, const uint64_t *taken, unsigned count)
{
    struct channel_record record;

    for (unsigned sent = 0; sent < count; sent += record.times.count) {
        unsigned left = count - sent;

        record = (struct channel_record){.type = CHANNEL_TIMES};
        record.times.total = count;
        record.times.count = left < CHANNEL_SAMPLES_MAX ? left : CHANNEL_SAMPLES_MAX;
        memcpy(record.times.ticks, taken + sent, record.times.count * sizeof(*taken));
        m->run->env->send(&record, 1);
    }
}

/* The least time between two time stamps, which is part of every stamped operation. */
static uint64_t stamp_ticks(void)
{
    uint64_t least = UINT64_MAX;

    for (unsigned i = 0; i < 100; i++) {
        uint64_t start = ticks(), took = ticks() - start;

        if (took < least)
            least = took;
    }
    return least;
}

static unsigned stamp(const struct measurement *m, uint64_t *taken)
{
    unsigned count = m->run->env->quick ? EXITS_STAMPS_MAX / 8 : EXITS_STAMPS_MAX;
    uint64_t own = stamp_ticks();

    /* A hypervisor interprets instructions in batches, so a single one cannot be timed. */
    if (!m->op->stamp || is_interpreted(m))
        return 0;
    m->run->env->exits->keep_times(true);
    m->op->stamp(taken, count);
    m->run->env->exits->keep_times(false);
    for (unsigned i = 0; i < count; i++)
        taken[i] -= taken[i] < own ? taken[i] : own;
    return count;
}

static struct row make_row(const struct measurement *m)
{
    return (struct row){
        .params = m->op->loop ? m->rounds ? "work=1us" : "work=none" : "",
        .threads = m->op->partner ? 2 : 1,
        .unit = "ns",
        .op = m->op->op,
        .better = CHANNEL_LOWER,
    };
}

/* Insert a value into a sorted array. */
static void insert(double *sorted, unsigned count, double value)
{
    for (; count && sorted[count - 1] > value; count--)
        sorted[count] = sorted[count - 1];
    sorted[count] = value;
}

static void measure_loops(const struct measurement *m)
{
    static uint64_t taken[EXITS_STAMPS_MAX];
    unsigned loops = m->run->env->quick ? 5 : 11, stamped;
    uint64_t n, ops = 0, start;
    struct row row = make_row(m);
    double bases[LOOPS_MAX];

    m->op->begin();
    n = find_count(m);
    m->op->begin();
    row_begin(m->run, &row);
    start = ticks();
    for (unsigned i = 0; i < loops; i++, ops += n) {
        double all = (double)time_of(m->op->loop, n, m->rounds);
        double base = (double)time_of(m->op->base, n, m->rounds);

        insert(bases, i, base);
        row_sample(m->run, ns_of(m->run, (all - base) / (double)n));
    }
    stamped = stamp(m, taken);
    ops += stamped;
    row_end(m->run, ops, ticks() - start);
    send_cost(m, bases[loops / 2] / (double)n);
    if (stamped)
        send_times(m, taken, stamped);
    row_check(m->run, "wrong_operations", (double)m->op->wrong(ops), 0);
}

static void measure_single(const struct measurement *m)
{
    static uint64_t taken[ROW_SAMPLES_MAX];
    unsigned count = m->run->env->quick ? 20 : 200;
    struct row row = make_row(m);
    uint64_t start;

    m->op->once();                        /* warm-up */
    m->run->env->exits->keep_times(true); /* discard the times of the previous row, record none */
    m->run->env->exits->keep_times(false);
    m->op->begin();
    row_begin(m->run, &row);
    start = ticks();
    for (unsigned i = 0; i < count; i++) {
        taken[i] = m->op->once();
        row_sample(m->run, ns_of(m->run, (double)taken[i]));
    }
    row_end(m->run, count, ticks() - start);
    send_cost(m, 0);
    if (!is_interpreted(m))
        send_times(m, taken, count);
    row_check(m->run, "wrong_operations", (double)m->op->wrong(count), 0);
}

static void measure(struct team *team, unsigned tid, void *arg)
{
    const struct measurement *m = arg;

    (void)team;
    if (tid) {
        m->op->partner();
        return;
    }
    if (m->op->loop)
        measure_loops(m);
    else
        measure_single(m);
    __atomic_store_n(&partner_done, true, __ATOMIC_RELEASE);
    if (m->op->partner)
        m->op->release();
}

static const struct exits_op *find_op(const struct exits *exits, const char *name)
{
    for (unsigned i = 0; exits && i < exits->ops; i++)
        if (!strcmp(exits->op[i].name, name))
            return &exits->op[i];
    return NULL;
}

void exits_run(struct bench_run *run)
{
    const struct exits_op *op = find_op(run->env->exits, run->name);
    const char *missing;

    if (!op) {
        bench_skip(run, "only in a VM");
        return;
    }
    missing = op->missing ? op->missing(run->env) : NULL;
    if (!missing && op->partner && run->env->threads < 2)
        missing = "needs two vCPUs";
    if (missing) {
        bench_skip(run, "%s", missing);
        return;
    }
    if (op->prepare)
        op->prepare(run);
    for (unsigned variant = 0; variant < (op->loop ? 2 : 1); variant++) {
        struct measurement m = {run, op, variant * WORK_ROUNDS};

        partner_done = false;
        team_run(run->env->team, op->partner ? 2 : 1, measure, &m);
    }
}

/* The user-space exits that are compared with a bare KVM_RUN. */
static const char *const compared[] = {"exits.mmio.write", "exits.pio.out"};

/* Time `n` operations on whose exits the VMM re-enters KVM_RUN without handling them. */
static uint64_t time_bare(const struct exits *exits, const struct exits_op *op, uint64_t n)
{
    exits->bare(n);
    return time_of(op->loop, n, 0);
}

static void floor_row(struct bench_run *run, const struct exits_op *op, bool difference)
{
    const struct exits *exits = run->env->exits;
    struct measurement m = {run, op, 0};
    uint64_t n = find_count(&m), start;
    unsigned loops = run->env->quick ? 5 : difference ? 31 : 11;
    char params[CHANNEL_PARAMS_MAX];
    struct row row = {params, 1, "ns", op->op, CHANNEL_LOWER};

    snprintf(params, sizeof(params), "exit=%s", op->exit);
    op->begin();
    row_begin(run, &row);
    start = ticks();
    for (unsigned i = 0; i < loops; i++) {
        uint64_t bare = time_bare(exits, op, n);
        double full = difference ? (double)time_of(op->loop, n, 0) : 0;
        double base = difference ? 0 : (double)time_of(op->base, n, 0);

        row_sample(
            run, ns_of(run, (difference ? full - (double)bare : (double)bare - base) / (double)n));
    }
    row_end(run, loops * n * (difference ? 2 : 1), ticks() - start);
    /* Bare exits reach no device. */
    row_check(run, "wrong_operations", (double)op->wrong(difference ? loops * n : 0), 0);
}

/* A row for an operation of the VMM. */
static void host_row(struct bench_run *run, enum minivmm_probe_work work, const char *name)
{
    const struct exits *exits = run->env->exits;
    uint64_t enough = bench_ticks(run, run->env->quick ? 0.001 : 0.005), n = 1, start;
    unsigned loops = run->env->quick ? 5 : 11, undone = 0;
    char params[CHANNEL_PARAMS_MAX];
    struct row row = {params, 1, "ns", name, CHANNEL_LOWER};

    while (n < N_MAX && exits->work(work, n) < enough)
        n *= 2;
    snprintf(params, sizeof(params), "exit=%s", name);
    row_begin(run, &row);
    start = ticks();
    for (unsigned i = 0; i < loops; i++) {
        uint64_t took = exits->work(work, n);

        undone += took < n;
        row_sample(run, ns_of(run, (double)took / (double)n));
    }
    row_end(run, loops * n, ticks() - start);
    /* No operation takes less than a tick, so such samples did not perform their `n`. */
    row_check(run, "work_not_done", undone, 0);
}

void exits_floor_run(struct bench_run *run)
{
    if (!run->env->exits) {
        bench_skip(run, "only in a VM");
        return;
    }
    for (unsigned i = 0; i < sizeof(compared) / sizeof(compared[0]); i++)
        floor_row(run, find_op(run->env->exits, compared[i]), false);
    host_row(run, MINIVMM_WORK_IMMEDIATE_EXIT, "immediate_exit");
    host_row(run, MINIVMM_WORK_IOCTL, "ioctl");
    host_row(run, MINIVMM_WORK_EVENTFD, "eventfd");
    host_row(run, MINIVMM_WORK_WAKEUP, "wakeup");
}

void exits_added_run(struct bench_run *run)
{
    if (!run->env->exits) {
        bench_skip(run, "only in a VM");
        return;
    }
    for (unsigned i = 0; i < sizeof(compared) / sizeof(compared[0]); i++)
        floor_row(run, find_op(run->env->exits, compared[i]), true);
}
