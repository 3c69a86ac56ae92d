/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>

#include "vmm/core/base/keyvalue.h"
#include "vmm/core/base/units.h"
#include "vmm/core/config/topology.h"

/* Of sockets, cores or threads: no KVM has more vCPUs. */
#define COUNT_MAX 4096u

#define EXAMPLE "sockets=1,cores=4,threads=2"

static int parse_count(const struct keyvalue_item *item, unsigned *count, struct err *err)
{
    uint64_t value;

    if (units_parse_u64(item->value, &value) || !value || value > COUNT_MAX)
        return keyvalue_bad(err, item, "must be a number from 1 to 4096", EXAMPLE);
    *count = (unsigned)value;
    return 0;
}

static int parse_sockets(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    return parse_count(item, &((struct topology *)ctx)->sockets, err);
}

static int parse_cores(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    return parse_count(item, &((struct topology *)ctx)->cores, err);
}

static int parse_threads(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    return parse_count(item, &((struct topology *)ctx)->threads, err);
}

static const struct keyvalue_key keys[] = {
    {"sockets", "sockets=1", parse_sockets},
    {"cores", "cores=4", parse_cores},
    {"threads", "threads=2", parse_threads},
};

static const struct keyvalue_list list = {"topology", EXAMPLE, keys, sizeof(keys) / sizeof(keys[0]),
                                          NULL};

static int bad(struct err *err, const char *text, const char *why)
{
    err_set(err, ERR_USAGE, "--topology '%.60s': %s", text, why);
    return err_hint(err, EXAMPLE);
}

int topology_parse(struct topology *topology, const char *text, struct err *err)
{
    char copy[64];

    *topology = (struct topology){0};
    if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
        return bad(err, text, "too long");
    if (keyvalue_parse(&list, text, copy, topology, err))
        return -1;
    topology->sockets += !topology->sockets;
    topology->cores += !topology->cores;
    topology->threads += !topology->threads;
    if ((uint64_t)topology->sockets * topology->cores * topology->threads > COUNT_MAX)
        return bad(err, text, "more than 4096 vCPUs");
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
