/* SPDX-License-Identifier: MIT */
/*
 * What a benchmark runs in: a bare VM (guest/kvm) or a process (guest/posix). The benchmarks see
 * only this.
 */
#ifndef BENCH_ENV_H
#define BENCH_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/bench/disk.h"
#include "guest/kernels/team.h"
#include "minivmm/channel.h"

struct env {
    unsigned threads; /* vCPUs, or threads of the process */
    struct team *team;
    uint8_t *arena; /* all memory that there is to use, zero where it was never touched */
    size_t arena_bytes;
    size_t mem_bytes;    /* of the whole machine, or what --mem says in a native run */
    size_t l1d, l2, llc; /* the host's caches; 0 where unknown */
    bool quick;          /* a short run was asked for */
    const char *chosen;  /* names of the benchmarks to run, comma-separated; NULL: all */
    const char *args;    /* the user's, for the benchmarks: "key=value key=value" */

    /* Hand records over; they have been taken when it returns. */
    void (*send)(const struct channel_record *records, unsigned count);
    /*
     * Give a page-aligned part of the arena back to the host: it will be zero, and its next touch
     * a first touch. Returns 0, or an errno.
     */
    int (*discard)(void *start, size_t bytes);
    /* The rate of ticks() in Hz; may take a moment when first called. */
    uint64_t (*ticks_hz)(void);
    /*
     * Start the disk; it is used by the thread that calls this. Returns NULL with why in *why if
     * there is none, or it does not work.
     */
    const struct disk *(*disk_open)(const char **why);
    /* Stop it; nothing may be in flight. */
    void (*disk_close)(void);
    const struct exits *exits; /* guest/bench/exits.h; NULL: there are none, natively */
};

#endif
