/* SPDX-License-Identifier: MIT */
/*
 * virtcost's command line: a command, its own options, and the options shared with minivmm and
 * bench-native (vmm/core/cli/options.h), which are passed to every run.
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
    unsigned envs;        /* at least two, no duplicates; env[0] is the base */
    bool envs_named;      /* set by the user */
    unsigned blocks;      /* 0: the experiment's default */
    unsigned count;       /* instances alive at once; 0: the experiment's default */
    uint64_t seed;        /* seed of the order within blocks; below 2^63 */
    const char *runtime;  /* container runtime; NULL: the first that works */
    const char *output;   /* NULL: no file */
    json_t *shared;       /* options of the runs: names and arguments (null: no argument) */
    struct config config; /* parsed from `shared` */
    /* report, run: */
    const char *html; /* NULL: no file */
    /* report, run, compare: */
    double margin_pct; /* margin of the verdicts, in percent; negative: not given */
    /* compare: */
    double fail_pct;   /* percent; negative: --fail-if-worse not given */
    bool fail_unclear; /* fail if a figure cannot be judged */
};

/*
 * options_parse(): fill in *options from the command line. Prints help and exits as cli_parse()
 * does. Returns 0, or -1 with ERR_USAGE. Strings in *options point into argv.
 */
int options_parse(struct options *options, int argc, char **argv, struct err *err);

#endif
