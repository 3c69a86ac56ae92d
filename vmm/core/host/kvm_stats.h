/* SPDX-License-Identifier: MIT */
/* The names of KVM's statistics, as vmm/kvm/stats.c finds them and a report prints them. */
#ifndef HOST_KVM_STATS_H
#define HOST_KVM_STATS_H

#include <stdbool.h>

#define KVM_STATS_MAX 128 /* the rest is ignored */

struct kvm_stat_names {
    unsigned count;
    const char *name[KVM_STATS_MAX];
    bool peak[KVM_STATS_MAX]; /* a maximum or a current value, not a sum: no difference of two */
};

#endif
