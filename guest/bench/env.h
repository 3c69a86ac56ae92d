/* SPDX-License-Identifier: MIT */
/*
 * The environment of a benchmark: a bare VM (guest/kvm) or a process (tools/native). Benchmarks
 * depend on nothing else.
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
    uint8_t *arena; /* memory for the benchmarks, zero where untouched */
    size_t arena_bytes;
    size_t mem_bytes;    /* RAM of the VM, or --mem in a native run */
    size_t l1d, l2, llc; /* cache sizes of the host; 0: unknown */
    bool quick;          /* --quick: a short run */
    const char *chosen;  /* names of the benchmarks to run, comma-separated; NULL: all */
    const char *args;    /* --args: "key=value key=value" */

    /* Send records to the VMM, which has copied them on return. */
    void (*send)(const struct channel_record *records, unsigned count);
    /*
     * Return a page-aligned part of the arena to the host, so that the next access to each page is
     * a first touch and reads zeros. Returns 0, or an errno.
     */
    int (*discard)(void *start, size_t bytes);
    /* The frequency of ticks() in Hz; natively, the first call measures it. */
    uint64_t (*ticks_hz)(void);
    /*
     * Start the disk, for use by the calling thread. Returns NULL with a reason in *why if there is
     * no disk or it cannot be used.
     */
    const struct disk *(*disk_open)(const char **why);
    /* Stop the disk; no operation may be in flight. */
    void (*disk_close)(void);
    const struct exits *exits; /* guest/bench/exits.h; NULL in a native run */
};

#endif
