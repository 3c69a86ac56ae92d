/* SPDX-License-Identifier: MIT */
/* The operations of a VM that exit, for guest/bench/exits.c. */
#ifndef KVM_EXITS_H
#define KVM_EXITS_H

#include "guest/bench/exits.h"
#include "guest/kvm/machine.h"

/* exits_begin(): the operations of this machine, which must outlive them; performs none yet. */
const struct exits *exits_begin(const struct guest_machine *machine);

#endif
