/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/blocks.h"
#include "tools/virtcost/env/hugepages.h"
#include "tools/virtcost/env/keeper.h"
#include "tools/virtcost/env/process.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/results/warnings.h"
#include "tools/virtcost/run.h"
#include "vmm/host/cpus.h"
#include "vmm/host/file.h"

/* Where files of ours go: on a disk, not in memory. */
#define FOLDER "/var/tmp"

/* The first of these that is there: an absolute TMPDIR, FOLDER, or what every system has. */
static const char *parent_folder(void)
{
    const char *given = getenv("TMPDIR");

    if (given && *given == '/')
        return given;
    return access(FOLDER, F_OK) ? "/tmp" : FOLDER;
}

static int make_folder(char path[PATH_MAX], struct err *err)
{
    static const char *const below[] = {"disk", "neighbour"};
    char folder[PATH_MAX];

    snprintf(path, PATH_MAX, "%.*s/virtcost-XXXXXX", PATH_MAX - 64, parent_folder());
    if (!mkdtemp(path)) {
        err_sys(err, ERR_FAILED, "%s", path);
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

/* The environments that can be run: all that were asked for, or those without a container. */
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

        if (env->contained && !site->container.runtime)
            continue;
        if (env == overlay && !container_has_overlay(&site->container))
            continue;
        choice->env[choice->envs++] = env;
        has |= env == overlay;
        if (!env->contained || has || !wants_overlay(options) ||
            !container_has_overlay(&site->container))
            continue;
        choice->env[choice->envs++] = overlay;
        has = true;
    }
}

static int open_container(struct site *site, struct results *results, const struct options *options,
                          struct err *err)
{
    char program[PATH_MAX], line[ERR_LINE_MAX];

    if (!wants_container(options))
        return 0;
    if (file_beside_program("bench-native", program, sizeof(program)))
        return err_sys(err, ERR_FAILED, "bench-native");
    if (!container_open(&site->container, options->runtime, program, site->folder, err)) {
        results->runtime = site->container.version;
        return 0;
    }
    /* A runtime that was asked for must be there; otherwise the rest is run without. */
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

/* Each of its steps has been left out: why the last one was, for an error. */
static int nothing_to_run(const struct experiment *experiment, const struct plan *plan,
                          struct err *err)
{
    size_t skipped = json_array_size(plan->skipped);

    return err_set(err, ERR_CANNOT_RUN, "%s: nothing of it can be run: %s", experiment->name,
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
        .cpus = cpus_usable(),
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

/* What the program says of its arguments, without its own name: the error and its hint. */
static int take_message(int fd, struct err *err)
{
    char text[ERR_LINE_MAX], *end, *what;
    const char *hint;
    ssize_t got = pread(fd, text, sizeof(text) - 1, 0);

    text[got > 0 ? got : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    end = strstr(text, "; try: ");
    hint = end ? end + strlen("; try: ") : "";
    if (end)
        *end = '\0';
    what = strstr(text, ": ");
    err_set(err, ERR_USAGE, "%s", what ? what + 2 : text);
    return err_hint(err, "%s%s", strncmp(hint, "--list", strlen("--list")) ? "" : "bench-native ",
                    hint);
}

/*
 * Whether there are such benchmarks and arguments for them, which the program that has them knows;
 * before anything is started that would take its time to find out. A program that is not there is
 * reported when it is needed.
 */
static int check_benches(const struct options *options, struct err *err)
{
    const char *const given[] = {get_text(options->shared, "bench"),
                                 get_text(options->shared, "args")};
    char program[PATH_MAX];
    const char *argv[] = {program, "--list", "--args", given[1], "--bench", given[0], NULL};
    int fd, result = 0, status;

    if ((!*given[0] && !*given[1]) || file_beside_program("bench-native", program, sizeof(program)))
        return 0;
    if (!*given[0])
        argv[4] = NULL;
    fd = memfd_create("errors", MFD_CLOEXEC);
    if (fd < 0)
        return err_sys(err, ERR_FAILED, "memfd");
    status = process_run(argv, fd);
    if (WIFEXITED(status) && WEXITSTATUS(status) == ERR_USAGE)
        result = take_message(fd, err);
    close(fd);
    return result;
}

int run_experiments(struct results *results, const struct options *options, int stop_fd,
                    struct run *last, struct err *err)
{
    static struct site site;
    static struct choice choice;
    static char folder[PATH_MAX];
    uint64_t random = options->seed;
    int result;

    *results = (struct results){
        .env = choice.env,
        .seed = options->seed,
        .quick = options->config.quick,
        .runs = json_array(),
        .warnings = json_array(),
        .end = "done",
    };
    site = (struct site){
        .base = options->env[0],
        .stop_fd = stop_fd,
        .folder = folder,
        .count = options->count,
        .quick = options->config.quick,
    };
    result = check_benches(options, err);
    if (!result)
        result = make_folder(folder, err);
    if (!result)
        result = open_container(&site, results, options, err);
    if (!result)
        result = hugepages_share(err);
    if (!result)
        result = keeper_start(&site.container, folder, err);
    choose_envs(&choice, options, &site);
    results->envs = choice.envs;
    for (unsigned i = 0; i < options->experiments && !result; i++)
        result = run_one(results, options->experiment[i], options, &site, &random, last, err);
    if (site.container.runtime)
        container_close(&site.container);
    if (*folder)
        file_remove_tree(folder);
    return result;
}
