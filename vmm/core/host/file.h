/* SPDX-License-Identifier: MIT */
/*
 * Small files: reading files of /proc and /sys, finding files of the installation, and replacing
 * files atomically.
 */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vmm/core/base/err.h"

/*
 * file_beside_program(): write the path of a file in the directory of this program to `path`, of
 * `size` bytes. Returns 0, or -1 if the path or the program's own does not fit.
 */
int file_beside_program(const char *name, char *path, size_t size);

/*
 * file_read(): read the first size - 1 bytes of a file as a string, without a trailing newline.
 * Returns 0, or -1 with errno set and an empty string.
 */
int file_read(const char *path, char *text, size_t size);

/* file_read_u64(): read a decimal number from a file. Returns 0, or -1. */
int file_read_u64(const char *path, uint64_t *value);

/*
 * file_status_field(): read the rest of the line that starts with `key`, without surrounding
 * blanks, as in /proc/self/status, /proc/meminfo and /proc/cpuinfo. Returns 0, or -1 if not found.
 */
int file_status_field(const char *path, const char *key, char *text, size_t size);

/* file_status_kb(): read such a field in kB, as bytes. Returns 0, or -1. */
int file_status_kb(const char *path, const char *key, uint64_t *bytes);

/* file_is_regular(): whether a path names a regular file or does not exist. */
bool file_is_regular(const char *path);

/*
 * file_can_replace(): check whether file_replace() of `path` is likely to succeed, without changing
 * anything. Returns 0, or -1 with errno set.
 */
int file_can_replace(const char *path);

/*
 * file_same(): whether two paths name the same file: the same inode or, if they do not exist, the
 * same path.
 */
bool file_same(const char *a, const char *b);

/* file_has_content(): whether a path names a regular file that is not empty. */
bool file_has_content(const char *path);

/*
 * file_replace(): create or replace a file: write a temporary file in the same directory and rename
 * it, so that the old content stays until the new one is complete. If that is not possible, or the
 * file is not regular, overwrite the file in place if the space suffices. Returns 0, or -1 with
 * errno set.
 */
int file_replace(const char *path, const char *text, size_t bytes);

/* file_remove_tree(): remove a directory recursively, within its file system. Returns 0, or -1. */
int file_remove_tree(const char *path);

/*
 * file_flush(): flush a stream, called `name` in the message. Returns 0, or -1 with *err set if
 * this or an earlier write failed; then the stream's error is cleared and its buffer discarded.
 */
int file_flush(FILE *file, const char *name, struct err *err);

#endif
