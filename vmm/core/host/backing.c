/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm/core/base/units.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/headroom.h"
#include "vmm/core/host/memory.h"
#include "vmm/core/host/placement.h"

#define ALIGNMENT CONFIG_PAGE_1G
#define GUARD     CONFIG_PAGE_2M

/* Bytes populated between two checks for a stop: some 50 ms with small pages. */
#define POPULATE_BYTES (16ull << 20)

/* This part of the memory that is left is not suggested. */
#define SPARE_PART 16

/* The bytes of all disks with engine=mem, which a run fills beside the guest's memory. */
static uint64_t disk_bytes(const struct config *config)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < config->disks; i++)
        if (config->disk[i].engine == CONFIG_ENGINE_MEM)
            bytes += config->disk[i].bytes;
    return bytes;
}

/*
 * Suggest a --mem that fits even with --prefault, and a little later: what is left changes by
 * itself, and the memory of a process that has ended is freed late.
 */
static int hint_mem(const struct config *config, const struct memory_limit *room, struct err *err)
{
    uint64_t fits = headroom_fits(room->bytes - room->bytes / SPARE_PART, disk_bytes(config));

    if (!fits)
        return err_hint(err, "raise the limit, or free memory: %" PRIu64 " MiB are %s",
                        room->bytes >> 20, room->name);
    return err_hint(err, "--mem %" PRIu64 "M or less", fits >> 20);
}

/* Memory limits do not count hugetlb pages. Free pages are checked when they are allocated. */
static int check_hugetlb(const struct config *config, struct err *err)
{
    uint64_t left = headroom_hugetlb("", config->hugepage_bytes);
    char size[UNITS_TEXT_MAX];

    if (config->mem_bytes <= left)
        return 0;
    err_set(err, ERR_FAILED,
            "--hugepages: the cgroup's hugetlb limit leaves %" PRIu64 " MiB of %s pages",
            left >> 20, units_format_size(size, config->hugepage_bytes));
    return err_hint(err, "a smaller --mem, or a higher limit");
}

static int check_size(const struct config *config, struct err *err)
{
    struct memory_limit limit = config->hugepage_bytes ? memory_total() : memory_limit();
    struct memory_limit room;
    char asked[UNITS_TEXT_MAX];

    units_format_size(asked, config->mem_bytes);
    if (config->mem_bytes > limit.bytes) {
        room = headroom_left("");
        err_set(err, ERR_USAGE, "--mem %s: more than %s of %" PRIu64 " MiB", asked, limit.name,
                limit.bytes >> 20);
        return hint_mem(config, room.bytes < limit.bytes ? &room : &limit, err);
    }
    if (config->hugepage_bytes)
        return check_hugetlb(config, err);
    if (!config->prefault)
        return 0;
    room = headroom_left("");
    if (headroom_needed(config->mem_bytes, disk_bytes(config)) <= room.bytes)
        return 0;
    err_set(err, ERR_FAILED,
            "--prefault: %s plus page tables and the VMM do not fit; %" PRIu64 " MiB are %s", asked,
            room.bytes >> 20, room.name);
    return hint_mem(config, &room, err);
}

/* The error of a failed hugetlb allocation. */
static int hugepages_missing(const struct config *config, struct err *err)
{
    uint64_t kb = config->hugepage_bytes >> 10, wanted, total, free;
    char path[128], size[UNITS_TEXT_MAX];

    wanted = config->mem_bytes / config->hugepage_bytes;
    units_format_size(size, config->hugepage_bytes);
    snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB/nr_hugepages",
             kb);
    if (file_read_u64(path, &total)) {
        /* Each size has a directory, unless /sys is not mounted. */
        if (access("/sys/kernel/mm/hugepages", F_OK)) {
            err_set(err, ERR_FAILED, "--hugepages: cannot allocate %" PRIu64 " page%s of %s",
                    wanted, units_s(wanted), size);
            return err_hint(err, "mount -t sysfs sysfs /sys, for the number of free pages");
        }
        return err_set(err, ERR_FAILED, "--hugepages: this host does not support pages of %s",
                       size);
    }
    snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB/free_hugepages",
             kb);
    if (file_read_u64(path, &free))
        return err_set(err, ERR_FAILED,
                       "--hugepages: %" PRIu64 " page%s of %s needed, too few of %" PRIu64
                       " are free",
                       wanted, units_s(wanted), size, total);
    err_set(err, ERR_FAILED,
            "--hugepages: %" PRIu64 " page%s of %s needed, %" PRIu64 " of %" PRIu64 " free", wanted,
            units_s(wanted), size, free, total);
    return err_hint(
        err, "echo %" PRIu64 " > /sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB/nr_hugepages",
        wanted + total - free, kb);
}

/*
 * Map `bytes` at an address aligned to ALIGNMENT, with GUARD inaccessible bytes on either side:
 * reserve a larger range, map within it and unmap the rest.
 */
static uint8_t *map_aligned(size_t bytes, int flags, int fd)
{
    size_t span = bytes + ALIGNMENT + 2 * GUARD;
    uint8_t *reserved, *base, *end;

    reserved = mmap(NULL, span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED)
        return NULL;
    base = (uint8_t *)(((uintptr_t)reserved + GUARD + ALIGNMENT - 1) & ~(ALIGNMENT - 1));
    end = base + bytes + GUARD;
    if (mmap(base, bytes, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0) == MAP_FAILED) {
        int error = errno;

        munmap(reserved, span);
        errno = error;
        return NULL;
    }
    if (base - GUARD > reserved)
        munmap(reserved, (size_t)(base - GUARD - reserved));
    if (reserved + span > end)
        munmap(end, (size_t)(reserved + span - end));
    return base;
}

static int map_hugetlb(struct backing *backing, const struct config *config, struct err *err)
{
    unsigned order = config->hugepage_bytes == CONFIG_PAGE_1G ? MFD_HUGE_1GB : MFD_HUGE_2MB;

    backing->fd = memfd_create("guest-memory", MFD_CLOEXEC | MFD_HUGETLB | order);
    if (backing->fd < 0)
        return hugepages_missing(config, err);
    if (!ftruncate(backing->fd, (off_t)backing->bytes))
        backing->base = map_aligned(backing->bytes, MAP_SHARED, backing->fd);
    if (!backing->base) {
        close(backing->fd);
        return hugepages_missing(config, err);
    }
    return 0;
}

static int map_ordinary(struct backing *backing, const struct config *config, struct err *err)
{
    char mode[128];

    if (config->thp == CONFIG_ON &&
        (file_read("/sys/kernel/mm/transparent_hugepage/enabled", mode, sizeof(mode)) ||
         strstr(mode, "[never]"))) {
        err_set(err, ERR_FAILED, "--thp on: transparent huge pages are off on this host");
        return err_hint(err, "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled");
    }
    backing->base = map_aligned(backing->bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
    if (!backing->base) {
        bool none = errno == ENOMEM;

        err_sys(err, ERR_FAILED, "cannot map guest memory");
        return none ? headroom_map_hint(err, "a smaller --mem, or ulimit -v unlimited") : -1;
    }
    /* Fails only if the kernel lacks huge pages, which is the same as "off". */
    madvise(backing->base, backing->bytes,
            config->thp == CONFIG_OFF ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
    return 0;
}

static int populate_part(uint8_t *base, size_t bytes, struct err *err)
{
    if (!madvise(base, bytes, MADV_POPULATE_WRITE))
        return 0;
    if (errno != EINVAL) {
        err_sys(err, ERR_FAILED, "--prefault");
        return err_hint(err, "a smaller --mem");
    }
    /* Before Linux 5.14, which added MADV_POPULATE_WRITE: touch each page. */
    for (size_t offset = 0; offset < bytes; offset += CONFIG_PAGE_4K)
        *(volatile uint8_t *)(base + offset) = 0;
    return 0;
}

static int populate(struct backing *backing, const struct watch *watch, struct err *err)
{
    for (size_t offset = 0; offset < backing->bytes; offset += POPULATE_BYTES) {
        size_t left = backing->bytes - offset;

        if (watch_check(watch, err) ||
            populate_part(backing->base + offset, left < POPULATE_BYTES ? left : POPULATE_BYTES,
                          err))
            return -1;
    }
    return 0;
}

int backing_alloc(struct backing *backing, const struct config *config, const struct watch *watch,
                  struct err *err)
{
    *backing = (struct backing){
        .bytes = config->mem_bytes,
        .hugepage_bytes = config->hugepage_bytes,
        .fd = -1,
    };
    if (check_size(config, err))
        return -1;
    if (config->hugepage_bytes ? map_hugetlb(backing, config, err)
                               : map_ordinary(backing, config, err))
        return -1;
    if ((config->numa.nodes && !config->numa.unbound && placement_bind(backing, config, err)) ||
        (config->prefault && populate(backing, watch, err))) {
        backing_free(backing);
        return -1;
    }
    return 0;
}

int backing_discard(const struct backing *backing, size_t offset, size_t bytes)
{
    if (backing->hugepage_bytes)
        return EOPNOTSUPP;
    return madvise(backing->base + offset, bytes, MADV_DONTNEED) ? errno : 0;
}

void backing_free(struct backing *backing)
{
    if (!backing->base)
        return;
    munmap(backing->base - GUARD, backing->bytes + 2 * GUARD);
    if (backing->fd >= 0)
        close(backing->fd);
    backing->base = NULL;
}
