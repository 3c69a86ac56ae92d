/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <sys/mman.h>

#include "vmm/core/result/exitstat.h"

const struct exit_reason_info exit_reason_info[EXIT_REASONS] = {
    [EXIT_PIO_IN] = {"pio_in", "port I/O read"},
    [EXIT_PIO_OUT] = {"pio_out", "port I/O write"},
    [EXIT_MMIO_READ] = {"mmio_read", "MMIO read"},
    [EXIT_MMIO_WRITE] = {"mmio_write", "MMIO write"},
    [EXIT_SIGNAL] = {"signal", "signal to the vCPU thread"},
    [EXIT_EOI] = {"eoi", "EOI of a level-triggered interrupt"},
    [EXIT_SHUTDOWN] = {"shutdown", "triple fault"},
    [EXIT_INTERNAL_ERROR] = {"internal_error", "KVM internal error"},
    [EXIT_OTHER] = {"other", "any other reason"},
};

struct exitstat *exitstat_alloc(void)
{
    struct exitstat *stat = mmap(NULL, sizeof(*stat), PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return stat == MAP_FAILED ? NULL : stat;
}

void exitstat_free(struct exitstat *stat)
{
    if (stat)
        munmap(stat, sizeof(*stat));
}

uint64_t exitstat_percentile(const struct exit_counter *counter, double percent)
{
    uint64_t ns = hist_percentile(&counter->hist, percent);

    /* The middle of a bucket may be outside the range of its values. */
    if (ns > counter->max_ns)
        return counter->max_ns;
    return ns < counter->min_ns ? counter->min_ns : ns;
}
