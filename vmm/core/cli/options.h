/* SPDX-License-Identifier: MIT */
/*
 * The command line: one table of options gives the parser, --help and the manual's synopsis.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "vmm/core/config/config.h"

/* The programs that share the table; an option says which of them have it. */
enum cli_program {
    CLI_VM = 1,     /* minivmm */
    CLI_NATIVE = 2, /* bench-native */
};

struct cli_option {
    const char *name;     /* without the dashes */
    const char *argument; /* its name in the help, or NULL if there is none */
    const char *help;
    unsigned programs; /* of enum cli_program */
    int (*parse)(struct config *config, const char *argument, struct err *err);
};

/* The table; its end has no name. */
extern const struct cli_option cli_option[];

/*
 * cli_parse(): fill in *config, which is initialised here, from the command line. Prints and exits
 * for --help, --usage and --version, and for an option that is unknown or lacks its argument.
 * Returns 0, or -1 with ERR_USAGE. Strings in *config are those
 * of argv.
 */
int cli_parse(struct config *config, int argc, char **argv, enum cli_program program,
              struct err *err);

#endif
