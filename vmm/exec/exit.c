/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "vmm/exec/exit.h"

/* From here on, the vCPU's time is the device's. */
static void enter_device(const struct exit_env *env, const struct bus_region *region)
{
    exitstat_set(&env->stat->current_slot, exitstat_device(region->number));
}

static int no_device(struct err *err, const char *what, const char *access, unsigned bytes,
                     uint64_t address)
{
    return err_set(err, ERR_FAILED, "guest: %u-byte %s %s %#" PRIx64 ": no device", bytes, access,
                   what, address);
}

static int handle_mmio(const struct exit_env *env, struct kvm_run *run, struct exit_info *info,
                       struct err *err)
{
    const struct bus_region *region = bus_find(env->mmio, run->mmio.phys_addr, run->mmio.len);
    uint64_t offset;

    info->reason = run->mmio.is_write ? EXIT_MMIO_WRITE : EXIT_MMIO_READ;
    info->region = region;
    info->address = run->mmio.phys_addr;
    if (!region)
        return no_device(err, "address", run->mmio.is_write ? "write to" : "read of", run->mmio.len,
                         run->mmio.phys_addr);
    enter_device(env, region);
    offset = run->mmio.phys_addr - region->base;
    if (run->mmio.is_write)
        return region->ops->write(region->device, env->vcpu, offset, run->mmio.data, run->mmio.len,
                                  err);
    return region->ops->read(region->device, env->vcpu, offset, run->mmio.data, run->mmio.len, err);
}

static int handle_io(const struct exit_env *env, struct kvm_run *run, struct exit_info *info,
                     struct err *err)
{
    const struct bus_region *region = bus_find(env->pio, run->io.port, run->io.size);
    uint8_t *data = (uint8_t *)run + run->io.data_offset;
    bool out = run->io.direction == KVM_EXIT_IO_OUT;
    uint64_t offset;
    int result = 0;

    info->reason = out ? EXIT_PIO_OUT : EXIT_PIO_IN;
    info->region = region;
    info->address = run->io.port;
    if (!region)
        return no_device(err, "port", out ? "write to" : "read of", run->io.size, run->io.port);
    enter_device(env, region);
    offset = run->io.port - region->base;
    /* A string instruction moves several values in one exit. */
    for (uint32_t i = 0; i < run->io.count && !result; i++, data += run->io.size)
        result =
            out ? region->ops->write(region->device, env->vcpu, offset, data, run->io.size, err)
                : region->ops->read(region->device, env->vcpu, offset, data, run->io.size, err);
    return result;
}

static int handle_signal(const struct exit_env *env, struct kvm_run *run, struct exit_info *info,
                         struct err *err)
{
    (void)env, (void)run, (void)err;
    info->reason = EXIT_SIGNAL;
    return 0;
}

static int handle_eoi(const struct exit_env *env, struct kvm_run *run, struct exit_info *info,
                      struct err *err)
{
    (void)env, (void)run, (void)err;
    info->reason = EXIT_EOI;
    return 0;
}

static int handle_shutdown(const struct exit_env *env, struct kvm_run *run, struct exit_info *info,
                           struct err *err)
{
    (void)env, (void)run;
    info->reason = EXIT_SHUTDOWN;
    return err_set(err, ERR_FAILED, "guest: triple fault (KVM_EXIT_SHUTDOWN)");
}

static int handle_internal_error(const struct exit_env *env, struct kvm_run *run,
                                 struct exit_info *info, struct err *err)
{
    static const char *const kind[] = {
        [KVM_INTERNAL_ERROR_EMULATION] = "instruction emulation failed",
        [KVM_INTERNAL_ERROR_SIMUL_EX] = "unexpected simultaneous exceptions",
        [KVM_INTERNAL_ERROR_DELIVERY_EV] = "unexpected exit during event delivery",
        [KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON] = "unexpected hardware exit reason",
    };
    uint32_t error = run->internal.suberror;

    (void)env;
    info->reason = EXIT_INTERNAL_ERROR;
    return err_set(err, ERR_FAILED, "KVM internal error %u: %s", error,
                   error && error < sizeof(kind) / sizeof(kind[0]) ? kind[error]
                                                                   : "unknown suberror");
}

static int handle_fail_entry(const struct exit_env *env, struct kvm_run *run,
                             struct exit_info *info, struct err *err)
{
    (void)env;
    info->reason = EXIT_INTERNAL_ERROR;
    return err_set(err, ERR_FAILED, "VM entry failed: hardware reason %#" PRIx64,
                   (uint64_t)run->fail_entry.hardware_entry_failure_reason);
}

int exit_handle(const struct exit_env *env, struct kvm_run *run, struct exit_info *info,
                struct err *err)
{
    static int (*const handler[])(const struct exit_env *, struct kvm_run *, struct exit_info *,
                                  struct err *) = {
        [KVM_EXIT_MMIO] = handle_mmio,
        [KVM_EXIT_IO] = handle_io,
        [KVM_EXIT_INTR] = handle_signal,
        [KVM_EXIT_IOAPIC_EOI] = handle_eoi,
        [KVM_EXIT_SHUTDOWN] = handle_shutdown,
        [KVM_EXIT_INTERNAL_ERROR] = handle_internal_error,
        [KVM_EXIT_FAIL_ENTRY] = handle_fail_entry,
    };
    uint32_t reason = run->exit_reason;

    *info = (struct exit_info){.reason = EXIT_OTHER};
    if (reason >= sizeof(handler) / sizeof(handler[0]) || !handler[reason])
        return err_set(err, ERR_FAILED, "unhandled KVM exit reason %u", reason);
    return handler[reason](env, run, info, err);
}

void exit_account(const struct exit_env *env, const struct exit_info *info, uint64_t ns)
{
    if (info->region)
        exitstat_add(env->stat, exitstat_device(info->region->number), ns);
    if (info->region && info->region->for_harness)
        return;
    exitstat_add(env->stat, info->reason, ns);
    if (info->region && env->times->count < env->times->capacity)
        env->times->ns[env->times->count++] = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
}
