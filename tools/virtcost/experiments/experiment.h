/* SPDX-License-Identifier: MIT */
/*
 * What virtcost can find out: one table of experiments. To add one, write a file beside this one
 * and a row in experiment.c.
 *
 * An experiment plans its steps, each some options that every environment is run with. A block runs
 * each step in each environment once, in random order; the rows of its reports are compared with
 * those of the base environment in the same block and step, and, if it goes stepwise, with those of
 * the same environment in the first step.
 */
#ifndef VIRTCOST_EXPERIMENTS_EXPERIMENT_H
#define VIRTCOST_EXPERIMENTS_EXPERIMENT_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/virtcost/env/environment.h"
#include "vmm/core/config/config.h"

#define STEPS_MAX 64

struct step {
    char label[48];  /* "threads=1"; empty if there is only one */
    json_t *options; /* for the programs: names and arguments (null: it takes none) */
};

struct plan {
    struct step step[STEPS_MAX];
    unsigned steps;
    json_t *skipped; /* an array of {"env", "step", "reason"}: what cannot be run here */
};

/* What the user wants of every run. */
struct request {
    const json_t *options;       /* those that the user gave */
    const struct config *config; /* what they say */
    const char *bench;           /* of --bench; NULL: the experiment's own */
    unsigned cpus;               /* that can be used: those of --pin, if that is given */
    bool quick;
    const struct site *site;
    const struct environment *const *env; /* that are to be run */
    unsigned envs;
};

struct experiment {
    const char *name, *help;
    const char *const *chosen;     /* options that it chooses itself, up to NULL; NULL: none */
    unsigned blocks, quick_blocks; /* how many, unless the user says */
    bool overlay;                  /* the environment "overlayfs" joins "container" */
    bool alone;                    /* native against native would tell nothing */
    bool stepwise;                 /* steps are compared with the first one as well, */
    unsigned step_keys; /* of rows that agree in so many of name, params, threads; 0: all */
    /* Fill in the plan, which is empty at first. Returns 0, RUN_STOPPED, or -1. */
    int (*plan)(struct plan *plan, const struct request *request, struct err *err);
    /* One run; NULL: environment_run(). Same contract. */
    int (*measure)(struct run *run, const struct environment *env, const struct site *site,
                   const json_t *options, struct err *err);
    /* What a reader is told beside the table, from the results; NULL: nothing. */
    void (*print)(FILE *out, const json_t *experiment);
};

/* experiment_at(): number `i` of the table, or NULL behind its end. */
const struct experiment *experiment_at(unsigned i);

/* experiment_find(): by name, or NULL. */
const struct experiment *experiment_find(const char *name);

/*
 * plan_step(): add a step with the user's options and those given here, which win and are taken
 * over. Where block I/O is measured and neither names a disk, all environments get a file of ours.
 */
void plan_step(struct plan *plan, const struct request *request, const char *label,
               json_t *options);

/* plan_option(): one more option of the last step that was added. */
void plan_option(struct plan *plan, const char *name, const char *argument);

/* plan_has_isa(): whether these CPUs have sse2, avx2 or avx512. */
bool plan_has_isa(const char *isa);

/* plan_threads(): all CPUs, or what --vcpus says. */
unsigned plan_threads(const struct request *request);

/* plan_args(): what --args says, or `own`. */
const char *plan_args(const struct request *request, const char *own);

/* plan_cpu(): the number of the i-th CPU that can be used, over and over. */
unsigned plan_cpu(unsigned i);

/*
 * plan_pin(): what --pin says, or the first `threads` CPUs that can be used, all if there are
 * fewer: "0,1". Returns `text`.
 */
#define PLAN_PIN_MAX 4096
const char *plan_pin(const struct request *request, unsigned threads, char text[PLAN_PIN_MAX]);

/*
 * plan_disk(): the argument of --disk for a file of ours in a folder of the site, "disk" or
 * "neighbour": past the page cache where its file system can do that.
 */
json_t *plan_disk(const struct request *request, const char *folder);

/* plan_skip(): tell why something is not run. */
void plan_skip(struct plan *plan, const char *env, const char *step, const char *reason);

/* plan_drop(): take the last step that was added back, and tell why; `env` may be empty. */
void plan_drop(struct plan *plan, const char *env, const char *reason);

/*
 * plan_try(): whether the programs accept the last step that was added: each environment's is run
 * with it, but without benchmarks. One that does not leaves it out, with what it says as the
 * reason; without the VM there is nothing to compare, and the step is dropped. Returns 0, or
 * RUN_STOPPED.
 */
int plan_try(struct plan *plan, const struct request *request);

/* plan_free(): what plan_step() and plan_skip() made. */
void plan_free(struct plan *plan);

/* experiment_team(): environment_run(), of which only the rows of the most threads are kept. */
int experiment_team(struct run *run, const struct environment *env, const struct site *site,
                    const json_t *options, struct err *err);

/*
 * experiment_row(): a row of a report, as a benchmark's is, of a single value. What is better may
 * be "none": a fact, of which no ratio is taken.
 */
json_t *experiment_row(const char *name, const char *unit, const char *better, double value);

/* The rows, each in the file of its name. */
extern const struct experiment experiment_kernels, experiment_blk, experiment_startup,
    experiment_density, experiment_noise, experiment_pages, experiment_vector, experiment_topology,
    experiment_scaling, experiment_bench;

#endif
