/* SPDX-License-Identifier: MIT */
/*
 * Output of --help, --usage, --version and --list, wrapped to the terminal at standard output.
 * argp(3) always wraps to 80 columns and also wraps examples. It is therefore called with
 * ARGP_NO_HELP, and these options are in the table below.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "vmm/core/base/err.h"

/* argp(3) options for --help, --usage and --version. */
#define HELP_OPTIONS 3
extern const struct argp_option help_option[HELP_OPTIONS];

/* help_asked(): whether `key` is that of one of these options. */
bool help_asked(int key);

struct help_example {
    const char *command, *what; /* the command line; its description */
};

struct help {
    const char *program, *arguments; /* for the synopsis; NULL: no arguments */
    const char *purpose;
    void (*subjects)(FILE *out);        /* prints the possible arguments; or NULL */
    const struct argp_option *option;   /* ends with an entry without a name */
    const struct help_example *example; /* ends with an entry without a command */
};

/*
 * help_answer(): print the output of the option with this key to standard output. Returns 0, or -1
 * with *err set if the output cannot be written.
 */
int help_answer(const struct help *help, int key, struct err *err);

/* help_fit(): set the line width (vmm/core/base/wrapped.h) to that of standard output. */
void help_fit(void);

/*
 * help_item(): print a name indented by `indent`, with its text beside it, or below if a name of
 * `columns` leaves too little space.
 */
void help_item(FILE *out, int indent, int columns, const char *name, const char *text);

/*
 * help_examples(): print a heading and the examples. A long command is continued after a backslash,
 * as in a shell.
 */
void help_examples(FILE *out, const struct help_example *example);

/*
 * help_list(): print a list item to standard output: wrapped on a terminal, otherwise on one line.
 */
void help_list(int columns, const char *name, const char *text);

#endif
