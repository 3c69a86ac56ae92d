/* SPDX-License-Identifier: MIT */
#include "vmm/core/result/iostat.h"

const char *const io_counter_name[IO_COUNTERS] = {
    [IO_READS] = "reads",
    [IO_WRITES] = "writes",
    [IO_FLUSHES] = "flushes",
    [IO_OTHERS] = "others",
    [IO_BYTES_READ] = "bytes_read",
    [IO_BYTES_WRITTEN] = "bytes_written",
    [IO_KICKS] = "kicks",
    [IO_INTERRUPTS] = "interrupts",
    [IO_SLEEPS] = "sleeps",
    [IO_ERRORS] = "errors",
    [IO_DEVICE_ERRORS] = "device_errors",
};
