/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tools/native/disk.h"
#include "vmm/core/backend/backend.h"

/* An operation of the benchmark and its request to the back-end. */
struct slot {
    struct backend_io io;
    struct iovec iov;
    struct disk_io *of;
};

/* The disk of this process: the functions of struct env take no context. */
static struct {
    const struct config_disk *config;
    struct backend backend;
    bool opened;
    struct disk disk;
    uint64_t errors; /* atomic: operations that failed */
    struct slot slot[DISK_DEPTH_MAX];
    unsigned idle[DISK_DEPTH_MAX], idles;
    uint64_t sleeps; /* atomic */
} native;

int native_disk_begin(const struct config *config, struct err *err)
{
    native.config = config->disks ? &config->disk[0] : &config_disk_temporary;
    if (backend_open(&native.backend, native.config, DISK_DEPTH_MAX, err))
        return -1;
    native.opened = true;
    return 0;
}

static void queue(struct disk_io *io)
{
    static const enum backend_op op[] = {
        [DISK_READ] = BACKEND_READ,
        [DISK_WRITE] = BACKEND_WRITE,
        [DISK_FLUSH] = BACKEND_FLUSH,
    };
    struct slot *slot = &native.slot[native.idle[--native.idles]];

    slot->of = io;
    slot->iov = (struct iovec){io->data, io->bytes};
    slot->io = (struct backend_io){
        .op = op[io->op],
        .offset = io->offset,
        .bytes = io->bytes,
        .iov = &slot->iov,
        .iovs = io->op != DISK_FLUSH,
    };
    backend_queue(&native.backend, &slot->io);
}

static unsigned reap(struct disk_io **done, unsigned max)
{
    struct backend_io *complete[DISK_DEPTH_MAX];
    unsigned count =
        backend_reap(&native.backend, complete, max < DISK_DEPTH_MAX ? max : DISK_DEPTH_MAX);

    for (unsigned i = 0; i < count; i++) {
        struct slot *slot = (struct slot *)complete[i];

        done[i] = slot->of;
        done[i]->error = (unsigned)slot->io.error;
        if (slot->io.error)
            __atomic_add_fetch(&native.errors, 1, __ATOMIC_RELAXED);
        native.idle[native.idles++] = (unsigned)(slot - native.slot);
    }
    return count;
}

static void wait(void)
{
    __atomic_add_fetch(&native.sleeps, 1, __ATOMIC_RELAXED);
    backend_wait(&native.backend, -1);
}

uint64_t native_disk_sleeps(void)
{
    return __atomic_load_n(&native.sleeps, __ATOMIC_RELAXED);
}

const struct disk *native_disk_open(const char **why)
{
    const struct backend *backend = &native.backend;

    if (!native.opened) {
        *why = "there is no disk";
        return NULL;
    }
    native.idles = 0;
    for (unsigned i = 0; i < DISK_DEPTH_MAX; i++)
        native.idle[native.idles++] = i;
    native.disk = (struct disk){
        .bytes = backend->bytes,
        .block_bytes = backend->block_bytes,
        .depth = DISK_DEPTH_MAX,
        .read_only = backend->read_only,
        .keeps_data = backend->ops->keeps_data,
        .queue = queue,
        .reap = reap,
        .wait = wait,
    };
    snprintf(native.disk.engine, sizeof(native.disk.engine), "%s", backend->ops->name);
    return &native.disk;
}

void native_disk_close(void)
{
    /* Stays open: the next benchmark reads the same data. */
}

void native_disk_info(struct run_info *info)
{
    if (!native.opened)
        return;
    info->disks = 1;
    info->disk[0] = (struct run_disk){
        .name = "blk0",
        .config = native.config,
        .engine = native.backend.ops->name,
        .bytes = native.backend.bytes,
        .opened = true,
        .cached = native.backend.cached,
        .io_error = __atomic_load_n(&native.backend.error, __ATOMIC_RELAXED),
    };
    info->disk[0].io[IO_ERRORS] = __atomic_load_n(&native.errors, __ATOMIC_RELAXED);
}
