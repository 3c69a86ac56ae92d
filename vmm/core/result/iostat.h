/* SPDX-License-Identifier: MIT */
/*
 * I/O counters of a disk. Only the disk's thread writes them; other threads may read them at any
 * time and see no torn values.
 */
#ifndef STAT_IOSTAT_H
#define STAT_IOSTAT_H

#include <stdint.h>

enum io_counter {
    IO_READS,
    IO_WRITES,
    IO_FLUSHES,
    IO_OTHERS, /* requests of other types, supported or not */
    IO_BYTES_READ,
    IO_BYTES_WRITTEN,
    IO_KICKS,         /* notifications from the driver */
    IO_INTERRUPTS,    /* interrupts to the driver */
    IO_SLEEPS,        /* sleeps of the disk's thread; in a native run, of the benchmark's */
    IO_ERRORS,        /* requests completed with an error status */
    IO_DEVICE_ERRORS, /* driver errors that set DEVICE_NEEDS_RESET */
    IO_COUNTERS
};

/* Names in reports: "reads". */
extern const char *const io_counter_name[IO_COUNTERS];

struct iostat {
    uint64_t count[IO_COUNTERS];
};

/* iostat_add(): add to a counter. Call on the disk's thread. */
static inline void iostat_add(struct iostat *stat, enum io_counter counter, uint64_t value)
{
    __atomic_store_n(&stat->count[counter], stat->count[counter] + value, __ATOMIC_RELAXED);
}

#endif
