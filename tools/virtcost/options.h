/* SPDX-License-Identifier: MIT */
/*
 * virtcost's command line: a command, its own options, and those of the table that minivmm and
 * bench-native share (vmm/core/cli/options.h), which every run is given.
 */
#ifndef VIRTCOST_OPTIONS_H
#define VIRTCOST_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/virtcost/results/results.h"
#include "vmm/core/config/config.h"

#define OPTIONS_BLOCKS_MAX 10000
#define OPTIONS_COUNT_MAX  100000

struct options {
    const char *command; /* NULL: none */
    const char *argument[EXPERIMENTS_MAX];
    unsigned arguments;
    /* run: */
    const struct experiment *experiment[EXPERIMENTS_MAX];
    unsigned experiments;
    const struct environment *env[ENVIRONMENTS_MAX];
    unsigned envs;        /* at least two, none twice; the first is the base */
    bool envs_named;      /* by the user */
    unsigned blocks;      /* 0: as each experiment has it */
    unsigned count;       /* instances of an experiment that has many; 0: as it has it */
    uint64_t seed;        /* of the order within the blocks; fits a signed number */
    const char *runtime;  /* of containers; NULL: the first that works */
    const char *output;   /* NULL: no file */
    json_t *shared;       /* options of the runs: names and arguments (null: it takes none) */
    struct config config; /* what these say */
    /* report, run: */
    const char *html; /* NULL: no file */
    /* report, run, compare: */
    double margin_pct; /* within it, a ratio is the same; negative: not given */
    /* compare: */
    double fail_pct;   /* how much worse is a failure; negative: none is */
    bool fail_unclear; /* what cannot be judged is a failure */
};

/*
 * options_parse(): fill in *options from the command line. Prints and exits as cli_parse() does.
 * Returns 0, or -1 with ERR_USAGE. Strings in *options are those of argv.
 */
int options_parse(struct options *options, int argc, char **argv, struct err *err);

#endif
