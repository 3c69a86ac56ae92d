/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/virtcost/blocks.h"
#include "vmm/base/clock.h"
#include "vmm/base/stats.h"

#define CLEAR_LINE "\r\033[K"

/* A random order of 0 to count - 1 (Fisher and Yates). */
static void shuffle(unsigned *order, unsigned count, uint64_t *state)
{
    for (unsigned i = 0; i < count; i++)
        order[i] = i;
    for (unsigned i = count; i-- > 1;) {
        unsigned j = (unsigned)(stats_random(state) % (i + 1)), swapped = order[i];

        order[i] = order[j];
        order[j] = swapped;
    }
}

static void show_progress(uint64_t began, const struct results *results, const char *env)
{
    size_t done = json_array_size(results->runs);
    double elapsed = (double)(clock_mono_ns() - began) / 1e9;

    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, CLEAR_LINE "block %u/%u %s, %.0f s", results->blocks + 1, results->wanted, env,
            elapsed);
    if (done)
        fprintf(stderr, ", about %.0f s to go",
                elapsed / (double)done * (double)(results->wanted * results->envs - done));
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, CLEAR_LINE);
}

static const char *kernels_of(const json_t *report)
{
    json_t *config = json_object_get(report, "config");

    return json_string_value(json_object_get(config, "kernels_sha256"));
}

/* All runs must be of the same kernels, or the comparison is void. */
static int check_kernels(const struct results *results, const json_t *report, struct err *err)
{
    const json_t *first = json_object_get(json_array_get(results->runs, 0), "report");
    const char *one = kernels_of(first ? first : report), *other = kernels_of(report);

    if (one && other && !strcmp(one, other))
        return 0;
    err_set(err, ERR_FAILED, "the environments ran different kernels");
    return err_hint(err, "minivmm, bench.elf and bench-native of the same build");
}

static int run_block(struct results *results, const struct options *options, const unsigned *order,
                     uint64_t began, int stop_fd, struct run *last, struct err *err)
{
    for (unsigned i = 0; i < results->envs; i++) {
        const struct environment *env = results->env[order[i]];
        int result;

        show_progress(began, results, env->name);
        result = run_environment(last, env, results->env[0], &options->workload, stop_fd, err);
        if (result)
            return result;
        if (check_kernels(results, last->report, err)) {
            json_decref(last->report);
            last->said[0] = '\0';
            return -1;
        }
        results_add(results, results->blocks, i, env->name, last->report);
    }
    results->blocks++;
    return 0;
}

int blocks_run(struct results *results, const struct options *options, int stop_fd,
               struct run *last, struct err *err)
{
    uint64_t began = clock_mono_ns(), state = results->seed;
    unsigned order[ENVIRONMENTS_MAX] = {0};
    int result = 0;

    while (!result && results->blocks < results->wanted) {
        shuffle(order, results->envs, &state);
        result = run_block(results, options, order, began, stop_fd, last, err);
    }
    clear_progress();
    return result;
}
