/* SPDX-License-Identifier: MIT */
/* virtcost: the same kernels in several environments, in turn, with honest statistics. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "tools/virtcost/blocks.h"
#include "tools/virtcost/options.h"
#include "tools/virtcost/results.h"

static int complain(const struct err *err)
{
    err_print(err, program_invocation_short_name);
    return err->code;
}

/* The signals that ask for a stop; one that is ignored, as nohup does, stays so. */
static void stop_signals(sigset_t *set)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    sigemptyset(set);
    for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction action;

        if (!sigaction(signals[i], NULL, &action) && action.sa_handler != SIG_IGN)
            sigaddset(set, signals[i]);
    }
}

/* Returns a file that is readable once one of them has come, or -1 with errno. */
static int catch_signals(void)
{
    sigset_t set;

    stop_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* From here on they do what they usually do, but for the one that has been heeded. */
static void accept_signals(int stop_fd)
{
    struct signalfd_siginfo heeded;
    sigset_t set;

    while (read(stop_fd, &heeded, sizeof(heeded)) > 0)
        ;
    stop_signals(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    close(stop_fd);
}

static int write_results(const struct results *results, json_t *ratios, json_t *warnings,
                         const char *path)
{
    json_t *json = results_json(results, ratios, warnings);
    struct err err = {0};

    if (!json || json_dump_file(json, path, JSON_INDENT(1))) {
        err_sys(&err, ERR_FAILED, "--output %s", path);
        complain(&err);
    }
    json_decref(json);
    return err.code;
}

static int report(const struct results *results, const char *path)
{
    json_t *ratios = results_ratios(results), *warnings = results_warnings(results);
    int status = ERR_NONE;

    if (results->blocks)
        results_print(stdout, results, ratios, warnings);
    if (path && json_array_size(results->runs))
        status = write_results(results, ratios, warnings, path);
    json_decref(ratios);
    json_decref(warnings);
    return status;
}

static void show_said(const char *said)
{
    size_t length = strlen(said);

    fprintf(stderr, "%s%s", said, length && said[length - 1] != '\n' ? "\n" : "");
}

/* Run the blocks and report. Returns the exit status. */
static int run(const struct options *options, int stop_fd)
{
    struct results results = {
        .env = options->env,
        .envs = options->envs,
        .wanted = options->blocks,
        .seed = options->seed,
        .quick = options->config.quick,
        .runs = json_array(),
        .end = "done",
    };
    struct run last = {0};
    struct err err = {0};
    int ended = blocks_run(&results, options, stop_fd, &last, &err), status;

    accept_signals(stop_fd);
    if (ended == RUN_STOPPED) {
        results.end = "signal";
        err_set(&err, ERR_FAILED, "stopped: %u of %u blocks are complete", results.blocks,
                results.wanted);
    } else if (ended) {
        results.end = "error";
        results.error = err.text;
        show_said(last.said);
    }
    status = ended ? complain(&err) : ERR_NONE;
    if (report(&results, options->output) || results_wrong(&results))
        status = status ? status : ERR_FAILED;
    json_decref(results.runs);
    return status;
}

int main(int argc, char **argv)
{
    int stop_fd;
    struct options options;
    struct err err = {0};

    if (options_parse(&options, argc, argv, &err))
        return complain(&err);
    stop_fd = catch_signals();
    if (stop_fd < 0) {
        err_sys(&err, ERR_FAILED, "signalfd");
        return complain(&err);
    }
    return run(&options, stop_fd);
}
