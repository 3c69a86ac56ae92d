/* SPDX-License-Identifier: MIT */
/*
 * virtcost's experiments, in one table. To add one, write a file in this folder and a row in
 * experiment.c.
 *
 * An experiment plans steps, each a set of options for a run in every environment. A block runs
 * each step in each environment once, in random order. Rows of the reports are compared with those
 * of the base environment in the same block and step and, if the experiment is stepwise, with those
 * of the same environment in the first step.
 */
#ifndef VIRTCOST_EXPERIMENTS_EXPERIMENT_H
#define VIRTCOST_EXPERIMENTS_EXPERIMENT_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/virtcost/env/environment.h"
#include "vmm/core/config/config.h"

#define STEPS_MAX 64

struct step {
    char label[48];  /* "threads=1"; empty for a single step */
    json_t *options; /* for the programs: names and arguments (null: no argument) */
};

struct plan {
    struct step step[STEPS_MAX];
    unsigned steps;
    json_t *skipped; /* an array of {"env", "step", "reason"}: what is not run */
};

/* The user's request for every run. */
struct request {
    const json_t *options;       /* options given by the user */
    const struct config *config; /* parsed from `options` */
    const char *bench;           /* --bench; NULL: the experiment's default */
    unsigned cpus;               /* usable CPUs: those of --pin, if given */
    bool quick;
    const struct site *site;
    const struct environment *const *env; /* environments to run */
    unsigned envs;
};

struct experiment {
    const char *name, *help;
    const char *const *chosen;     /* options set by the experiment, ended by NULL; NULL: none */
    unsigned blocks, quick_blocks; /* defaults, without and with --quick */
    bool overlay;                  /* run "overlayfs" as well as "container" */
    bool alone;                    /* skip "null": it would show nothing */
    bool stepwise;                 /* compare steps with the first one as well, */
    unsigned step_keys;            /* match rows by the first n of name, params, threads; 0: all */
    /* Fill in the plan, which is empty. Returns 0, RUN_STOPPED, or -1 with *err set. */
    int (*plan)(struct plan *plan, const struct request *request, struct err *err);
    /* Make one run. Contract of environment_run(), which is the default if NULL. */
    int (*measure)(struct run *run, const struct environment *env, const struct site *site,
                   const json_t *options, struct err *err);
    /* Print tables in addition to the ratios; NULL: none. */
    void (*print)(FILE *out, const json_t *experiment);
};

/* experiment_at(): entry `i` of the table, or NULL past the end. */
const struct experiment *experiment_at(unsigned i);

/* experiment_find(): find an experiment by name. Returns NULL if unknown. */
const struct experiment *experiment_find(const char *name);

/*
 * plan_step(): add a step with the user's options, overridden by `options`, whose reference it
 * takes. If it measures block I/O without a named disk, all environments share one new file.
 */
void plan_step(struct plan *plan, const struct request *request, const char *label,
               json_t *options);

/* plan_option(): set an option of the last step. */
void plan_option(struct plan *plan, const char *name, const char *argument);

/* plan_has_isa(): whether these CPUs support "sse2", "avx2" or "avx512". */
bool plan_has_isa(const char *isa);

/* plan_threads(): --vcpus, or the number of usable CPUs. */
unsigned plan_threads(const struct request *request);

/* plan_args(): --args, or `own` without it. */
const char *plan_args(const struct request *request, const char *own);

/* plan_cpu(): the number of the i-th usable CPU, modulo their count. */
unsigned plan_cpu(unsigned i);

/*
 * plan_pin(): --pin, or the first `threads` usable CPUs, or all if there are fewer: "0,1". Returns
 * `text`.
 */
#define PLAN_PIN_MAX 4096
const char *plan_pin(const struct request *request, unsigned threads, char text[PLAN_PIN_MAX]);

/*
 * plan_disk(): an argument of --disk for a new file in a folder of the site, "disk" or "neighbour",
 * with O_DIRECT if its file system supports that. The caller frees it.
 */
json_t *plan_disk(const struct request *request, const char *folder);

/* plan_skip(): record why something is not run. */
void plan_skip(struct plan *plan, const char *env, const char *step, const char *reason);

/* plan_drop(): remove the last step and record why; `env` may be empty. */
void plan_drop(struct plan *plan, const char *env, const char *reason);

/*
 * plan_try(): check that the programs accept the last step, by running each environment's without
 * benchmarks. An environment whose program fails is skipped, with its message as the reason;
 * without the VM there is no comparison, and the step is dropped. Returns 0, or RUN_STOPPED.
 */
int plan_try(struct plan *plan, const struct request *request);

/* plan_free(): free what plan_step() and plan_skip() allocated. */
void plan_free(struct plan *plan);

/* experiment_team(): environment_run(), keeping only the rows with the most threads. */
int experiment_team(struct run *run, const struct environment *env, const struct site *site,
                    const json_t *options, struct err *err);

/*
 * experiment_row(): a row of a report, like a benchmark's, with a single value. `better` "none"
 * means a property, for which no ratio is computed. The caller frees it.
 */
json_t *experiment_row(const char *name, const char *unit, const char *better, double value);

/* The experiments, each in the file of its name. */
extern const struct experiment experiment_kernels, experiment_blk, experiment_startup,
    experiment_density, experiment_noise, experiment_pages, experiment_vector, experiment_topology,
    experiment_scaling, experiment_bench;

#endif
