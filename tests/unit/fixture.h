/* SPDX-License-Identifier: MIT */
/*
 * What many unit tests need: guest memory, files of their own, and what was written to standard
 * error. All of them fail the test if they cannot do it.
 */
#ifndef UNIT_FIXTURE_H
#define UNIT_FIXTURE_H

#include <stddef.h>

#include "vmm/mem/guestmem.h"

#define FIXTURE_PATH_MAX 64

/* A descriptor of KVM's statistics files, struct kvm_stats_desc, and its name behind it. */
struct fixture_stat {
    uint32_t flags;
    int16_t exponent;
    uint16_t size;
    uint32_t offset, bucket_size;
    char name[48];
};

/* fixture_memory(): guest memory of ordinary pages, all zero; guestmem_free() gives it back. */
struct guestmem fixture_memory(uint64_t bytes);

/* fixture_file(): a new file under /tmp with this content; its name goes to `path`. */
void fixture_file(char path[FIXTURE_PATH_MAX], const void *content, size_t bytes);

/*
 * fixture_tree(): a new folder under /tmp, which stands for "/"; its name goes to `root`.
 * fixture_add() makes a file in it, "/proc/stat", and the folders that it takes.
 * fixture_remove() removes all of it.
 */
void fixture_tree(char root[FIXTURE_PATH_MAX]);
void fixture_add(const char *root, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void fixture_remove(const char *root);

/* fixture_read(): a file's content with a terminator behind it, to be freed. */
char *fixture_read(const char *path);

/* fixture_stderr_begin(): from here on, what goes to standard error is kept. */
void fixture_stderr_begin(void);

/* fixture_stderr_end(): standard error is what it was. Returns what was kept, to be freed. */
char *fixture_stderr_end(void);

#endif
