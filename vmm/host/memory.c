/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vmm/host/file.h"
#include "vmm/host/memory.h"

/* The limit in `path` under the directory of `cgroup` and of each of its parents. */
static uint64_t cgroup_limit(const char *root, const char *cgroup, const char *file)
{
    uint64_t least = UINT64_MAX, bytes;
    char path[1024], dir[768];

    snprintf(dir, sizeof(dir), "%s", cgroup);
    for (;;) {
        char *slash;

        snprintf(path, sizeof(path), "%s%s/%s", root, dir, file);
        if (!file_read_u64(path, &bytes) && bytes < least)
            least = bytes;
        slash = strrchr(dir, '/');
        if (!slash)
            return least;
        *slash = '\0';
    }
}

struct memory_limit memory_limit(void)
{
    struct memory_limit limit = {UINT64_MAX, "the host's memory"};
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[1024];

    file_status_kb("/proc/meminfo", "MemTotal:", &limit.bytes);
    while (file && fgets(line, sizeof(line), file)) {
        /* "0::/path" for version 2, "N:controllers:/path" for version 1. */
        char *controllers = strchr(line, ':'), *path;
        uint64_t bytes = UINT64_MAX;

        path = controllers ? strchr(++controllers, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        if (!*controllers)
            bytes = cgroup_limit("/sys/fs/cgroup", path, "memory.max");
        else if (!strcmp(controllers, "memory"))
            bytes = cgroup_limit("/sys/fs/cgroup/memory", path, "memory.limit_in_bytes");
        if (bytes < limit.bytes)
            limit = (struct memory_limit){bytes, "the cgroup's limit"};
    }
    if (file)
        fclose(file);
    return limit;
}

uint64_t memory_available(void)
{
    uint64_t bytes = UINT64_MAX;

    file_status_kb("/proc/meminfo", "MemAvailable:", &bytes);
    return bytes;
}

int memory_usage(const void *base, size_t bytes, struct memory_usage *usage)
{
    FILE *file = fopen("/proc/self/smaps", "re");
    uint64_t low = (uintptr_t)base, high = low + bytes, start, end, kb, page_kb = 0;
    int inside = 0;
    char line[512];

    *usage = (struct memory_usage){0};
    if (!file)
        return -1;
    while (fgets(line, sizeof(line), file)) {
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &start, &end) == 2) {
            inside = start >= low && end <= high;
        } else if (sscanf(line, "Pss: %" SCNu64, &kb) == 1) {
            *(inside ? &usage->pss_bytes : &usage->other_pss_bytes) += kb << 10;
        } else if (!inside) {
            continue;
        } else if (sscanf(line, "KernelPageSize: %" SCNu64, &kb) == 1) {
            page_kb = kb;
        } else if (sscanf(line, "Rss: %" SCNu64, &kb) == 1) {
            usage->resident_bytes += kb << 10;
        } else if (sscanf(line, "AnonHugePages: %" SCNu64, &kb) == 1) {
            usage->huge_bytes += kb << 10;
        } else if (sscanf(line, "Shared_Hugetlb: %" SCNu64, &kb) == 1 ||
                   sscanf(line, "Private_Hugetlb: %" SCNu64, &kb) == 1) {
            usage->hugetlb_bytes += kb << 10;
            usage->resident_bytes += kb << 10;
            if (kb)
                usage->hugetlb_page_bytes = page_kb << 10;
        }
    }
    fclose(file);
    return 0;
}
