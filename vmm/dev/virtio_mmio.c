/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "vmm/dev/virtio_mmio.h"

/* "MVMM" */
#define VENDOR_ID 0x4d4d564du

#define REGISTER_BYTES 4u

void virtio_mmio_init(struct virtio_mmio *mmio, const struct virtio_ops *ops, void *device,
                      const struct guestmem *mem, uint64_t features, unsigned queue_max)
{
    *mmio = (struct virtio_mmio){
        .ops = ops,
        .device = device,
        .mem = mem,
        .features = features | VIRTIO_F_VERSION_1,
        .queue_max = queue_max,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
}

void virtio_mmio_set_config(struct virtio_mmio *mmio, const void *config, unsigned bytes)
{
    mmio->config = config;
    mmio->config_bytes = bytes;
}

static uint32_t status_of(const struct virtio_mmio *mmio)
{
    return __atomic_load_n(&mmio->status, __ATOMIC_ACQUIRE);
}

const struct virtqueue_layout *virtio_mmio_queue(const struct virtio_mmio *mmio, unsigned queue)
{
    return mmio->queue[queue].ready ? &mmio->queue[queue].layout : NULL;
}

bool virtio_mmio_has(const struct virtio_mmio *mmio, uint64_t feature)
{
    return mmio->driver_features & feature;
}

/* Set NEEDS_RESET. Returns the status before. */
static uint32_t need_reset(struct virtio_mmio *mmio, const struct err *err)
{
    if (!__atomic_fetch_add(&mmio->errors, 1, __ATOMIC_RELAXED)) {
        mmio->error = *err;
        __atomic_store_n(&mmio->error_stored, true, __ATOMIC_RELEASE);
    }
    return __atomic_fetch_or(&mmio->status, VIRTIO_STATUS_NEEDS_RESET, __ATOMIC_ACQ_REL);
}

static void raise(struct virtio_mmio *mmio, uint32_t why)
{
    struct err err;

    __atomic_or_fetch(&mmio->interrupts, why, __ATOMIC_SEQ_CST);
    if (mmio->interrupt.raise && mmio->interrupt.raise(mmio->interrupt.ctx, &err))
        need_reset(mmio, &err);
}

void virtio_mmio_used(struct virtio_mmio *mmio)
{
    raise(mmio, VIRTIO_INTERRUPT_QUEUE);
}

void virtio_mmio_fail(struct virtio_mmio *mmio, const struct err *err)
{
    uint32_t before = need_reset(mmio, err);

    if (before & VIRTIO_STATUS_DRIVER_OK && !(before & VIRTIO_STATUS_NEEDS_RESET))
        raise(mmio, VIRTIO_INTERRUPT_CONFIG);
}

static void fail_at(struct virtio_mmio *mmio, const char *what, uint64_t offset, uint64_t value)
{
    struct err err;

    err_set(&err, ERR_FAILED, "virtio-mmio: %s (register %#" PRIx64 ", value %#" PRIx64 ")", what,
            offset, value);
    virtio_mmio_fail(mmio, &err);
}

static void stop(struct virtio_mmio *mmio)
{
    if (mmio->started)
        mmio->ops->stop(mmio->device);
    mmio->started = false;
}

static void reset(struct virtio_mmio *mmio)
{
    stop(mmio);
    mmio->driver_features = 0;
    mmio->device_features_sel = mmio->driver_features_sel = mmio->queue_sel = 0;
    memset(mmio->queue, 0, sizeof(mmio->queue));
    __atomic_store_n(&mmio->interrupts, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&mmio->status, 0, __ATOMIC_RELEASE);
}

void virtio_mmio_end(struct virtio_mmio *mmio)
{
    pthread_mutex_lock(&mmio->lock);
    stop(mmio);
    pthread_mutex_unlock(&mmio->lock);
}

/* Whether each status bit that is set has its predecessor set (3.1.1). */
static bool in_order(uint32_t status)
{
    static const uint32_t order[] = {VIRTIO_STATUS_ACKNOWLEDGE, VIRTIO_STATUS_DRIVER,
                                     VIRTIO_STATUS_FEATURES_OK, VIRTIO_STATUS_DRIVER_OK};

    for (unsigned i = 1; i < sizeof(order) / sizeof(order[0]); i++)
        if (status & order[i] && !(status & order[i - 1]))
            return false;
    return true;
}

static bool features_fit(const struct virtio_mmio *mmio)
{
    return !(mmio->driver_features & ~mmio->features) && mmio->driver_features & VIRTIO_F_VERSION_1;
}

static void start(struct virtio_mmio *mmio)
{
    struct err err;

    for (unsigned i = 0; i < mmio->ops->queues; i++) {
        mmio->queue[i].layout.event_idx = virtio_mmio_has(mmio, VIRTIO_F_EVENT_IDX);
        mmio->queue[i].layout.indirect = virtio_mmio_has(mmio, VIRTIO_F_INDIRECT_DESC);
    }
    mmio->started = true;
    if (mmio->ops->start(mmio->device, &err)) {
        virtio_mmio_fail(mmio, &err);
        stop(mmio);
    }
}

static void write_status(struct virtio_mmio *mmio, uint32_t value)
{
    uint32_t status = status_of(mmio), added = value & ~status;
    const char *wrong = NULL;

    if (!value) {
        reset(mmio);
        return;
    }
    if (status & VIRTIO_STATUS_NEEDS_RESET)
        return;
    if (status & ~value)
        wrong = "driver cleared a status bit";
    else if (!in_order(value))
        wrong = "driver set status bits out of order";
    else if (value & VIRTIO_STATUS_NEEDS_RESET)
        wrong = "driver set NEEDS_RESET";
    if (wrong) {
        fail_at(mmio, wrong, VIRTIO_MMIO_STATUS, value);
        return;
    }
    /* Unsupported features: leave FEATURES_OK clear, which the driver checks (3.1.1, step 6). */
    if (added & VIRTIO_STATUS_FEATURES_OK && !features_fit(mmio))
        value &= ~(VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK);
    __atomic_or_fetch(&mmio->status, value, __ATOMIC_ACQ_REL);
    if (added & value & VIRTIO_STATUS_DRIVER_OK)
        start(mmio);
}

static void write_features(struct virtio_mmio *mmio, uint32_t value)
{
    unsigned shift = 32 * mmio->driver_features_sel;

    if (status_of(mmio) & VIRTIO_STATUS_FEATURES_OK)
        fail_at(mmio, "driver features written after FEATURES_OK", VIRTIO_MMIO_DRIVER_FEATURES,
                value);
    else if (shift < 64)
        mmio->driver_features =
            (mmio->driver_features & ~(0xffffffffull << shift)) | (uint64_t)value << shift;
    else if (value)
        fail_at(mmio, "driver selected an undefined feature word", VIRTIO_MMIO_DRIVER_FEATURES,
                value);
}

/*
 * A driver may write 0 to QUEUE_READY (4.2.2.2), as Linux does after each reset, but not while the
 * device runs; nor does a running device accept new queues.
 */
static void make_ready(struct virtio_mmio *mmio, struct virtio_queue *queue, uint32_t value)
{
    struct virtqueue trial;
    const char *wrong = NULL;
    struct err err;

    if (!value && !mmio->started) {
        queue->ready = false;
        return;
    }
    if (mmio->started)
        wrong = "QUEUE_READY written after DRIVER_OK";
    else if (value != 1)
        wrong = "invalid QUEUE_READY value";
    else if (queue->ready)
        wrong = "queue is ready already";
    if (wrong) {
        fail_at(mmio, wrong, VIRTIO_MMIO_QUEUE_READY, value);
        return;
    }
    if (virtqueue_init(&trial, mmio->mem, &queue->layout, &err))
        virtio_mmio_fail(mmio, &err);
    else
        queue->ready = true;
    virtqueue_free(&trial);
}

static void set_half(gpa_t *address, uint64_t offset, uint32_t value)
{
    unsigned shift = offset & 4 ? 32 : 0;

    *address = (*address & ~(0xffffffffull << shift)) | (uint64_t)value << shift;
}

/* A register of the queue that queue_sel selects. */
static void write_queue(struct virtio_mmio *mmio, uint64_t offset, uint32_t value)
{
    struct virtio_queue *queue;

    if (mmio->queue_sel >= mmio->ops->queues) {
        fail_at(mmio, "queue_sel out of range", offset, mmio->queue_sel);
        return;
    }
    queue = &mmio->queue[mmio->queue_sel];
    if (offset == VIRTIO_MMIO_QUEUE_READY) {
        make_ready(mmio, queue, value);
    } else if (queue->ready) {
        fail_at(mmio, "queue register written while the queue is ready", offset, value);
    } else if (offset == VIRTIO_MMIO_QUEUE_NUM) {
        if (value > mmio->queue_max)
            fail_at(mmio, "queue size above QUEUE_NUM_MAX", offset, value);
        else
            queue->layout.size = value;
    } else {
        gpa_t *const address[] = {&queue->layout.desc, &queue->layout.avail, &queue->layout.used};

        set_half(address[(offset - VIRTIO_MMIO_QUEUE_DESC_LOW) / 16], offset, value);
    }
}

static bool is_queue_register(uint64_t offset)
{
    return offset == VIRTIO_MMIO_QUEUE_NUM || offset == VIRTIO_MMIO_QUEUE_READY ||
           (offset >= VIRTIO_MMIO_QUEUE_DESC_LOW && offset <= VIRTIO_MMIO_QUEUE_DEVICE_HIGH &&
            !(offset & 8));
}

static void write_locked(struct virtio_mmio *mmio, uint64_t offset, uint32_t value)
{
    if (offset == VIRTIO_MMIO_STATUS)
        write_status(mmio, value);
    else if (offset == VIRTIO_MMIO_DEVICE_FEATURES_SEL)
        mmio->device_features_sel = value;
    else if (offset == VIRTIO_MMIO_DRIVER_FEATURES_SEL)
        mmio->driver_features_sel = value;
    else if (offset == VIRTIO_MMIO_DRIVER_FEATURES)
        write_features(mmio, value);
    else if (offset == VIRTIO_MMIO_QUEUE_SEL)
        mmio->queue_sel = value;
    else if (is_queue_register(offset))
        write_queue(mmio, offset, value);
    else
        fail_at(mmio, "write to an unknown or read-only register", offset, value);
}

/* Does not take the lock, which stop() holds until all I/O has ended. */
static void kick(struct virtio_mmio *mmio, uint32_t queue)
{
    uint32_t status = status_of(mmio);

    if (status & VIRTIO_STATUS_DRIVER_OK && !(status & VIRTIO_STATUS_NEEDS_RESET) &&
        queue < mmio->ops->queues)
        mmio->ops->kick(mmio->device, queue);
}

static int mmio_write(void *device, struct vcpu *vcpu, uint64_t offset, const void *data,
                      unsigned bytes, struct err *err)
{
    struct virtio_mmio *mmio = device;
    uint32_t value;

    (void)vcpu, (void)err;
    if (bytes != REGISTER_BYTES || offset % REGISTER_BYTES) {
        fail_at(mmio, bytes != REGISTER_BYTES ? "write width is not 4 bytes" : "misaligned write",
                offset, bytes);
        return 0;
    }
    memcpy(&value, data, sizeof(value));
    if (offset == VIRTIO_MMIO_QUEUE_NOTIFY) {
        kick(mmio, value);
    } else if (offset == VIRTIO_MMIO_INTERRUPT_ACK) {
        __atomic_and_fetch(&mmio->interrupts, ~value, __ATOMIC_SEQ_CST);
    } else {
        pthread_mutex_lock(&mmio->lock);
        write_locked(mmio, offset, value);
        pthread_mutex_unlock(&mmio->lock);
    }
    return 0;
}

static uint32_t half_of(uint64_t features, uint32_t sel)
{
    return sel < 2 ? (uint32_t)(features >> 32 * sel) : 0;
}

static uint32_t read_locked(const struct virtio_mmio *mmio, uint64_t offset)
{
    bool has_queue = mmio->queue_sel < mmio->ops->queues;

    switch (offset) {
    case VIRTIO_MMIO_MAGIC_VALUE:
        return VIRTIO_MMIO_MAGIC;
    case VIRTIO_MMIO_VERSION:
        return VIRTIO_MMIO_VERSION_2;
    case VIRTIO_MMIO_DEVICE_ID:
        return mmio->ops->id;
    case VIRTIO_MMIO_VENDOR_ID:
        return VENDOR_ID;
    case VIRTIO_MMIO_DEVICE_FEATURES:
        return half_of(mmio->features, mmio->device_features_sel);
    case VIRTIO_MMIO_QUEUE_NUM_MAX:
        return has_queue ? mmio->queue_max : 0;
    case VIRTIO_MMIO_QUEUE_READY:
        return has_queue ? mmio->queue[mmio->queue_sel].ready : 0;
    case VIRTIO_MMIO_SHM_LEN_LOW:
    case VIRTIO_MMIO_SHM_LEN_HIGH:
    case VIRTIO_MMIO_SHM_BASE_LOW:
    case VIRTIO_MMIO_SHM_BASE_HIGH:
        return UINT32_MAX; /* no shared memory region */
    default:
        return 0;
    }
}

static void read_config(const struct virtio_mmio *mmio, uint64_t offset, uint8_t *data,
                        unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, offset++)
        data[i] = offset < mmio->config_bytes ? ((const uint8_t *)mmio->config)[offset] : 0;
}

static int mmio_read(void *device, struct vcpu *vcpu, uint64_t offset, void *data, unsigned bytes,
                     struct err *err)
{
    struct virtio_mmio *mmio = device;
    uint32_t value;

    (void)vcpu, (void)err;
    memset(data, 0, bytes);
    if (offset >= VIRTIO_MMIO_CONFIG) {
        read_config(mmio, offset - VIRTIO_MMIO_CONFIG, data, bytes);
        return 0;
    }
    if (bytes != REGISTER_BYTES || offset % REGISTER_BYTES) {
        fail_at(mmio, bytes != REGISTER_BYTES ? "read width is not 4 bytes" : "misaligned read",
                offset, bytes);
        return 0;
    }
    if (offset == VIRTIO_MMIO_INTERRUPT_STATUS) {
        value = __atomic_load_n(&mmio->interrupts, __ATOMIC_SEQ_CST);
    } else if (offset == VIRTIO_MMIO_STATUS) {
        value = status_of(mmio);
    } else {
        pthread_mutex_lock(&mmio->lock);
        value = read_locked(mmio, offset);
        pthread_mutex_unlock(&mmio->lock);
    }
    memcpy(data, &value, sizeof(value));
    return 0;
}

const struct bus_ops virtio_mmio_ops = {
    .read = mmio_read,
    .write = mmio_write,
};
