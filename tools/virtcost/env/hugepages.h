/* SPDX-License-Identifier: MIT */
/* Pages of hugetlbfs, reserved for one run and given back. */
#ifndef VIRTCOST_ENV_HUGEPAGES_H
#define VIRTCOST_ENV_HUGEPAGES_H

#include <jansson.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

struct hugepages {
    char path[96];   /* of the kernel's number of pages; empty: none were reserved */
    uint64_t before; /* what it was */
};

/*
 * hugepages_reserve(): as many free pages as the options "hugepages" and "mem" ask for; nothing if
 * they ask for none. Returns 0, or -1 with why not.
 */
int hugepages_reserve(struct hugepages *pages, const json_t *options, struct err *err);

/*
 * hugepages_share(): from here on, a process that is forked knows what this one has reserved and
 * not given back; hugepages_give_back_left() gives that back. Returns 0, or -1.
 */
int hugepages_share(struct err *err);
void hugepages_give_back_left(void);

/* hugepages_give_back(): as it was before. */
void hugepages_give_back(const struct hugepages *pages);

#endif
