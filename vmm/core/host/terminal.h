/* SPDX-License-Identifier: MIT */
/* What a file that a person may look at can show. */
#ifndef HOST_TERMINAL_H
#define HOST_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * terminal_columns(): how wide text for this file may be. Of a terminal: what it says itself, or
 * else COLUMNS, or else 80. Of anything else, however the terminal is: WRAPPED_COLUMNS, so that
 * what is read by a program, or kept, is always the same.
 */
int terminal_columns(int fd);

/*
 * terminal_can_clear(): whether this is a terminal that understands the escape code that clears a
 * line. It does not if TERM is unset, empty or "dumb". Nor is it to be written to by a background
 * job: that would spoil what the foreground shows, and with `stty tostop` it stops the writer.
 */
bool terminal_can_clear(int fd);

/* What clears the line at hand, and moves the cursor to its begin. */
#define TERMINAL_CLEAR_LINE "\r\033[K"

/* Room for what terminal_status() makes. */
#define TERMINAL_STATUS_MAX 256

/*
 * terminal_status(): a line that takes the place of the one at hand: TERMINAL_CLEAR_LINE and the
 * text, cut off where the terminal's line ends, since what is folded cannot be cleared any more.
 * Returns its length.
 */
size_t terminal_status(char line[TERMINAL_STATUS_MAX], int fd, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
