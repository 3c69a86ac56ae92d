/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/benches.h"
#include "tools/virtcost/blocks.h"
#include "tools/virtcost/env/cleaner.h"
#include "tools/virtcost/env/hugepages.h"
#include "tools/virtcost/env/process.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/verdict.h"
#include "tools/virtcost/results/warnings.h"
#include "tools/virtcost/run.h"
#include "vmm/core/config/busy.h"
#include "vmm/core/host/cpus.h"
#include "vmm/core/host/file.h"

/* Put the run's files on a disk, not in memory. */
#define FOLDER "/var/tmp"

/* Use the first of these that exists: an absolute TMPDIR, FOLDER, or a folder of every system. */
static const char *parent_folder(void)
{
    const char *given = getenv("TMPDIR");

    if (given && *given == '/')
        return given;
    return access(FOLDER, F_OK) ? "/tmp" : FOLDER;
}

/* `path` is in memory shared with the cleaner: set it before mkdir(), so that nothing is left. */
static int make_folder(char *path, struct err *err)
{
    static const char *const below[] = {"disk", "neighbour"};
    char folder[PATH_MAX];
    uint64_t number = 0;

    if (strchr(parent_folder(), ',')) {
        err_set(err, ERR_USAGE, "TMPDIR=%s: a disk's path must not contain a comma",
                parent_folder());
        return err_hint(err, "TMPDIR=" FOLDER);
    }
    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return err_sys(err, ERR_FAILED, "getrandom");
    snprintf(path, PATH_MAX, "%.*s/virtcost-%016" PRIx64, PATH_MAX - 64, parent_folder(), number);
    if (mkdir(path, 0700)) {
        err_sys(err, ERR_FAILED, "%s", parent_folder());
        path[0] = '\0';
        return err_hint(err, "TMPDIR=FOLDER, on a disk");
    }
    for (unsigned i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
        snprintf(folder, sizeof(folder), "%.*s/%s", PATH_MAX - 64, path, below[i]);
        if (mkdir(folder, 0755))
            return err_sys(err, ERR_FAILED, "%s", folder);
    }
    return 0;
}

/* The environments to run: all requested ones, or without containers if none can be run. */
struct choice {
    const struct environment *env[ENVIRONMENTS_MAX];
    unsigned envs;
};

static bool wants_container(const struct options *options)
{
    for (unsigned i = 0; i < options->envs; i++)
        if (options->env[i]->contained)
            return true;
    return false;
}

static bool wants_overlay(const struct options *options)
{
    for (unsigned i = 0; i < options->experiments; i++)
        if (options->experiment[i]->overlay)
            return true;
    return false;
}

static void choose_envs(struct choice *choice, const struct options *options,
                        const struct site *site)
{
    const struct environment *overlay = environment_find("overlayfs", strlen("overlayfs"));
    bool has = false;

    for (unsigned i = 0; i < options->envs; i++) {
        const struct environment *env = options->env[i];

        if (env->contained && !site->container->runtime)
            continue;
        if (env == overlay && !container_has_overlay(site->container))
            continue;
        choice->env[choice->envs++] = env;
        has |= env == overlay;
        if (!env->contained || has || !wants_overlay(options) ||
            !container_has_overlay(site->container))
            continue;
        choice->env[choice->envs++] = overlay;
        has = true;
    }
}

/* A bit for each environment that the user named. */
static unsigned named_envs(const struct choice *choice, const struct options *options)
{
    unsigned named = 0;

    for (unsigned i = 0; options->envs_named && i < choice->envs; i++)
        for (unsigned k = 0; k < options->envs; k++)
            named |= (unsigned)(choice->env[i] == options->env[k]) << i;
    return named;
}

static int open_container(struct site *site, struct results *results, const struct options *options,
                          struct err *err)
{
    char program[PATH_MAX], line[ERR_LINE_MAX];
    int result;

    if (!wants_container(options))
        return 0;
    if (file_beside_program("bench-native", program, sizeof(program)))
        return err_sys(err, ERR_FAILED, "bench-native");
    result = container_open(site->container, options->runtime, program, site->folder, site->stop_fd,
                            err);
    if (result > 0)
        return RUN_STOPPED;
    if (!result) {
        results->runtime = site->container->version;
        return 0;
    }
    /* A runtime that the user named must work; otherwise skip containers. */
    if (options->runtime || options->env[0]->contained || options->envs < 3)
        return -1;
    err_format(line, err, "virtcost");
    fputs(line, stderr);
    warnings_add(results->warnings, "no_container", json_string(err->text));
    return 0;
}

static json_t *labels_of(const struct plan *plan)
{
    json_t *labels = json_array();

    for (unsigned i = 0; i < plan->steps; i++)
        json_array_append_new(labels, json_string(plan->step[i].label));
    return labels;
}

/* All steps were skipped: report why the last one was. */
static int nothing_to_run(const struct experiment *experiment, const struct plan *plan,
                          struct err *err)
{
    size_t skipped = json_array_size(plan->skipped);

    return err_set(err, ERR_CANNOT_RUN, "%s: no step can be run: %s", experiment->name,
                   skipped ? get_text(json_array_get(plan->skipped, skipped - 1), "reason") : "");
}

static int run_one(struct results *results, const struct experiment *experiment,
                   const struct options *options, const struct site *site, uint64_t *random,
                   struct run *last, struct err *err)
{
    const struct request request = {
        .options = options->shared,
        .config = &options->config,
        .bench = options->config.bench,
        .cpus = options->config.pin_count ? busy_pins(&options->config) : cpus_usable(),
        .quick = options->config.quick,
        .site = site,
        .env = results->env,
        .envs = results->envs,
    };
    struct plan plan = {0};
    int result = experiment->plan(&plan, &request, err);

    if (!result && !plan.steps)
        result = nothing_to_run(experiment, &plan, err);
    if (!result) {
        results->part[results->parts++] = (struct part){
            .experiment = experiment,
            .steps = labels_of(&plan),
            .wanted = options->blocks         ? options->blocks
                      : options->config.quick ? experiment->quick_blocks
                                              : experiment->blocks,
        };
        result = blocks_run(results, &plan, site, random, last, err);
    }
    plan_free(&plan);
    return result;
}

/* State shared with the cleaner, which changes while the cleaner waits. */
struct shared {
    struct container container;
    char folder[PATH_MAX];
};

/* Start the cleaner, then set up what it would clean up. Returns 0, RUN_STOPPED, or -1. */
static int prepare(struct site *site, struct shared *shared, struct cleaner *cleaner,
                   struct results *results, const struct options *options, struct err *err)
{
    if (hugepages_share(err) || cleaner_start(cleaner, &shared->container, shared->folder, err) ||
        make_folder(shared->folder, err))
        return -1;
    return open_container(site, results, options, err);
}

static void clean_up(struct shared *shared, struct cleaner *cleaner)
{
    container_close(&shared->container);
    if (*shared->folder)
        file_remove_tree(shared->folder);
    cleaner_end(cleaner);
}

/* Check the CPUs named by options: a container runtime's message for a missing CPU is useless. */
static int check_cpus(const struct config *config, struct err *err)
{
    if (config->pin_count && cpus_check("--pin", config->pin, config->pin_count, err))
        return -1;
    for (unsigned i = 0; i < config->disks; i++) {
        const struct config_disk *disk = &config->disk[i];

        if (disk->pin != CONFIG_NO_PIN && cpus_check("--disk cpu", &disk->pin, 1, err))
            return -1;
    }
    return 0;
}

int run_experiments(struct results *results, const struct options *options, int stop_fd,
                    struct run *last, struct err *err)
{
    static struct site site;
    static struct choice choice;
    struct shared *shared = cleaner_share(sizeof(*shared));
    struct cleaner cleaner = {-1, -1};
    uint64_t random = options->seed;
    int result;

    *results = (struct results){
        .env = choice.env,
        .bench_named = options->config.bench != NULL,
        .seed = options->seed,
        .quick = options->config.quick,
        .margin_pct = options->margin_pct < 0 ? VERDICT_MARGIN_PCT : options->margin_pct,
        .runs = json_array(),
        .warnings = json_array(),
        .end = "done",
    };
    if (!shared)
        return err_sys(err, ERR_FAILED, "cannot map shared memory");
    site = (struct site){
        .base = options->env[0],
        .stop_fd = stop_fd,
        .container = &shared->container,
        .notice = blocks_notice,
        .folder = shared->folder,
        .count = options->count,
        .quick = options->config.quick,
    };
    result = check_cpus(&options->config, err);
    if (!result)
        result = benches_check(options->shared, stop_fd, err);
    if (!result)
        result = prepare(&site, shared, &cleaner, results, options, err);
    choose_envs(&choice, options, &site);
    results->envs = choice.envs;
    results->envs_named = named_envs(&choice, options);
    for (unsigned i = 0; i < options->experiments && !result; i++)
        result = run_one(results, options->experiment[i], options, &site, &random, last, err);
    clean_up(shared, &cleaner);
    return result;
}
