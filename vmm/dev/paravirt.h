/* SPDX-License-Identifier: MIT */
/*
 * The paravirtual device: wait on a word of memory, wake its waiters, and discard memory
 * (enum minivmm_paravirt_reg in include/minivmm/abi.h).
 */
#ifndef DEV_PARAVIRT_H
#define DEV_PARAVIRT_H

#include "vmm/bus/bus.h"
#include "vmm/mem/guestmem.h"

struct paravirt {
    const struct guestmem *mem;
    int discard_errno; /* atomic: of the last discard; 0: success */
};

extern const struct bus_ops paravirt_ops;

/* paravirt_init(): `mem` must outlive the device. */
void paravirt_init(struct paravirt *paravirt, const struct guestmem *mem);

#endif
