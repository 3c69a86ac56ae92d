/* SPDX-License-Identifier: MIT */
#include <cpuid.h>
#include <stdbool.h>
#include <stdio.h>

#include "vmm/core/base/units.h"
#include "vmm/core/host/caches.h"
#include "vmm/core/host/file.h"

#define CACHE_INSTRUCTION 2u /* cache type: instruction */

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

/* A CPUID leaf with a subleaf per cache: 4 on Intel, 0x8000001d on AMD. */
static struct host_caches read_leaf(unsigned leaf)
{
    struct host_caches caches = {0};
    unsigned a, b, c, d;

    for (unsigned i = 0; __get_cpuid_count(leaf, i, &a, &b, &c, &d) && a & 0x1f; i++) {
        unsigned type = a & 0x1f, level = a >> 5 & 7;
        uint64_t ways = (b >> 22) + 1, parts = (b >> 12 & 0x3ff) + 1, line = (b & 0xfff) + 1;
        uint64_t bytes = ways * parts * line * ((uint64_t)c + 1);

        if (type == CACHE_INSTRUCTION)
            continue;
        if (level == 1)
            caches.l1d = bytes;
        if (level == 2)
            caches.l2 = bytes;
        caches.llc = bytes;
    }
    return caches;
}

struct host_caches host_caches_cpuid(void)
{
    struct host_caches caches = read_leaf(4);

    return caches.llc ? caches : read_leaf(0x8000001d);
}

struct host_caches host_caches(void)
{
    static struct host_caches caches;
    static bool known;

    if (!known)
        caches = read_caches();
    if (!known && !caches.llc)
        caches = host_caches_cpuid();
    known = true;
    return caches;
}
