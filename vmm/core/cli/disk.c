/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/keyvalue.h"
#include "vmm/core/base/units.h"
#include "vmm/core/cli/disk.h"

static int parse_path(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;

    (void)err;
    disk->path = item->value;
    return 0;
}

static int parse_size(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;

    if (units_parse_size(item->value, &disk->bytes) || !disk->bytes || disk->bytes % 512 ||
        disk->bytes > CONFIG_DISK_BYTES_MAX)
        return keyvalue_bad(
            err, item, "invalid size: must be a multiple of 512 bytes, at most 1 PiB", "size=1G");
    return 0;
}

static int parse_create(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;

    (void)item, (void)err;
    disk->create = true;
    return 0;
}

static int parse_ro(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;

    (void)item, (void)err;
    disk->read_only = true;
    return 0;
}

static int parse_direct(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;

    (void)item, (void)err;
    disk->direct = true;
    return 0;
}

static int parse_engine(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;
    int word = 0, result = keyvalue_word(item, config_engine_name, &word, err);

    disk->engine = (enum config_engine)word;
    return result;
}

static int parse_notify(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;
    int word = 0, result = keyvalue_word(item, config_notify_name, &word, err);

    disk->notify = (enum config_notify)word;
    return result;
}

static int parse_irq(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;
    int word = 0, result = keyvalue_word(item, config_irq_name, &word, err);

    disk->irq = (enum config_irq)word;
    return result;
}

static int parse_depth(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;
    uint64_t depth = 0;

    if (units_parse_u64(item->value, &depth) || depth < 2 || depth > CONFIG_DISK_DEPTH_MAX ||
        depth & (depth - 1))
        return keyvalue_bad(err, item, "invalid depth: must be a power of two from 2 to 1024",
                            "depth=128");
    disk->depth = (unsigned)depth;
    return 0;
}

static int parse_switch(const struct keyvalue_item *item, bool *on, struct err *err)
{
    static const char *const names[] = {"off", "on", NULL};
    int word = 0, result = keyvalue_word(item, names, &word, err);

    *on = word;
    return result;
}

static int parse_event_idx(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;

    return parse_switch(item, &disk->event_idx, err);
}

static int parse_indirect(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;

    return parse_switch(item, &disk->indirect, err);
}

static int parse_poll(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;
    static const char *const names[] = {"constant", "adaptive", NULL};
    int word = 0, result = keyvalue_word(item, names, &word, err);

    disk->has_poll = true;
    disk->adaptive = word;
    return result;
}

static int parse_cpu(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_disk *disk = ctx;
    uint64_t cpu = 0;

    if (units_parse_u64(item->value, &cpu) || cpu >= CONFIG_NO_PIN)
        return keyvalue_bad(err, item, "invalid CPU number", "cpu=1");
    disk->pin = (unsigned)cpu;
    return 0;
}

static const struct keyvalue_key keys[] = {
    {"path", "path=FILE", parse_path},
    {"ro", NULL, parse_ro},
    {"size", "size=1G", parse_size},
    {"create", NULL, parse_create},
    {"direct", NULL, parse_direct},
    {"engine", "engine=uring", parse_engine},
    {"notify", "notify=ioeventfd", parse_notify},
    {"irq", "irq=irqfd", parse_irq},
    {"depth", "depth=128", parse_depth},
    {"event-idx", "event-idx=on", parse_event_idx},
    {"indirect", "indirect=on", parse_indirect},
    {"poll", "poll=adaptive", parse_poll},
    {"cpu", "cpu=1", parse_cpu},
};

static const struct keyvalue_list list = {"disk", "path=FILE,direct", keys,
                                          sizeof(keys) / sizeof(keys[0]), NULL};

int cli_disk(struct config *config, const char *argument, struct err *err)
{
    struct config_disk *disk = &config->disk[config->disks];
    char *copy = strdup(argument);

    if (!copy)
        return err_sys(err, ERR_FAILED, "--disk");
    if (config->disks == CONFIG_DISKS_MAX) {
        free(copy);
        err_set(err, ERR_USAGE, "--disk %s: more than %d disks", argument, CONFIG_DISKS_MAX);
        return err_hint(err, "fewer --disk options");
    }
    *disk = config_disk_default;
    config->disks++;
    disk->text = copy;
    return keyvalue_parse(&list, argument, copy, disk, err);
}
