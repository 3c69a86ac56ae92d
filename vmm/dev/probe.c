/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "vmm/dev/probe.h"

#define REGISTER_BYTES 8u
#define PIO_WAYS_SHIFT 8
#define COUNT_MASK     ((1ull << MINIVMM_CONTROL_WORK_SHIFT) - 1)

static void side_init(struct probe_side *side)
{
    *side = (struct probe_side){.ways = 1u << MINIVMM_PROBE_USER};
    for (unsigned way = 0; way < MINIVMM_PROBE_WAYS; way++)
        side->event[way] = -1;
}

void probe_init(struct probe *probe, const struct probe_host *host)
{
    *probe = (struct probe){.host = *host, .lock = PTHREAD_MUTEX_INITIALIZER};
    side_init(&probe->mmio);
    side_init(&probe->pio);
}

static int unknown_register(struct err *err, const char *access, const char *device,
                            uint64_t offset, unsigned bytes)
{
    return err_set(err, ERR_FAILED, "guest: %u-byte %s unknown %s register %#" PRIx64, bytes,
                   access, device, offset);
}

static int probe_write(void *device, struct vcpu *vcpu, uint64_t offset, const void *data,
                       unsigned bytes, struct err *err)
{
    struct probe_side *side = device;
    uint64_t way = offset / REGISTER_BYTES;

    (void)vcpu, (void)data;
    if (way >= MINIVMM_PROBE_WAYS)
        return unknown_register(err, "write to", "probe", offset, bytes);
    __atomic_fetch_add(&side->count[way], 1, __ATOMIC_RELAXED);
    return 0;
}

static int probe_read(void *device, struct vcpu *vcpu, uint64_t offset, void *data, unsigned bytes,
                      struct err *err)
{
    struct probe_side *side = device;
    uint64_t way = offset / REGISTER_BYTES;

    (void)vcpu;
    if (way != MINIVMM_PROBE_USER)
        return unknown_register(err, "read of", "probe", offset, bytes);
    __atomic_fetch_add(&side->count[way], 1, __ATOMIC_RELAXED);
    memset(data, 0, bytes);
    return 0;
}

const struct bus_ops probe_ops = {
    .read = probe_read,
    .write = probe_write,
};

/*
 * The number of accesses delivered in a way: the signals of its eventfd if it has one, in which
 * case accesses that reached the device do not count.
 */
static uint64_t delivered(struct probe_side *side, unsigned way)
{
    uint64_t signals;

    if (side->event[way] < 0)
        return __atomic_load_n(&side->count[way], __ATOMIC_RELAXED);
    /* A non-blocking read, which fails if there was no signal. */
    if (read(side->event[way], &signals, sizeof(signals)) == sizeof(signals))
        side->signals[way] += signals;
    return side->signals[way];
}

static uint64_t ways(struct probe *probe, struct vcpu *vcpu)
{
    if (!probe->connected)
        probe->host.connect(probe->host.ctx, vcpu);
    probe->connected = true;
    return probe->mmio.ways | probe->pio.ways << PIO_WAYS_SHIFT;
}

/* The supported ways, or the count of one way. */
static int read_ways(struct probe *probe, struct vcpu *vcpu, uint64_t offset, uint64_t *value)
{
    unsigned way = offset % MINIVMM_CONTROL_PIO / REGISTER_BYTES;
    int result = 0;

    pthread_mutex_lock(&probe->lock);
    if (offset == MINIVMM_CONTROL_WAYS)
        *value = ways(probe, vcpu);
    else if (way < MINIVMM_PROBE_WAYS)
        *value = delivered(offset < MINIVMM_CONTROL_PIO ? &probe->mmio : &probe->pio, way);
    else
        result = -1;
    pthread_mutex_unlock(&probe->lock);
    return result;
}

static int control_read(void *device, struct vcpu *vcpu, uint64_t offset, void *data,
                        unsigned bytes, struct err *err)
{
    struct probe *probe = device;
    uint64_t value;

    if (bytes != sizeof(value) || offset % REGISTER_BYTES)
        return unknown_register(err, "read of", "probe-control", offset, bytes);
    if (offset == MINIVMM_CONTROL_WORK)
        value = __atomic_load_n(&probe->ticks, __ATOMIC_RELAXED);
    else if (offset == MINIVMM_CONTROL_INTERRUPT)
        value = probe->host.interrupt_time(probe->host.ctx, vcpu);
    else if (offset > MINIVMM_CONTROL_WAYS || read_ways(probe, vcpu, offset, &value))
        return unknown_register(err, "read of", "probe-control", offset, bytes);
    memcpy(data, &value, sizeof(value));
    return 0;
}

static int work(struct probe *probe, struct vcpu *vcpu, uint64_t value, struct err *err)
{
    enum minivmm_probe_work kind = value >> MINIVMM_CONTROL_WORK_SHIFT;
    uint64_t ticks = 0;

    if (kind >= MINIVMM_WORK_COUNT)
        return err_set(err, ERR_FAILED, "guest: unknown probe work kind %u", kind);
    if (probe->host.work(probe->host.ctx, vcpu, kind, value & COUNT_MASK, &ticks, err))
        return -1;
    __atomic_store_n(&probe->ticks, ticks, __ATOMIC_RELAXED);
    return 0;
}

static int control_write(void *device, struct vcpu *vcpu, uint64_t offset, const void *data,
                         unsigned bytes, struct err *err)
{
    struct probe *probe = device;
    const struct probe_host *host = &probe->host;
    uint64_t value;

    if (bytes == sizeof(value)) {
        memcpy(&value, data, sizeof(value));
        switch (offset) {
        case MINIVMM_CONTROL_WORK:
            return work(probe, vcpu, value, err);
        case MINIVMM_CONTROL_INTERRUPT:
            return host->interrupt(host->ctx, value & 0xffff,
                                   value >> MINIVMM_CONTROL_VECTOR_SHIFT & 0xff,
                                   (unsigned)(value >> MINIVMM_CONTROL_DELAY_SHIFT), err);
        case MINIVMM_CONTROL_TIMES:
            return host->keep_times(host->ctx, vcpu, value & 1, err);
        }
    }
    return unknown_register(err, "write to", "probe-control", offset, bytes);
}

const struct bus_ops probe_control_ops = {
    .read = control_read,
    .write = control_write,
};
