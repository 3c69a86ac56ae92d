/* SPDX-License-Identifier: MIT */
/*
 * A virtual machine, from its configuration to its teardown:
 *
 *     machine_load()     guest file, memory, devices; nothing of KVM
 *     machine_create()   the VM
 *     machine_write_boot()    page tables and device tree
 *     machine_run()      the vCPUs, until the guest is done or the run is stopped (machine_run.h)
 *     machine_collect()  the properties of the run (collect.h)
 *     machine_close()    frees all but the result and the properties
 */
#ifndef EXEC_MACHINE_H
#define EXEC_MACHINE_H

#include "vmm/boot/dtb.h"
#include "vmm/core/host/watch.h"
#include "vmm/core/result/result.h"
#include "vmm/core/result/run_info.h"
#include "vmm/dev/channel.h"
#include "vmm/dev/paravirt.h"
#include "vmm/dev/rng.h"
#include "vmm/exec/disk.h"
#include "vmm/exec/probe_kvm.h"
#include "vmm/exec/vcpu.h"
#include "vmm/kvm/features.h"
#include "vmm/kvm/stats.h"

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
    struct err trace_error; /* why its file is incomplete; no text: it is complete */
    struct run_result result;
    char *benches; /* the selected names, comma-separated; NULL: all */

    struct kvm kvm;
    int vm; /* -1 before machine_create() */
    struct cpuid_table cpuid;
    struct cpuid_caps caps;
    struct features_masked masked; /* by --cpu */
    struct clock_rate rate;        /* of the TSC; 0 before machine_create() */
    struct clock_point created;    /* when machine_create() created the VM */
    struct clock_point ended;      /* when the run stopped */

    struct vcpu_shared shared;
    struct vcpu *vcpu;
    unsigned vcpus; /* initialised */

    enum run_stop stop; /* atomic: why the run stops; the first reason wins */
    struct err error;   /* of STOP_ERROR; written by the thread that set `stop` */
    int event;          /* eventfd: a vCPU or the run has ended */
    struct kvm_stats_layout stats_layout, vm_stats_layout;
    bool has_stats; /* stats_layout is valid */
};

/*
 * machine_load(): open the guest, allocate memory, add the devices to the buses and load the
 * guest's segments. `log` receives the guest's text. `watch` can stop the machine, from here on; it
 * may be NULL for a machine that will not run. `watch` and `config` must outlive the machine.
 * Returns 0, or -1 with *err set.
 */
int machine_load(struct machine *machine, const struct config *config, const struct watch *watch,
                 void (*log)(void *ctx, const char *text), void *ctx, struct err *err);

/*
 * machine_create(): open KVM, create the VM without vCPUs and check the configuration against KVM's
 * limits. Returns 0, or -1 with *err set; after ERR_CANNOT_RUN (no KVM) the machine can still write
 * its boot data, but not run.
 */
int machine_create(struct machine *machine, struct err *err);

/*
 * machine_write_boot(): write the page tables and the device tree into guest memory, and the tree
 * to the file of --dump-dtb. Without machine_create(), the tree lacks the TSC frequency. Returns 0,
 * or -1 with *err set.
 */
int machine_write_boot(struct machine *machine, struct err *err);

/*
 * machine_close(): free what the steps so far have allocated: after any of them, complete or
 * failed, and any number of times. machine->result stays valid; the caller frees it with
 * result_free().
 */
void machine_close(struct machine *machine);

#endif
