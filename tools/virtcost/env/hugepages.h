/* SPDX-License-Identifier: MIT */
/* Reserves hugetlbfs pages for one run and releases them. */
#ifndef VIRTCOST_ENV_HUGEPAGES_H
#define VIRTCOST_ENV_HUGEPAGES_H

#include <jansson.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

struct hugepages {
    char path[96];   /* the sysfs file with the number of pages; empty: none reserved */
    uint64_t before; /* its value before */
};

/*
 * hugepages_reserve(): make as many pages free as the options "hugepages" and "mem" require;
 * nothing without them. Returns 0, or -1 with *err set.
 */
int hugepages_reserve(struct hugepages *pages, const json_t *options, struct err *err);

/*
 * hugepages_share(): share the reservation with processes forked from now on, in which
 * hugepages_give_back_left() releases it. Returns 0, or -1 with *err set.
 */
int hugepages_share(struct err *err);
void hugepages_give_back_left(void);

/* hugepages_give_back(): restore the number of pages. */
void hugepages_give_back(const struct hugepages *pages);

#endif
