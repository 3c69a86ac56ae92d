/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/core/base/units.h"
#include "vmm/core/config/busy.h"
#include "vmm/core/config/select.h"
#include "vmm/core/host/caches.h"
#include "vmm/core/host/cpus.h"
#include "vmm/core/host/numa.h"
#include "vmm/exec/collect.h"
#include "vmm/exec/machine.h"
#include "vmm/exec/machine_run.h"

/* The vector of device 0's interrupt; the harness uses lower vectors. */
#define DEVICE_VECTOR 0x40u

/* A device's number is the index of its exit counters, interrupt and vector, and names it in a
 * trace. */
_Static_assert(EXITSTAT_DEVICES_MAX <= BUS_DEVICES_MAX, "a bus has room for all devices");
_Static_assert(EXITSTAT_DEVICES_MAX <= DELIVERY_INTERRUPTS_MAX, "an interrupt for each device");
_Static_assert(DEVICE_VECTOR + EXITSTAT_DEVICES_MAX <= 256, "a vector for each device");
_Static_assert(EXITSTAT_DEVICES_MAX <= TRACE_NO_DEVICE, "TRACE_NO_DEVICE is no device");
_Static_assert(MINIVMM_PROBE_PORT + MINIVMM_PROBE_PORT_BYTES <= MINIVMM_PORT_END,
               "ring 3 may access the probe's ports");

static int add_device(struct machine *machine, const char *name, const struct bus_ops *ops,
                      void *device, bool for_harness, struct err *err)
{
    struct bus_region region = {
        .base = MINIVMM_DEVICE_BASE + machine->devices * MINIVMM_DEVICE_BYTES,
        .bytes = MINIVMM_DEVICE_BYTES,
        .ops = ops,
        .device = device,
        .name = name,
        .number = machine->devices,
        .for_harness = for_harness,
    };

    if (machine->devices == EXITSTAT_DEVICES_MAX)
        return err_set(err, ERR_USAGE, "%s: more than %d devices in a VM", name,
                       EXITSTAT_DEVICES_MAX);
    machine->devices++;
    return bus_add(&machine->mmio, &region, err);
}

/* Add the ports of the device that was last added to the MMIO bus, under the same number. */
static int add_ports(struct machine *machine, const char *name, uint64_t base, uint64_t bytes,
                     const struct bus_ops *ops, void *device, struct err *err)
{
    const struct bus_region region = {
        .base = base,
        .bytes = bytes,
        .ops = ops,
        .device = device,
        .name = name,
        .number = machine->devices - 1,
    };

    return bus_add(&machine->pio, &region, err);
}

/* Add a virtio device; `line` is NULL if it has no interrupt. */
static int add_virtio(struct machine *machine, const char *name, struct virtio_mmio *mmio,
                      struct irqline *line, struct err *err)
{
    struct bus_region *region = &machine->mmio.region[machine->mmio.count];
    unsigned number = machine->devices;

    if (add_device(machine, name, &virtio_mmio_ops, mmio, false, err))
        return -1;
    region->compatible = "virtio,mmio";
    if (!line)
        return 0;
    irqline_init(line, &machine->routes, number, DEVICE_VECTOR + number);
    mmio->interrupt = (struct virtio_interrupt){irqline_raise, line};
    region->vector = DEVICE_VECTOR + number;
    return 0;
}

/* NUMA distances in ACPI's units, which the device tree uses too. */
#define LOCAL_DISTANCE  10u
#define REMOTE_DISTANCE 20u

/* Whether a benchmark that uses a disk will run. */
static bool needs_disk(const struct machine *machine)
{
    const struct image *image = &machine->image;

    return select_needs(machine->benches, image->bench, image->benches) & MINIVMM_BENCH_DISK;
}

/* Open the configured disks or, if a benchmark needs one and there is none, a temporary one. */
static int open_disks(struct machine *machine, struct err *err)
{
    const struct config *config = machine->config;
    const struct config_disk *disk = config->disk;
    unsigned disks = config->disks;

    if (!disks && needs_disk(machine)) {
        disk = &config_disk_temporary;
        disks = 1;
    }
    for (; machine->disks < disks; machine->disks++) {
        unsigned number = machine->disks;

        if (disk_open(&machine->disk[number], &disk[number], number, &machine->mem,
                      &machine->routes, &machine->rate, err))
            return -1;
    }
    return 0;
}

static int add_disks(struct machine *machine, struct err *err)
{
    for (unsigned i = 0; i < machine->disks; i++) {
        struct disk *disk = &machine->disk[i];
        bool interrupts = disk->config->irq == CONFIG_IRQ_IRQFD;

        disk->base = MINIVMM_DEVICE_BASE + machine->devices * MINIVMM_DEVICE_BYTES;
        if (add_virtio(machine, disk->name, &disk->blk.mmio, interrupts ? &disk->line : NULL, err))
            return -1;
    }
    return 0;
}

/* From here on, all devices but the disks can be closed. */
static void init_devices(struct machine *machine)
{
    channel_init(&machine->channel, &machine->mem, &machine->result, machine_guest_done, machine);
    paravirt_init(&machine->paravirt, &machine->mem);
    rng_init(&machine->rng, &machine->mem);
    irqline_init(&machine->rng_line, &machine->routes, 0, 0);
    coalesced_init(&machine->coalesced, &machine->mmio, &machine->pio);
    probe_kvm_init(&machine->probe, &machine->coalesced);
}

static int add_devices(struct machine *machine, struct err *err)
{
    struct probe *probe = &machine->probe.device;

    if (add_device(machine, "channel", &channel_ops, &machine->channel, true, err) ||
        add_device(machine, "paravirt", &paravirt_ops, &machine->paravirt, true, err) ||
        add_device(machine, "probe", &probe_ops, &probe->mmio, false, err) ||
        add_ports(machine, "probe", MINIVMM_PROBE_PORT, MINIVMM_PROBE_PORT_BYTES, &probe_ops,
                  &probe->pio, err) ||
        add_device(machine, "probe-control", &probe_control_ops, probe, true, err) ||
        add_virtio(machine, "rng", &machine->rng.mmio, &machine->rng_line, err) ||
        open_disks(machine, err) || add_disks(machine, err) || bus_freeze(&machine->mmio, err) ||
        bus_freeze(&machine->pio, err))
        return -1;
    return 0;
}

static const char *bench_name(const void *table, size_t i)
{
    return ((const struct minivmm_bench_info *)table)[i].name;
}

static int choose_benches(struct machine *machine, struct err *err)
{
    const struct config *config = machine->config;
    const struct image *image = &machine->image;

    if (select_args(config->args, image->arg, image->args, err) ||
        (config->bench && select_benches(config->bench, image->bench, image->benches, bench_name,
                                         &machine->benches, err)))
        return -1;
    return select_check_disk(config, machine->benches, image->bench, image->benches, err);
}

int machine_load(struct machine *machine, const struct config *config, const struct watch *watch,
                 void (*log)(void *ctx, const char *text), void *ctx, struct err *err)
{
    struct result_source source = {machine_snapshot, machine,       log, ctx,
                                   machine_handlers, machine_window};

    *machine = (struct machine){
        .config = config,
        .watch = watch,
        .topology = config_topology(config),
        .image = {.fd = -1},
        .kvm = {.fd = -1},
        .vm = -1,
        .event = -1,
        .trace = {.fd = -1},
        .caps = {.nx = true},
    };
    init_devices(machine);
    if (image_open(&machine->image, config->guest, err) || choose_benches(machine, err) ||
        (config->pin_count && cpus_check("--pin", config->pin, config->pin_count, err)) ||
        result_init(&machine->result, &source, config->vcpus, err) ||
        guestmem_init(&machine->mem, config, watch, err) || add_devices(machine, err) ||
        layout_plan(&machine->layout, config, machine->benches, &machine->image, &machine->mem,
                    err))
        return -1;
    guestmem_use_small_pages(&machine->mem, 0, machine->layout.guest_end);
    guestmem_use_small_pages(&machine->mem, machine->layout.base,
                             machine->layout.end - machine->layout.base);
    if (image_load(&machine->image, &machine->mem, err))
        return -1;
    if (config->trace && !config->dry_run)
        return exittrace_open(&machine->trace, config->trace, err);
    return 0;
}

static int set_memory(struct machine *machine, struct err *err)
{
    for (unsigned i = 0; i < machine->mem.ranges; i++) {
        const struct guestmem_range *range = &machine->mem.range[i];
        struct kvm_userspace_memory_region region = {
            .slot = i,
            .guest_phys_addr = range->base,
            .memory_size = range->bytes,
            .userspace_addr = (uintptr_t)range->host,
        };

        if (KVM_IOCTL(machine->vm, KVM_SET_USER_MEMORY_REGION, &region, err) < 0)
            return -1;
    }
    return 0;
}

static int check_config(const struct machine *machine, struct err *err)
{
    const struct config *config = machine->config;
    unsigned last;

    if (config->vcpus > machine->kvm.max_vcpus) {
        err_set(err, ERR_USAGE, "--vcpus %u: KVM allows at most %u on this host", config->vcpus,
                machine->kvm.max_vcpus);
        return err_hint(err, "--vcpus %u or fewer", machine->kvm.max_vcpus);
    }
    last = topology_apic_id(&machine->topology, config->vcpus - 1);
    if (last > machine->kvm.max_apic_id) {
        err_set(err, ERR_USAGE,
                "--topology: the last vCPU's APIC id would be %u; KVM allows up to %u on this host",
                last, machine->kvm.max_apic_id);
        return err_hint(err, "powers of two, which leave no gaps between the ids");
    }
    if (config->guest_page_bytes == CONFIG_PAGE_1G && !machine->caps.page_1g) {
        err_set(err, ERR_USAGE,
                "--guest-page 1G: KVM does not support 1 GiB pages on this host (CPUID 0x80000001, "
                "pdpe1gb)");
        return err_hint(err, "--guest-page 2M");
    }
    return 0;
}

int machine_create(struct machine *machine, struct err *err)
{
    uint64_t tsc_hz;

    if (kvm_open(&machine->kvm, err))
        return -1;
    machine->created = clock_now();
    machine->vm = kvm_create_vm(&machine->kvm, err);
    if (machine->vm < 0)
        return -1;
    delivery_routes_init(&machine->routes, machine->vm, &machine->topology);
    probe_kvm_begin(&machine->probe, machine->vm, &machine->routes,
                    machine->config->disks ? machine->config->disk[0].pin : CPUS_ANY);
    if (cpuid_supported(&machine->kvm, &machine->cpuid, err) ||
        features_apply(&machine->cpuid, &machine->config->cpu, &machine->masked, err) ||
        kvm_tsc_hz(machine->vm, &tsc_hz, err))
        return -1;
    machine->caps = cpuid_caps(&machine->cpuid);
    machine->rate = clock_rate_of(tsc_hz);
    return check_config(machine, err) || set_memory(machine, err) ? -1 : 0;
}

/* The distances of the host nodes, or firmware's defaults if the nodes are unbound. */
static void set_distances(const struct machine *machine, struct dtb_params *params)
{
    const struct backing *backing = &machine->mem.backing;
    unsigned nodes = machine->config->numa.nodes;

    for (unsigned i = 0; i < nodes; i++)
        for (unsigned j = 0; j < nodes; j++) {
            unsigned host =
                backing->nodes ? numa_distance(backing->host_node[i], backing->host_node[j]) : 0;

            params->distance[i][j] = host ? host : i == j ? LOCAL_DISTANCE : REMOTE_DISTANCE;
        }
}

int machine_write_boot(struct machine *machine, struct err *err)
{
    const struct config *config = machine->config;
    struct host_caches caches = host_caches();
    struct dtb_params params = {
        .bench = machine->benches,
        .tsc_hz = machine->rate.hz,
        .host_cpus = busy_cpus(config, cpus_usable()),
        .caches = {caches.l1d, caches.l2, caches.llc},
        .xcr0 = machine->caps.xcr0,
    };
    void *dtb = guestmem_at(&machine->mem, machine->layout.dtb, machine->layout.dtb_bytes);

    set_distances(machine, &params);
    if (layout_map(&machine->layout, config, &machine->image, &machine->mem, machine->caps.nx,
                   err) ||
        dtb_build(dtb, config, &machine->layout, &machine->mem, &machine->mmio, &params, err))
        return -1;
    return config->dump_dtb ? dtb_dump(dtb, config->dump_dtb, machine->watch, err) : 0;
}

/* The report prints an error of the trace. */
static void end_trace(struct machine *machine)
{
    if (machine->trace.fd >= 0)
        exittrace_end(&machine->trace, &machine->trace_dropped, &machine->trace_error);
}

static void close_vcpus(struct machine *machine)
{
    for (unsigned i = 0; i < machine->vcpus; i++)
        vcpu_close(&machine->vcpu[i]);
    free(machine->vcpu);
    machine->vcpu = NULL;
    machine->vcpus = 0;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void machine_close(struct machine *machine)
{
    close_vcpus(machine);
    for (unsigned i = 0; i < machine->disks; i++)
        disk_stop(&machine->disk[i]);
    virtio_mmio_end(&machine->rng.mmio);
    irqline_close(&machine->rng_line);
    probe_kvm_end(&machine->probe);
    end_trace(machine);
    close_fd(&machine->vm);
    kvm_close(&machine->kvm);
    close_fd(&machine->event);
    for (unsigned i = 0; i < machine->disks; i++)
        disk_close(&machine->disk[i]);
    machine->disks = 0;
    guestmem_free(&machine->mem);
    image_close(&machine->image);
    free(machine->benches);
    machine->benches = NULL;
}
