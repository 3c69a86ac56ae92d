/* SPDX-License-Identifier: MIT */
/*
 * What --help and --list print beyond the options: text that fits the terminal at standard output.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

struct help_example {
    const char *command, *what; /* a command line, and what it does */
};

/*
 * help_fit(): from now on, wrapped text (vmm/base/wrapped.h) and argp(3) print help as wide as the
 * terminal at standard output, or for 80 columns where it is none. argp heeds the user's own
 * ARGP_HELP_FMT. help_unfit(): no program that is started later gets to see what is set here.
 */
void help_fit(void);
void help_unfit(void);

/*
 * help_item(): a line or more: a name behind `indent` blanks, and its text, beside the names if
 * there is room for the longest of them, of `columns`, or else below.
 */
void help_item(FILE *out, int indent, int columns, const char *name, const char *text);

/*
 * help_examples(): a heading and the examples, up to one without a command. A command that is too
 * long is continued behind a backslash, as a shell reads it.
 */
void help_examples(FILE *out, const struct help_example *example);

/*
 * help_doc(): a "doc" of argp(3) with the examples behind the options. To be freed by the caller;
 * NULL without memory.
 */
char *help_doc(const char *doc, const struct help_example *example);

/*
 * help_list(): an item of a list on standard output, behind no blanks: folded on a terminal, one
 * line for a program that reads it.
 */
void help_list(int columns, const char *name, const char *text);

#endif
