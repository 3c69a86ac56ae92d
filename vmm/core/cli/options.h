/* SPDX-License-Identifier: MIT */
/*
 * The command line: one table of options for the parser, --help and --usage.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "vmm/core/config/config.h"

/* The programs that share the table; each option lists its programs. */
enum cli_program {
    CLI_VM = 1,     /* minivmm */
    CLI_NATIVE = 2, /* bench-native */
};

struct cli_option {
    const char *name;     /* without the dashes */
    const char *argument; /* its name in the help; NULL: no argument */
    const char *help;
    unsigned programs; /* bits of enum cli_program */
    int (*parse)(struct config *config, const char *argument, struct err *err);
};

/* The table; ends with an entry without a name. */
extern const struct cli_option cli_option[];

/*
 * cli_parse(): initialise *config and fill it in from the command line. Prints and exits for
 * --help,
 * --usage, --version, an unknown option or a missing argument. Returns 0, or -1 with *err set,
 * usually ERR_USAGE. Strings in *config point into argv.
 */
int cli_parse(struct config *config, int argc, char **argv, enum cli_program program,
              struct err *err);

#endif
