/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "tools/virtcost/env/hugepages.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/base/units.h"
#include "vmm/host/file.h"

#define FOLDER "/sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB/%s"

/* Not with file_replace(): the kernel takes a number written at once. */
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
    uint64_t page = 0, mem = 0, free_pages = 0, wanted, now = 0;
    char free_path[96];

    *pages = (struct hugepages){0};
    if (units_parse_size(get_text(options, "hugepages"), &page) || !page ||
        units_parse_size(get_text(options, "mem"), &mem))
        return 0;
    wanted = mem / page;
    snprintf(pages->path, sizeof(pages->path), FOLDER, page >> 10, "nr_hugepages");
    snprintf(free_path, sizeof(free_path), FOLDER, page >> 10, "free_hugepages");
    if (file_read_u64(pages->path, &pages->before) || file_read_u64(free_path, &free_pages)) {
        pages->path[0] = '\0';
        return err_set(err, ERR_CANNOT_RUN, "the kernel has no pages of %" PRIu64 " MiB",
                       page >> 20);
    }
    if (free_pages >= wanted) {
        pages->path[0] = '\0';
        return 0;
    }
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
                   "the kernel finds %" PRIu64 " of %" PRIu64 " pages of %" PRIu64
                   " MiB: its memory is in smaller pieces",
                   now, wanted, page >> 20);
}

void hugepages_give_back(const struct hugepages *pages)
{
    if (*pages->path)
        write_number(pages->path, pages->before);
}
