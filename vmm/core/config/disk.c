/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "vmm/core/config/disk.h"

const char *const config_engine_name[] = {
    [CONFIG_ENGINE_BEST] = "best", [CONFIG_ENGINE_SYNC] = "sync", [CONFIG_ENGINE_URING] = "uring",
    [CONFIG_ENGINE_MEM] = "mem",   [CONFIG_ENGINE_NULL] = "null", NULL};

const char *const config_notify_name[] = {[CONFIG_NOTIFY_EXIT] = "exit",
                                          [CONFIG_NOTIFY_IOEVENTFD] = "ioeventfd",
                                          [CONFIG_NOTIFY_POLL] = "poll",
                                          NULL};

const char *const config_irq_name[] = {
    [CONFIG_IRQ_IRQFD] = "irqfd", [CONFIG_IRQ_NONE] = "none", NULL};

#define DISK_DEFAULTS                                                                            \
    .notify = CONFIG_NOTIFY_IOEVENTFD, .irq = CONFIG_IRQ_IRQFD, .depth = 128, .event_idx = true, \
    .indirect = true, .pin = CONFIG_NO_PIN

const struct config_disk config_disk_default = {DISK_DEFAULTS};

const struct config_disk config_disk_temporary = {
    DISK_DEFAULTS,
    .temporary = true,
    .bytes = CONFIG_DISK_TEMP_BYTES,
};

/* What does not go together: whether it is so, and what to say of it. */
struct rule {
    bool broken;
    const char *what, *hint;
};

static int check_disk(const struct config_disk *disk, struct err *err)
{
    bool file = disk->engine != CONFIG_ENGINE_MEM && disk->engine != CONFIG_ENGINE_NULL;
    const struct rule rules[] = {
        {file && !disk->path, "missing path", "path=FILE, or engine=mem or null"},
        {!file && disk->path, "engines mem and null use no file", "without path"},
        {!file && !disk->bytes, "a disk without a file needs a size", "size=1G"},
        {!file && (disk->create || disk->direct || disk->read_only),
         "create, direct and ro require a file", "without them"},
        {disk->create && disk->read_only, "create and ro exclude each other", "create or ro"},
        {disk->create && !disk->bytes, "a new file needs a size", "size=1G,create"},
        {disk->has_poll && disk->notify != CONFIG_NOTIFY_POLL, "poll= requires notify=poll",
         "notify=poll"},
    };

    for (unsigned i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i].broken)
            continue;
        err_set(err, ERR_USAGE, "--disk%s%s: %s", disk->path ? " path=" : "",
                disk->path ? disk->path : "", rules[i].what);
        return err_hint(err, "%s", rules[i].hint);
    }
    return 0;
}

int config_validate_disks(const struct config *config, struct err *err)
{
    for (unsigned i = 0; i < config->disks; i++)
        if (check_disk(&config->disk[i], err))
            return -1;
    return 0;
}
