/* SPDX-License-Identifier: MIT */
/* virtcost: the same kernels in several environments, in turn, with honest statistics. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "tools/virtcost/environment.h"
#include "tools/virtcost/results.h"
#include "vmm/base/clock.h"
#include "vmm/base/stats.h"
#include "vmm/base/units.h"
#include "vmm/base/version.h"

#define ENVS_MAX       8
#define BLOCKS_MAX     10000
#define BLOCKS_DEFAULT 10
#define BLOCKS_QUICK   3

struct arguments {
    const char *command;
    const char *envs;
    const char *output;
    struct workload workload;
    uint64_t blocks; /* 0: the default */
    uint64_t seed;
    struct err err;
};

enum {
    OPT_ENVS = 256,
    OPT_BENCH,
    OPT_BLOCKS,
    OPT_SEED,
    OPT_QUICK,
    OPT_MEM,
    OPT_VCPUS,
    OPT_PIN,
    OPT_THP,
    OPT_ARGS
};

static const struct argp_option options[] = {
    {"envs", OPT_ENVS, "LIST", 0, "Environments, the first being the base (native,vm,null)", 0},
    {"bench", OPT_BENCH, "LIST", 0, "Benchmarks: names or dotted prefixes (all)", 0},
    {"blocks", OPT_BLOCKS, "N", 0, "Blocks of one run of each environment (10; quick: 3)", 0},
    {"seed", OPT_SEED, "S", 0, "Seed of the order within the blocks (from the clock)", 0},
    {"quick", OPT_QUICK, NULL, 0, "Short runs, for a first look", 0},
    {"mem", OPT_MEM, "SIZE", 0, "Memory of each run (2G)", 0},
    {"vcpus", OPT_VCPUS, "N", 0, "vCPUs or threads of each run (1)", 0},
    {"pin", OPT_PIN, "LIST", 0, "CPUs to bind them to", 0},
    {"thp", OPT_THP, "on|off", 0, "Transparent huge pages", 0},
    {"args", OPT_ARGS, "TEXT", 0, "Arguments for the benchmarks", 0},
    {"output", 'o', "FILE", 0, "All results, as JSON", 0},
    {0},
};

static int parse_number(const char *option, const char *text, uint64_t *value, struct err *err)
{
    if (!units_parse_u64(text, value))
        return 0;
    err_set(err, ERR_USAGE, "--%s %s: not a number", option, text);
    return EINVAL;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct workload *workload = &arguments->workload;

    switch (key) {
    case OPT_ENVS:
        arguments->envs = text;
        return 0;
    case OPT_BENCH:
        workload->bench = text;
        return 0;
    case OPT_BLOCKS:
        return parse_number("blocks", text, &arguments->blocks, &arguments->err);
    case OPT_SEED:
        return parse_number("seed", text, &arguments->seed, &arguments->err);
    case OPT_QUICK:
        workload->quick = 1;
        return 0;
    case OPT_MEM:
        workload->mem = text;
        return 0;
    case OPT_VCPUS:
        workload->vcpus = text;
        return 0;
    case OPT_PIN:
        workload->pin = text;
        return 0;
    case OPT_THP:
        workload->thp = text;
        return 0;
    case OPT_ARGS:
        workload->args = text;
        return 0;
    case 'o':
        arguments->output = text;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num)
            return ARGP_ERR_UNKNOWN;
        arguments->command = text;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The environments of a list; returns how many, or -1. */
static int find_envs(const char *list, const struct environment **envs, struct err *err)
{
    int count = 0;

    for (const char *name = list; name; name = strchr(name, ',') ? strchr(name, ',') + 1 : NULL) {
        size_t length = strcspn(name, ",");

        if (count == ENVS_MAX)
            return err_set(err, ERR_USAGE, "--envs %s: more than %d", list, ENVS_MAX);
        envs[count] = environment_find(name, length);
        if (!envs[count++]) {
            err_set(err, ERR_USAGE, "--envs %s: no environment is called '%.*s'", list, (int)length,
                    name);
            return err_hint(err, "native, vm, null");
        }
        for (int i = 0; i < count - 1; i++)
            if (envs[i] == envs[count - 1])
                return err_set(err, ERR_USAGE, "--envs %s: '%s' is there twice", list,
                               envs[i]->name);
    }
    if (count < 2)
        return err_set(err, ERR_USAGE, "--envs %s: two are needed to compare", list);
    return count;
}

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
static int run_blocks(struct results *results, const struct arguments *arguments,
                      const struct environment *const *envs, unsigned count, int stop_fd,
                      struct err *err)
{
    uint64_t began = clock_mono_ns(), state = results->seed;
    unsigned wanted = (unsigned)arguments->blocks, order[ENVS_MAX] = {0};

    while (results->blocks < wanted) {
        json_t *reports[ENVS_MAX] = {0};

        shuffle(order, count, &state);
        for (unsigned i = 0; i < count; i++) {
            const struct environment *env = envs[order[i]];

            show_progress(began, results->blocks * count + i, wanted * count, results->blocks,
                          wanted, env->name);
            reports[i] = environment_run(env, &arguments->workload, stop_fd, err);
            if (!reports[i]) {
                while (i--)
                    json_decref(reports[i]);
                return err->code == ERR_NONE ? 0 : -1;
            }
        }
        for (unsigned i = 0; i < count; i++)
            results_add(results, results->blocks, i, envs[order[i]]->name, reports[i]);
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

static int run(struct arguments *arguments, struct err *err)
{
    const struct environment *envs[ENVS_MAX];
    struct results results = {.quick = arguments->workload.quick, .seed = arguments->seed};
    int count = find_envs(arguments->envs, envs, err), status;
    json_t *ratios;

    if (count < 0)
        return -1;
    if (!arguments->blocks)
        arguments->blocks = results.quick ? BLOCKS_QUICK : BLOCKS_DEFAULT;
    if (arguments->blocks > BLOCKS_MAX)
        return err_set(err, ERR_USAGE, "--blocks: at most %d", BLOCKS_MAX);
    results.runs = json_array();
    status = run_blocks(&results, arguments, envs, (unsigned)count, stop_signals(), err);
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    if (!results.blocks)
        return status ? -1
                      : err_set(err, ERR_FAILED, "stopped before the first block was complete");
    ratios = results_ratios(&results, envs, (unsigned)count);
    results_print(stdout, &results, ratios);
    if (arguments->output && write_results(&results, ratios, arguments->output, err))
        status = -1;
    json_decref(ratios);
    json_decref(results.runs);
    return status;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "run",
        .doc = "Run the same kernels in several environments, in turn, and compare them.",
    };
    struct arguments arguments = {
        .envs = "native,vm,null",
        .seed = (uint64_t)time(NULL),
    };

    argp_program_version = version_text;
    argp_err_exit_status = ERR_USAGE;
    if (!argp_parse(&argp, argc, argv, 0, NULL, &arguments)) {
        if (!arguments.command || strcmp(arguments.command, "run")) {
            err_set(&arguments.err, ERR_USAGE, "%s: not a command",
                    arguments.command ? arguments.command : "nothing to do");
            err_hint(&arguments.err, "virtcost run");
        } else if (!run(&arguments, &arguments.err)) {
            return ERR_NONE;
        }
    }
    err_print(&arguments.err, program_invocation_short_name);
    return arguments.err.code;
}
