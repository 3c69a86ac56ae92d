/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/eventfd.h>

#include "vmm/core/host/cpus.h"
#include "vmm/exec/disk.h"

/* The eventfd that kicks the disk's thread, signalled by KVM or by a write to QueueNotify. */
static int kick_event(const struct disk *disk, struct err *err)
{
    static const uint32_t queue = 0;
    const struct delivery_address notify = {false, disk->base + VIRTIO_MMIO_QUEUE_NOTIFY,
                                            sizeof(queue)};
    int fd = disk->config->notify == CONFIG_NOTIFY_EXIT
                 ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
                 : delivery_ioeventfd(disk->line.routes->vm, &notify, &queue);

    if (fd < 0) {
        err_sys(err, ERR_FAILED, "%s: cannot create the eventfd for kicks", disk->name);
        err_hint(err, "notify=exit");
    }
    return fd;
}

static int disk_start(void *ctx, struct err *err)
{
    struct disk *disk = ctx;
    int fd = disk->iothread.kick_fd;

    if (fd < 0)
        fd = kick_event(disk, err);
    if (fd < 0)
        return -1;
    disk->used = true;
    return iothread_start(&disk->iothread, fd, err);
}

static void stop_thread(void *ctx)
{
    struct disk *disk = ctx;

    iothread_stop(&disk->iothread);
}

static void kick_thread(void *ctx)
{
    struct disk *disk = ctx;

    iothread_kick(&disk->iothread);
}

int disk_open(struct disk *disk, const struct config_disk *config, unsigned number,
              const struct guestmem *mem, struct delivery_routes *routes,
              const struct clock_rate *rate, struct err *err)
{
    const struct blk_host host = {disk_start, stop_thread, kick_thread, disk};

    *disk = (struct disk){.config = config};
    snprintf(disk->name, sizeof(disk->name), "blk%u", number);
    if (config->pin != CONFIG_NO_PIN && cpus_check("--disk cpu", &config->pin, 1, err))
        return -1;
    if (backend_open(&disk->backend, config, config->depth, err))
        return -1;
    blk_init(&disk->blk, disk->name, config, &disk->backend, mem, &host);
    iothread_init(&disk->iothread, &disk->blk, config, rate);
    irqline_init(&disk->line, routes, 0, 0);
    return 0;
}

void disk_stop(struct disk *disk)
{
    virtio_mmio_end(&disk->blk.mmio);
    iothread_end(&disk->iothread);
    irqline_close(&disk->line);
}

void disk_close(struct disk *disk)
{
    backend_close(&disk->backend);
}
