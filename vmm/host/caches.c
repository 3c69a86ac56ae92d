/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>

#include "vmm/base/units.h"
#include "vmm/host/caches.h"
#include "vmm/host/file.h"

static int read_entry(unsigned index, const char *name, char *text, size_t size)
{
    char path[96];

    snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%u/%s", index, name);
    return file_read(path, text, size);
}

static struct host_caches read_caches(void)
{
    struct host_caches caches = {0};
    char level[16], type[32], size[32];

    for (unsigned index = 0; !read_entry(index, "level", level, sizeof(level)); index++) {
        uint64_t bytes;

        if (read_entry(index, "type", type, sizeof(type)) || type[0] == 'I' ||
            read_entry(index, "size", size, sizeof(size)) || units_parse_size(size, &bytes))
            continue;
        if (level[0] == '1')
            caches.l1d = bytes;
        if (level[0] == '2')
            caches.l2 = bytes;
        caches.llc = bytes;
    }
    return caches;
}

struct host_caches host_caches(void)
{
    static struct host_caches caches;
    static bool known;

    if (!known)
        caches = read_caches();
    known = true;
    return caches;
}
