/* SPDX-License-Identifier: MIT */
/*
 * KVM's own statistics, read from its binary statistics file descriptors with the names as found
 * (Documentation/virt/kvm/api.rst, KVM_GET_STATS_FD). What they count differs between kernels and
 * back-ends; they are shown beside the VMM's own counters, never instead of them.
 */
#ifndef KVM_STATS_H
#define KVM_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/err.h"

#define KVM_STATS_MAX      128 /* further ones are left out */
#define KVM_STATS_NAME_MAX 48

/* What a statistics file offers; histograms are left out. All vCPUs of a host offer the same. */
struct kvm_stats_layout {
    unsigned count;
    struct {
        char name[KVM_STATS_NAME_MAX];
        uint32_t offset;
        bool peak; /* a maximum or a current value, not a sum */
    } stat[KVM_STATS_MAX];
    uint32_t data_bytes;  /* from the beginning of the data to the last value used */
    uint32_t data_offset; /* of the data in the file */
};

/*
 * kvm_stats_fd(): the statistics of a VM or of a vCPU; the latter must be asked for by the vCPU's
 * own thread, since it would wait for KVM_RUN to return. Returns a file, or -1 if there is none.
 */
int kvm_stats_fd(int fd);

/* kvm_stats_layout(): what the file offers. Returns 0, or -1. */
int kvm_stats_layout(int stats_fd, struct kvm_stats_layout *layout, struct err *err);

/* kvm_stats_read(): the values now, in the layout's order. Returns 0, or -1. */
int kvm_stats_read(int stats_fd, const struct kvm_stats_layout *layout,
                   uint64_t values[KVM_STATS_MAX]);

#endif
