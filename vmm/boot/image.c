/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/boot/image.h"

static int not_a_guest(const struct image *image, struct err *err, const char *why)
{
    err_set(err, ERR_USAGE, "%s: %s", image->path, why);
    return err_hint(err, "a static x86-64 ELF64 executable built for minivmm, such as bench.elf");
}

static int truncated(const struct image *image, struct err *err)
{
    err_set(err, ERR_USAGE, "%s: the file is truncated", image->path);
    return err_hint(err, "build or copy it again");
}

static int check_header(struct image *image, Elf *elf, struct err *err)
{
    GElf_Ehdr header;

    if (elf_kind(elf) != ELF_K_ELF)
        return not_a_guest(image, err, "not an ELF file");
    if (gelf_getclass(elf) != ELFCLASS64)
        return not_a_guest(image, err, "a 32-bit ELF file");
    if (!gelf_getehdr(elf, &header))
        return truncated(image, err);
    if (header.e_machine != EM_X86_64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
        return not_a_guest(image, err, "an ELF file for another machine");
    if (header.e_type != ET_EXEC)
        return not_a_guest(image, err, "not a static executable (ET_EXEC)");
    image->entry = header.e_entry;
    return 0;
}

static int add_segment(struct image *image, const GElf_Phdr *header, uint64_t file_bytes,
                       struct err *err)
{
    struct image_segment segment = {
        .base = header->p_paddr,
        .bytes = header->p_memsz,
        .file_offset = header->p_offset,
        .file_bytes = header->p_filesz,
        .write = header->p_flags & PF_W,
        .execute = header->p_flags & PF_X,
        .user = header->p_flags & MINIVMM_PF_USER,
    };
    unsigned at;

    if (!segment.bytes)
        return 0;
    if (image->segments == IMAGE_SEGMENTS_MAX)
        return not_a_guest(image, err, "too many segments");
    if (header->p_vaddr != header->p_paddr)
        return not_a_guest(image, err, "a segment's virtual and physical addresses differ");
    if (segment.base + segment.bytes < segment.base)
        return not_a_guest(image, err, "a segment wraps around the address space");
    if (segment.file_bytes > segment.bytes)
        return not_a_guest(image, err, "a segment's p_filesz exceeds its p_memsz");
    if (segment.file_offset + segment.file_bytes < segment.file_offset ||
        segment.file_offset + segment.file_bytes > file_bytes)
        return truncated(image, err);
    if (segment.write && segment.execute)
        return not_a_guest(image, err, "a segment is both writable and executable");

    for (at = image->segments; at && image->segment[at - 1].base > segment.base; at--)
        image->segment[at] = image->segment[at - 1];
    image->segment[at] = segment;
    image->segments++;
    return 0;
}

static int read_segments(struct image *image, Elf *elf, struct err *err)
{
    struct stat file;
    bool found = false;
    size_t count;

    if (fstat(image->fd, &file))
        return err_sys(err, ERR_USAGE, "%s", image->path);
    if (elf_getphdrnum(elf, &count))
        return truncated(image, err);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;

        if (!gelf_getphdr(elf, (int)i, &header))
            return truncated(image, err);
        if (header.p_type == PT_LOAD && add_segment(image, &header, (uint64_t)file.st_size, err))
            return -1;
    }
    for (unsigned i = 0; i < image->segments; i++) {
        const struct image_segment *segment = &image->segment[i];

        if (i && segment[-1].base + segment[-1].bytes > segment->base)
            return not_a_guest(image, err, "two segments overlap");
        if (segment->execute && !segment->user && image->entry - segment->base < segment->bytes)
            found = true;
    }
    return found ? 0 : not_a_guest(image, err, "entry point outside the ring-0 code");
}

/*
 * The contents of a section by name; NULL if it is missing or the file is malformed. Names are read
 * from the raw string table: elf_strptr() would link in decompression.
 */
static const Elf_Data *find_section(Elf *elf, const char *wanted)
{
    Elf_Scn *section = NULL;
    const Elf_Data *names;
    size_t index;

    if (elf_getshdrstrndx(elf, &index))
        return NULL;
    names = elf_rawdata(elf_getscn(elf, index), NULL);
    if (!names || !names->d_buf)
        return NULL;
    while ((section = elf_nextscn(elf, section))) {
        const char *text = names->d_buf;
        size_t bytes = strlen(wanted) + 1;
        GElf_Shdr header;

        if (gelf_getshdr(section, &header) && header.sh_type == SHT_PROGBITS &&
            header.sh_name < names->d_size && bytes <= names->d_size - header.sh_name &&
            !memcmp(text + header.sh_name, wanted, bytes))
            return elf_rawdata(section, NULL);
    }
    return NULL;
}

static int read_info(struct image *image, Elf *elf, struct err *err)
{
    const Elf_Data *data = find_section(elf, MINIVMM_INFO_SECTION);

    if (!data || !data->d_buf || data->d_size < sizeof(image->info))
        return not_a_guest(image, err, "no valid section " MINIVMM_INFO_SECTION);
    memcpy(&image->info, data->d_buf, sizeof(image->info));
    if (image->info.magic != MINIVMM_INFO_MAGIC)
        return not_a_guest(image, err, "bad magic in section " MINIVMM_INFO_SECTION);
    if (image->info.abi_version != MINIVMM_ABI_VERSION) {
        err_set(err, ERR_USAGE, "%s: built for guest ABI version %u, not %d", image->path,
                image->info.abi_version, MINIVMM_ABI_VERSION);
        return err_hint(err, "a guest and minivmm of the same build");
    }
    return 0;
}

/* Terminate the text and replace unprintable characters: --list prints it to a terminal. */
static void tame(char *text, size_t size)
{
    text[size - 1] = '\0';
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

static int read_benches(struct image *image, Elf *elf, struct err *err)
{
    const Elf_Data *data = find_section(elf, MINIVMM_BENCH_SECTION);

    if (!data || !data->d_buf)
        return 0;
    image->benches = (unsigned)(data->d_size / sizeof(*image->bench));
    image->bench = calloc(image->benches + 1, sizeof(*image->bench));
    if (!image->bench)
        return err_sys(err, ERR_FAILED, "%s", image->path);
    memcpy(image->bench, data->d_buf, image->benches * sizeof(*image->bench));
    for (unsigned i = 0; i < image->benches; i++) {
        struct minivmm_bench_info *bench = &image->bench[i];

        tame(bench->name, sizeof(bench->name));
        tame(bench->help, sizeof(bench->help));
    }
    return 0;
}

static void read_args(struct image *image, Elf *elf)
{
    const Elf_Data *data = find_section(elf, MINIVMM_ARGS_SECTION);
    size_t count = data && data->d_buf ? data->d_size / sizeof(image->arg[0]) : 0;

    image->args = count < IMAGE_ARGS_MAX ? (unsigned)count : IMAGE_ARGS_MAX;
    if (image->args)
        memcpy(image->arg, data->d_buf, image->args * sizeof(image->arg[0]));
    for (unsigned i = 0; i < image->args; i++) {
        tame(image->arg[i].key, sizeof(image->arg[i].key));
        tame(image->arg[i].words, sizeof(image->arg[i].words));
    }
}

int image_open(struct image *image, const char *path, struct err *err)
{
    Elf *elf;

    *image = (struct image){.path = path};
    image->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (image->fd < 0) {
        err_sys(err, ERR_USAGE, "%s", path);
        return err_hint(err, errno == EACCES ? "chmod +r, or another user"
                                             : "--guest with an existing file");
    }
    elf_version(EV_CURRENT);
    elf = elf_begin(image->fd, ELF_C_READ, NULL);
    if (!elf) {
        image_close(image);
        return not_a_guest(image, err, "not an ELF file");
    }
    if (check_header(image, elf, err) || read_segments(image, elf, err) ||
        read_info(image, elf, err) || read_benches(image, elf, err)) {
        elf_end(elf);
        image_close(image);
        return -1;
    }
    read_args(image, elf);
    elf_end(elf);
    return 0;
}

gpa_t image_end(const struct image *image)
{
    const struct image_segment *last = &image->segment[image->segments - 1];

    return last->base + last->bytes;
}

int image_load(const struct image *image, const struct guestmem *mem, struct err *err)
{
    for (unsigned i = 0; i < image->segments; i++) {
        const struct image_segment *segment = &image->segment[i];
        uint8_t *host = guestmem_at(mem, segment->base, segment->bytes);
        uint64_t done = 0;

        if (!host) {
            err_set(err, ERR_USAGE,
                    "%s: the segment of %" PRIu64 " bytes at %#" PRIx64 " is outside RAM",
                    image->path, segment->bytes, segment->base);
            return err_hint(err, "more --mem");
        }
        while (done < segment->file_bytes) {
            ssize_t got = pread(image->fd, host + done, segment->file_bytes - done,
                                (off_t)(segment->file_offset + done));

            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return err_sys(err, ERR_FAILED, "%s", image->path);
            if (!got)
                return truncated(image, err);
            done += (uint64_t)got;
        }
    }
    return 0;
}

void image_close(struct image *image)
{
    if (image->fd >= 0)
        close(image->fd);
    image->fd = -1;
    free(image->bench);
    image->bench = NULL;
}
