/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest/bench/bench.h"
#include "guest/bench/table.h"
#include "kernels_sha256.h"
#include "tools/native/disk.h"
#include "tools/native/native.h"
#include "vmm/core/config/busy.h"
#include "vmm/core/config/select.h"
#include "vmm/core/host/backing.h"
#include "vmm/core/host/caches.h"
#include "vmm/core/host/cpus.h"

/* Long enough to measure the TSC frequency to a few parts per million. */
#define CALIBRATION_NS 20000000ull

struct thread {
    unsigned id;
    int tid; /* atomic: gettid(2); 0 before it runs */
    uint64_t first_ticks;
};

/* The native run of this process: the functions of struct env take no context. */
static struct native {
    const struct config *config;
    struct backing backing;
    struct team team;
    struct env env;
    struct run_result *result;
    struct thread *thread;
    struct clock_rate rate; /* of the TSC; hz is 0 until ticks_hz() measures it */
    pthread_mutex_t lock;   /* of *result, `err`, `failed`, `ended`; held by main after the run */
    struct err err;
    bool failed, ended;
    int event;
} native = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void wait_on(uint32_t *word, uint32_t value)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* End the run with an error, from any thread; does not return. */
static void fail(const struct err *err)
{
    pthread_mutex_lock(&native.lock);
    if (!native.failed)
        native.err = *err;
    native.failed = true;
    pthread_mutex_unlock(&native.lock);
    watch_notify(native.event);
    for (;;)
        pause();
}

static void send(const struct channel_record *records, unsigned count)
{
    struct err err;
    int result = 0;

    pthread_mutex_lock(&native.lock);
    for (unsigned i = 0; i < count && !result; i++)
        result = result_apply(native.result, &records[i], NULL, &err);
    pthread_mutex_unlock(&native.lock);
    if (result)
        fail(&err);
}

static int discard(void *start, size_t bytes)
{
    return backing_discard(&native.backing, (size_t)((uint8_t *)start - native.backing.base),
                           bytes);
}

static uint64_t ticks_hz(void)
{
    struct clock_point from, to;

    if (native.rate.hz)
        return native.rate.hz;
    from = clock_now();
    do
        to = clock_now();
    while (to.raw_ns - from.raw_ns < CALIBRATION_NS);
    native.rate = clock_rate_of(clock_measure_hz(&from, &to));
    return native.rate.hz;
}

static void snapshot(void *ctx, struct usage *usage)
{
    (void)ctx;
    *usage = (struct usage){.process_ns = cpus_process_ns()};
    usage->io[IO_SLEEPS] = native_disk_sleeps();
    for (unsigned i = 0; i < native.config->vcpus; i++)
        cpus_time_add(&usage->time,
                      cpus_time(__atomic_load_n(&native.thread[i].tid, __ATOMIC_ACQUIRE)));
}

static void begin_thread(struct thread *thread)
{
    const struct config *config = native.config;
    struct err err;

    thread->first_ticks = clock_ticks();
    __atomic_store_n(&thread->tid, gettid(), __ATOMIC_RELEASE);
    if (config->pin_count && cpus_pin(config->pin[thread->id % config->pin_count], &err))
        fail(&err);
}

static void *worker(void *arg)
{
    struct thread *thread = arg;

    begin_thread(thread);
    team_worker(&native.team, thread->id);
}

/* Team member 0: runs the benchmarks. */
static void *runner(void *arg)
{
    struct channel_record done = {.type = CHANNEL_EXIT};

    begin_thread(arg);
    team_wait_ready(&native.team);
    done.exit.status = bench_main(&native.env);
    send(&done, 1);
    pthread_mutex_lock(&native.lock);
    native.ended = true;
    pthread_mutex_unlock(&native.lock);
    watch_notify(native.event);
    return NULL;
}

static void describe(const char *chosen)
{
    const struct config *config = native.config;
    struct host_caches caches = host_caches();

    native.env = (struct env){
        .threads = config->vcpus,
        .team = &native.team,
        .arena = native.backing.base,
        .arena_bytes = native.backing.bytes,
        .mem_bytes = config->mem_bytes,
        .l1d = caches.l1d,
        .l2 = caches.l2,
        .llc = caches.llc,
        .quick = config->quick,
        .chosen = chosen,
        .args = config->args,
        .send = send,
        .discard = discard,
        .ticks_hz = ticks_hz,
        .disk_open = native_disk_open,
        .disk_close = native_disk_close,
    };
}

static int start_threads(struct err *err)
{
    for (unsigned i = 0; i < native.config->vcpus; i++) {
        pthread_t thread;

        native.thread[i].id = i;
        errno = pthread_create(&thread, NULL, i ? worker : runner, &native.thread[i]);
        if (errno)
            return err_sys(err, ERR_FAILED, "cannot create thread %u", i);
        pthread_detach(thread);
    }
    return 0;
}

/* Whether the run is over. If so, returns with the lock held, so that nothing changes any more. */
static bool is_over(struct run_info *info)
{
    pthread_mutex_lock(&native.lock);
    if (native.failed) {
        info->stop = STOP_ERROR;
        info->error = native.err;
    } else if (native.ended) {
        info->stop = STOP_GUEST;
    }
    if (native.failed || native.ended)
        return true;
    pthread_mutex_unlock(&native.lock);
    return false;
}

static void wait_for_end(const struct watch *watch, struct run_info *info)
{
    while (!is_over(info)) {
        enum watch_result happened = watch_wait(watch, native.event);

        if (happened == WATCH_EVENT)
            continue;
        info->stop = happened == WATCH_STOP ? STOP_SIGNAL : STOP_TIMEOUT;
        pthread_mutex_lock(&native.lock);
        return;
    }
}

static void collect(const struct clock_point *began, struct run_info *info)
{
    const struct thread *thread = native.thread;

    /* Set by systemd-nspawn(1) and podman(1) in containers. */
    info->env = getenv("container") ? RUN_CONTAINER : RUN_NATIVE;
    info->begin = *began;
    info->end = clock_now();
    info->rate = native.rate;
    /* Without benchmarks, nothing has measured the rate yet. */
    if (!info->rate.hz)
        info->rate = clock_rate_of(clock_measure_hz(began, &info->end));
    memcpy(info->kernels_sha256, KERNELS_SHA256, sizeof(KERNELS_SHA256));
    info->has_memory = !memory_usage(native.backing.base, native.backing.bytes, &info->memory);
    native_disk_info(info);
    info->ticks.entry = info->ticks.user = thread[0].first_ticks;
    for (unsigned i = 0; i < native.config->vcpus; i++)
        if (thread[i].first_ticks > info->ticks.last_user)
            info->ticks.last_user = thread[i].first_ticks;
}

int native_run(const struct config *config, const char *chosen, const struct watch *watch,
               void (*log)(void *ctx, const char *text), void *log_ctx,
               const struct clock_point *began, struct run_result *result, struct run_info *info,
               struct err *err)
{
    static const struct team_sleep sleep = {.wait = wait_on, .wake = wake};
    const struct result_source source = {snapshot, NULL, log, log_ctx, NULL, NULL};

    native.config = config;
    native.result = result;
    native.event = watch_event();
    native.thread = calloc(config->vcpus, sizeof(*native.thread));
    if (native.event < 0 || !native.thread)
        return err_sys(err, ERR_FAILED, "cannot set up %u threads", config->vcpus);
    if ((config->pin_count && cpus_check("--pin", config->pin, config->pin_count, err)) ||
        result_init(result, &source, config->vcpus, err) ||
        backing_alloc(&native.backing, config, watch, err))
        return -1;
    team_init(&native.team, &sleep, config->vcpus, busy_cpus(config, cpus_usable()));
    if (select_needs(chosen, (const struct minivmm_bench_info *)bench_table,
                     (size_t)(bench_table_end - bench_table)) &
            MINIVMM_BENCH_DISK &&
        native_disk_begin(config, err))
        return -1;
    describe(chosen);
    if (start_threads(err))
        return -1;
    wait_for_end(watch, info);
    collect(began, info);
    return 0;
}
