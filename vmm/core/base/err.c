/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "vmm/core/base/err.h"

/* The hint for EMFILE; err_hint() keeps it unless the new hint names ulimit -n, too. */
#define LIMIT "ulimit -n"

static const char more_files[] = "a higher " LIMIT;

static void set(struct err *err, enum err_code code, const char *format, va_list args)
{
    err->code = code;
    err->hint[0] = '\0';
    vsnprintf(err->text, sizeof(err->text), format, args);
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(err, code, format, args);
    va_end(args);
    return -1;
}

int err_sys(struct err *err, enum err_code code, const char *format, ...)
{
    const char *reason = strerror(errno);
    bool too_many = errno == EMFILE;
    va_list args;
    size_t used;

    va_start(args, format);
    set(err, code, format, args);
    va_end(args);
    used = strlen(err->text);
    /* Truncate a long name rather than the reason. */
    if (used + strlen(reason) + 2 >= sizeof(err->text) && strlen(reason) < sizeof(err->text) / 2)
        used = sizeof(err->text) - strlen(reason) - 3;
    snprintf(err->text + used, sizeof(err->text) - used, ": %s", reason);
    if (too_many)
        snprintf(err->hint, sizeof(err->hint), "%s", more_files);
    return -1;
}

int err_hint(struct err *err, const char *format, ...)
{
    va_list args;

    if (!strcmp(err->hint, more_files) && !strstr(format, LIMIT))
        return -1;
    va_start(args, format);
    vsnprintf(err->hint, sizeof(err->hint), format, args);
    va_end(args);
    return -1;
}

const char *err_format(char text[ERR_LINE_MAX], const struct err *err, const char *program)
{
    snprintf(text, ERR_LINE_MAX, "%.60s: %s%s%s\n", program, err->text,
             err->hint[0] ? "; try: " : "", err->hint);
    return text;
}

void err_print(const struct err *err, const char *program)
{
    char text[ERR_LINE_MAX];

    fputs(err_format(text, err, program), stderr);
}
