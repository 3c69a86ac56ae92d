/* SPDX-License-Identifier: MIT */
/* virtcost: the same kernels in several environments, in turn, with honest statistics. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "tools/virtcost/options.h"
#include "tools/virtcost/results.h"
#include "vmm/base/clock.h"
#include "vmm/base/stats.h"

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

static void show_progress(uint64_t began, unsigned done, unsigned all, unsigned block,
                          unsigned blocks, const char *env)
{
    double elapsed = (double)(clock_mono_ns() - began) / 1e9;

    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r\033[Kblock %u/%u %s, %.0f s", block + 1, blocks, env, elapsed);
    if (done)
        fprintf(stderr, ", about %.0f s to go", elapsed / done * (all - done));
}

/* All runs must be of the same kernels, or the comparison is void. */
static int check_kernels(const struct results *results, struct err *err)
{
    const char *first = NULL;
    json_t *run;
    size_t i;

    json_array_foreach(results->runs, i, run)
    {
        json_t *config = json_object_get(json_object_get(run, "report"), "config");
        const char *sha = json_string_value(json_object_get(config, "kernels_sha256"));

        if (first && (!sha || strcmp(first, sha))) {
            err_set(err, ERR_FAILED, "the environments ran different kernels");
            return err_hint(err, "minivmm, bench.elf and bench-native of the same build");
        }
        first = sha;
    }
    return 0;
}

/* Run all blocks. Returns 0 also if the user stopped it: whole blocks are kept. */
static int run_blocks(struct results *results, const struct options *options, int stop_fd,
                      struct err *err)
{
    uint64_t began = clock_mono_ns(), state = results->seed;
    unsigned wanted = options->blocks, count = options->envs, order[ENVIRONMENTS_MAX] = {0};

    while (results->blocks < wanted) {
        json_t *reports[ENVIRONMENTS_MAX] = {0};

        shuffle(order, count, &state);
        for (unsigned i = 0; i < count; i++) {
            const struct environment *env = options->env[order[i]];

            show_progress(began, results->blocks * count + i, wanted * count, results->blocks,
                          wanted, env->name);
            reports[i] = environment_run(env, &options->workload, stop_fd, err);
            if (!reports[i]) {
                while (i--)
                    json_decref(reports[i]);
                return err->code == ERR_NONE ? 0 : -1;
            }
        }
        for (unsigned i = 0; i < count; i++)
            results_add(results, results->blocks, i, options->env[order[i]]->name, reports[i]);
        results->blocks++;
        if (check_kernels(results, err))
            return -1;
    }
    return 0;
}

static int write_results(const struct results *results, json_t *ratios, const char *path,
                         struct err *err)
{
    json_t *json = results_json(results, ratios);
    int failed = !json || json_dump_file(json, path, JSON_INDENT(1));

    if (failed)
        err_sys(err, ERR_FAILED, "--output %s", path);
    json_decref(json);
    return failed ? -1 : 0;
}

static int stop_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static int run(const struct options *options, struct err *err)
{
    struct results results = {.quick = options->config.quick, .seed = options->seed};
    json_t *ratios;
    int status;

    results.runs = json_array();
    status = run_blocks(&results, options, stop_signals(), err);
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    if (!results.blocks)
        return status ? -1
                      : err_set(err, ERR_FAILED, "stopped before the first block was complete");
    ratios = results_ratios(&results, options->env, options->envs);
    results_print(stdout, &results, ratios);
    if (options->output && write_results(&results, ratios, options->output, err))
        status = -1;
    json_decref(ratios);
    json_decref(results.runs);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    struct err err = {0};

    if (!options_parse(&options, argc, argv, &err) && !run(&options, &err))
        return ERR_NONE;
    err_print(&err, program_invocation_short_name);
    return err.code;
}
