/* SPDX-License-Identifier: MIT */
/* Properties of a terminal, and status lines. */
#ifndef HOST_TERMINAL_H
#define HOST_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * terminal_columns(): the text width for a descriptor. For a terminal: its own width, else
 * $COLUMNS, else 80. For other files: WRAPPED_COLUMNS, so that files and pipes do not depend on the
 * terminal.
 */
int terminal_columns(int fd);

/*
 * terminal_can_clear(): whether this is a terminal that supports TERMINAL_CLEAR_LINE: not if $TERM
 * is unset, empty or "dumb". False in a background job: writing would disturb the foreground job
 * and, with `stty tostop`, stop this one.
 */
bool terminal_can_clear(int fd);

/* Moves the cursor to the start of the line and clears it. */
#define TERMINAL_CLEAR_LINE "\r\033[K"

/* Buffer size of terminal_status(). */
#define TERMINAL_STATUS_MAX 256

/*
 * terminal_status(): format a line that replaces the current one: TERMINAL_CLEAR_LINE and the text,
 * truncated to the terminal's width, since a wrapped line could not be cleared. Returns its length.
 */
size_t terminal_status(char line[TERMINAL_STATUS_MAX], int fd, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
