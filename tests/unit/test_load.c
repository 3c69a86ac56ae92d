/* SPDX-License-Identifier: MIT */
/* Loading a guest image into memory; a hostile image must do no harm. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/boot/image.h"

#define FILE_MAX (4u << 20)
#define MIB      0x100000ull

static uint8_t original[FILE_MAX], changed[FILE_MAX];
static size_t bytes;

static void read_guest(const char *name)
{
    FILE *file = fopen(program_path(name), "r");

    ck_assert_msg(file != NULL, "cannot open %s", program_path(name));
    bytes = fread(original, 1, FILE_MAX, file);
    ck_assert_uint_lt(bytes, FILE_MAX);
    fclose(file);
}

START_TEST(segments_are_loaded_and_bss_is_zero)
{
    struct guestmem mem = fixture_memory(64 * MIB);
    struct image image;
    struct err err = {0};

    read_guest("bench.elf");
    ck_assert_int_eq(image_open(&image, program_path("bench.elf"), &err), 0);
    ck_assert_msg(!image_load(&image, &mem, &err), "%s", err.text);
    for (unsigned i = 0; i < image.segments; i++) {
        const struct image_segment *segment = &image.segment[i];
        const uint8_t *host = guestmem_at(&mem, segment->base, segment->bytes);
        uint8_t bss = 0;

        ck_assert_mem_eq(host, original + segment->file_offset, segment->file_bytes);
        for (uint64_t at = segment->file_bytes; at < segment->bytes; at++)
            bss |= host[at];
        ck_assert_uint_eq(bss, 0);
    }
    image_close(&image);
    guestmem_free(&mem);
}
END_TEST

START_TEST(segment_outside_memory_is_rejected)
{
    static const struct {
        uint64_t base, segment_bytes;
    } bad[] = {{64 * MIB, 1},
               {64 * MIB - 1, 2},
               {0xc0000000, 4096},
               {UINT64_MAX - 4096, 4096},
               {0x200000, 64 * MIB}};
    struct guestmem mem = fixture_memory(64 * MIB);
    struct err err;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct image image = {.fd = -1,
                              .path = "guest.elf",
                              .segment = {{.base = bad[i].base, .bytes = bad[i].segment_bytes}},
                              .segments = 1};

        ck_assert_int_eq(image_load(&image, &mem, &err), -1);
        ck_assert_int_eq(err.code, ERR_USAGE);
        ck_assert_msg(strstr(err.text, "outside RAM") != NULL, "%s", err.text);
        ck_assert_str_eq(err.hint, "more --mem");
    }
    guestmem_free(&mem);
}
END_TEST

START_TEST(truncated_file_is_reported)
{
    struct guestmem mem = fixture_memory(64 * MIB);
    char path[FIXTURE_PATH_MAX];
    struct image image;
    struct err err;

    read_guest("hello.elf");
    fixture_file(path, original, bytes);
    ck_assert_int_eq(image_open(&image, path, &err), 0);
    ck_assert_int_eq(truncate(path, 4096), 0);
    ck_assert_int_eq(image_load(&image, &mem, &err), -1);
    ck_assert_msg(strstr(err.text, "the file is truncated") != NULL, "%s", err.text);
    image_close(&image);
    unlink(path);
    guestmem_free(&mem);
}
END_TEST

/* Open and load an arbitrary image, for sanitizers to check. Returns whether it was accepted. */
static bool try(const uint8_t *content, size_t length, struct guestmem *mem)
{
    char path[FIXTURE_PATH_MAX];
    struct image image;
    struct err err = {0};
    bool accepted;

    fixture_file(path, content, length);
    accepted = !image_open(&image, path, &err);
    unlink(path);
    if (!accepted) {
        ck_assert_str_ne(err.text, "");
        return false;
    }
    ck_assert_uint_ge(image.segments, 1);
    for (unsigned i = 1; i < image.segments; i++)
        ck_assert_uint_le(image.segment[i - 1].base + image.segment[i - 1].bytes,
                          image.segment[i].base);
    image_load(&image, mem, &err);
    image_close(&image);
    return true;
}

START_TEST(file_truncated_anywhere_is_rejected)
{
    struct guestmem mem = fixture_memory(64 * MIB);
    unsigned accepted = 0;

    read_guest("hello.elf");
    for (size_t length = 0; length < bytes; length += length < 400 ? 13 : bytes / 101)
        accepted += try(original, length, &mem);
    /* The section headers, which locate MINIVMM_INFO_SECTION, are at the end of the file. */
    ck_assert_uint_eq(accepted, 0);
    ck_assert(try(original, bytes, &mem));
    guestmem_free(&mem);
}
END_TEST

/* Set every byte of some headers to each of a few values. */
static void change_bytes(size_t begin, size_t end, struct guestmem *mem)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0xff};

    for (size_t at = begin; at < end && at < bytes; at++) {
        for (unsigned i = 0; i < sizeof(values); i++) {
            memcpy(changed, original, bytes);
            changed[at] = values[i];
            try(changed, bytes, mem);
        }
    }
}

START_TEST(corrupt_headers_are_handled)
{
    struct guestmem mem = fixture_memory(64 * MIB);
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)original;

    read_guest("hello.elf");
    change_bytes(0, sizeof(*header), &mem);
    change_bytes(header->e_phoff, header->e_phoff + 4 * sizeof(Elf64_Phdr), &mem);
    guestmem_free(&mem);
}
END_TEST

START_TEST(corrupt_sections_are_handled)
{
    struct guestmem mem = fixture_memory(64 * MIB);
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)original;
    size_t names;

    read_guest("hello.elf");
    names = header->e_shoff + header->e_shstrndx * sizeof(Elf64_Shdr);
    change_bytes(names, names + sizeof(Elf64_Shdr), &mem);
    change_bytes(header->e_shoff + sizeof(Elf64_Shdr), header->e_shoff + 6 * sizeof(Elf64_Shdr),
                 &mem);
    guestmem_free(&mem);
}
END_TEST

SUITE_MAIN("load", segments_are_loaded_and_bss_is_zero, segment_outside_memory_is_rejected,
           truncated_file_is_reported, file_truncated_anywhere_is_rejected,
           corrupt_headers_are_handled, corrupt_sections_are_handled)
