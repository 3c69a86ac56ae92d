/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/base/units.h"
#include "vmm/host/file.h"

int file_beside_program(const char *name, char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    char *slash;

    if (length < 0 || (size_t)length == size - 1)
        return -1; /* what does not fit is cut, and would name another folder */
    path[length] = '\0';
    slash = strrchr(path, '/');
    if (!slash || (size_t)(slash + 1 - path) + strlen(name) >= size)
        return -1;
    strcpy(slash + 1, name);
    return 0;
}

int file_read(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    text[0] = '\0';
    if (fd < 0)
        return -1;
    got = read(fd, text, size - 1);
    close(fd);
    if (got < 0)
        return -1;
    if (got > 0 && text[got - 1] == '\n')
        got--;
    text[got] = '\0';
    return 0;
}

int file_read_u64(const char *path, uint64_t *value)
{
    char text[32];

    return file_read(path, text, sizeof(text)) ? -1 : units_parse_u64(text, value);
}

int file_status_field(const char *path, const char *key, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    int found = -1;

    if (!file)
        return -1;
    while (found && getline(&line, &room, file) >= 0) {
        char *value, *end;

        if (strncmp(line, key, strlen(key)))
            continue;
        value = line + strlen(key);
        value += strspn(value, " \t:");
        end = value + strlen(value);
        while (end > value && isspace((unsigned char)end[-1]))
            end--;
        *end = '\0';
        snprintf(text, size, "%s", value);
        found = 0;
    }
    free(line);
    fclose(file);
    return found;
}

int file_status_kb(const char *path, const char *key, uint64_t *bytes)
{
    char text[64];

    char *end;

    if (file_status_field(path, key, text, sizeof(text)))
        return -1;
    *bytes = strtoull(text, &end, 10) << 10;
    return end == text ? -1 : 0;
}

int file_flush(FILE *file, const char *name, struct err *err)
{
    bool failed = ferror(file);

    if (fflush(file) || failed) {
        err_sys(err, ERR_FAILED, "cannot write to %s", name);
        return err_hint(err, "another file, or more room");
    }
    return 0;
}
