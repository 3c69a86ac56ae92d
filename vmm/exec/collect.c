/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/core/host/cpus.h"
#include "vmm/core/host/placement.h"
#include "vmm/exec/collect.h"

static uint64_t load(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/* Add a vCPU's counters, including the time since its last transition. */
static void add_vcpu(const struct machine *machine, const struct vcpu *vcpu, uint64_t now,
                     struct usage *usage)
{
    const struct exitstat *stat = vcpu->stat;
    uint64_t current_slot = load(&stat->current_slot), since = load(&stat->since);
    uint64_t partial = now > since ? clock_ns(&machine->rate, now - since) : 0;

    for (unsigned i = 0; i < EXIT_REASONS + machine->devices; i++) {
        usage->count[i] += load(&stat->slot[i].count);
        usage->handler_ns[i] += load(&stat->slot[i].sum_ns);
    }
    usage->in_run_ns += load(&stat->in_run_ns);
    if (current_slot == EXITSTAT_IN_RUN)
        usage->in_run_ns += partial;
    else if (current_slot < EXITSTAT_SLOTS)
        usage->handler_ns[current_slot] += partial;
    cpus_time_add(&usage->time, cpus_time(__atomic_load_n(&vcpu->tid, __ATOMIC_RELAXED)));
}

/*
 * Read a vCPU's KVM statistics. Their layout is the same for all vCPUs and is read once. Returns 0,
 * or -1.
 */
static int read_stats(struct machine *machine, const struct vcpu *vcpu, uint64_t *values)
{
    int fd = __atomic_load_n(&vcpu->stats_fd, __ATOMIC_RELAXED);
    struct err ignored;

    if (fd < 0)
        return -1;
    if (!machine->has_stats)
        machine->has_stats = !kvm_stats_layout(fd, &machine->stats_layout, &ignored);
    return machine->has_stats ? kvm_stats_read(fd, &machine->stats_layout, values) : -1;
}

static void add_trace(const struct vcpu *vcpu, struct usage *usage)
{
    const struct kvm_trace *trace = __atomic_load_n(&vcpu->trace, __ATOMIC_ACQUIRE);
    uint64_t counts[KVM_TRACE_MAX];

    if (!trace)
        return;
    kvm_trace_read(trace, counts);
    for (unsigned i = 0; i < kvm_trace_count(); i++)
        usage->trace[i] += counts[i];
}

_Static_assert(KVM_TRACE_MAX <= RESULT_TRACE_MAX, "usage.trace holds all counters");

/* Add a disk's counters. */
static void add_disk(const struct disk *disk, uint64_t *io)
{
    for (unsigned i = 0; i < IO_COUNTERS; i++)
        io[i] += load(&disk->blk.stat.count[i]);
    io[IO_DEVICE_ERRORS] += load(&disk->blk.mmio.errors);
}

void machine_snapshot(void *ctx, struct usage *usage)
{
    struct machine *machine = ctx;
    uint64_t now = clock_ticks();

    *usage = (struct usage){.process_ns = cpus_process_ns()};
    for (unsigned i = 0; i < machine->disks; i++)
        add_disk(&machine->disk[i], usage->io);
    for (unsigned i = 0; i < machine->vcpus; i++) {
        struct vcpu *vcpu = &machine->vcpu[i];
        uint64_t values[KVM_STATS_MAX];

        add_vcpu(machine, vcpu, now, usage);
        add_trace(vcpu, usage);
        if (read_stats(machine, vcpu, values)) {
            /* A vCPU that has not started has no exits. */
            usage->kvm_partial |= __atomic_load_n(&vcpu->tid, __ATOMIC_RELAXED) > 0;
            continue;
        }
        for (unsigned s = 0; s < machine->stats_layout.names.count; s++)
            usage->kvm[s] += values[s];
    }
}

unsigned machine_handlers(const void *origin, const uint32_t **ns)
{
    const struct vcpu *vcpu = origin;
    const struct exit_times *times = &vcpu->times;

    *ns = times->ns;
    return times->count;
}

static void collect_vm_stats(struct machine *machine, struct run_info *info)
{
    int fd = kvm_stats_fd(machine->vm);
    struct err ignored;

    if (fd < 0)
        return;
    if (!kvm_stats_layout(fd, &machine->vm_stats_layout, &ignored) &&
        !kvm_stats_read(fd, &machine->vm_stats_layout, info->vm_stat))
        info->vm_stats = machine->vm_stats_layout.names;
    close(fd);
}

static void collect_vcpus(struct machine *machine, struct run_info *info)
{
    for (unsigned i = 0; i < machine->vcpus; i++) {
        struct vcpu *vcpu = &machine->vcpu[i];
        struct run_vcpu *out = &info->vcpu[i];

        out->stat = vcpu->stat;
        vcpu->stat = NULL;
        out->time = vcpu->time;
        out->has_kvm = !read_stats(machine, vcpu, out->kvm);
    }
    if (machine->has_stats)
        info->vcpu_stats = machine->stats_layout.names;
}

static void name_devices(const struct bus *bus, struct run_info *info)
{
    for (unsigned i = 0; i < bus->count; i++) {
        const struct bus_region *region = &bus->region[i];

        info->device[region->number] = region->name;
        info->device_for_harness[region->number] = region->for_harness;
    }
}

static void collect_devices(const struct machine *machine, struct run_info *info)
{
    info->devices = machine->devices;
    name_devices(&machine->mmio, info);
    name_devices(&machine->pio, info);
}

static void collect_disks(const struct machine *machine, struct run_info *info)
{
    info->disks = machine->disks;
    for (unsigned i = 0; i < machine->disks; i++) {
        const struct disk *disk = &machine->disk[i];
        struct run_disk *out = &info->disk[i];

        memcpy(out->name, disk->name, sizeof(out->name));
        out->config = disk->config;
        out->engine = disk->backend.ops->name;
        out->bytes = disk->backend.bytes;
        out->opened = disk->used;
        out->cached = disk->backend.cached;
        out->io_error = __atomic_load_n(&disk->backend.error, __ATOMIC_RELAXED);
        add_disk(disk, out->io);
        if (__atomic_load_n(&disk->blk.mmio.error_stored, __ATOMIC_ACQUIRE))
            out->error = disk->blk.mmio.error;
    }
}

/*
 * When the vCPUs reached ring 3, from the TSC values that the guest wrote to the boot times. If one
 * is not within this run, none is used.
 */
static void collect_startup(const struct machine *machine, struct run_info *info)
{
    const uint64_t *times =
        guestmem_at(&machine->mem, machine->layout.boot_times, machine->vcpus * sizeof(*times));
    struct run_ticks *ticks = &info->ticks;

    ticks->entry = machine->vcpu[0].entry_ticks;
    for (unsigned i = 0; i < machine->vcpus; i++) {
        uint64_t user = times[i] - (uint64_t)machine->vcpu[i].tsc_offset;

        if (user < machine->created.ticks || user > machine->ended.ticks) {
            ticks->user = ticks->last_user = 0;
            return;
        }
        if (!i)
            ticks->user = user;
        if (user > ticks->last_user)
            ticks->last_user = user;
    }
}

static void collect_nodes(const struct machine *machine, struct run_info *info)
{
    const struct backing *backing = &machine->mem.backing;

    info->has_nodes = backing->nodes && !placement_query(backing, info->node);
}

int machine_collect(struct machine *machine, struct run_info *info, struct err *err)
{
    info->env = RUN_VM;
    info->stop = machine->stop;
    info->error = machine->error;
    info->rate = machine->rate;
    info->begin = machine->created;
    info->end = machine->ended;
    info->tsc_offset = machine->vcpu[0].tsc_offset;
    info->xcr0 = machine->caps.xcr0;
    info->masked = machine->masked;
    memcpy(info->kernels_sha256, machine->image.info.kernels_sha256,
           sizeof(machine->image.info.kernels_sha256));
    info->has_memory =
        !memory_usage(machine->mem.backing.base, machine->mem.backing.bytes, &info->memory);
    collect_nodes(machine, info);
    info->vcpus = machine->vcpus;
    info->vcpu = calloc(machine->vcpus, sizeof(*info->vcpu));
    if (!info->vcpu)
        return err_sys(err, ERR_FAILED, "cannot allocate the vCPUs of the report");
    collect_vcpus(machine, info);
    collect_vm_stats(machine, info);
    collect_devices(machine, info);
    collect_disks(machine, info);
    collect_startup(machine, info);
    info->traces = kvm_trace_count();
    for (unsigned i = 0; i < info->traces; i++)
        info->trace_name[i] = kvm_trace_name(i, &info->trace_reason[i]);
    return 0;
}
