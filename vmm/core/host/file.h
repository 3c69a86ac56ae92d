/* SPDX-License-Identifier: MIT */
/*
 * Small files: finding and reading those of /proc and /sys and those beside the program, writing
 * them safely.
 */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vmm/core/base/err.h"

/*
 * file_beside_program(): the path of a file in the folder of this program, in `path`, which has
 * `size` bytes. Returns 0, or -1 if that or the program's own does not fit.
 */
int file_beside_program(const char *name, char *path, size_t size);

/*
 * file_read(): the beginning of a file as a string without its last newline, at most size - 1
 * bytes. Returns 0, or -1 with errno (and an empty string).
 */
int file_read(const char *path, char *text, size_t size);

/* file_read_u64(): a file that holds a decimal number. Returns 0, or -1. */
int file_read_u64(const char *path, uint64_t *value);

/*
 * file_status_field(): the rest of the line that starts with `key`, without the blanks around it,
 * as in /proc/self/status, /proc/meminfo and /proc/cpuinfo. Returns 0, or -1 if there is none.
 */
int file_status_field(const char *path, const char *key, char *text, size_t size);

/* file_status_kb(): the same for a field in kB, in bytes. Returns 0, or -1. */
int file_status_kb(const char *path, const char *key, uint64_t *bytes);

/* file_is_regular(): whether a path names a regular file, or none yet. */
bool file_is_regular(const char *path);

/*
 * file_can_replace(): whether file_replace() of `path` is likely to work; changes nothing. Returns
 * 0, or -1 with errno.
 */
int file_can_replace(const char *path);

/* file_has_content(): whether a path names a regular file with something in it. */
bool file_has_content(const char *path);

/*
 * file_replace(): make this the content of a file, which need not exist. It is written beside it
 * and then takes its name, so that an older file stays until the newer one is whole; where that is
 * not possible, or the file is not a regular one, it is written into the file, if there is room for
 * all of it. Returns 0, or -1 with errno.
 */
int file_replace(const char *path, const char *text, size_t bytes);

/* file_remove_tree(): a folder and all in it, on its file system. Returns 0, or -1. */
int file_remove_tree(const char *path);

/*
 * file_flush(): what was printed to a stream is to arrive; `name` is its name for the message.
 * Returns 0, or -1 if some of it did not; the stream's error and the rest are dropped then.
 */
int file_flush(FILE *file, const char *name, struct err *err);

#endif
