/* SPDX-License-Identifier: MIT */
/* What each guest program includes, and the function that it defines. */
#ifndef KVM_START_H
#define KVM_START_H

#include "guest/kernels/team.h"
#include "guest/kvm/machine.h"
#include "guest/kvm/runtime.h"

/*
 * guest_main(): entry point of the program, which each guest defines; runs on vCPU 0 once all vCPUs
 * have started. Returns the exit status.
 */
uint32_t guest_main(const struct guest_machine *machine, struct team *team);

#endif
