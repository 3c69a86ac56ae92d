/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tools/virtcost/env/volume.h"
#include "vmm/core/cli/disk.h"

/* Paths in the container. A device node has to be in /dev, where devices are allowed. */
#define FILE_TARGET   "/volume"
#define DEVICE_TARGET "/dev/volume"
#define LAYERS_TARGET "/layers"

#define PATH_KEY "path="

/* Create the file as the programs would. */
static void create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
}

static void set(struct volume *volume, enum volume_kind kind, const char *target)
{
    volume->kind = kind;
    snprintf(volume->target, sizeof(volume->target), "%s", target);
    snprintf(volume->path, sizeof(volume->path), "%s", target);
}

/* Set the folder of a file, which may not exist yet, and the file's name in it. */
static void use_layers(struct volume *volume, const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];

    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash + 1 - path) : 1,
             slash ? path : ".");
    if (!realpath(folder, volume->source))
        return;
    set(volume, VOLUME_LAYERS, LAYERS_TARGET);
    snprintf(volume->path, sizeof(volume->path), LAYERS_TARGET "/%.250s", slash ? slash + 1 : path);
}

static void use_file(struct volume *volume, const struct config_disk *disk)
{
    struct stat file;

    if (disk->create && stat(disk->path, &file) && errno == ENOENT)
        create(disk->path);
    if (!realpath(disk->path, volume->source) || stat(volume->source, &file))
        return;
    if (S_ISBLK(file.st_mode)) {
        set(volume, VOLUME_DEVICE, DEVICE_TARGET);
        volume->major = major(file.st_rdev);
        volume->minor = minor(file.st_rdev);
    } else if (S_ISREG(file.st_mode)) {
        set(volume, VOLUME_FILE, FILE_TARGET);
        volume->of_another = file.st_uid || (file.st_mode & 0600) != 0600;
    }
}

void volume_of(struct volume *volume, const char *disk, bool layers)
{
    const struct config_disk *parsed;
    struct config config;
    struct err err;

    *volume = (struct volume){0};
    config_init(&config);
    if (*disk && !cli_disk(&config, disk, &err) && config.disk[0].path) {
        parsed = &config.disk[0];
        if (layers)
            use_layers(volume, parsed->path);
        else
            use_file(volume, parsed);
    }
    config_free(&config);
}

json_t *volume_argument(const struct volume *volume, const char *disk)
{
    const char *path =
        strncmp(disk, PATH_KEY, strlen(PATH_KEY)) ? strstr(disk, "," PATH_KEY) : disk;

    if (volume->kind == VOLUME_NONE || !path)
        return json_string(disk);
    path += *path == ',';
    return json_sprintf("%.*s" PATH_KEY "%s%s", (int)(path - disk), disk, volume->path,
                        path + strcspn(path, ","));
}
