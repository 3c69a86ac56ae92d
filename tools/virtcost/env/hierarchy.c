/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/env/hierarchy.h"
#include "vmm/core/base/words.h"
#include "vmm/core/host/cgroup.h"
#include "vmm/core/host/memory.h"
#include "vmm/core/host/quota.h"

/* Decode a path of /proc/self/mountinfo, where a blank is "\040". */
static void unescape(char *path)
{
    char *to = path;

    for (const char *from = path; *from; to++) {
        unsigned code;

        if (*from == '\\' && sscanf(from + 1, "%3o", &code) == 1) {
            *to = (char)code;
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

/* One line of /proc/self/mountinfo (proc(5)). */
struct mounted {
    char root[PATH_MAX], point[PATH_MAX], type[32], options[256];
};

static bool parse_mount(const char *line, struct mounted *mount)
{
    const char *rest = strstr(line, " - ");

    if (!rest || sscanf(line, "%*s %*s %*s %4095s %4095s", mount->root, mount->point) != 2 ||
        sscanf(rest, " - %31s %*s %255s", mount->type, mount->options) != 2)
        return false;
    unescape(mount->root);
    unescape(mount->point);
    return !strcmp(mount->type, "cgroup") || !strcmp(mount->type, "cgroup2");
}

/* Whether it mounts a hierarchy, or a part of one. */
static bool is_mount_of(const struct mounted *mount, const struct hierarchy *hierarchy)
{
    char first[sizeof(hierarchy->controllers)];

    if (hierarchy->version == 2)
        return !strcmp(mount->type, "cgroup2");
    snprintf(first, sizeof(first), "%.*s", (int)strcspn(hierarchy->controllers, ","),
             hierarchy->controllers);
    return !strcmp(mount->type, "cgroup") && words_have(mount->options, first);
}

/* Find where a hierarchy is mounted and set its folders; `path` is this process's cgroup in it. */
static int find_mount(struct hierarchy *hierarchy, const char *path)
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    static struct mounted mount;
    char *line = NULL;
    size_t room = 0;
    int found = -1;

    while (file && found && getline(&line, &room, file) >= 0) {
        if (!parse_mount(line, &mount) || !is_mount_of(&mount, hierarchy))
            continue;
        snprintf(hierarchy->top, PATH_MAX, "%s", mount.point);
        snprintf(hierarchy->own, PATH_MAX, "%s", mount.point);
        found = cgroup_locate(hierarchy->own, mount.root, path) ? 0 : -1;
    }
    free(line);
    if (file)
        fclose(file);
    return found;
}

/* A line of /proc/self/cgroup: "0::/path" for version 2, "N:controllers:/path" for version 1. */
static int parse_line(struct hierarchy *hierarchy, char *line)
{
    char *controllers = strchr(line, ':'), *path = controllers ? strchr(++controllers, ':') : NULL;

    if (!path)
        return -1;
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    hierarchy->version = *controllers ? 1 : 2;
    snprintf(hierarchy->controllers, sizeof(hierarchy->controllers), "%s", controllers);
    return find_mount(hierarchy, path);
}

unsigned hierarchy_list(struct hierarchy **list)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    unsigned count = 0;
    char *line = NULL;
    size_t room = 0;

    *list = calloc(HIERARCHIES_MAX, sizeof(**list));
    while (file && *list && count < HIERARCHIES_MAX && getline(&line, &room, file) >= 0)
        count += !parse_line(&(*list)[count], line);
    free(line);
    if (file)
        fclose(file);
    return count;
}

int hierarchy_find(struct hierarchy *found, const char *controller)
{
    struct hierarchy *list;
    unsigned count = hierarchy_list(&list), best = count;

    for (unsigned i = 0; i < count; i++)
        if (words_have(list[i].controllers, controller))
            best = i;
    for (unsigned i = 0; i < count && best == count; i++)
        if (list[i].version == 2)
            best = i;
    if (best < count)
        *found = list[best];
    free(list);
    return best < count ? 0 : -1;
}

const char *hierarchy_own(const struct hierarchy *hierarchy)
{
    return hierarchy->own + strlen(hierarchy->top);
}

void hierarchy_parent(const struct hierarchy *hierarchy, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s", hierarchy->own);
    if (hierarchy->version == 2 && *hierarchy_own(hierarchy))
        *strrchr(path, '/') = '\0';
}

struct allowance allowance_read(void)
{
    struct memory_limit memory = memory_limit();
    struct allowance allowance = {
        .memory_bytes = memory.bytes < memory_total().bytes ? memory.bytes : UINT64_MAX,
    };
    struct quota quota;

    quota_read("", &quota);
    sscanf(quota.text, "%" SCNu64 " %" SCNu64, &allowance.quota_us, &allowance.period_us);
    return allowance;
}
