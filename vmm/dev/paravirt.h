/* SPDX-License-Identifier: MIT */
/*
 * The paravirtual device: sleeping on a word of memory, waking, and giving memory back
 * (enum minivmm_paravirt_reg in include/minivmm/abi.h).
 */
#ifndef DEV_PARAVIRT_H
#define DEV_PARAVIRT_H

#include "vmm/bus/bus.h"
#include "vmm/mem/guestmem.h"

struct paravirt {
    const struct guestmem *mem;
    int discard_errno; /* of the last discard; 0: it was done */
};

extern const struct bus_ops paravirt_ops;

/* paravirt_init(): `mem` must outlive the device. */
void paravirt_init(struct paravirt *paravirt, const struct guestmem *mem);

#endif
