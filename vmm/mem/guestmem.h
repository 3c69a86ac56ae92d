/* SPDX-License-Identifier: MIT */
/*
 * The guest's RAM as the VMM sees it. A guest-physical address is a number that the host cannot
 * dereference; every access goes through guestmem_at(), which checks it.
 */
#ifndef MEM_GUESTMEM_H
#define MEM_GUESTMEM_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/mem/backing.h"

/* A guest-physical address. */
typedef uint64_t gpa_t;

struct guestmem_range {
    gpa_t base;
    uint64_t bytes;
    uint8_t *host;
};

/* RAM below the device hole and, if there is more than fits, RAM above 4 GiB. */
struct guestmem {
    struct backing backing;
    struct guestmem_range range[2];
    unsigned ranges;
};

/* guestmem_init(): allocate RAM as configured; backing_alloc() says how. Returns 0, or -1. */
int guestmem_init(struct guestmem *mem, const struct config *config, const struct watch *watch,
                  struct err *err);

/*
 * guestmem_at(): the host's address of `bytes` bytes of RAM at `gpa`, or NULL if any of them is not
 * RAM. It is the only way to guest memory. What is there may change at any time: copy before
 * checking.
 */
void *guestmem_at(const struct guestmem *mem, gpa_t gpa, uint64_t bytes);

/*
 * guestmem_discard(): give a part of RAM back to the host, in pages of 4 KiB. Returns 0, or an
 * errno: EINVAL if it is not RAM or not aligned, EOPNOTSUPP as backing_discard() has it.
 */
int guestmem_discard(const struct guestmem *mem, gpa_t gpa, uint64_t bytes);

/*
 * guestmem_use_small_pages(): back a part of RAM with small pages even where huge ones are on: of
 * the guest's image and of the VMM's tables little is touched, and clearing 2 MiB for each piece
 * would be most of the time that a start takes. Memory of hugetlbfs stays as it is.
 */
void guestmem_use_small_pages(const struct guestmem *mem, gpa_t gpa, uint64_t bytes);

/* guestmem_free(): give all of it back. */
void guestmem_free(struct guestmem *mem);

#endif
