/* SPDX-License-Identifier: MIT */
/* virtcost's commands: what each takes, and its help. */
#ifndef VIRTCOST_SUBCOMMAND_H
#define VIRTCOST_SUBCOMMAND_H

#include "vmm/core/cli/help.h"

/* The commands that have an option. */
enum subcommand_set {
    SUBCOMMAND_RUN = 1,
    SUBCOMMAND_REPORT = 2,
    SUBCOMMAND_COMPARE = 4,
};

struct subcommand {
    const char *name, *purpose;
    unsigned set;          /* of enum subcommand_set: itself; 0: it has no options */
    const char *arguments; /* in its synopsis; NULL: none */
    const char *takes;     /* what these are, for a message */
    unsigned least, most;  /* how many */
    const struct help_example *example;
};

/* subcommand_find(): by name, or NULL. */
const struct subcommand *subcommand_find(const char *name);

/*
 * subcommand_answer(): print what the key of an option asks for (vmm/core/cli/help.h) of a command
 * with these options, or, without a command (NULL), of all of them in short. Returns 0, or -1.
 */
int subcommand_answer(const struct subcommand *of, const struct argp_option *options, int key,
                      struct err *err);

#endif
