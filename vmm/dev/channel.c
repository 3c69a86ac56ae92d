/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/dev/channel.h"

#define ADDRESS_MASK ((1ull << MINIVMM_CHANNEL_COUNT_SHIFT) - 1)

void channel_init(struct channel *channel, const struct guestmem *mem, struct run_result *result,
                  void (*done)(void *ctx), void *ctx)
{
    *channel = (struct channel){
        .mem = mem,
        .result = result,
        .done = done,
        .ctx = ctx,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
}

static int channel_read(void *device, struct vcpu *vcpu, uint64_t offset, void *data,
                        unsigned bytes, struct err *err)
{
    (void)device, (void)vcpu, (void)data;
    return err_set(err, ERR_FAILED,
                   "guest: %u-byte read of channel register %#" PRIx64 ", which is write-only",
                   bytes, offset);
}

static int take(struct channel *channel, struct vcpu *vcpu, gpa_t gpa, unsigned count,
                struct err *err)
{
    const struct channel_record *records = guestmem_at(channel->mem, gpa, count * sizeof(*records));

    if (!records)
        return err_set(err, ERR_FAILED, "guest: %u channel record%s at %#" PRIx64 " outside RAM",
                       count, units_s(count), gpa);
    for (unsigned i = 0; i < count; i++) {
        struct channel_record copy;

        memcpy(&copy, &records[i], sizeof(copy));
        if (result_apply(channel->result, &copy, vcpu, err))
            return -1;
    }
    return 0;
}

static int channel_write(void *device, struct vcpu *vcpu, uint64_t offset, const void *data,
                         unsigned bytes, struct err *err)
{
    struct channel *channel = device;
    uint64_t doorbell;
    unsigned count;
    int result;

    if (offset != MINIVMM_CHANNEL_DOORBELL)
        return err_set(err, ERR_FAILED,
                       "guest: %u-byte write to unknown channel register %#" PRIx64, bytes, offset);
    if (bytes != sizeof(doorbell))
        return err_set(err, ERR_FAILED,
                       "guest: %u-byte write to the channel doorbell; its width is 8", bytes);
    memcpy(&doorbell, data, sizeof(doorbell));
    count = (unsigned)(doorbell >> MINIVMM_CHANNEL_COUNT_SHIFT);
    if (!count || count > MINIVMM_CHANNEL_BATCH_MAX)
        return err_set(err, ERR_FAILED,
                       "guest: invalid channel record count %u; it must be 1 to %u", count,
                       MINIVMM_CHANNEL_BATCH_MAX);

    pthread_mutex_lock(&channel->lock);
    result = take(channel, vcpu, doorbell & ADDRESS_MASK, count, err);
    if (!result && (channel->result->exited || channel->result->has_fault))
        channel->done(channel->ctx);
    pthread_mutex_unlock(&channel->lock);
    return result;
}

const struct bus_ops channel_ops = {
    .read = channel_read,
    .write = channel_write,
};
