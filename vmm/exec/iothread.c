/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include "vmm/core/host/cpus.h"
#include "vmm/exec/iothread.h"

_Static_assert(CONFIG_NO_PIN == CPUS_ANY, "CONFIG_NO_PIN and CPUS_ANY are the same value");

/* The limits of an adaptive poller's polling time before it sleeps, in ns. */
#define POLL_MIN_NS 4000u
#define POLL_MAX_NS 64000u

void iothread_init(struct iothread *iothread, struct blk *blk, const struct config_disk *config,
                   const struct clock_rate *rate)
{
    *iothread = (struct iothread){
        .blk = blk,
        .config = config,
        .rate = rate,
        .kick_fd = -1,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
    };
}

static bool wants(const struct iothread *iothread, int what)
{
    return (int)__atomic_load_n(&iothread->wanted, __ATOMIC_ACQUIRE) == what;
}

/* The number of kicks since the last call. */
static uint64_t take_kicks(struct iothread *iothread)
{
    uint64_t kicks;

    return read(iothread->kick_fd, &kicks, sizeof(kicks)) == sizeof(kicks) ? kicks : 0;
}

/* Sleep until a request completes or the driver kicks; count the kicks. */
static void sleep_on(struct iothread *iothread)
{
    struct iostat *stat = &iothread->blk->stat;
    uint64_t kicks;

    iostat_add(stat, IO_SLEEPS, 1);
    backend_wait(iothread->blk->backend, iothread->kick_fd);
    kicks = take_kicks(iothread);
    if (wants(iothread, IOTHREAD_RUN))
        iostat_add(stat, IO_KICKS, kicks);
}

/*
 * A constant poller never sleeps and needs no kicks. An adaptive one polls for a while before it
 * sleeps: longer the next time if it slept so briefly that longer polling would have found work,
 * shorter if not, like KVM's halt polling.
 */
struct poller {
    uint64_t poll_ticks; /* how long to poll */
    uint64_t idle;       /* ticks when the work ran out; 0: there is work */
};

static bool keep_polling(const struct iothread *iothread, struct poller *poller)
{
    uint64_t now;

    if (iothread->config->notify != CONFIG_NOTIFY_POLL)
        return false;
    if (!iothread->config->adaptive)
        return true;
    now = clock_ticks();
    if (!poller->idle)
        poller->idle = now;
    return now - poller->idle < poller->poll_ticks;
}

static void adapt(const struct iothread *iothread, struct poller *poller, uint64_t slept_ns)
{
    uint64_t poll_ns = clock_ns(iothread->rate, poller->poll_ticks);

    poll_ns = slept_ns < POLL_MAX_NS ? poll_ns * 2 : poll_ns / 2;
    poll_ns = poll_ns > POLL_MAX_NS ? POLL_MAX_NS : poll_ns;
    poll_ns = poll_ns < POLL_MIN_NS ? POLL_MIN_NS : poll_ns;
    poller->poll_ticks = (uint64_t)((double)poll_ns * (double)iothread->rate->hz / 1e9);
    poller->idle = 0;
}

/* Serve the device until the thread is to park or quit. */
static void serve(struct iothread *iothread)
{
    struct blk *blk = iothread->blk;
    struct poller poller = {0};

    adapt(iothread, &poller, UINT64_MAX);
    while (wants(iothread, IOTHREAD_RUN)) {
        uint64_t slept;

        blk_disable_kicks(blk);
        if (blk_work(blk)) {
            poller.idle = 0;
            continue;
        }
        if (keep_polling(iothread, &poller)) {
            __builtin_ia32_pause();
            continue;
        }
        if (!blk_enable_kicks(blk))
            continue;
        slept = clock_ticks();
        sleep_on(iothread);
        adapt(iothread, &poller, clock_ns(iothread->rate, clock_ticks() - slept));
    }
    while (!blk_idle(blk))
        if (!blk_finish(blk))
            backend_wait(blk->backend, -1);
}

static void *iothread_main(void *arg)
{
    struct iothread *iothread = arg;

    pthread_mutex_lock(&iothread->lock);
    while (!wants(iothread, IOTHREAD_QUIT)) {
        if (wants(iothread, IOTHREAD_RUN)) {
            iothread->parked = false;
            pthread_mutex_unlock(&iothread->lock);
            serve(iothread);
            pthread_mutex_lock(&iothread->lock);
        } else {
            /* Drop the kick of set_wanted(), which is not the driver's. */
            take_kicks(iothread);
            iothread->parked = true;
            pthread_cond_broadcast(&iothread->changed);
            pthread_cond_wait(&iothread->changed, &iothread->lock);
        }
    }
    pthread_mutex_unlock(&iothread->lock);
    return NULL;
}

static int create_thread(struct iothread *iothread, struct err *err)
{
    errno = cpus_thread(&iothread->thread, iothread->config->pin, iothread_main, iothread);
    if (errno)
        return err_sys(err, ERR_FAILED, "cannot create a disk's thread");
    iothread->has_thread = true;
    return 0;
}

int iothread_start(struct iothread *iothread, int kick_fd, struct err *err)
{
    int result = 0;

    pthread_mutex_lock(&iothread->lock);
    if (iothread->kick_fd < 0)
        __atomic_store_n(&iothread->kick_fd, kick_fd, __ATOMIC_RELEASE);
    __atomic_store_n(&iothread->wanted, IOTHREAD_RUN, __ATOMIC_RELEASE);
    iothread->parked = false;
    pthread_cond_broadcast(&iothread->changed);
    if (!iothread->has_thread)
        result = create_thread(iothread, err);
    pthread_mutex_unlock(&iothread->lock);
    return result;
}

void iothread_kick(struct iothread *iothread)
{
    const uint64_t one = 1;
    int fd = __atomic_load_n(&iothread->kick_fd, __ATOMIC_ACQUIRE);

    /* A write to a full counter fails, but the counter is readable anyway. */
    if (fd >= 0 && write(fd, &one, sizeof(one)) < 0)
        return;
}

static void set_wanted(struct iothread *iothread, int wanted)
{
    __atomic_store_n(&iothread->wanted, wanted, __ATOMIC_RELEASE);
    pthread_cond_broadcast(&iothread->changed);
    iothread_kick(iothread);
}

void iothread_stop(struct iothread *iothread)
{
    pthread_mutex_lock(&iothread->lock);
    set_wanted(iothread, IOTHREAD_PARK);
    while (iothread->has_thread && !iothread->parked)
        pthread_cond_wait(&iothread->changed, &iothread->lock);
    pthread_mutex_unlock(&iothread->lock);
}

void iothread_end(struct iothread *iothread)
{
    if (iothread->has_thread) {
        pthread_mutex_lock(&iothread->lock);
        set_wanted(iothread, IOTHREAD_QUIT);
        pthread_mutex_unlock(&iothread->lock);
        pthread_join(iothread->thread, NULL);
    }
    iothread->has_thread = false;
    if (iothread->kick_fd >= 0)
        close(iothread->kick_fd);
    iothread->kick_fd = -1;
}
