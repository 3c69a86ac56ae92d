/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include "vmm/exec/iothread.h"
#include "vmm/host/cpus.h"

_Static_assert(CONFIG_NO_PIN == CPUS_ANY, "no CPU of its own is any CPU");

/* How long an adaptive poller looks before it sleeps: between these, in ns. */
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

/* How many kicks there were since this was last asked. */
static uint64_t take_kicks(struct iothread *iothread)
{
    uint64_t kicks;

    return read(iothread->kick_fd, &kicks, sizeof(kicks)) == sizeof(kicks) ? kicks : 0;
}

/* Until there is something complete, or a kick; and count the driver's kicks. */
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
 * A poller that never sleeps needs no kick. An adaptive one looks for a while first: longer the
 * next time if it then slept so briefly that a longer look would have done, shorter if not, as KVM
 * does for a halted vCPU.
 */
struct poller {
    uint64_t window; /* ticks */
    uint64_t idle;   /* since when there is nothing to do; 0: there is */
};

static bool keep_looking(const struct iothread *iothread, struct poller *poller)
{
    uint64_t now;

    if (iothread->config->notify != CONFIG_NOTIFY_POLL)
        return false;
    if (!iothread->config->adaptive)
        return true;
    now = clock_ticks();
    if (!poller->idle)
        poller->idle = now;
    return now - poller->idle < poller->window;
}

static void adapt(const struct iothread *iothread, struct poller *poller, uint64_t slept_ns)
{
    uint64_t window_ns = clock_ns(iothread->rate, poller->window);

    window_ns = slept_ns < POLL_MAX_NS ? window_ns * 2 : window_ns / 2;
    window_ns = window_ns > POLL_MAX_NS ? POLL_MAX_NS : window_ns;
    window_ns = window_ns < POLL_MIN_NS ? POLL_MIN_NS : window_ns;
    poller->window = (uint64_t)((double)window_ns * (double)iothread->rate->hz / 1e9);
    poller->idle = 0;
}

/* As long as it is wanted. */
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
        if (keep_looking(iothread, &poller)) {
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
            /* What is left is the kick that stopped it, and none of the driver's. */
            take_kicks(iothread);
            iothread->parked = true;
            pthread_cond_broadcast(&iothread->changed);
            pthread_cond_wait(&iothread->changed, &iothread->lock);
        }
    }
    pthread_mutex_unlock(&iothread->lock);
    return NULL;
}

static int begin(struct iothread *iothread, struct err *err)
{
    errno = cpus_thread(&iothread->thread, iothread->config->pin, iothread_main, iothread);
    if (errno)
        return err_sys(err, ERR_FAILED, "no thread for a disk");
    iothread->begun = true;
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
    if (!iothread->begun)
        result = begin(iothread, err);
    pthread_mutex_unlock(&iothread->lock);
    return result;
}

void iothread_kick(struct iothread *iothread)
{
    const uint64_t one = 1;
    int fd = __atomic_load_n(&iothread->kick_fd, __ATOMIC_ACQUIRE);

    /* A counter that is full wakes it as well. */
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
    while (iothread->begun && !iothread->parked)
        pthread_cond_wait(&iothread->changed, &iothread->lock);
    pthread_mutex_unlock(&iothread->lock);
}

void iothread_end(struct iothread *iothread)
{
    if (iothread->begun) {
        pthread_mutex_lock(&iothread->lock);
        set_wanted(iothread, IOTHREAD_QUIT);
        pthread_mutex_unlock(&iothread->lock);
        pthread_join(iothread->thread, NULL);
    }
    iothread->begun = false;
    if (iothread->kick_fd >= 0)
        close(iothread->kick_fd);
    iothread->kick_fd = -1;
}
