/* SPDX-License-Identifier: MIT */
/*
 * A whole virtual machine: built from a configuration, run to its end, taken apart.
 *
 *     machine_load()     guest file, memory, devices: all but KVM
 *     machine_create()   the VM
 *     machine_write_boot()    page tables and device tree
 *     machine_run()      the vCPUs, until the guest is done or the run is stopped
 *     machine_collect()  what is known of the run
 *     machine_close()    memory and the VM are given back
 *     machine_destroy()  and all the rest
 */
#ifndef EXEC_MACHINE_H
#define EXEC_MACHINE_H

#include "vmm/boot/dtb.h"
#include "vmm/dev/channel.h"
#include "vmm/dev/paravirt.h"
#include "vmm/dev/rng.h"
#include "vmm/exec/disk.h"
#include "vmm/exec/probe_kvm.h"
#include "vmm/exec/vcpu.h"
#include "vmm/host/watch.h"
#include "vmm/kvm/features.h"
#include "vmm/kvm/stats.h"
#include "vmm/stat/facts.h"
#include "vmm/stat/result.h"

struct machine {
    const struct config *config;
    const struct watch *watch;
    struct topology topology;
    struct image image;
    struct guestmem mem;
    struct layout layout;
    struct bus mmio, pio;
    unsigned devices;
    struct channel channel;
    struct paravirt paravirt;
    struct coalesced coalesced;
    struct probe_kvm probe;
    struct rng rng;
    struct irqline rng_line;
    struct disk disk[CONFIG_DISKS_MAX];
    unsigned disks; /* opened */
    struct delivery_routes routes;
    struct exittrace trace; /* --trace */
    uint64_t trace_dropped;
    struct err trace_error; /* why its file is not whole */
    struct run_result result;
    char *benches; /* the names chosen, comma-separated; NULL: all */

    struct kvm kvm;
    int vm; /* -1 before machine_create() */
    struct cpuid_table cpuid;
    struct cpuid_caps caps;
    struct features_masked masked; /* by --cpu */
    struct clock_rate rate;        /* of the TSC; 0 before machine_create() */
    struct clock_point created;    /* the clock's first point */
    struct clock_point ended;      /* and its last */

    struct vcpu_shared shared;
    struct vcpu *vcpu;
    unsigned vcpus; /* initialised */

    enum run_stop stop; /* atomic: why it stops; the first to say so wins */
    struct err error;   /* of STOP_ERROR, written by whoever won */
    int event;          /* eventfd: something ended */
    struct kvm_stats_layout stats_layout, vm_stats_layout;
    bool has_stats; /* stats_layout is filled in */
};

/*
 * machine_load(): open the guest, allocate memory, put devices on the bus and the guest's
 * segments in memory. `log` gets the guest's text. `watch` says when to stop, from here on; it may
 * be NULL for a machine that will not run. Both it and `config` must outlive the machine. Returns
 * 0, or -1, and then there is nothing to destroy.
 */
int machine_load(struct machine *machine, const struct config *config, const struct watch *watch,
                 void (*log)(void *ctx, const char *text), void *ctx, struct err *err);

/*
 * machine_create(): open KVM, check the configuration against it and create the VM, without vCPUs.
 * Returns 0, or -1, with ERR_CANNOT_RUN if there is no KVM: then a machine can still be placed, but
 * not run. After this and all that follows, a machine is to be closed and destroyed whether it
 * succeeds or not.
 */
int machine_create(struct machine *machine, struct err *err);

/*
 * machine_write_boot(): write the page tables and the device tree into guest memory, and the tree
 * to the file that --dump-dtb names; without machine_create(), the tree does not tell the TSC's
 * rate. Returns 0, or -1.
 */
int machine_write_boot(struct machine *machine, struct err *err);

/*
 * machine_run(): run the guest until it is done or something stops it; that it was stopped is not
 * an error but a fact (machine_collect()). Returns 0, or -1 if it could not start.
 */
int machine_run(struct machine *machine, struct err *err);

/*
 * machine_collect(): fill in what is known; facts->vcpu is allocated here and points into the
 * machine, as facts->device does. Returns 0, or -1.
 */
int machine_collect(struct machine *machine, struct run_facts *facts, struct err *err);

/* machine_close(): give back memory and the VM; counters and result stay for the report. */
void machine_close(struct machine *machine);

/* machine_destroy(): give back all that is left, after machine_close(). */
void machine_destroy(struct machine *machine);

#endif
