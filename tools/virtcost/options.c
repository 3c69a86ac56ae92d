/* SPDX-License-Identifier: MIT */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/virtcost/options.h"
#include "vmm/base/units.h"
#include "vmm/base/version.h"
#include "vmm/cli/options.h"

#define BLOCKS_DEFAULT 10
#define BLOCKS_QUICK   3

#define OWN_KEY    256 /* keys above the characters: no short options */
#define SHARED_KEY 512

static int bad(struct err *err, const char *option, const char *argument, const char *why,
               const char *hint)
{
    err_set(err, ERR_USAGE, "--%s %s: %s", option, argument, why);
    return err_hint(err, "%s", hint);
}

static int parse_envs(struct options *options, const char *list, struct err *err)
{
    options->envs = 0;
    for (const char *name = list; name; name = strchr(name, ',') ? strchr(name, ',') + 1 : NULL) {
        size_t length = strcspn(name, ",");
        const struct environment *env = environment_find(name, length);

        if (!env) {
            err_set(err, ERR_USAGE, "--envs %s: no environment is called '%.*s'", list, (int)length,
                    name);
            return err_hint(err, "native, vm, null");
        }
        for (unsigned i = 0; i < options->envs; i++)
            if (options->env[i] == env)
                return bad(err, "envs", list, "one is there twice", "each once");
        /* None twice: there are never more than the table has. */
        options->env[options->envs++] = env;
    }
    if (!options->env[0]->program)
        return bad(err, "envs", list, "the base cannot be null", "native,vm,null");
    if (options->envs < 2)
        return bad(err, "envs", list, "two are needed to compare", "native,vm");
    return 0;
}

static int parse_blocks(struct options *options, const char *argument, struct err *err)
{
    uint64_t blocks;

    if (units_parse_u64(argument, &blocks))
        return bad(err, "blocks", argument, "not a number", "a number, such as 10");
    if (!blocks || blocks > OPTIONS_BLOCKS_MAX)
        return bad(err, "blocks", argument, blocks ? "too many" : "at least one", "1 to 10000");
    options->blocks = (unsigned)blocks;
    return 0;
}

static int parse_seed(struct options *options, const char *argument, struct err *err)
{
    int failed = units_parse_u64(argument, &options->seed);

    if (failed && errno != ERANGE)
        return bad(err, "seed", argument, "not a number", "a number, such as 42");
    if (failed || options->seed > INT64_MAX)
        return bad(err, "seed", argument, "too large", "a number below 2^63");
    return 0;
}

static int parse_output(struct options *options, const char *argument, struct err *err)
{
    (void)err;
    options->output = argument;
    return 0;
}

static const struct own_option {
    const char *name, *argument, *help;
    int key;
    int (*parse)(struct options *options, const char *argument, struct err *err);
} own_option[] = {
    {"envs", "LIST", "Environments, the first being the base (native,vm,null)", OWN_KEY,
     parse_envs},
    {"blocks", "N", "Blocks of one run of each environment (10; quick: 3)", OWN_KEY + 1,
     parse_blocks},
    {"seed", "S", "Seed of the order within the blocks (from the clock)", OWN_KEY + 2, parse_seed},
    {"output", "FILE", "All results, as JSON", 'o', parse_output},
};

#define OWN_OPTIONS (sizeof(own_option) / sizeof(own_option[0]))

/* What every run is given; the other options of the shared table are about a single report. */
static int is_shared(const char *name)
{
    static const char *const shared[] = {"mem",   "vcpus", "hugepages", "thp",  "prefault", "pin",
                                         "bench", "quick", "args",      "disk", NULL};

    for (unsigned i = 0; shared[i]; i++)
        if (!strcmp(name, shared[i]))
            return 1;
    return 0;
}

struct parse {
    struct options *options;
    struct err *err;
};

static int parse_argument(struct parse *parse, const char *argument)
{
    if (parse->options->command) {
        err_set(parse->err, ERR_USAGE, "%s: not an option", argument);
        err_hint(parse->err, "--help");
        return EINVAL;
    }
    parse->options->command = argument;
    return 0;
}

static error_t parse_one(int key, char *argument, struct argp_state *state)
{
    struct parse *parse = state->input;
    struct options *options = parse->options;

    if (key == ARGP_KEY_ARG)
        return parse_argument(parse, argument);
    if (key >= SHARED_KEY && key < SHARED_KEY + WORKLOAD_MAX) {
        options->workload.argument[key - SHARED_KEY] = argument ? argument : "";
        return cli_option[key - SHARED_KEY].parse(&options->config, argument, parse->err) ? EINVAL
                                                                                          : 0;
    }
    for (unsigned i = 0; i < OWN_OPTIONS; i++)
        if (own_option[i].key == key)
            return own_option[i].parse(options, argument, parse->err) ? EINVAL : 0;
    return ARGP_ERR_UNKNOWN;
}

/* Both tables as argp(3) wants them. */
static void list_options(struct argp_option *list)
{
    for (unsigned i = 0; i < OWN_OPTIONS; i++)
        *list++ = (struct argp_option){
            .name = own_option[i].name,
            .key = own_option[i].key,
            .arg = own_option[i].argument,
            .doc = own_option[i].help,
        };
    for (unsigned i = 0; cli_option[i].name && i < WORKLOAD_MAX; i++)
        if (is_shared(cli_option[i].name))
            *list++ = (struct argp_option){
                .name = cli_option[i].name,
                .key = SHARED_KEY + (int)i,
                .arg = cli_option[i].argument,
                .doc = cli_option[i].help,
            };
}

int options_parse(struct options *options, int argc, char **argv, struct err *err)
{
    struct argp_option list[OWN_OPTIONS + WORKLOAD_MAX + 1] = {0};
    const struct argp argp = {
        .options = list,
        .parser = parse_one,
        .args_doc = "run",
        .doc = "Run the same kernels in several environments, in turn, and compare them.",
    };
    struct parse parse = {options, err};

    *options = (struct options){.seed = (uint64_t)time(NULL)};
    config_init(&options->config);
    if (parse_envs(options, "native,vm,null", err))
        return -1;
    list_options(list);
    argp_program_version = version_text;
    argp_err_exit_status = ERR_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &parse))
        return -1;
    if (!options->command || strcmp(options->command, "run")) {
        if (options->command)
            err_set(err, ERR_USAGE, "%s: not a command", options->command);
        else
            err_set(err, ERR_USAGE, "no command is given");
        return err_hint(err, "virtcost run");
    }
    if (!options->blocks)
        options->blocks = options->config.quick ? BLOCKS_QUICK : BLOCKS_DEFAULT;
    if (options->config.disks > 1) {
        err_set(err, ERR_USAGE, "--disk is there twice: the benchmarks use one");
        return err_hint(err, "one --disk");
    }
    return config_validate(&options->config, err);
}
