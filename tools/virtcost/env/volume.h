/* SPDX-License-Identifier: MIT */
/*
 * The disk of --disk in a container: a file or a block device of the host, under a path that the
 * container's file systems do not hide.
 */
#ifndef VIRTCOST_ENV_VOLUME_H
#define VIRTCOST_ENV_VOLUME_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>

enum volume_kind {
    VOLUME_NONE,   /* the disk is not on the host */
    VOLUME_FILE,   /* a bind-mounted file */
    VOLUME_DEVICE, /* a device node, with access to it */
    VOLUME_LAYERS, /* the file's folder as the upper layer of an overlayfs */
};

struct volume {
    enum volume_kind kind;
    char source[PATH_MAX];     /* on the host: file, device or folder */
    char target[PATH_MAX];     /* in the container: mount point or device node */
    char path[PATH_MAX + 256]; /* path of the disk in the container */
    unsigned major, minor;     /* of a device */
    bool of_another;           /* the container's root needs CAP_DAC_OVERRIDE to use the file */
};

/*
 * volume_of(): set *volume from an argument of --disk. Creates an empty file with create, since a
 * mount needs one. Leaves errors to the program to report.
 */
void volume_of(struct volume *volume, const char *disk, bool layers);

/* volume_argument(): the argument of --disk in the container. The caller frees it. */
json_t *volume_argument(const struct volume *volume, const char *disk);

#endif
