/* SPDX-License-Identifier: MIT */
/* Loop devices, which root can have where the kernel has the driver. */
#ifndef SUPPORT_LOOP_H
#define SUPPORT_LOOP_H

#include <stdbool.h>

/*
 * loop_attach(): a loop device on a file. Returns its path, which the next call overwrites, or NULL
 * if there is none to be had. loop_detach() gives it back.
 */
const char *loop_attach(const char *file, bool read_only);
void loop_detach(const char *device);

#endif
