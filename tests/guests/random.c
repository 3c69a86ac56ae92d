/* SPDX-License-Identifier: MIT */
/* Reads from the entropy device, with and without EVENT_IDX, and checks that its bytes differ. */
#include <string.h>

#include "guest/kvm/start.h"
#include "guest/kvm/virtio.h"

#define BYTES 256u

static uint8_t bytes[3][BYTES];

static uint32_t fill(struct virtio *virtio, unsigned i)
{
    uint16_t head;

    virtio_desc[i] = (struct virtq_desc){(uintptr_t)bytes[i], BYTES, VIRTQ_DESC_F_WRITE, 0};
    virtio_push(virtio, (uint16_t)i);
    virtio_publish(virtio);
    virtio_wait(virtio);
    return !virtio_pop(virtio, &head) || head != i;
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    static const uint64_t features[] = {VIRTIO_F_VERSION_1,
                                        VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX};
    struct virtio virtio;
    bool interrupts;
    volatile uint8_t *regs = virtio_find(machine->dtb, VIRTIO_ID_ENTROPY, &interrupts);

    (void)team;
    if (!regs || !interrupts)
        return 1;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t before = guest_local()->interrupts;

        if (virtio_begin(&virtio, regs, interrupts, features[i]) || virtio_run(&virtio))
            return 2;
        if (fill(&virtio, 0) || fill(&virtio, 1) || fill(&virtio, 2))
            return 3;
        if (!memcmp(bytes[0], bytes[1], BYTES) || !memcmp(bytes[1], bytes[2], BYTES))
            return 4;
        /* The device serves a kick synchronously, so no interrupt is needed. */
        if (guest_local()->interrupts != before)
            return 5;
        virtio_reset(&virtio);
    }
    return 0;
}
