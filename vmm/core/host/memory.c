/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm/core/host/cgroup.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/memory.h"

/* Take the limit of a group if it is the smallest so far. */
static void take_limit(void *ctx, const struct cgroup_group *group)
{
    static const char *const names[] = {"memory.limit_in_bytes", "memory.max"};
    struct memory_limit *limit = ctx;
    char path[PATH_MAX + 32];
    uint64_t bytes;

    snprintf(path, sizeof(path), "%s/%s", group->folder, names[group->version - 1]);
    if (!file_read_u64(path, &bytes) && bytes < limit->bytes)
        *limit = (struct memory_limit){bytes, "the cgroup's limit"};
}

struct memory_limit memory_total(void)
{
    struct memory_limit limit = {UINT64_MAX, "the host's memory"};

    file_status_kb("/proc/meminfo", "MemTotal:", &limit.bytes);
    return limit;
}

struct memory_limit memory_limit(void)
{
    struct memory_limit limit = memory_total();

    cgroup_each("", "memory", take_limit, &limit);
    return limit;
}

uint64_t memory_available(void)
{
    uint64_t bytes = UINT64_MAX;

    file_status_kb("/proc/meminfo", "MemAvailable:", &bytes);
    return bytes;
}

/* Parse the value of `field`, such as "Rss:", in bytes. Returns whether the line has this field. */
static bool field_is(const char *line, const char *field, uint64_t *bytes)
{
    size_t length = strlen(field);

    if (strncmp(line, field, length) != 0)
        return false;
    *bytes = strtoull(line + length, NULL, 10) << 10;
    return true;
}

/* Whether a line starts a mapping: "start-end perms ..." in hexadecimal. */
static bool is_mapping(const char *line, uint64_t *start, uint64_t *end)
{
    char *at;

    *start = strtoull(line, &at, 16);
    if (at == line || *at != '-')
        return false;
    *end = strtoull(at + 1, &at, 16);
    return *at == ' ';
}

/* The mappings to count: those within a range, or those of a minimum size. */
struct range {
    uint64_t low, high, least_bytes;
};

static bool is_within(const struct range *range, uint64_t start, uint64_t end)
{
    return start >= range->low && end <= range->high && end - start >= range->least_bytes;
}

static int read_smaps(const char *path, const struct range *range, struct memory_usage *usage)
{
    FILE *file = fopen(path, "re");
    uint64_t start, end, found, page = 0;
    bool inside = false, has_pss = false, has_rss = false;
    char line[512];

    *usage = (struct memory_usage){0};
    if (!file)
        return -1;
    while (fgets(line, sizeof(line), file)) {
        if (is_mapping(line, &start, &end)) {
            inside = is_within(range, start, end);
        } else if (field_is(line, "Pss:", &found)) {
            *(inside ? &usage->pss_bytes : &usage->other_pss_bytes) += found;
            has_pss = true;
        } else if (field_is(line, "Rss:", &found)) {
            usage->resident_bytes += inside ? found : 0;
            has_rss = true;
        } else if (!inside) {
            continue;
        } else if (field_is(line, "KernelPageSize:", &found)) {
            page = found;
        } else if (field_is(line, "AnonHugePages:", &found)) {
            usage->huge_bytes += found;
        } else if (field_is(line, "Shared_Hugetlb:", &found) ||
                   field_is(line, "Private_Hugetlb:", &found)) {
            usage->hugetlb_bytes += found;
            usage->resident_bytes += found;
            if (found)
                usage->hugetlb_page_bytes = page;
        }
    }
    fclose(file);
    if (!has_pss)
        usage->pss_bytes = usage->other_pss_bytes = UINT64_MAX;
    errno = ENODATA;
    return has_rss ? 0 : -1;
}

int memory_usage(const void *base, size_t bytes, struct memory_usage *usage)
{
    const struct range range = {(uintptr_t)base, (uintptr_t)base + bytes, 0};

    return read_smaps("/proc/self/smaps", &range, usage);
}

int memory_usage_of(pid_t pid, size_t least_bytes, struct memory_usage *usage)
{
    const struct range range = {0, UINT64_MAX, least_bytes};
    char path[32];

    snprintf(path, sizeof(path), "/proc/%d/smaps", (int)pid);
    return read_smaps(path, &range, usage);
}

void memory_trim_code(void)
{
    extern const char __executable_start[], etext[]; /* ld's: ld(1), end(3) */
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)__executable_start & -page, end = (uintptr_t)etext & -page;
    char tracer[16];

    if (!file_status_field("/proc/self/status", "TracerPid:", tracer, sizeof(tracer)) &&
        !strcmp(tracer, "0"))
        madvise((void *)start, end - start, MADV_DONTNEED);
}
