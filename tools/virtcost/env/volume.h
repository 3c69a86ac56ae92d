/* SPDX-License-Identifier: MIT */
/*
 * The disk of --disk in a container: a file or a block device of the host, under a name that the
 * container's own file systems do not hide, wherever it lies on the host.
 */
#ifndef VIRTCOST_ENV_VOLUME_H
#define VIRTCOST_ENV_VOLUME_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>

enum volume_kind {
    VOLUME_NONE,   /* the disk needs nothing of the host */
    VOLUME_FILE,   /* bind-mounted */
    VOLUME_DEVICE, /* a device node, and the right to use it */
    VOLUME_LAYERS, /* the file's folder is the upper layer of an overlayfs */
};

struct volume {
    enum volume_kind kind;
    char source[PATH_MAX];     /* on the host: the file, the device, or the folder */
    char target[PATH_MAX];     /* of the mount or the device node in the container */
    char path[PATH_MAX + 256]; /* of the disk in the container */
    unsigned major, minor;     /* of a device */
    bool of_another;           /* only a capability lets the container's root use the file */
};

/*
 * volume_of(): what an argument of --disk needs. A file that is to be created is, empty: a mount
 * needs it. What cannot be had is left to the program to complain of.
 */
void volume_of(struct volume *volume, const char *disk, bool layers);

/* volume_argument(): the argument of --disk in the container. To be freed by the caller. */
json_t *volume_argument(const struct volume *volume, const char *disk);

#endif
