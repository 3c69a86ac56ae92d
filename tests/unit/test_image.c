/* SPDX-License-Identifier: MIT */
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

/* A copy of a built guest, for the tests to modify. */
static struct {
    union {
        Elf64_Ehdr header;
        uint8_t byte[FILE_MAX];
    };
    size_t bytes;
} elf;

static char path[FIXTURE_PATH_MAX];

static void read_guest(const char *name)
{
    FILE *file = fopen(program_path(name), "r");

    ck_assert_msg(file != NULL, "%s", program_path(name));
    elf.bytes = fread(elf.byte, 1, FILE_MAX, file);
    ck_assert_uint_lt(elf.bytes, FILE_MAX);
    fclose(file);
}

static Elf64_Phdr *segment(unsigned i)
{
    return (Elf64_Phdr *)(elf.byte + elf.header.e_phoff) + i;
}

static Elf64_Shdr *section(const char *wanted)
{
    Elf64_Shdr *sections = (Elf64_Shdr *)(elf.byte + elf.header.e_shoff);
    const Elf64_Shdr *names = &sections[elf.header.e_shstrndx];

    for (unsigned i = 0; i < elf.header.e_shnum; i++)
        if (!strcmp((char *)elf.byte + names->sh_offset + sections[i].sh_name, wanted))
            return &sections[i];
    ck_abort_msg("no section %s", wanted);
}

static struct minivmm_guest_info *info(void)
{
    return (struct minivmm_guest_info *)(elf.byte + section(MINIVMM_INFO_SECTION)->sh_offset);
}

static int open_changed(struct image *image, struct err *err)
{
    *err = (struct err){0};
    fixture_file(path, elf.byte, elf.bytes);
    return image_open(image, path, err);
}

/* The modified guest is refused for this reason; then it is restored. */
static void refuse(const char *why)
{
    struct image image;
    struct err err;

    ck_assert_msg(open_changed(&image, &err) == -1, "not refused: %s", why);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(!strncmp(err.text, path, strlen(path)) && strstr(err.text, why), "%s", err.text);
    ck_assert_str_ne(err.hint, "");
    unlink(path);
    read_guest("hello.elf");
}

START_TEST(headers_are_parsed)
{
    struct image image;
    struct err err;
    unsigned loads = 0;

    read_guest("hello.elf");
    ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
    ck_assert_uint_eq(image.entry, elf.header.e_entry);
    for (unsigned i = 0; i < elf.header.e_phnum; i++)
        loads += segment(i)->p_type == PT_LOAD;
    ck_assert_uint_eq(image.segments, loads);
    for (unsigned i = 0; i < loads; i++) {
        ck_assert_uint_eq(image.segment[i].base, segment(i)->p_paddr);
        ck_assert_uint_eq(image.segment[i].bytes, segment(i)->p_memsz);
        ck_assert_uint_eq(image.segment[i].file_offset, segment(i)->p_offset);
        ck_assert_uint_eq(image.segment[i].file_bytes, segment(i)->p_filesz);
    }
    /* Ring-0 code, then ring-3 code, constants and data. */
    ck_assert(image.segment[0].execute && !image.segment[0].user && !image.segment[0].write);
    ck_assert(image.segment[1].execute && image.segment[1].user && !image.segment[1].write);
    ck_assert(!image.segment[2].execute && image.segment[2].user && !image.segment[2].write);
    ck_assert(!image.segment[3].execute && image.segment[3].user && image.segment[3].write);
    ck_assert_uint_eq(image_end(&image), image.segment[3].base + image.segment[3].bytes);
    ck_assert_uint_eq(image.info.abi_version, MINIVMM_ABI_VERSION);
    ck_assert_uint_gt(image.info.vcpu_bytes, 0);
    ck_assert_uint_eq(strspn(image.info.kernels_sha256, "0123456789abcdef"), 64);
    ck_assert_uint_eq(image.benches, 0);
    image_close(&image);
    ck_assert_ptr_null(image.bench);
    unlink(path);
}
END_TEST

START_TEST(other_files_are_refused)
{
    read_guest("hello.elf");
    elf.byte[0] = 0;
    refuse("not an ELF file");
    elf.bytes = 0;
    refuse("not an ELF file");
    elf.header.e_ident[EI_CLASS] = ELFCLASS32;
    refuse("a 32-bit ELF file");
    elf.header.e_machine = EM_AARCH64;
    refuse("another machine");
    elf.header.e_type = ET_DYN;
    refuse("not a static executable");
    elf.header.e_type = ET_REL;
    refuse("not a static executable");
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    struct image image;
    struct err err = {0};

    ck_assert_int_eq(image_open(&image, "/nowhere/guest.elf", &err), -1);
    ck_assert_str_eq(err.text, "/nowhere/guest.elf: No such file or directory");
    ck_assert_str_ne(err.hint, "");
    ck_assert_int_eq(image_open(&image, "/", &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
}
END_TEST

START_TEST(the_entry_point_must_be_ring_0_code)
{
    read_guest("hello.elf");
    elf.header.e_entry = 0;
    refuse("entry point outside the ring-0 code");
    elf.header.e_entry = segment(0)->p_vaddr - 1;
    refuse("entry point outside the ring-0 code");
    elf.header.e_entry = segment(0)->p_vaddr + segment(0)->p_memsz;
    refuse("entry point outside the ring-0 code");
    elf.header.e_entry = segment(1)->p_vaddr;
    refuse("entry point outside the ring-0 code");
    elf.header.e_entry = segment(3)->p_vaddr;
    refuse("entry point outside the ring-0 code");
    elf.header.e_phnum = 0;
    refuse("entry point outside the ring-0 code");
}
END_TEST

START_TEST(segments_are_checked)
{
    read_guest("hello.elf");
    segment(1)->p_vaddr += 0x1000;
    refuse("virtual and physical addresses differ");
    segment(1)->p_flags |= PF_W;
    refuse("both writable and executable");
    segment(1)->p_memsz = segment(2)->p_paddr - segment(1)->p_paddr + 1;
    refuse("two segments overlap");
    segment(2)->p_paddr = segment(2)->p_vaddr = segment(1)->p_paddr;
    refuse("two segments overlap");
    segment(1)->p_filesz = segment(1)->p_memsz + 1;
    refuse("a segment's p_filesz exceeds its p_memsz");
    segment(3)->p_memsz = UINT64_MAX;
    refuse("a segment wraps around the address space");
    segment(3)->p_memsz = -segment(3)->p_paddr;
    segment(3)->p_paddr = segment(3)->p_vaddr = segment(3)->p_paddr + 0x1000;
    refuse("a segment wraps around the address space");
    segment(1)->p_offset = elf.bytes;
    refuse("the file is truncated");
    segment(1)->p_offset = UINT64_MAX - 16;
    refuse("the file is truncated");
    segment(1)->p_offset = elf.bytes - segment(1)->p_filesz + 1;
    refuse("the file is truncated");
    elf.header.e_phoff = UINT32_MAX;
    refuse("the file is truncated");
}
END_TEST

START_TEST(segments_are_sorted_and_empty_ones_skipped)
{
    struct image image;
    struct err err;
    Elf64_Phdr *first, last;

    read_guest("hello.elf");
    first = segment(0);
    last = *segment(3);
    *segment(3) = *first;
    *first = last;
    ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
    for (unsigned i = 1; i < image.segments; i++)
        ck_assert_uint_lt(image.segment[i - 1].base, image.segment[i].base);
    image_close(&image);
    unlink(path);

    read_guest("hello.elf");
    segment(2)->p_type = PT_NOTE;
    segment(3)->p_memsz = segment(3)->p_filesz = 0;
    ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
    ck_assert_uint_eq(image.segments, 2);
    image_close(&image);
    unlink(path);
}
END_TEST

START_TEST(the_number_of_segments_is_limited)
{
    struct image image;
    struct err err;

    /* A program header table at the end of the file: ring 0's segment and one-page segments. */
    for (unsigned extra = 0; extra < 2; extra++) {
        Elf64_Phdr *table;
        unsigned count = IMAGE_SEGMENTS_MAX + extra;

        read_guest("hello.elf");
        elf.bytes = (elf.bytes + 7) & ~(size_t)7;
        table = (Elf64_Phdr *)(elf.byte + elf.bytes);
        elf.bytes += count * sizeof(*table);
        table[0] = *segment(0);
        for (unsigned i = 1; i < count; i++)
            table[i] = (Elf64_Phdr){.p_type = PT_LOAD,
                                    .p_flags = PF_R,
                                    .p_vaddr = 0x1000000 + i * 0x1000,
                                    .p_paddr = 0x1000000 + i * 0x1000,
                                    .p_memsz = 0x1000};
        elf.header.e_phoff = elf.bytes - count * sizeof(*table);
        elf.header.e_phnum = (Elf64_Half)count;
        if (extra) {
            refuse("too many segments");
            break;
        }
        ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
        ck_assert_uint_eq(image.segments, IMAGE_SEGMENTS_MAX);
        image_close(&image);
        unlink(path);
    }
}
END_TEST

START_TEST(the_info_section_is_checked)
{
    read_guest("hello.elf");
    info()->magic ^= 1;
    refuse("bad magic in section .minivmm.info");
    info()->abi_version = MINIVMM_ABI_VERSION + 1;
    refuse("built for guest ABI version 4, not 3");
    section(MINIVMM_INFO_SECTION)->sh_type = SHT_NOBITS;
    refuse("no valid section .minivmm.info");
    section(MINIVMM_INFO_SECTION)->sh_size = sizeof(struct minivmm_guest_info) - 1;
    refuse("no valid section .minivmm.info");
    section(MINIVMM_INFO_SECTION)->sh_offset = elf.bytes;
    refuse("no valid section .minivmm.info");
    section(MINIVMM_INFO_SECTION)->sh_name = UINT32_MAX;
    refuse("no valid section .minivmm.info");
    elf.header.e_shnum = 0;
    refuse("no valid section .minivmm.info");
}
END_TEST

/* Whether the table has this row. */
static bool has_bench(const struct image *image, const char *name)
{
    for (unsigned i = 0; i < image->benches; i++)
        if (!strcmp(image->bench[i].name, name))
            return true;
    return false;
}

START_TEST(the_benchmark_table_is_read)
{
    struct image image;
    struct err err;

    read_guest("bench.elf");
    ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
    ck_assert_uint_eq(image.benches,
                      section(MINIVMM_BENCH_SECTION)->sh_size / sizeof(struct minivmm_bench_info));
    ck_assert(has_bench(&image, "linpack") && has_bench(&image, "stream.triad") &&
              has_bench(&image, "gups.forkjoin") && !has_bench(&image, "stream"));
    for (unsigned i = 0; i < image.benches; i++) {
        ck_assert_uint_gt(strlen(image.bench[i].name), 0);
        ck_assert_uint_gt(strlen(image.bench[i].help), 0);
        for (unsigned j = 0; j < i; j++)
            ck_assert_str_ne(image.bench[i].name, image.bench[j].name);
    }
    image_close(&image);
    unlink(path);
}
END_TEST

START_TEST(the_benchmark_tables_strings_are_sanitized)
{
    struct minivmm_bench_info *rows;
    struct image image;
    struct err err;

    read_guest("bench.elf");
    rows = (struct minivmm_bench_info *)(elf.byte + section(MINIVMM_BENCH_SECTION)->sh_offset);
    memset(rows[0].name, 'n', sizeof(rows[0].name));
    memset(rows[0].help, 'h', sizeof(rows[0].help));
    strcpy(rows[1].name, "a\033[2Jb");
    strcpy(rows[1].help, "\x9b!\n\x7f");
    section(MINIVMM_BENCH_SECTION)->sh_size -= 1;
    ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
    ck_assert_uint_eq(strlen(image.bench[0].name), sizeof(rows[0].name) - 1);
    ck_assert_uint_eq(strlen(image.bench[0].help), sizeof(rows[0].help) - 1);
    /* --list prints them to a terminal. */
    ck_assert_str_eq(image.bench[1].name, "a?[2Jb");
    ck_assert_str_eq(image.bench[1].help, "?!??");
    /* A partial row is ignored. */
    ck_assert_uint_eq(image.benches,
                      section(MINIVMM_BENCH_SECTION)->sh_size / sizeof(struct minivmm_bench_info));
    image_close(&image);
    unlink(path);
}
END_TEST

static bool has_arg(const struct image *image, const char *key)
{
    for (unsigned i = 0; i < image->args; i++)
        if (!strcmp(image->arg[i].key, key))
            return true;
    return false;
}

START_TEST(argument_keys_are_read)
{
    struct minivmm_arg_info *rows;
    struct image image;
    struct err err;

    read_guest("bench.elf");
    ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
    ck_assert(has_arg(&image, "n") && has_arg(&image, "isa") && !has_arg(&image, "bogus"));
    image_close(&image);
    unlink(path);
    /* They are printed to a terminal. */
    rows = (struct minivmm_arg_info *)(elf.byte + section(MINIVMM_ARGS_SECTION)->sh_offset);
    memset(rows[0].key, 'k', sizeof(rows[0].key));
    strcpy(rows[0].words, "a\033b");
    ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
    ck_assert_uint_eq(strlen(image.arg[0].key), sizeof(rows[0].key) - 1);
    ck_assert_str_eq(image.arg[0].words, "a?b");
    image_close(&image);
    unlink(path);
    /* At most IMAGE_ARGS_MAX. */
    section(MINIVMM_ARGS_SECTION)->sh_size = 40 * sizeof(*rows);
    section(MINIVMM_ARGS_SECTION)->sh_offset = 0;
    ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
    ck_assert_uint_eq(image.args, IMAGE_ARGS_MAX);
    image_close(&image);
    unlink(path);
    read_guest("hello.elf");
    ck_assert_msg(!open_changed(&image, &err), "%s", err.text);
    ck_assert_uint_eq(image.args, 0);
    image_close(&image);
    unlink(path);
}
END_TEST

SUITE_MAIN("image", headers_are_parsed, other_files_are_refused, a_missing_file_is_named,
           the_entry_point_must_be_ring_0_code, segments_are_checked,
           segments_are_sorted_and_empty_ones_skipped, the_number_of_segments_is_limited,
           the_info_section_is_checked, the_benchmark_table_is_read,
           the_benchmark_tables_strings_are_sanitized, argument_keys_are_read)
