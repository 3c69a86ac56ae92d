/* SPDX-License-Identifier: MIT */
/*
 * CPU topology and APIC IDs. An ID consists of the fields socket, core in the socket and thread in
 * the core, each wide enough for its count; if a count is not a power of two, some IDs are unused.
 * vCPUs are numbered without gaps, in the order of their IDs.
 */
#ifndef CONFIG_TOPOLOGY_H
#define CONFIG_TOPOLOGY_H

#include "vmm/core/base/err.h"

struct topology {
    unsigned sockets; /* 0: default topology */
    unsigned cores;   /* per socket */
    unsigned threads; /* per core */
};

/*
 * topology_parse(): parse "sockets=S,cores=C,threads=T" in any order; a missing key is 1. Returns
 * 0, or -1 with ERR_USAGE.
 */
int topology_parse(struct topology *topology, const char *text, struct err *err);

/* topology_count(): the number of vCPUs. */
unsigned topology_count(const struct topology *topology);

/* topology_thread_bits(): width of the APIC ID's thread field, the lowest. */
unsigned topology_thread_bits(const struct topology *topology);

/* topology_socket_shift(): position of the APIC ID's socket field, the highest. */
unsigned topology_socket_shift(const struct topology *topology);

/* topology_apic_id(): the APIC ID of vCPU number `vcpu`. */
unsigned topology_apic_id(const struct topology *topology, unsigned vcpu);

#endif
