/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "vmm/core/base/units.h"
#include "vmm/core/host/cgroup.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/headroom.h"

/* The VMM: its program, the results and the report. */
#define BESIDE_BYTES (32ull << 20)

/*
 * Page tables of the host and of KVM, 8 bytes each per 4096-byte page, and 2 bytes of KVM metadata
 * per page; rounded up.
 */
#define TABLES_PART 128

#define UNIT (2ull << 20)

static int read_u64(const char *folder, const char *name, uint64_t *value)
{
    char path[PATH_MAX + 64];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return file_read_u64(path, value);
}

/* Reclaimable page cache in bytes, from memory.stat. */
static uint64_t read_inactive(const struct cgroup_group *group)
{
    static const char *const keys[] = {"total_inactive_file ", "inactive_file "};
    char path[PATH_MAX + 16], text[32];
    uint64_t bytes;

    snprintf(path, sizeof(path), "%s/memory.stat", group->folder);
    if (file_status_field(path, keys[group->version - 1], text, sizeof(text)) ||
        units_parse_u64(text, &bytes))
        return 0;
    return bytes;
}

/* memory.high counts as a limit: above it, the kernel throttles allocations heavily. */
static uint64_t read_limit(const struct cgroup_group *group)
{
    static const char *const names[2][2] = {{"memory.limit_in_bytes", "memory.limit_in_bytes"},
                                            {"memory.max", "memory.high"}};
    uint64_t least = UINT64_MAX, bytes;

    for (unsigned i = 0; i < 2; i++)
        if (!read_u64(group->folder, names[group->version - 1][i], &bytes) && bytes < least)
            least = bytes;
    return least;
}

static void take_headroom(void *ctx, const struct cgroup_group *group)
{
    static const char *const usage[] = {"memory.usage_in_bytes", "memory.current"};
    struct memory_limit *headroom = ctx;
    uint64_t limit = read_limit(group), used, inactive, left;

    if (limit == UINT64_MAX || read_u64(group->folder, usage[group->version - 1], &used))
        return;
    inactive = read_inactive(group);
    used -= inactive < used ? inactive : used;
    left = limit > used ? limit - used : 0;
    if (left < headroom->bytes)
        *headroom = (struct memory_limit){left, "left of the cgroup's limit"};
}

struct memory_limit headroom_left(const char *root)
{
    struct memory_limit headroom = {UINT64_MAX, "available"};
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/proc/meminfo", root);
    file_status_kb(path, "MemAvailable:", &headroom.bytes);
    cgroup_each(root, "memory", take_headroom, &headroom);
    return headroom;
}

uint64_t headroom_needed(uint64_t mem_bytes, uint64_t extra)
{
    return mem_bytes + mem_bytes / TABLES_PART + BESIDE_BYTES + extra;
}

uint64_t headroom_fits(uint64_t bytes, uint64_t extra)
{
    uint64_t beside = BESIDE_BYTES + extra;

    if (bytes <= beside)
        return 0;
    bytes -= beside;
    /* 1 of TABLES_PART + 1 parts is for page tables. */
    return (bytes / (TABLES_PART + 1) * TABLES_PART +
            bytes % (TABLES_PART + 1) * TABLES_PART / (TABLES_PART + 1)) /
           UNIT * UNIT;
}

struct hugetlb {
    char size[24]; /* "2MB", as in file names */
    uint64_t left;
};

static void take_hugetlb(void *ctx, const struct cgroup_group *group)
{
    static const char *const limits[] = {"limit_in_bytes", "max"};
    static const char *const usages[] = {"usage_in_bytes", "current"};
    struct hugetlb *hugetlb = ctx;
    char limit_name[48], usage_name[48];
    uint64_t limit, used;

    snprintf(limit_name, sizeof(limit_name), "hugetlb.%s.%s", hugetlb->size,
             limits[group->version - 1]);
    snprintf(usage_name, sizeof(usage_name), "hugetlb.%s.%s", hugetlb->size,
             usages[group->version - 1]);
    if (read_u64(group->folder, limit_name, &limit) || read_u64(group->folder, usage_name, &used))
        return;
    limit -= used < limit ? used : limit;
    if (limit < hugetlb->left)
        hugetlb->left = limit;
}

uint64_t headroom_hugetlb(const char *root, uint64_t page_bytes)
{
    struct hugetlb hugetlb = {.left = UINT64_MAX};
    bool gib = page_bytes >= 1ull << 30;

    snprintf(hugetlb.size, sizeof(hugetlb.size), "%" PRIu64 "%s", page_bytes >> (gib ? 30 : 20),
             gib ? "GB" : "MB");
    cgroup_each(root, "hugetlb", take_hugetlb, &hugetlb);
    return hugetlb.left;
}

uint64_t headroom_commit(const char *root)
{
    uint64_t mode, limit, committed;
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/proc/sys/vm/overcommit_memory", root);
    if (file_read_u64(path, &mode) || mode != 2)
        return UINT64_MAX;
    snprintf(path, sizeof(path), "%s/proc/meminfo", root);
    if (file_status_kb(path, "CommitLimit:", &limit) ||
        file_status_kb(path, "Committed_AS:", &committed))
        return UINT64_MAX;
    return limit > committed ? limit - committed : 0;
}

int headroom_map_hint(struct err *err, const char *otherwise)
{
    uint64_t left = headroom_commit("");

    if (left == UINT64_MAX)
        return err_hint(err, "%s", otherwise);
    return err_hint(err,
                    "a smaller --mem, or sysctl vm.overcommit_memory=0: strict overcommit leaves "
                    "%" PRIu64 " MiB (CommitLimit - Committed_AS)",
                    left >> 20);
}
