/* SPDX-License-Identifier: MIT */
/*
 * The guest's RAM. A guest-physical address is a number that the host cannot dereference; every
 * access goes through guestmem_at(), which checks it.
 */
#ifndef MEM_GUESTMEM_H
#define MEM_GUESTMEM_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/core/host/backing.h"

/* A guest-physical address. */
typedef uint64_t gpa_t;

struct guestmem_range {
    gpa_t base;
    uint64_t bytes;
    uint8_t *host;
};

/* RAM below the device hole and, if it does not fit there, the rest from 4 GiB on. */
struct guestmem {
    struct backing backing;
    struct guestmem_range range[2];
    unsigned ranges;
};

/* guestmem_init(): allocate RAM; arguments and errors as for backing_alloc(). Returns 0, or -1. */
int guestmem_init(struct guestmem *mem, const struct config *config, const struct watch *watch,
                  struct err *err);

/*
 * guestmem_at(): the host address of `bytes` bytes at `gpa`, or NULL if any of them is outside RAM.
 * The only access to guest memory. The guest may change it at any time: copy before checking.
 */
void *guestmem_at(const struct guestmem *mem, gpa_t gpa, uint64_t bytes);

/*
 * guestmem_discard(): return a range of RAM, aligned to 4 KiB, to the host. Returns 0 or an errno:
 * EINVAL if it is misaligned or outside RAM, otherwise that of backing_discard().
 */
int guestmem_discard(const struct guestmem *mem, gpa_t gpa, uint64_t bytes);

/*
 * guestmem_use_small_pages(): disable transparent huge pages for a range of RAM. Little of the
 * guest's image and of the VMM's region is touched, and clearing 2 MiB per fault would dominate the
 * startup time. No effect on hugetlb memory.
 */
void guestmem_use_small_pages(const struct guestmem *mem, gpa_t gpa, uint64_t bytes);

/* guestmem_free(): unmap all of it. */
void guestmem_free(struct guestmem *mem);

#endif
