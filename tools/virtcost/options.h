/* SPDX-License-Identifier: MIT */
/*
 * virtcost's command line: its own options, and those of the table that minivmm and bench-native
 * share (vmm/cli/options.h) that every run is given.
 */
#ifndef VIRTCOST_OPTIONS_H
#define VIRTCOST_OPTIONS_H

#include <stdint.h>

#include "tools/virtcost/environment.h"
#include "vmm/config/config.h"

#define OPTIONS_BLOCKS_MAX 10000

struct options {
    const char *command; /* NULL: none */
    const struct environment *env[ENVIRONMENTS_MAX];
    unsigned envs;      /* at least two, none twice; the first is the base */
    unsigned blocks;    /* how many to run */
    uint64_t seed;      /* of the order within the blocks; fits a signed number */
    const char *output; /* NULL: no file */
    struct workload workload;
    struct config config; /* what the workload's options say */
};

/*
 * options_parse(): fill in *options from the command line. Prints and exits as cli_parse() does.
 * Returns 0, or -1 with ERR_USAGE. Strings in *options are those of argv.
 */
int options_parse(struct options *options, int argc, char **argv, struct err *err);

#endif
