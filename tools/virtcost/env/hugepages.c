/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>

#include "tools/virtcost/env/hugepages.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/base/units.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/memory.h"

#define FOLDER "/sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB/%s"

/* Leave an eighth of the available memory to the rest of the machine. */
#define LEFT_PART 8

/* The current reservation, in shared memory; NULL: not shared. */
static struct hugepages *reserved;

/* Not file_replace(): sysfs takes a number with one write(2) in place. */
static int write_number(const char *path, uint64_t number)
{
    FILE *file = fopen(path, "we");
    int failed = !file || fprintf(file, "%" PRIu64, number) < 0;

    if (file)
        failed |= fclose(file);
    return failed ? -1 : 0;
}

int hugepages_reserve(struct hugepages *pages, const json_t *options, struct err *err)
{
    uint64_t page = 0, mem = 0, free_pages = 0, wanted, now = 0, available;
    char free_path[96];

    *pages = (struct hugepages){0};
    if (units_parse_size(get_text(options, "hugepages"), &page) || !page ||
        units_parse_size(get_text(options, "mem"), &mem))
        return 0;
    wanted = mem / page;
    available = memory_available();
    snprintf(pages->path, sizeof(pages->path), FOLDER, page >> 10, "nr_hugepages");
    snprintf(free_path, sizeof(free_path), FOLDER, page >> 10, "free_hugepages");
    if (file_read_u64(pages->path, &pages->before) || file_read_u64(free_path, &free_pages)) {
        pages->path[0] = '\0';
        return err_set(err, ERR_CANNOT_RUN, "unsupported huge page size: %" PRIu64 " MiB",
                       page >> 20);
    }
    if (free_pages >= wanted) {
        pages->path[0] = '\0';
        return 0;
    }
    /* The kernel would take memory that the rest of the machine needs. */
    if (available && (wanted - free_pages) * page > available - available / LEFT_PART) {
        pages->path[0] = '\0';
        return err_set(err, ERR_CANNOT_RUN,
                       "%" PRIu64 " page%s of %" PRIu64 " MiB: more than the %" PRIu64
                       " MiB of memory available",
                       wanted, units_s(wanted), page >> 20, available >> 20);
    }
    if (reserved)
        *reserved = *pages;
    if (write_number(pages->path, pages->before + wanted - free_pages)) {
        err_sys(err, ERR_CANNOT_RUN, "%s", pages->path);
        pages->path[0] = '\0';
        return -1;
    }
    file_read_u64(free_path, &now);
    if (now < wanted) {
        write_number("/proc/sys/vm/compact_memory", 1);
        write_number(pages->path, pages->before + wanted - free_pages);
        file_read_u64(free_path, &now);
    }
    if (now >= wanted)
        return 0;
    hugepages_give_back(pages);
    return err_set(err, ERR_CANNOT_RUN,
                   "only %" PRIu64 " of %" PRIu64 " page%s of %" PRIu64
                   " MiB could be reserved: memory is fragmented",
                   now, wanted, units_s(wanted), page >> 20);
}

void hugepages_give_back(const struct hugepages *pages)
{
    if (*pages->path)
        write_number(pages->path, pages->before);
    if (reserved)
        *reserved = (struct hugepages){0};
}

int hugepages_share(struct err *err)
{
    void *memory =
        mmap(NULL, sizeof(*reserved), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return err_sys(err, ERR_FAILED, "cannot map shared memory");
    reserved = memory;
    return 0;
}

void hugepages_give_back_left(void)
{
    if (reserved)
        hugepages_give_back(reserved);
}
