/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/virtcost/env/cgroup.h"
#include "vmm/host/file.h"

#define ROOT_V1 "/sys/fs/cgroup/memory"
#define ROOT_V2 "/sys/fs/cgroup"

/* How often its removal is tried: members' memory is freed late. */
#define TRIES 100

/* The path of this process's cgroup that has `controller`, "memory" or, in version 2, "". */
static int find_own(const char *controller, char *path, size_t size)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[PATH_MAX];
    int found = -1;

    while (file && found && fgets(line, sizeof(line), file)) {
        char *name = strchr(line, ':'), *at = name ? strchr(name + 1, ':') : NULL;

        if (!at)
            continue;
        *at++ = '\0';
        at[strcspn(at, "\n")] = '\0';
        if (strcmp(name + 1, controller) != 0)
            continue;
        snprintf(path, size, "%s", at);
        found = 0;
    }
    if (file)
        fclose(file);
    return found;
}

int cgroup_open(struct cgroup *cgroup, struct err *err)
{
    const char *root;
    char own[PATH_MAX - 128];

    *cgroup = (struct cgroup){0};
    snprintf(cgroup->name, sizeof(cgroup->name), "/virtcost-%d", (int)getpid());
    if (!find_own("memory", own, sizeof(own))) {
        cgroup->version = 1;
        root = ROOT_V1;
    } else if (!find_own("", own, sizeof(own))) {
        cgroup->version = 2;
        root = ROOT_V2;
    } else {
        return err_set(err, ERR_CANNOT_RUN, "there is no memory cgroup");
    }
    snprintf(cgroup->path, sizeof(cgroup->path), "%s%s", root, cgroup->name);
    snprintf(cgroup->before, sizeof(cgroup->before), "%s%s", root, own);
    if (mkdir(cgroup->path, 0755)) {
        cgroup->version = 0;
        return err_sys(err, ERR_CANNOT_RUN, "%s", cgroup->path);
    }
    return 0;
}

static int write_self(const char *folder)
{
    char path[PATH_MAX + 16];
    int fd;
    ssize_t done;

    snprintf(path, sizeof(path), "%s/cgroup.procs", folder);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    done = write(fd, "0", 1);
    close(fd);
    return done == 1 ? 0 : -1;
}

int cgroup_enter(const struct cgroup *cgroup)
{
    return write_self(cgroup->path);
}

int cgroup_leave(const struct cgroup *cgroup)
{
    return write_self(cgroup->before);
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

static void remove_folder(const char *path)
{
    const struct timespec pause = {.tv_nsec = 20000000};

    for (unsigned i = 0; i < TRIES && rmdir(path) && errno == EBUSY; i++)
        nanosleep(&pause, NULL);
}

void cgroup_close(struct cgroup *cgroup)
{
    FILE *mounts = cgroup->version ? setmntent("/proc/self/mounts", "re") : NULL;
    char path[PATH_MAX + 64];
    struct mntent *mount;

    if (cgroup->version)
        remove_folder(cgroup->path);
    cgroup->version = 0;
    /* Version 1: a runtime has made the folder above its containers' in each hierarchy. */
    while (mounts && (mount = getmntent(mounts))) {
        if (strcmp(mount->mnt_type, "cgroup") != 0 && strcmp(mount->mnt_type, "cgroup2") != 0)
            continue;
        snprintf(path, sizeof(path), "%.*s%s", PATH_MAX - 1, mount->mnt_dir, cgroup->name);
        remove_folder(path);
    }
    if (mounts)
        endmntent(mounts);
}
