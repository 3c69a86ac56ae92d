/* SPDX-License-Identifier: MIT */
/* The guest's ELF file: parsing, validation, loading into guest memory. */
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "minivmm/abi.h"
#include "vmm/core/base/err.h"
#include "vmm/mem/guestmem.h"

#define IMAGE_SEGMENTS_MAX 32
#define IMAGE_ARGS_MAX     32

struct image_segment {
    gpa_t base;
    uint64_t bytes; /* in memory */
    uint64_t file_offset, file_bytes;
    bool write, execute, user;
};

struct image {
    int fd;
    const char *path;
    gpa_t entry;
    struct image_segment segment[IMAGE_SEGMENTS_MAX]; /* sorted by address, not overlapping */
    unsigned segments;
    struct minivmm_guest_info info;
    struct minivmm_bench_info *bench; /* the guest's table; printable strings */
    unsigned benches;
    struct minivmm_arg_info arg[IMAGE_ARGS_MAX]; /* the keys of --args; printable strings */
    unsigned args;                               /* 0: any key is allowed */
};

/*
 * image_open(): read and check a guest's headers: a static x86-64 ELF64 executable of this ABI
 * version, whose segments do not overlap, are not both writable and executable, and whose entry
 * point is in ring-0 code. `path` must outlive the image. Returns 0, or -1 with *err set.
 */
int image_open(struct image *image, const char *path, struct err *err);

/* image_end(): the first address after the last segment. */
gpa_t image_end(const struct image *image);

/* image_load(): copy the segments into guest memory. Returns 0, or -1 if one is outside RAM. */
int image_load(const struct image *image, const struct guestmem *mem, struct err *err);

/* image_close(): close the file and free the benchmark table. */
void image_close(struct image *image);

#endif
