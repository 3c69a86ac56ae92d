/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/core/base/units.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/host/terminal.h"

#define COLUMNS_UNKNOWN 80

/* The current width of a terminal. */
static int columns_of(int fd)
{
    const char *given = getenv("COLUMNS");
    struct winsize size;
    uint64_t columns;

    if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
        return size.ws_col;
    if (given && !units_parse_u64(given, &columns) && columns && columns <= UINT16_MAX)
        return (int)columns;
    return COLUMNS_UNKNOWN;
}

int terminal_columns(int fd)
{
    return isatty(fd) ? columns_of(fd) : WRAPPED_COLUMNS;
}

/* tcgetpgrp() fails for a terminal that is not the controlling one: not in the background. */
static bool in_background(int fd)
{
    pid_t foreground = tcgetpgrp(fd);

    return foreground > 0 && foreground != getpgrp();
}

bool terminal_can_clear(int fd)
{
    const char *term = getenv("TERM");

    return term && *term && strcmp(term, "dumb") && isatty(fd) && !in_background(fd);
}

size_t terminal_status(char line[TERMINAL_STATUS_MAX], int fd, const char *format, ...)
{
    const size_t clear = strlen(TERMINAL_CLEAR_LINE);
    /* Leave the last column free: some terminals wrap there. */
    const size_t room = clear + (size_t)columns_of(fd) - 1;
    va_list args;

    memcpy(line, TERMINAL_CLEAR_LINE, clear);
    va_start(args, format);
    vsnprintf(line + clear, TERMINAL_STATUS_MAX - clear, format, args);
    va_end(args);
    if (strlen(line) > room)
        line[room] = '\0';
    return strlen(line);
}
