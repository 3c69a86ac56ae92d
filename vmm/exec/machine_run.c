/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "vmm/core/host/memory.h"
#include "vmm/exec/machine_run.h"

/* The interval between kicks of a vCPU that has not finished. */
#define KICK_MS 2

/* Stop the run; the first reason wins. No vCPU enters the guest again. */
static void stop(struct machine *machine, enum run_stop why, const struct err *err)
{
    enum run_stop none = STOP_NONE;

    if (__atomic_compare_exchange_n(&machine->stop, &none, why, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE) &&
        err)
        machine->error = *err;
    __atomic_store_n(&machine->shared.stop, true, __ATOMIC_RELEASE);
    watch_notify(machine->event);
}

void machine_window(void *ctx, void *origin, const struct result_row *row, uint32_t number,
                    bool open)
{
    struct vcpu *vcpu = origin;
    char text[sizeof(row->begin.name) + sizeof(row->begin.params)];

    (void)ctx;
    if (!vcpu->ring)
        return;
    if (!open) {
        exittrace_row_end(vcpu->ring, vcpu->id, number);
        return;
    }
    snprintf(text, sizeof(text), "%s%s%s", row->begin.name, *row->begin.params ? " " : "",
             row->begin.params);
    exittrace_row_begin(vcpu->ring, vcpu->id, number, row->begin.threads, text);
}

void machine_guest_done(void *ctx)
{
    stop(ctx, STOP_GUEST, NULL);
}

static void vcpu_ended(void *ctx, const struct err *err)
{
    struct machine *machine = ctx;

    if (err)
        stop(machine, STOP_ERROR, err);
    watch_notify(machine->event);
}

static bool stopped(const struct machine *machine)
{
    return __atomic_load_n(&machine->stop, __ATOMIC_ACQUIRE) != STOP_NONE;
}

/* Wait until the guest, an error, a signal or the timeout stops the machine. */
static void wait_for_stop(struct machine *machine)
{
    while (!stopped(machine)) {
        switch (watch_wait(machine->watch, machine->event)) {
        case WATCH_EVENT:
            break;
        case WATCH_STOP:
            stop(machine, STOP_SIGNAL, NULL);
            break;
        case WATCH_TIMEOUT:
            stop(machine, STOP_TIMEOUT, NULL);
            break;
        }
    }
}

/* Kick until all have finished: a signal just before a system call does not interrupt that. */
static void stop_vcpus(struct machine *machine)
{
    for (;;) {
        unsigned running = 0;

        for (unsigned i = 0; i < machine->vcpus; i++) {
            struct vcpu *vcpu = &machine->vcpu[i];

            if (!vcpu->started || __atomic_load_n(&vcpu->finished, __ATOMIC_ACQUIRE))
                continue;
            vcpu_kick(vcpu);
            running++;
        }
        if (!running)
            break;
        watch_drain(machine->event, KICK_MS);
    }
    for (unsigned i = 0; i < machine->vcpus; i++)
        vcpu_join(&machine->vcpu[i]);
}

/* Raise RLIMIT_NOFILE to its hard limit: a vCPU has two files, its own and its statistics. */
static void raise_file_limit(void)
{
    struct rlimit limit;

    if (!getrlimit(RLIMIT_NOFILE, &limit)) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int create_vcpus(struct machine *machine, struct err *err)
{
    const struct config *config = machine->config;

    machine->shared = (struct vcpu_shared){
        .config = config,
        .kvm = &machine->kvm,
        .vm = machine->vm,
        .cpuid = &machine->cpuid,
        .caps = &machine->caps,
        .topology = &machine->topology,
        .backing = &machine->mem.backing,
        .layout = &machine->layout,
        .entry = machine->image.entry,
        .rate = machine->rate,
        .mmio = &machine->mmio,
        .pio = &machine->pio,
        .coalesced = &machine->coalesced,
        .ended = vcpu_ended,
        .ctx = machine,
    };
    raise_file_limit();
    machine->event = watch_event();
    machine->vcpu = calloc(config->vcpus, sizeof(*machine->vcpu));
    if (machine->event < 0 || !machine->vcpu)
        return err_sys(err, ERR_FAILED, "cannot allocate the vCPUs");
    for (; machine->vcpus < config->vcpus; machine->vcpus++)
        if (vcpu_init(&machine->vcpu[machine->vcpus], &machine->shared, machine->vcpus, err))
            return -1;
    return 0;
}

static void name_devices(const struct bus *bus, const char **device)
{
    for (unsigned i = 0; i < bus->count; i++)
        device[bus->region[i].number] = bus->region[i].name;
}

static int begin_trace(struct machine *machine, struct err *err)
{
    const char *device[EXITSTAT_DEVICES_MAX] = {NULL};

    if (machine->trace.fd < 0)
        return 0;
    name_devices(&machine->mmio, device);
    name_devices(&machine->pio, device);
    if (exittrace_begin(&machine->trace, machine->vcpus, machine->rate.hz, machine->created.ticks,
                        device, machine->devices, err))
        return -1;
    for (unsigned i = 0; i < machine->vcpus; i++)
        machine->vcpu[i].ring = &machine->trace.ring[i];
    return 0;
}

int machine_run(struct machine *machine, struct err *err)
{
    int result = 0;

    if (create_vcpus(machine, err))
        return -1;
    if (begin_trace(machine, err))
        return -1;
    vcpu_ignore_kicks();
    memory_trim_code();
    for (unsigned i = 0; i < machine->vcpus && !result; i++)
        result = vcpu_start(&machine->vcpu[i], err);
    if (result)
        stop(machine, STOP_ERROR, err);
    else
        wait_for_stop(machine);
    machine->ended = clock_now();
    stop_vcpus(machine);
    return result;
}
