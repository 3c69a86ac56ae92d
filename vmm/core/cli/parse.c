/* SPDX-License-Identifier: MIT */
/* The table of options converted for argp(3). */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/core/cli/files.h"
#include "vmm/core/cli/help.h"
#include "vmm/core/cli/options.h"

#define OPTIONS_MAX 64
#define FIRST_KEY   256 /* keys above the characters: no short options */

struct parse {
    struct config *config;
    struct err *err;
    struct help help;
};

static error_t parse_one(int key, char *argument, struct argp_state *state)
{
    struct parse *parse = state->input;

    if (key == ARGP_KEY_ARG) {
        err_set(parse->err, ERR_USAGE, "%s: unexpected argument", argument);
        err_hint(parse->err, "--help");
        return EINVAL;
    }
    if (help_asked(key)) {
        if (help_answer(&parse->help, key, parse->err))
            return EINVAL;
        exit(ERR_NONE);
    }
    if (key < FIRST_KEY || key >= FIRST_KEY + OPTIONS_MAX)
        return ARGP_ERR_UNKNOWN;
    return cli_option[key - FIRST_KEY].parse(parse->config, argument, parse->err) ? EINVAL : 0;
}

static const struct help_example vm_examples[] = {
    {"minivmm --mem 2G --vcpus 2 --pin 0,1",
     "All benchmarks in a VM with two vCPUs, each pinned to a CPU"},
    {"minivmm --list", "List the benchmarks"},
    {"minivmm --bench exits --vcpus 2 --pin 0,1", "The cost of each kind of exit"},
    {"minivmm --bench blk --disk path=vm.img,size=1G,create,direct",
     "Block I/O to a disk image, bypassing the page cache"},
    {"minivmm --quick --report json --output report.json", "A short run with a JSON report"},
    {0},
};

static const struct help_example native_examples[] = {
    {"bench-native --mem 2G --vcpus 2 --pin 0,1",
     "All benchmarks on two threads, each pinned to a CPU"},
    {"bench-native --list", "List the benchmarks"},
    {"bench-native --bench stream --args isa=avx2", "A group of benchmarks, with AVX2 kernels"},
    {0},
};

/* --help of each program; cli_parse() adds the options. */
static const struct help program_help[] = {
    [CLI_VM] = {.program = "minivmm",
                .purpose = "Run a guest on /dev/kvm and report its results together with their "
                           "cost: exits, CPU time, memory",
                .example = vm_examples},
    [CLI_NATIVE] = {.program = "bench-native",
                    .purpose = "Run the guest's benchmarks in this process, for comparison",
                    .example = native_examples},
};

int cli_parse(struct config *config, int argc, char **argv, enum cli_program program,
              struct err *err)
{
    struct argp_option options[OPTIONS_MAX] = {0};
    struct argp argp = {.options = options, .parser = parse_one};
    struct parse parse = {config, err, program_help[program]};
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
    for (unsigned i = 0; i < HELP_OPTIONS; i++)
        options[count++] = help_option[i];
    parse.help.option = options;
    argp_err_exit_status = ERR_USAGE;
    config_init(config);
    if (argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &parse))
        return -1;
    return config_validate(config, err) || cli_check_files(config, err) ? -1 : 0;
}
