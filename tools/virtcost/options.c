/* SPDX-License-Identifier: MIT */
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/verdict.h"
#include "tools/virtcost/options.h"
#include "tools/virtcost/subcommand.h"
#include "vmm/core/base/units.h"
#include "vmm/core/cli/files.h"
#include "vmm/core/cli/options.h"
#include "vmm/core/host/file.h"

#define EXPERIMENT_DEFAULT "kernels"
#define EXPERIMENT_BENCH   "bench"

#define OWN_KEY     256 /* keys above the character range: no short options */
#define SHARED_KEY  512
#define SHARED_MAX  64
#define COMMANDS_TO "virtcost list, run, report or compare"

static int bad(struct err *err, const char *option, const char *argument, const char *why,
               const char *hint)
{
    err_set(err, ERR_USAGE, "--%s %s: %s", option, argument, why);
    return err_hint(err, "%s", hint);
}

/* List the names of all environments. */
static const char *env_names(char text[128])
{
    text[0] = '\0';
    for (const struct environment *env = environment; env->name; env++)
        strcat(strcat(text, env == environment ? "" : ", "), env->name);
    return text;
}

static int parse_envs(struct options *options, const char *list, struct err *err)
{
    char names[128];

    options->envs = 0;
    options->envs_named = true;
    for (const char *name = list; name; name = strchr(name, ',') ? strchr(name, ',') + 1 : NULL) {
        size_t length = strcspn(name, ",");
        const struct environment *env = environment_find(name, length);

        if (!env) {
            err_set(err, ERR_USAGE, "--envs %s: unknown environment '%.*s'", list, (int)length,
                    name);
            return err_hint(err, "%s", env_names(names));
        }
        for (unsigned i = 0; i < options->envs; i++)
            if (options->env[i] == env)
                return bad(err, "envs", list, "duplicate environment",
                           "name each environment once");
        /* No duplicates, so this cannot exceed the table's size. */
        options->env[options->envs++] = env;
    }
    if (!options->env[0]->program)
        return bad(err, "envs", list, "the base cannot be null", "native,vm,null");
    if (options->envs < 2)
        return bad(err, "envs", list, "at least two environments are required", "native,vm");
    return 0;
}

/* Parse a count from 1 to `most`. */
static int parse_number(const char *option, const char *argument, unsigned most, unsigned *number,
                        struct err *err)
{
    uint64_t value;
    char range[32];

    snprintf(range, sizeof(range), "1 to %u", most);
    if (units_parse_u64(argument, &value))
        return bad(err, option, argument, "not a number", "a number, such as 10");
    if (!value || value > most)
        return bad(err, option, argument, value ? "too large" : "must not be 0", range);
    *number = (unsigned)value;
    return 0;
}

static int parse_blocks(struct options *options, const char *argument, struct err *err)
{
    return parse_number("blocks", argument, OPTIONS_BLOCKS_MAX, &options->blocks, err);
}

static int parse_count(struct options *options, const char *argument, struct err *err)
{
    return parse_number("count", argument, OPTIONS_COUNT_MAX, &options->count, err);
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

static int parse_html(struct options *options, const char *argument, struct err *err)
{
    (void)err;
    options->html = argument;
    return 0;
}

static int parse_runtime(struct options *options, const char *argument, struct err *err)
{
    (void)err;
    options->runtime = argument;
    return 0;
}

static int parse_percent(const char *option, const char *argument, double most, double *pct,
                         struct err *err)
{
    char *end, range[32];

    *pct = strtod(argument, &end);
    if (end == argument || *end || isnan(*pct))
        return bad(err, option, argument, "not a percentage", "a number, such as 5");
    snprintf(range, sizeof(range), "0 to %g", most);
    if (!(*pct >= 0 && *pct <= most))
        return bad(err, option, argument, *pct < 0 ? "below 0" : "too large", range);
    return 0;
}

static int parse_margin(struct options *options, const char *argument, struct err *err)
{
    return parse_percent("margin", argument, VERDICT_MARGIN_PCT_MAX, &options->margin_pct, err);
}

static int parse_fail(struct options *options, const char *argument, struct err *err)
{
    return parse_percent("fail-if-worse", argument, 1e6, &options->fail_pct, err);
}

static int parse_unclear(struct options *options, const char *argument, struct err *err)
{
    (void)argument, (void)err;
    options->fail_unclear = true;
    return 0;
}

static const struct own_option {
    const char *name, *argument, *help;
    int key;
    int (*parse)(struct options *options, const char *argument, struct err *err);
    unsigned commands; /* a set of enum subcommand_set */
} own_option[] = {
    {"envs", "LIST", "Environments; the first is the base (native,container,vm,null)", OWN_KEY,
     parse_envs, SUBCOMMAND_RUN},
    {"blocks", "N", "Blocks, each with one run per environment (set by the experiment)",
     OWN_KEY + 1, parse_blocks, SUBCOMMAND_RUN},
    {"seed", "S", "Seed of the random order within blocks (from the clock)", OWN_KEY + 2,
     parse_seed, SUBCOMMAND_RUN},
    {"output", "FILE", "All results, as JSON", 'o', parse_output, SUBCOMMAND_RUN},
    {"runtime", "NAME",
     "Container runtime: runc, crun, podman, docker, or a path (the first that works)", OWN_KEY + 3,
     parse_runtime, SUBCOMMAND_RUN},
    {"count", "N", "Instances alive at once in the density experiment (100)", OWN_KEY + 4,
     parse_count, SUBCOMMAND_RUN},
    {"html", "FILE", "The results as an HTML page with charts", OWN_KEY + 5, parse_html,
     SUBCOMMAND_RUN | SUBCOMMAND_REPORT},
    {"margin", "PCT",
     "A ratio is the same if its whole interval lies within this margin of 1 (3, or the margin of "
     "the results)",
     OWN_KEY + 6, parse_margin, SUBCOMMAND_RUN | SUBCOMMAND_REPORT | SUBCOMMAND_COMPARE},
    {"fail-if-worse", "PCT",
     "Exit status 1 if a figure is worse by more than this, or may be: its median is, but the "
     "interval is too wide or there are too few blocks to decide",
     OWN_KEY + 7, parse_fail, SUBCOMMAND_COMPARE},
    {"fail-if-unclear", NULL, "Exit status 1 if any figure cannot be judged", OWN_KEY + 8,
     parse_unclear, SUBCOMMAND_COMPARE},
};

#define OWN_OPTIONS (sizeof(own_option) / sizeof(own_option[0]))

/* Options passed to every run; the other shared options concern a single report. */
static int is_shared(const char *name)
{
    static const char *const shared[] = {"mem",        "vcpus", "hugepages", "thp",  "prefault",
                                         "pin",        "bench", "quick",     "args", "disk",
                                         "guest-page", "cpu",   "topology",  "numa", NULL};

    for (unsigned i = 0; shared[i]; i++)
        if (!strcmp(name, shared[i]))
            return 1;
    return 0;
}

#define LIST_MAX (OWN_OPTIONS + SHARED_MAX + HELP_OPTIONS + 1)

struct parse {
    struct options *options;
    struct err *err;
    int asked;             /* key of a help or version option; 0: none */
    const char *shared;    /* the first shared option given; NULL: none */
    bool own[OWN_OPTIONS]; /* which own options are given */
};

static int parse_argument(struct parse *parse, const char *argument)
{
    struct options *options = parse->options;

    if (!options->command) {
        options->command = argument;
        return 0;
    }
    if (options->arguments == EXPERIMENTS_MAX) {
        err_set(parse->err, ERR_USAGE, "%s: too many arguments", argument);
        return EINVAL;
    }
    options->argument[options->arguments++] = argument;
    return 0;
}

/* Containers have another working folder: make paths absolute, so that they mean the same there. */
static json_t *absolute_disk(const char *argument)
{
    const char *path = strstr(argument, "path=");
    char *cwd;
    json_t *text;

    if (!path || path[strlen("path=")] == '/' || (path != argument && path[-1] != ','))
        return json_string(argument);
    cwd = getcwd(NULL, 0);
    path += strlen("path=");
    text = json_sprintf("%.*s%s/%s", (int)(path - argument), argument, cwd ? cwd : "", path);
    free(cwd);
    return text;
}

static int parse_shared(struct parse *parse, const struct cli_option *option, const char *argument)
{
    json_t *value = !argument                       ? json_null()
                    : !strcmp(option->name, "disk") ? absolute_disk(argument)
                                                    : json_string(argument);

    if (!value) {
        err_set(parse->err, ERR_USAGE, "--%s: not UTF-8", option->name);
        return EINVAL;
    }
    parse->shared = parse->shared ? parse->shared : option->name;
    json_object_set_new(parse->options->shared, option->name, value);
    return option->parse(&parse->options->config, argument, parse->err) ? EINVAL : 0;
}

static error_t parse_own(struct parse *parse, unsigned i, const char *argument)
{
    parse->own[i] = true;
    return own_option[i].parse(parse->options, argument, parse->err) ? EINVAL : 0;
}

static error_t parse_one(int key, char *argument, struct argp_state *state)
{
    struct parse *parse = state->input;

    if (key == ARGP_KEY_ARG)
        return parse_argument(parse, argument);
    if (help_asked(key)) {
        parse->asked = key;
        return 0;
    }
    if (key >= SHARED_KEY && key < SHARED_KEY + SHARED_MAX)
        return parse_shared(parse, &cli_option[key - SHARED_KEY], argument);
    for (unsigned i = 0; i < OWN_OPTIONS; i++)
        if (own_option[i].key == key)
            return parse_own(parse, i, argument);
    return ARGP_ERR_UNKNOWN;
}

/* Build argp(3)'s tables from the options of the commands. */
static void list_options(struct argp_option *list, unsigned commands)
{
    for (unsigned i = 0; i < OWN_OPTIONS; i++)
        if (own_option[i].commands & commands)
            *list++ = (struct argp_option){
                .name = own_option[i].name,
                .key = own_option[i].key,
                .arg = own_option[i].argument,
                .doc = own_option[i].help,
            };
    for (unsigned i = 0; cli_option[i].name && i < SHARED_MAX; i++)
        if (is_shared(cli_option[i].name) && (commands & SUBCOMMAND_RUN))
            *list++ = (struct argp_option){
                .name = cli_option[i].name,
                .key = SHARED_KEY + (int)i,
                .arg = cli_option[i].argument,
                .doc = cli_option[i].help,
            };
    for (unsigned i = 0; i < HELP_OPTIONS; i++)
        *list++ = help_option[i];
    *list = (struct argp_option){0};
}

/* Reject an option that the experiment sets in its steps, rather than ignore it. */
static int check_chosen(const struct options *options, const struct experiment *experiment,
                        struct err *err)
{
    for (unsigned i = 0; experiment->chosen && experiment->chosen[i]; i++) {
        if (!json_object_get(options->shared, experiment->chosen[i]))
            continue;
        err_set(err, ERR_USAGE, "--%s: set by the experiment %s", experiment->chosen[i],
                experiment->name);
        return err_hint(err, "omit it, or use virtcost run bench");
    }
    return 0;
}

static int check_run(struct options *options, struct err *err)
{
    if (!options->arguments)
        options->argument[options->arguments++] =
            options->config.bench ? EXPERIMENT_BENCH : EXPERIMENT_DEFAULT;
    for (unsigned i = 0; i < options->arguments; i++) {
        const struct experiment *found = experiment_find(options->argument[i]);

        if (!found) {
            err_set(err, ERR_USAGE, "%s: unknown experiment", options->argument[i]);
            return err_hint(err, "virtcost list");
        }
        for (unsigned k = 0; k < options->experiments; k++)
            if (options->experiment[k] == found)
                return err_set(err, ERR_USAGE, "%s: duplicate experiment", options->argument[i]);
        if (check_chosen(options, found, err))
            return -1;
        options->experiment[options->experiments++] = found;
    }
    if (options->config.disks > 1) {
        err_set(err, ERR_USAGE, "duplicate --disk: the benchmarks use one disk");
        return err_hint(err, "a single --disk");
    }
    return config_validate(&options->config, err) || cli_check_files(&options->config, err) ? -1
                                                                                            : 0;
}

/* Reject an option that the command does not have, rather than ignore it. */
static int check_own(const struct parse *parse, const struct subcommand *found, struct err *err)
{
    const char *other = found->set & SUBCOMMAND_RUN ? NULL : parse->shared;

    for (unsigned i = 0; i < OWN_OPTIONS && !other; i++)
        if (parse->own[i] && !(own_option[i].commands & found->set))
            other = own_option[i].name;
    if (!other)
        return 0;
    err_set(err, ERR_USAGE, "--%s: not an option of %s", other, found->name);
    return err_hint(err, "virtcost %s --help", found->name);
}

/* Reject output files that would replace the results, the other output, or a disk. */
static int check_files(const struct options *options, struct err *err)
{
    const char *const written[] = {options->output, options->html};

    for (unsigned i = 0; i < 2; i++) {
        bool read = !strcmp(options->command, "report") && written[i] &&
                    file_same(written[i], options->argument[0]);

        if (!written[i])
            continue;
        if (cli_disks_use(&options->config, written[i]))
            return cli_disk_shared(err, written[i]);
        if (read || (i && written[0] && file_same(written[i], written[0]))) {
            err_set(err, ERR_USAGE, "--%s %s: same file as the results", i ? "html" : "output",
                    written[i]);
            return err_hint(err, "a different file");
        }
    }
    return 0;
}

/* A figure within the margin must not count as worse. */
static int check_margin(const struct options *options, struct err *err)
{
    if (options->fail_pct < 0 || options->margin_pct <= options->fail_pct)
        return 0;
    err_set(err, ERR_USAGE, "--margin %g: larger than --fail-if-worse %g", options->margin_pct,
            options->fail_pct);
    return err_hint(err, "--margin %g", options->fail_pct);
}

static int check_command(const struct parse *parse, const struct subcommand *found, struct err *err)
{
    const struct options *options = parse->options;

    if (found) {
        if (options->arguments >= found->least && options->arguments <= found->most)
            return check_own(parse, found, err);
        err_set(err, ERR_USAGE, "%s: takes %s, not %u argument%s", found->name, found->takes,
                options->arguments, units_s(options->arguments));
        return err_hint(err, "virtcost %s --help", found->name);
    }
    if (options->command)
        err_set(err, ERR_USAGE, "%s: unknown command", options->command);
    else
        err_set(err, ERR_USAGE, "missing command");
    return err_hint(err, COMMANDS_TO);
}

/* Print the requested help or version, of a command if one is named, and exit. */
static int answer(const struct parse *parse, const struct subcommand *found, struct err *err)
{
    struct argp_option list[LIST_MAX];

    list_options(list, found ? found->set : 0);
    if (subcommand_answer(found, list, parse->asked, err))
        return -1;
    exit(ERR_NONE);
}

static int parse_line(struct parse *parse, int argc, char **argv)
{
    struct argp_option list[LIST_MAX];
    const struct argp argp = {.options = list, .parser = parse_one};
    int failed;

    list_options(list, ~0u);
    argp_err_exit_status = ERR_USAGE;
    failed = argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, parse);
    return failed ? -1 : 0;
}

int options_parse(struct options *options, int argc, char **argv, struct err *err)
{
    struct parse parse = {.options = options, .err = err};
    const struct subcommand *found;

    *options = (struct options){
        .seed = (uint64_t)time(NULL),
        .shared = json_object(),
        .margin_pct = -1,
        .fail_pct = -1,
    };
    config_init(&options->config);
    if (parse_envs(options, "native,container,vm,null", err))
        return -1;
    options->envs_named = false;
    if (parse_line(&parse, argc, argv))
        return -1;
    found = options->command ? subcommand_find(options->command) : NULL;
    if (parse.asked && (found || !options->command))
        return answer(&parse, found, err);
    if (check_command(&parse, found, err) || check_files(options, err) ||
        check_margin(options, err))
        return -1;
    return found->set == SUBCOMMAND_RUN ? check_run(options, err) : 0;
}
