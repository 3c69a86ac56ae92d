/* SPDX-License-Identifier: MIT */
/*
 * Helpers of unit tests: guest memory, temporary files, captured standard error. All functions fail
 * the test on error.
 */
#ifndef UNIT_FIXTURE_H
#define UNIT_FIXTURE_H

#include <stddef.h>

#include "vmm/mem/guestmem.h"

#define FIXTURE_PATH_MAX 64

/* struct kvm_stats_desc of KVM's statistics files, followed by its name. */
struct fixture_stat {
    uint32_t flags;
    int16_t exponent;
    uint16_t size;
    uint32_t offset, bucket_size;
    char name[48];
};

/* fixture_memory(): zeroed guest memory on small pages; free it with guestmem_free(). */
struct guestmem fixture_memory(uint64_t bytes);

/* fixture_file(): create a file in /tmp with this content; sets `path` to its path. */
void fixture_file(char path[FIXTURE_PATH_MAX], const void *content, size_t bytes);

/*
 * fixture_tree(): create a directory in /tmp as the root of a file tree; sets `root` to its path.
 * fixture_add(): create a file in it, such as "/proc/stat", and its parent directories.
 * fixture_remove(): remove the tree.
 */
void fixture_tree(char root[FIXTURE_PATH_MAX]);
void fixture_add(const char *root, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void fixture_remove(const char *root);

/* fixture_read(): the content of a file as a string, which the caller frees. */
char *fixture_read(const char *path);

/* fixture_stderr_begin(): start capturing standard error. */
void fixture_stderr_begin(void);

/* fixture_stderr_end(): restore standard error. Returns the captured text, which the caller frees.
 */
char *fixture_stderr_end(void);

#endif
