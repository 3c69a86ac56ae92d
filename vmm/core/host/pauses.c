/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/host/cpus.h"
#include "vmm/core/host/pauses.h"

/* Checks between two readings of the slow sources: one second. */
#define OTHERS_LOOKS 20

/* Tolerance for clocks that are not read at the same time, and for wake-up latency. */
#define SLACK_NS 10000000ull

static uint64_t minus(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static uint64_t boot_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Run time in ns, wait time in ns, number of time slices. */
static bool read_runqueue(int fd, uint64_t *ns)
{
    char text[128], *waiting;
    ssize_t got = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

    if (got <= 0)
        return false;
    text[got] = '\0';
    waiting = strchr(text, ' ');
    if (waiting)
        *ns = strtoull(waiting, NULL, 10);
    return waiting;
}

static bool has_continued(int fd)
{
    struct signalfd_siginfo info;
    bool any = false;

    while (fd >= 0 && read(fd, &info, sizeof(info)) > 0)
        any = true;
    return any;
}

/*
 * Steal time and throttling since they were last read, up to a second ago, which may include time
 * before the last check.
 */
static void read_others(struct pauses *pauses, struct pauses_reading *now)
{
    uint64_t stolen, ticks, since = now->mono_ns - pauses->others_ns;
    struct quota_throttled throttled;
    struct quota quota;

    cpus_steal(&stolen, &ticks);
    quota_read("", &quota);
    if (pauses->others_ns && ticks > pauses->ticks && stolen >= pauses->stolen)
        now->stolen_ns = (uint64_t)((double)(stolen - pauses->stolen) /
                                    (double)(ticks - pauses->ticks) * (double)since);
    if (pauses->others_ns && !quota_throttled(&pauses->quota, &quota, &throttled))
        now->throttled_ns = throttled.ns;
    pauses->stolen = stolen;
    pauses->ticks = ticks;
    pauses->quota = quota;
    pauses->others_ns = now->mono_ns;
}

static struct pauses_reading read_all(struct pauses *pauses)
{
    struct pauses_reading now = {
        .mono_ns = clock_mono_ns(),
        .boot_ns = boot_ns(),
        .process_ns = cpus_process_ns(),
        .continued = has_continued(pauses->cont_fd),
    };
    bool late = now.mono_ns - pauses->last.mono_ns > PAUSES_PERIOD_NS + PAUSES_STALLED_NS;

    now.has_runqueue = read_runqueue(pauses->schedstat_fd, &now.runqueue_ns);
    if (late || pauses->looks++ % OTHERS_LOOKS == 0)
        read_others(pauses, &now);
    return now;
}

void pauses_begin(struct pauses *pauses)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCONT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    *pauses = (struct pauses){
        .cont_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
        .schedstat_fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC),
    };
    pauses->last = read_all(pauses);
}

static void add(struct pauses *pauses, const struct pause *pause)
{
    struct pause *last = &pauses->pause[PAUSES_MAX - 1];

    if (pause->kind != PAUSE_SUSPENDED)
        pauses->lost_ns += pause->least_ns;
    if (pauses->count < PAUSES_MAX) {
        pauses->pause[pauses->count++] = *pause;
        return;
    }
    last->kind = pause->kind == PAUSE_STALLED ? last->kind : pause->kind;
    last->to_ns = pause->to_ns;
    last->ns += pause->ns;
    last->least_ns = 0;
}

/*
 * The time that the thread slept beyond the requested time, without known waits. If its run queue
 * time is unknown, it is assumed to have waited if the rest of the process ran meanwhile.
 */
static uint64_t unexplained(const struct pauses_reading *then, const struct pauses_reading *now)
{
    uint64_t late = minus(now->mono_ns - then->mono_ns, PAUSES_PERIOD_NS);

    if (now->has_runqueue && then->has_runqueue)
        late = minus(late, now->runqueue_ns - then->runqueue_ns);
    else if (now->process_ns - then->process_ns > late / 2)
        return 0;
    return minus(late, now->stolen_ns + now->throttled_ns);
}

void pauses_judge(struct pauses *pauses, const struct pauses_reading *now, bool slept)
{
    const struct pauses_reading then = pauses->last;
    uint64_t late = slept ? unexplained(&then, now) : 0;
    uint64_t asleep = minus(now->boot_ns - then.boot_ns, now->mono_ns - then.mono_ns);
    struct pause pause = {.from_ns = then.mono_ns, .to_ns = now->mono_ns};

    pauses->last = *now;
    if (asleep > SLACK_NS) {
        pause.kind = PAUSE_SUSPENDED;
        pause.ns = asleep;
    } else if (now->continued) {
        pause.kind = PAUSE_STOPPED;
        pause.least_ns = minus(late, SLACK_NS);
        pause.ns = now->mono_ns - then.mono_ns;
    } else if (late > PAUSES_STALLED_NS) {
        pause.kind = late >= PAUSES_FROZEN_NS ? PAUSE_FROZEN : PAUSE_STALLED;
        pause.least_ns = late;
        pause.ns = late + PAUSES_PERIOD_NS;
    } else {
        return;
    }
    add(pauses, &pause);
}

void pauses_look(struct pauses *pauses, bool slept)
{
    struct pauses_reading now = read_all(pauses);

    pauses_judge(pauses, &now, slept);
}

bool pauses_hit(const struct pauses *pauses, uint64_t from_ns, uint64_t to_ns)
{
    for (unsigned i = 0; i < pauses->count; i++) {
        const struct pause *pause = &pauses->pause[i];
        uint64_t from = from_ns > pause->from_ns ? from_ns : pause->from_ns;
        uint64_t to = to_ns && to_ns < pause->to_ns ? to_ns : pause->to_ns;

        /* The pause is entirely inside or entirely outside the window. */
        if (pause->kind != PAUSE_STALLED && to > from && to - from >= pause->least_ns)
            return true;
    }
    return false;
}

void pauses_end(struct pauses *pauses)
{
    if (pauses->cont_fd >= 0)
        close(pauses->cont_fd);
    if (pauses->schedstat_fd >= 0)
        close(pauses->schedstat_fd);
    pauses->cont_fd = pauses->schedstat_fd = -1;
}
