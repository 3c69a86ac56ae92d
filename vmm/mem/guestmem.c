/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/mman.h>

#include "minivmm/abi.h"
#include "vmm/mem/guestmem.h"

int guestmem_init(struct guestmem *mem, const struct config *config, const struct watch *watch,
                  struct err *err)
{
    uint64_t low = config->mem_bytes;

    if (low > MINIVMM_RAM_LOW_END)
        low = MINIVMM_RAM_LOW_END;
    *mem = (struct guestmem){0};
    if (backing_alloc(&mem->backing, config, watch, err))
        return -1;
    mem->range[0] = (struct guestmem_range){0, low, mem->backing.base};
    mem->ranges = 1;
    if (config->mem_bytes > low) {
        mem->range[1] = (struct guestmem_range){MINIVMM_RAM_HIGH, config->mem_bytes - low,
                                                mem->backing.base + low};
        mem->ranges = 2;
    }
    return 0;
}

void *guestmem_at(const struct guestmem *mem, gpa_t gpa, uint64_t bytes)
{
    for (unsigned i = 0; i < mem->ranges; i++) {
        const struct guestmem_range *range = &mem->range[i];
        uint64_t offset = gpa - range->base; /* wraps to a large number below the range */

        if (offset < range->bytes && bytes <= range->bytes - offset)
            return range->host + offset;
    }
    return NULL;
}

int guestmem_discard(const struct guestmem *mem, gpa_t gpa, uint64_t bytes)
{
    uint8_t *host = guestmem_at(mem, gpa, bytes);

    if (!host || !bytes || gpa % CONFIG_PAGE_4K || bytes % CONFIG_PAGE_4K)
        return EINVAL;
    return backing_discard(&mem->backing, (size_t)(host - mem->backing.base), bytes);
}

void guestmem_use_small_pages(const struct guestmem *mem, gpa_t gpa, uint64_t bytes)
{
    void *host = guestmem_at(mem, gpa, bytes);

    /* Best effort: a failure costs startup time only. */
    if (host && !mem->backing.hugepage_bytes)
        madvise(host, bytes, MADV_NOHUGEPAGE);
}

void guestmem_free(struct guestmem *mem)
{
    backing_free(&mem->backing);
    mem->ranges = 0;
}
