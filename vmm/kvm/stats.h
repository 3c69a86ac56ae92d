/* SPDX-License-Identifier: MIT */
/*
 * KVM's binary statistics (Documentation/virt/kvm/api.rst, KVM_GET_STATS_FD), under KVM's names.
 * Their meaning differs between kernels and KVM implementations, so they are reported beside the
 * VMM's counters, not in place of them.
 */
#ifndef KVM_STATS_H
#define KVM_STATS_H

#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/core/host/kvm_stats.h"

#define KVM_STATS_NAME_MAX 48

/*
 * The descriptors of a statistics file, without histograms; the same for all vCPUs of a host.
 * Points into itself: not to be copied.
 */
struct kvm_stats_layout {
    struct kvm_stat_names names;
    char text[KVM_STATS_MAX][KVM_STATS_NAME_MAX]; /* what they point to */
    uint32_t offset[KVM_STATS_MAX];               /* in the data */
    uint32_t data_bytes;  /* from the beginning of the data to the last value used */
    uint32_t data_offset; /* of the data in the file */
};

/*
 * kvm_stats_fd(): the statistics of a VM or a vCPU; for a vCPU, call it on the vCPU's thread, as
 * the ioctl blocks during KVM_RUN. Returns a file descriptor, or -1 if not supported.
 */
int kvm_stats_fd(int fd);

/* kvm_stats_layout(): read the descriptors. Returns 0, or -1 with *err set. */
int kvm_stats_layout(int stats_fd, struct kvm_stats_layout *layout, struct err *err);

/* kvm_stats_read(): read the current values, in the layout's order. Returns 0, or -1. */
int kvm_stats_read(int stats_fd, const struct kvm_stats_layout *layout,
                   uint64_t values[KVM_STATS_MAX]);

#endif
