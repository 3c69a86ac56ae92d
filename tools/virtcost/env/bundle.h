/* SPDX-License-Identifier: MIT */
/* The configuration of an OCI container (OCI Runtime Specification 1.0, config.json). */
#ifndef VIRTCOST_ENV_BUNDLE_H
#define VIRTCOST_ENV_BUNDLE_H

#include <jansson.h>
#include <stdint.h>

#include "tools/virtcost/env/volume.h"

struct bundle {
    const json_t *argv; /* an array of strings */
    uint64_t memory_bytes;
    const char *cpus;            /* NULL: all */
    const struct volume *volume; /* NULL: none */
    const char *lower, *work;    /* folders of an overlayfs whose upper folder is the volume */
    const char *cgroup;          /* path of the container's cgroup */
};

/*
 * bundle_config(): build config.json, with the current CLOCK_MONOTONIC time as MINIVMM_T0 in the
 * program's environment. The caller frees it.
 */
json_t *bundle_config(const struct bundle *bundle);

#endif
