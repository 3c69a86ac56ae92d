/* SPDX-License-Identifier: MIT */
/*
 * Counting a disk's work. Each disk has counters of its own that only its thread writes; others may
 * read them at any time and see whole values.
 */
#ifndef STAT_IOSTAT_H
#define STAT_IOSTAT_H

#include <stdint.h>

enum io_counter {
    IO_READS,
    IO_WRITES,
    IO_FLUSHES,
    IO_OTHERS, /* requests of other kinds, known or not */
    IO_BYTES_READ,
    IO_BYTES_WRITTEN,
    IO_KICKS,         /* notifications from the driver */
    IO_INTERRUPTS,    /* sent to the driver */
    IO_SLEEPS,        /* times that the disk's thread went to sleep; natively, the benchmark's */
    IO_ERRORS,        /* requests that ended with an error status */
    IO_DEVICE_ERRORS, /* what the driver did that no driver may: the device wants a reset */
    IO_COUNTERS
};

/* Names for reports: "reads". */
extern const char *const io_counter_name[IO_COUNTERS];

struct iostat {
    uint64_t count[IO_COUNTERS];
};

/* iostat_add(): one writer, whole values for readers. */
static inline void iostat_add(struct iostat *stat, enum io_counter counter, uint64_t value)
{
    __atomic_store_n(&stat->count[counter], stat->count[counter] + value, __ATOMIC_RELAXED);
}

#endif
