/* SPDX-License-Identifier: MIT */
/*
 * What --cpu asks for, put into the guest's CPUID; XCR0 and CR4 follow from that (cpuid_caps()).
 */
#ifndef KVM_FEATURES_H
#define KVM_FEATURES_H

#include "vmm/config/features.h"
#include "vmm/kvm/cpuid.h"

/*
 * features_apply(): take the features that are not wanted out of the table, with the leaves that
 * describe them and their part of leaf 0xd; *masked tells which of them KVM has. Returns 0, or -1
 * with ERR_USAGE if one that is required is not there.
 */
int features_apply(struct cpuid_table *table, const struct config_cpu *cpu,
                   struct features_masked *masked, struct err *err);

#endif
