/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/core/cli/disk.h"

/* A key and what comes after its "="; the value is empty if there is none. */
struct part {
    const char *key, *value;
};

static int bad(struct err *err, const struct part *part, const char *why, const char *hint)
{
    err_set(err, ERR_USAGE, "--disk%s%.60s%s%.60s: %s", *part->key || *part->value ? " " : "",
            part->key, *part->value ? "=" : "", part->value, why);
    return err_hint(err, "%s", hint);
}

/* One of the names of a table; its number goes to *word. */
static int parse_word(const struct part *part, const char *const *names, int *word, struct err *err)
{
    char known[80] = "";

    for (int i = 0; names[i]; i++) {
        if (!strcmp(part->value, names[i])) {
            *word = i;
            return 0;
        }
        strcat(strcat(known, i ? " or " : ""), names[i]);
    }
    return bad(err, part, "invalid value", known);
}

static int parse_path(struct config_disk *disk, const struct part *part, struct err *err)
{
    (void)err;
    disk->path = part->value;
    return 0;
}

static int parse_size(struct config_disk *disk, const struct part *part, struct err *err)
{
    if (units_parse_size(part->value, &disk->bytes) || !disk->bytes || disk->bytes % 512 ||
        disk->bytes > CONFIG_DISK_BYTES_MAX)
        return bad(err, part, "invalid size: must be a multiple of 512 bytes, at most 1 PiB",
                   "size=1G");
    return 0;
}

static int parse_create(struct config_disk *disk, const struct part *part, struct err *err)
{
    (void)part, (void)err;
    disk->create = true;
    return 0;
}

static int parse_ro(struct config_disk *disk, const struct part *part, struct err *err)
{
    (void)part, (void)err;
    disk->read_only = true;
    return 0;
}

static int parse_direct(struct config_disk *disk, const struct part *part, struct err *err)
{
    (void)part, (void)err;
    disk->direct = true;
    return 0;
}

static int parse_engine(struct config_disk *disk, const struct part *part, struct err *err)
{
    int word = 0, result = parse_word(part, config_engine_name, &word, err);

    disk->engine = (enum config_engine)word;
    return result;
}

static int parse_notify(struct config_disk *disk, const struct part *part, struct err *err)
{
    int word = 0, result = parse_word(part, config_notify_name, &word, err);

    disk->notify = (enum config_notify)word;
    return result;
}

static int parse_irq(struct config_disk *disk, const struct part *part, struct err *err)
{
    int word = 0, result = parse_word(part, config_irq_name, &word, err);

    disk->irq = (enum config_irq)word;
    return result;
}

static int parse_depth(struct config_disk *disk, const struct part *part, struct err *err)
{
    uint64_t depth = 0;

    if (units_parse_u64(part->value, &depth) || depth < 2 || depth > CONFIG_DISK_DEPTH_MAX ||
        depth & (depth - 1))
        return bad(err, part, "invalid depth: must be a power of two from 2 to 1024", "depth=128");
    disk->depth = (unsigned)depth;
    return 0;
}

static int parse_switch(const struct part *part, bool *on, struct err *err)
{
    static const char *const names[] = {"off", "on", NULL};
    int word = 0, result = parse_word(part, names, &word, err);

    *on = word;
    return result;
}

static int parse_event_idx(struct config_disk *disk, const struct part *part, struct err *err)
{
    return parse_switch(part, &disk->event_idx, err);
}

static int parse_indirect(struct config_disk *disk, const struct part *part, struct err *err)
{
    return parse_switch(part, &disk->indirect, err);
}

static int parse_poll(struct config_disk *disk, const struct part *part, struct err *err)
{
    static const char *const names[] = {"constant", "adaptive", NULL};
    int word = 0, result = parse_word(part, names, &word, err);

    disk->has_poll = true;
    disk->adaptive = word;
    return result;
}

static int parse_cpu(struct config_disk *disk, const struct part *part, struct err *err)
{
    uint64_t cpu = 0;

    if (units_parse_u64(part->value, &cpu) || cpu >= CONFIG_NO_PIN)
        return bad(err, part, "invalid CPU number", "cpu=1");
    disk->pin = (unsigned)cpu;
    return 0;
}

static const struct key {
    const char *name;
    const char *example; /* with a value; NULL: it has none */
    int (*parse)(struct config_disk *disk, const struct part *part, struct err *err);
} keys[] = {
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

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static int parse_part(struct config_disk *disk, const struct part *part, bool has_value,
                      uint32_t *seen, struct err *err)
{
    char known[160] = "";

    for (unsigned i = 0; i < KEYS; i++) {
        strcat(strcat(known, i ? ", " : ""), keys[i].name);
        if (strcmp(part->key, keys[i].name) != 0)
            continue;
        if (*seen & 1u << i)
            return bad(err, part, "duplicate key", "give it once");
        *seen |= 1u << i;
        if (!keys[i].example && has_value)
            return bad(err, part, "takes no value", part->key);
        if (keys[i].example && !*part->value)
            return bad(err, part, "missing value", keys[i].example);
        return keys[i].parse(disk, part, err);
    }
    return *part->key || *part->value ? bad(err, part, "unknown key", known)
                                      : bad(err, part, "empty list item", "path=FILE,direct");
}

int cli_disk(struct config *config, const char *argument, struct err *err)
{
    struct config_disk *disk = &config->disk[config->disks];
    char *rest = strdup(argument);
    uint32_t seen = 0;

    if (!rest)
        return err_sys(err, ERR_FAILED, "--disk");
    if (config->disks == CONFIG_DISKS_MAX) {
        free(rest);
        err_set(err, ERR_USAGE, "--disk %s: more than %d disks", argument, CONFIG_DISKS_MAX);
        return err_hint(err, "fewer --disk options");
    }
    *disk = config_disk_default;
    config->disks++;
    disk->text = rest;
    while (rest) {
        char *at = strsep(&rest, ","), *key = strsep(&at, "=");
        const struct part part = {key, at ? at : ""};

        if (parse_part(disk, &part, at, &seen, err))
            return -1;
    }
    return 0;
}
