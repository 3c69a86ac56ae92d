/* SPDX-License-Identifier: MIT */
/*
 * Writing what hours of measuring gave, so that it is not lost on the last step.
 */
#ifndef VIRTCOST_OUTPUT_H
#define VIRTCOST_OUTPUT_H

#include <stddef.h>

#include "vmm/base/err.h"

/*
 * output_open(): open the file for the results. It is not emptied yet: older results stay until
 * there are newer ones. Returns a descriptor, or -1 with an error.
 */
int output_open(const char *path, struct err *err);

/*
 * output_replace(): make `text` all that the file holds, down to the disk. Returns 0, or -1 with
 * errno.
 */
int output_replace(int fd, const char *text, size_t bytes);

/* output_write(): write all of `text`. Returns 0, or -1 with errno. */
int output_write(int fd, const char *text, size_t bytes);

#endif
