/* SPDX-License-Identifier: MIT */
/* The table of options as argp(3) wants it. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/version.h"
#include "vmm/cli/options.h"

#define OPTIONS_MAX 64
#define FIRST_KEY   256 /* keys above the characters: no short options */

struct parse {
    struct config *config;
    struct err *err;
};

static error_t parse_one(int key, char *argument, struct argp_state *state)
{
    struct parse *parse = state->input;

    if (key == ARGP_KEY_ARG) {
        err_set(parse->err, ERR_USAGE, "%s: not an option", argument);
        err_hint(parse->err, "--help");
        return EINVAL;
    }
    if (key < FIRST_KEY || key >= FIRST_KEY + OPTIONS_MAX)
        return ARGP_ERR_UNKNOWN;
    return cli_option[key - FIRST_KEY].parse(parse->config, argument, parse->err) ? EINVAL : 0;
}

int cli_parse(struct config *config, int argc, char **argv, enum cli_program program,
              struct err *err)
{
    static const char *const doc[] = {
        [CLI_VM] = "Run a guest on /dev/kvm and report what it measured beside what it cost.",
        [CLI_NATIVE] = "Run the benchmarks of the guest in this process, for comparison.",
    };
    struct argp_option options[OPTIONS_MAX] = {0};
    struct argp argp = {.options = options, .parser = parse_one, .doc = doc[program]};
    struct parse parse = {config, err};
    unsigned count = 0;

    for (unsigned i = 0; cli_option[i].name; i++) {
        if (!(cli_option[i].programs & (unsigned)program))
            continue;
        options[count++] = (struct argp_option){
            .name = cli_option[i].name,
            .key = FIRST_KEY + (int)i,
            .arg = cli_option[i].argument,
            .doc = cli_option[i].help,
        };
    }
    argp_program_version = version_text;
    argp_err_exit_status = ERR_USAGE;
    config_init(config);
    if (argp_parse(&argp, argc, argv, 0, NULL, &parse))
        return -1;
    return config_validate(config, err);
}
