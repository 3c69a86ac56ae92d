/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/results/results.h"
#include "tools/virtcost/subcommand.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/host/file.h"

/* Width of the names of experiments and commands. */
#define NAME_COLUMNS 10

static const struct help_example list_examples[] = {
    {"virtcost list", "List the experiments"},
    {"virtcost run startup", "Run one experiment"},
    {0},
};

static const struct help_example run_examples[] = {
    {"virtcost run kernels --quick", "A first look at compute and memory, within minutes"},
    {"virtcost run kernels blk startup -o results.json --html report.html",
     "Three experiments, saved as JSON and as an HTML page"},
    {"virtcost run --bench stream.triad --envs native,vm --blocks 20 --pin 0",
     "One benchmark on one CPU, host against VM, 20 times each"},
    {"virtcost run density --count 1000", "1000 instances alive at once"},
    {0},
};

static const struct help_example report_examples[] = {
    {"virtcost report results.json", "Print the tables and claims again"},
    {"virtcost report results.json --html report.html", "The same, plus an HTML page"},
    {0},
};

static const struct help_example compare_examples[] = {
    {"virtcost compare before.json after.json", "Print the changes between two files"},
    {"virtcost compare before.json after.json --fail-if-worse 5",
     "For CI: status 1 if a figure is worse by more than 5 %"},
    {"virtcost compare host-a.json host-b.json", "Two runs of minivmm --report json, on two hosts"},
    {0},
};

static const struct help_example overview_examples[] = {
    {"virtcost run kernels --quick", "A first look at compute and memory, within minutes"},
    {"virtcost run kernels blk startup -o results.json --html report.html",
     "Three experiments, saved as JSON and as an HTML page"},
    {0},
};

static const struct subcommand subcommand[] = {
    {"list", "Print the names of the experiments", 0, NULL, "no argument", 0, 0, list_examples},
    {"run", "Run experiments and print how the environments compare", SUBCOMMAND_RUN,
     "[EXPERIMENT...]", "experiments", 0, EXPERIMENTS_MAX, run_examples},
    {"report", "Print the tables of a results file and check the claims of the studies",
     SUBCOMMAND_REPORT, "RESULTS", "one results file", 1, 1, report_examples},
    {"compare", "Compare two results files, or two JSON reports of minivmm or bench-native",
     SUBCOMMAND_COMPARE, "RESULTS RESULTS", "two results files", 2, 2, compare_examples},
    {0},
};

const struct subcommand *subcommand_find(const char *name)
{
    for (const struct subcommand *found = subcommand; found->name; found++)
        if (!strcmp(found->name, name))
            return found;
    return NULL;
}

static void print_experiments(FILE *out)
{
    const struct experiment *experiment;

    fputc('\n', out);
    wrapped_note(out, "Experiments (kernels, or bench if --bench is given):\n");
    for (unsigned i = 0; (experiment = experiment_at(i)); i++)
        help_item(out, 2, NAME_COLUMNS, experiment->name, experiment->help);
}

/* Keep it short: each command has its own help. */
static void print_overview(FILE *out)
{
    wrapped_note(out, "Usage: virtcost COMMAND [OPTION...] [ARGUMENT...]\n");
    wrapped_note(out, "Run the same kernels on the bare host, in a container and in a VM, in turn, "
                      "and report what each costs.\n");
    fputs("\nCommands:\n", out);
    for (const struct subcommand *of = subcommand; of->name; of++)
        help_item(out, 2, NAME_COLUMNS, of->name, of->purpose);
    fputc('\n', out);
    wrapped_note(out, "virtcost COMMAND --help prints a command's options and examples.\n");
    fputc('\n', out);
    help_examples(out, overview_examples);
}

static void print_synopses(FILE *out)
{
    for (const struct subcommand *of = subcommand; of->name; of++)
        wrapped_note(out, "%s virtcost %s%s%s%s\n",
                     of == subcommand ? "Usage:" : "   or:", of->name,
                     of->set ? " [OPTION...]" : "", of->arguments ? " " : "",
                     of->arguments ? of->arguments : "");
}

int subcommand_answer(const struct subcommand *of, const struct argp_option *options, int key,
                      struct err *err)
{
    char program[32];
    struct help help = {.program = "virtcost", .option = options};

    if (of) {
        snprintf(program, sizeof(program), "virtcost %s", of->name);
        help.program = program;
        help.arguments = of->arguments;
        help.purpose = of->purpose;
        help.subjects = of->set == SUBCOMMAND_RUN ? print_experiments : NULL;
        help.example = of->example;
    }
    if (of || key == 'V')
        return help_answer(&help, key, err);
    help_fit();
    if (key == '?')
        print_overview(stdout);
    else
        print_synopses(stdout);
    return file_flush(stdout, "standard output", err);
}
