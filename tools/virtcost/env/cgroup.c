/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/virtcost/env/cgroup.h"
#include "tools/virtcost/env/hierarchy.h"
#include "vmm/core/host/file.h"

/* Attempts to remove a cgroup: its members' memory is freed late. */
#define TRIES 100

/* Depth limit of the cgroups below ours. */
#define DEPTH_MAX 8

/* Limits of a version 2 cgroup, and the text that means "no limit". */
static const struct limit {
    const char *file, *none;
} limits[] = {
    {"cpu.max", "max"},     {"cpu.weight", "100"}, {"memory.max", "max"},
    {"memory.high", "max"}, {"pids.max", "max"},   {"memory.swap.max", "max"},
    {"cpuset.cpus", ""},    {"cpuset.mems", ""},   {"io.max", ""},
};

static void base_name(char name[64], pid_t pid)
{
    snprintf(name, 64, "virtcost-%d", (int)pid);
}

static void join(char path[PATH_MAX], const char *folder, const char *name)
{
    snprintf(path, PATH_MAX, "%.*s/%.*s", PATH_MAX - 256, folder, 250, name);
}

/* Write a text to a file of a cgroup with one write(2). Returns 0, or -1 with errno. */
static int write_file(const char *folder, const char *name, const char *text)
{
    size_t length = strlen(text);
    char path[PATH_MAX];
    ssize_t done;
    int fd;

    join(path, folder, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    done = write(fd, text, length);
    close(fd);
    return done == (ssize_t)length ? 0 : -1;
}

/* Write the lines of io.max, one for each device, one by one. */
static int write_lines(const char *folder, const char *name, char *text)
{
    char *line;

    while ((line = strsep(&text, "\n")))
        if (write_file(folder, name, line))
            return -1;
    return 0;
}

static int copy_limit(const char *from, const char *to, const struct limit *limit, struct err *err)
{
    char path[PATH_MAX], text[4096];
    size_t none = strlen(limit->none);

    join(path, from, limit->file);
    if (file_read(path, text, sizeof(text)) || !*text ||
        (none && !strncmp(text, limit->none, none) && (!text[none] || text[none] == ' ')))
        return 0;
    if (!write_lines(to, limit->file, text))
        return 0;
    return err_sys(err, ERR_CANNOT_RUN, "%s: cannot copy its %s to a sibling cgroup", from,
                   limit->file);
}

/* Create a cgroup for our containers, with the limits of this process's cgroup. */
static int make(const struct hierarchy *hierarchy, const char *name, char path[PATH_MAX],
                struct err *err)
{
    char parent[PATH_MAX];

    hierarchy_parent(hierarchy, parent);
    join(path, parent, name);
    if (mkdir(path, 0755) && errno != EEXIST)
        return err_sys(err, ERR_CANNOT_RUN, "%s", path);
    if (!strcmp(parent, hierarchy->own))
        return 0;
    for (unsigned i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (copy_limit(hierarchy->own, path, &limits[i], err)) {
            rmdir(path);
            return -1;
        }
    return 0;
}

int cgroup_open(struct cgroup *cgroup, struct err *err)
{
    struct hierarchy hierarchy;
    char base[64];

    *cgroup = (struct cgroup){0};
    base_name(base, getpid());
    snprintf(cgroup->name, sizeof(cgroup->name), "%.40s-all", base);
    if (hierarchy_find(&hierarchy, "memory"))
        return err_set(err, ERR_CANNOT_RUN, "no memory cgroup is mounted");
    snprintf(cgroup->before, sizeof(cgroup->before), "%s", hierarchy.own);
    if (make(&hierarchy, cgroup->name, cgroup->path, err))
        return -1;
    cgroup->version = hierarchy.version;
    return 0;
}

int cgroup_enter(const struct cgroup *cgroup)
{
    return write_file(cgroup->path, "cgroup.procs", "0");
}

int cgroup_leave(const struct cgroup *cgroup)
{
    return write_file(cgroup->before, "cgroup.procs", "0");
}

int cgroup_kernel(const struct cgroup *cgroup, uint64_t *bytes)
{
    char path[PATH_MAX + 32], text[32];

    if (cgroup->version == 1) {
        snprintf(path, sizeof(path), "%s/memory.kmem.usage_in_bytes", cgroup->path);
        return file_read_u64(path, bytes);
    }
    snprintf(path, sizeof(path), "%s/memory.stat", cgroup->path);
    if (!cgroup->version || file_status_field(path, "kernel ", text, sizeof(text)))
        return -1;
    *bytes = strtoull(text, NULL, 10);
    return 0;
}

void cgroup_close(struct cgroup *cgroup)
{
    if (cgroup->version)
        cgroup_sweep(getpid());
    cgroup->version = 0;
}

/* Whether this process has the same path in all version 1 hierarchies; sets *own to it. */
static bool agree(const struct hierarchy *list, unsigned count, const char **own)
{
    bool same = true;

    *own = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (list[i].version != 1)
            continue;
        same &= !*own || !strcmp(*own, hierarchy_own(&list[i]));
        *own = hierarchy_own(&list[i]);
    }
    return same && *own;
}

int cgroup_place(char path[PATH_MAX], const char *id, const char *below, bool relative,
                 struct err *err)
{
    struct hierarchy memory, *list;
    unsigned count = hierarchy_list(&list);
    const char *own, *slash = below ? "/" : "";
    char folder[PATH_MAX], base[64];
    int result = 0;

    base_name(base, getpid());
    snprintf(path, PATH_MAX, "%s%s%s", below ? below : "", slash, id);
    if (!hierarchy_find(&memory, "memory") && memory.version == 2) {
        /* Insert a cgroup of ours that has the limits; the runtime creates those below. */
        result = make(&memory, below ? below : base, folder, err);
        if (!result)
            snprintf(path, PATH_MAX, "%.*s/%.100s", PATH_MAX - 128, folder + strlen(memory.top),
                     id);
    } else if (!relative && agree(list, count, &own)) {
        snprintf(path, PATH_MAX, "%.*s/%.60s%s%.100s", PATH_MAX - 256, own, below ? below : "",
                 slash, id);
    }
    free(list);
    return result;
}

static bool is_of(const char *name, const char *base)
{
    size_t length = strlen(base);

    return !strncmp(name, base, length) && (!name[length] || name[length] == '-');
}

/* Kill all processes in it. Frozen ones must be thawed to die. */
static void kill_members(const char *folder)
{
    char path[PATH_MAX], line[32];
    FILE *file;

    write_file(folder, "freezer.state", "THAWED");
    write_file(folder, "cgroup.freeze", "0");
    join(path, folder, "cgroup.procs");
    file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        pid_t pid = (pid_t)strtol(line, NULL, 10);

        if (pid > 0 && pid != getpid())
            kill(pid, SIGKILL);
    }
    if (file)
        fclose(file);
}

static void remove_folder(const char *path)
{
    const struct timespec pause = {.tv_nsec = 20000000};

    for (unsigned i = 0; i < TRIES && rmdir(path) && errno == EBUSY; i++) {
        kill_members(path);
        nanosleep(&pause, NULL);
    }
}

/* Call a function for all cgroups below one, depth first, then for that one. */
static void walk_tree(const char *path, unsigned depth, void (*act)(const char *path))
{
    DIR *folder = depth < DEPTH_MAX ? opendir(path) : NULL;
    struct dirent *entry;
    char below[PATH_MAX];

    while (folder && (entry = readdir(folder))) {
        if (entry->d_type != DT_DIR || *entry->d_name == '.')
            continue;
        join(below, path, entry->d_name);
        walk_tree(below, depth + 1, act);
    }
    if (folder)
        closedir(folder);
    act(path);
}

static void walk_ours(const char *path, const char *base, void (*act)(const char *path))
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char below[PATH_MAX];

    while (folder && (entry = readdir(folder))) {
        if (entry->d_type != DT_DIR || !is_of(entry->d_name, base))
            continue;
        join(below, path, entry->d_name);
        walk_tree(below, 0, act);
    }
    if (folder)
        closedir(folder);
}

void cgroup_sweep(pid_t pid)
{
    /* Kill in all hierarchies first: a process frozen in one cannot die in the others. */
    static void (*const acts[])(const char *path) = {kill_members, remove_folder};
    struct hierarchy *list;
    unsigned count = hierarchy_list(&list);
    char base[64], parent[PATH_MAX];

    base_name(base, pid);
    for (unsigned k = 0; k < 2; k++)
        for (unsigned i = 0; i < count; i++) {
            hierarchy_parent(&list[i], parent);
            walk_ours(parent, base, acts[k]);
            if (strcmp(parent, list[i].own) != 0)
                walk_ours(list[i].own, base, acts[k]);
            /* Created by a runtime that takes the cgroup namespace's root for the hierarchy's. */
            if (strcmp(parent, list[i].top) != 0)
                walk_ours(list[i].top, base, acts[k]);
        }
    free(list);
}
