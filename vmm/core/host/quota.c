/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "vmm/core/host/cgroup.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/quota.h"

/* Differences between the cgroup versions, by version - 1. */
static const struct flavour {
    const char *time; /* key in cpu.stat */
    uint64_t unit_ns;
} flavours[] = {{"throttled_time ", 1}, {"throttled_usec ", 1000}};

static int read_in(const char *folder, const char *name, char *text, size_t size)
{
    char path[PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return file_read(path, text, size);
}

/* Read "quota period" in us, the format of version 2. Returns 0, or -1: no such files. */
static int read_quota(const struct cgroup_group *group, char text[48])
{
    char quota[24], period[24] = "";

    if (group->version == 2)
        return read_in(group->folder, "cpu.max", text, 48);
    if (read_in(group->folder, "cpu.cfs_quota_us", quota, sizeof(quota)) ||
        (quota[0] != '-' && read_in(group->folder, "cpu.cfs_period_us", period, sizeof(period))))
        return -1;
    snprintf(text, 48, "%.20s %.20s", quota, period);
    return 0;
}

/* Find the line that starts with `key` and parse its number. Returns 0, or -1. */
static int find_number(const char *text, const char *key, uint64_t *value)
{
    const char *at = text;

    while (at && strncmp(at, key, strlen(key)))
        at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
    return at && sscanf(at + strlen(key), "%" SCNu64, value) == 1 ? 0 : -1;
}

/* Add the throttling counters of the group if it has any. */
static void add_group(struct quota *quota, const struct cgroup_group *group)
{
    const struct flavour *flavour = &flavours[group->version - 1];
    struct quota_group *out = &quota->group[quota->groups];
    struct stat folder;
    char text[1024];

    if (quota->groups == QUOTA_GROUPS_MAX || stat(group->folder, &folder) ||
        read_in(group->folder, "cpu.stat", text, sizeof(text)) ||
        find_number(text, "nr_throttled ", &out->periods) ||
        find_number(text, flavour->time, &out->ns))
        return;
    out->ns *= flavour->unit_ns;
    out->device = folder.st_dev;
    out->inode = folder.st_ino;
    quota->groups++;
}

static void visit(void *ctx, const struct cgroup_group *group)
{
    struct quota *quota = ctx;
    int64_t allowed, period;
    char text[48];

    /* Without a quota: "max" or -1. */
    if (read_quota(group, text) || sscanf(text, "%" SCNd64 " %" SCNd64, &allowed, &period) != 2 ||
        allowed <= 0 || period <= 0)
        return;
    if (quota->cpus == 0 || (double)allowed / (double)period < quota->cpus) {
        quota->cpus = (double)allowed / (double)period;
        memcpy(quota->text, text, sizeof(quota->text));
    }
    add_group(quota, group);
}

void quota_read(const char *root, struct quota *quota)
{
    *quota = (struct quota){0};
    cgroup_each(root, "cpu", visit, quota);
}

static const struct quota_group *find_group(const struct quota *quota,
                                            const struct quota_group *like)
{
    for (unsigned i = 0; i < quota->groups; i++)
        if (quota->group[i].device == like->device && quota->group[i].inode == like->inode)
            return &quota->group[i];
    return NULL;
}

int quota_throttled(const struct quota *before, const struct quota *after,
                    struct quota_throttled *throttled)
{
    bool known = false;

    *throttled = (struct quota_throttled){0};
    for (unsigned i = 0; i < after->groups; i++) {
        const struct quota_group *end = &after->group[i], *begin = find_group(before, end);

        /* Ignore a group that is not in both readings. */
        if (!begin || end->ns < begin->ns || end->periods < begin->periods)
            continue;
        if (!known || end->ns - begin->ns > throttled->ns)
            *throttled =
                (struct quota_throttled){end->periods - begin->periods, end->ns - begin->ns};
        known = true;
    }
    return known ? 0 : -1;
}
