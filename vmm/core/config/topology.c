/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/core/config/topology.h"

/* Of sockets, cores or threads: no KVM has more vCPUs. */
#define COUNT_MAX 4096u

/* `name` is what the message is about, if it is about a part. */
static int bad(struct err *err, const char *text, const char *name, const char *why)
{
    err_set(err, ERR_USAGE, "--topology '%.60s': %.30s%s%s", text, name, *name ? " " : "", why);
    return err_hint(err, "sockets=1,cores=4,threads=2");
}

static int parse_part(struct topology *topology, const char *text, const char *key,
                      const char *value, struct err *err)
{
    const struct {
        const char *name;
        unsigned *count;
    } keys[] = {
        {"sockets", &topology->sockets},
        {"cores", &topology->cores},
        {"threads", &topology->threads},
    };
    uint64_t count;

    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(key, keys[i].name) != 0)
            continue;
        if (*keys[i].count)
            return bad(err, text, key, "given twice");
        if (!value || units_parse_u64(value, &count) || !count || count > COUNT_MAX)
            return bad(err, text, key, "must be a number from 1 to 4096");
        *keys[i].count = (unsigned)count;
        return 0;
    }
    return *key || value ? bad(err, text, key, "is an unknown key")
                         : bad(err, text, "", "empty list item");
}

int topology_parse(struct topology *topology, const char *text, struct err *err)
{
    char copy[64], *rest = copy;

    *topology = (struct topology){0};
    if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
        return bad(err, text, "", "too long");
    while (rest) {
        char *value = strsep(&rest, ","), *key = strsep(&value, "=");

        if (parse_part(topology, text, key, value, err))
            return -1;
    }
    topology->sockets += !topology->sockets;
    topology->cores += !topology->cores;
    topology->threads += !topology->threads;
    if ((uint64_t)topology->sockets * topology->cores * topology->threads > COUNT_MAX)
        return bad(err, text, "", "more than 4096 vCPUs");
    return 0;
}

unsigned topology_count(const struct topology *topology)
{
    return topology->sockets * topology->cores * topology->threads;
}

/* How many bits number `count` things. */
static unsigned bits_for(unsigned count)
{
    return count > 1 ? 32 - (unsigned)__builtin_clz(count - 1) : 0;
}

unsigned topology_thread_bits(const struct topology *topology)
{
    return bits_for(topology->threads);
}

unsigned topology_socket_shift(const struct topology *topology)
{
    return bits_for(topology->threads) + bits_for(topology->cores);
}

unsigned topology_apic_id(const struct topology *topology, unsigned vcpu)
{
    unsigned thread = vcpu % topology->threads, core = vcpu / topology->threads;
    unsigned socket = core / topology->cores;

    return socket << topology_socket_shift(topology) |
           core % topology->cores << topology_thread_bits(topology) | thread;
}
