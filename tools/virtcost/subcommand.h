/* SPDX-License-Identifier: MIT */
/* virtcost's commands: their arguments, options and help. */
#ifndef VIRTCOST_SUBCOMMAND_H
#define VIRTCOST_SUBCOMMAND_H

#include "vmm/core/cli/help.h"

/* The commands that have options. */
enum subcommand_set {
    SUBCOMMAND_RUN = 1,
    SUBCOMMAND_REPORT = 2,
    SUBCOMMAND_COMPARE = 4,
};

struct subcommand {
    const char *name, *purpose;
    unsigned set;          /* its bit in enum subcommand_set; 0: no options */
    const char *arguments; /* in the synopsis; NULL: none */
    const char *takes;     /* the arguments, for a message */
    unsigned least, most;  /* number of arguments */
    const struct help_example *example;
};

/* subcommand_find(): find a command by name. Returns NULL if unknown. */
const struct subcommand *subcommand_find(const char *name);

/*
 * subcommand_answer(): print the help or version that option `key` asks for (vmm/core/cli/help.h),
 * of a command with these options, or (`of` NULL) of virtcost. Returns 0, or -1.
 */
int subcommand_answer(const struct subcommand *of, const struct argp_option *options, int key,
                      struct err *err);

#endif
