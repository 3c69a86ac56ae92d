/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"
#include "vmm/core/host/file.h"

static int saved = -1, kept = -1;

struct guestmem fixture_memory(uint64_t bytes)
{
    static struct config config;
    struct guestmem mem;
    struct err err = {0};

    config_init(&config);
    config.mem_bytes = bytes;
    ck_assert_msg(!guestmem_init(&mem, &config, NULL, &err), "%s", err.text);
    return mem;
}

void fixture_file(char path[FIXTURE_PATH_MAX], const void *content, size_t bytes)
{
    int fd;

    strcpy(path, "/tmp/minivmm-unit-XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, content, bytes), bytes);
    close(fd);
}

void fixture_tree(char root[FIXTURE_PATH_MAX])
{
    strcpy(root, "/tmp/minivmm-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
}

void fixture_add(const char *root, const char *path, const char *format, ...)
{
    char whole[512];
    va_list args;
    FILE *file;

    snprintf(whole, sizeof(whole), "%s%s", root, path);
    for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        ck_assert(!mkdir(whole, 0755) || errno == EEXIST);
    }
    file = fopen(whole, "w");
    ck_assert_ptr_nonnull(file);
    va_start(args, format);
    vfprintf(file, format, args);
    va_end(args);
    ck_assert_int_eq(fclose(file), 0);
}

void fixture_remove(const char *root)
{
    ck_assert_int_eq(file_remove_tree(root), 0);
}

static char *read_all(FILE *file)
{
    char *text = NULL, buffer[4096];
    size_t bytes = 0, got;

    do {
        got = fread(buffer, 1, sizeof(buffer), file);
        text = realloc(text, bytes + got + 1);
        ck_assert(text != NULL);
        memcpy(text + bytes, buffer, got);
        bytes += got;
    } while (got);
    text[bytes] = '\0';
    fclose(file);
    return text;
}

char *fixture_read(const char *path)
{
    FILE *file = fopen(path, "r");

    ck_assert(file != NULL);
    return read_all(file);
}

void fixture_stderr_begin(void)
{
    fflush(stderr);
    saved = dup(STDERR_FILENO);
    kept = memfd_create("stderr", 0);
    ck_assert(saved >= 0 && kept >= 0);
    ck_assert_int_eq(dup2(kept, STDERR_FILENO), STDERR_FILENO);
}

char *fixture_stderr_end(void)
{
    FILE *file;

    fflush(stderr);
    ck_assert_int_eq(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    close(saved);
    ck_assert_int_eq(lseek(kept, 0, SEEK_SET), 0);
    file = fdopen(kept, "r");
    ck_assert(file != NULL);
    return read_all(file);
}
