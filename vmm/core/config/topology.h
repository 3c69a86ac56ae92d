/* SPDX-License-Identifier: MIT */
/*
 * How vCPUs are grouped, and the APIC ids that tell. An id has a field for the socket, the core in
 * it and the thread in that, each as wide as its counts need; where a count is no power of two,
 * there are ids that nobody has. vCPUs are numbered without gaps, in the order of their ids.
 */
#ifndef CONFIG_TOPOLOGY_H
#define CONFIG_TOPOLOGY_H

#include "vmm/core/base/err.h"

struct topology {
    unsigned sockets; /* 0: nothing was asked for */
    unsigned cores;   /* of a socket */
    unsigned threads; /* of a core */
};

/*
 * topology_parse(): "sockets=S,cores=C,threads=T" in any order; what is left out is 1. Returns 0,
 * or -1 with ERR_USAGE.
 */
int topology_parse(struct topology *topology, const char *text, struct err *err);

/* topology_count(): how many vCPUs it has. */
unsigned topology_count(const struct topology *topology);

/* topology_thread_bits(): the APIC id's bits for the thread; those above are the core's. */
unsigned topology_thread_bits(const struct topology *topology);

/* topology_socket_shift(): its bits for thread and core together; those above are the socket's. */
unsigned topology_socket_shift(const struct topology *topology);

/* topology_apic_id(): the APIC id of a vCPU, by its number. */
unsigned topology_apic_id(const struct topology *topology, unsigned vcpu);

#endif
