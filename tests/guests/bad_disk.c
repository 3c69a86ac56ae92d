/* SPDX-License-Identifier: MIT */
/*
 * A driver that breaks the virtqueue of its disk in the way that --args names, waits for
 * NEEDS_RESET, resets the device and reads from it; a few times.
 */
#include <string.h>

#include "guest/kvm/disk.h"
#include "guest/kvm/start.h"
#include "guest/kvm/virtio.h"

#define SECTOR 512u

static uint8_t data[SECTOR] __attribute__((aligned(SECTOR)));

static bool read_sector(void)
{
    struct disk_io io = {.op = DISK_READ, .bytes = SECTOR, .data = data}, *done;
    const char *why;
    const struct disk *disk = disk_open(&why);

    if (!disk) {
        guest_log("%s", why);
        return false;
    }
    disk->queue(&io);
    while (!disk->reap(&done, 1))
        disk->wait();
    disk_close();
    return !io.error;
}

static bool break_queue(struct virtio *virtio, const char *how)
{
    if (!strcmp(how, "head")) {
        virtio_push(virtio, 0xffff);
    } else if (!strcmp(how, "circle")) {
        virtio_desc[0] = (struct virtq_desc){(uintptr_t)data, 16, VIRTQ_DESC_F_NEXT, 0};
        virtio_push(virtio, 0);
    } else if (!strcmp(how, "address")) {
        virtio_desc[0] = (struct virtq_desc){0x7fffffff000, SECTOR, VIRTQ_DESC_F_WRITE, 0};
        virtio_push(virtio, 0);
    } else if (!strcmp(how, "devices")) {
        virtio_desc[0] = (struct virtq_desc){MINIVMM_DEVICE_BASE, SECTOR, VIRTQ_DESC_F_WRITE, 0};
        virtio_push(virtio, 0);
    } else if (!strcmp(how, "index")) {
        virtio->next_avail += 30000;
    } else if (!strcmp(how, "register")) {
        *(volatile uint64_t *)(virtio->regs + VIRTIO_MMIO_STATUS) = 0;
        return true;
    } else {
        return false;
    }
    virtio_publish(virtio);
    return true;
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    bool interrupts;
    volatile uint8_t *regs = virtio_find(machine->dtb, VIRTIO_ID_BLOCK, &interrupts);

    (void)team;
    disk_begin(machine);
    if (!regs || !read_sector())
        return 1;
    for (unsigned i = 0; i < 3; i++) {
        struct virtio virtio;

        if (virtio_begin(&virtio, regs, interrupts, VIRTIO_F_VERSION_1) || virtio_run(&virtio))
            return 2;
        if (!break_queue(&virtio, machine->args))
            return 3;
        while (!(*(volatile uint32_t *)(regs + VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET))
            cpu_relax();
        if (!read_sector())
            return 4;
    }
    return 0;
}
