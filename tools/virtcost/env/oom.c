/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "tools/virtcost/env/hierarchy.h"
#include "tools/virtcost/env/oom.h"
#include "vmm/core/base/units.h"
#include "vmm/core/host/file.h"

#define COUNT "oom_kill "

static bool read_count(const char *path, uint64_t *count)
{
    char text[32];

    if (file_status_field(path, COUNT, text, sizeof(text)))
        return false;
    *count = strtoull(text, NULL, 10);
    return true;
}

struct oom oom_now(void)
{
    struct hierarchy hierarchy;
    char path[PATH_MAX + 32];
    struct oom now = {0};

    now.known = read_count("/proc/vmstat", &now.machine);
    if (hierarchy_find(&hierarchy, "memory"))
        return now;
    snprintf(path, sizeof(path), "%s/%s", hierarchy.own,
             hierarchy.version == 1 ? "memory.oom_control" : "memory.events");
    now.own_known = read_count(path, &now.own);
    return now;
}

bool oom_since(const struct oom *before, uint64_t container_bytes, char *text, size_t size)
{
    struct oom now = oom_now();
    uint64_t limit = allowance_read().memory_bytes;
    const char *why = "cgroup memory limit ";
    char bytes[UNITS_TEXT_MAX] = "";
    bool own = now.own_known && before->own_known && now.own > before->own;

    if (!own && !(now.known && before->known && now.machine > before->machine))
        return false;
    if (container_bytes && container_bytes <= limit) {
        limit = container_bytes;
        why = "container memory limit ";
    } else if (limit == UINT64_MAX) {
        why = "out of memory on the host";
    }
    if (limit != UINT64_MAX)
        units_format_size(bytes, limit);
    snprintf(text, size, "the kernel's OOM killer (%s%s)", why, bytes);
    return true;
}
