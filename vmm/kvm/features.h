/* SPDX-License-Identifier: MIT */
/* Applies --cpu to the guest's CPUID; XCR0 and CR4 follow from that (cpuid_caps()). */
#ifndef KVM_FEATURES_H
#define KVM_FEATURES_H

#include "vmm/core/config/features.h"
#include "vmm/kvm/cpuid.h"

/*
 * features_apply(): clear the removed features in the table, with the leaves that describe them and
 * their state components in leaf 0xd. Sets *masked to those of them that KVM supports. Returns 0,
 * or -1 with ERR_USAGE if KVM does not support a required feature.
 */
int features_apply(struct cpuid_table *table, const struct config_cpu *cpu,
                   struct features_masked *masked, struct err *err);

#endif
