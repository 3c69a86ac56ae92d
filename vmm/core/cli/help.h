/* SPDX-License-Identifier: MIT */
/*
 * What --help, --usage, --version and --list print: text that fits the terminal at standard output.
 * argp(3) fills its own for 80 columns whatever the terminal has, and cannot print examples that
 * stay whole: it is called with ARGP_NO_HELP, and these options are in the table below.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "vmm/core/base/err.h"

/* The options that ask for something to be printed, for a table of argp(3). */
#define HELP_OPTIONS 3
extern const struct argp_option help_option[HELP_OPTIONS];

/* help_asked(): whether the key is that of one of them. */
bool help_asked(int key);

struct help_example {
    const char *command, *what; /* a command line, and what it does */
};

struct help {
    const char *program, *arguments; /* of the synopsis; no arguments: NULL */
    const char *purpose;
    void (*subjects)(FILE *out);        /* what the arguments may be; NULL: nothing to say */
    const struct argp_option *option;   /* up to one without a name */
    const struct help_example *example; /* up to one without a command */
};

/*
 * help_answer(): print what an option of that key asks for to standard output. Returns 0, or -1 if
 * it cannot be written.
 */
int help_answer(const struct help *help, int key, struct err *err);

/* help_fit(): from now on, wrapped text (vmm/core/base/wrapped.h) is as wide as help. */
void help_fit(void);

/*
 * help_item(): a line or more: a name behind `indent` blanks, and its text: beside the names if
 * there is room for the longest of them, of `columns`, or else below.
 */
void help_item(FILE *out, int indent, int columns, const char *name, const char *text);

/*
 * help_examples(): a heading and the examples. A command that is too long is continued behind a
 * backslash, as a shell reads it.
 */
void help_examples(FILE *out, const struct help_example *example);

/*
 * help_list(): an item of a list on standard output: folded on a terminal, one line for a program
 * that reads it.
 */
void help_list(int columns, const char *name, const char *text);

#endif
