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
#include "tools/virtcost/output.h"
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

/* What cannot be written to where it belongs goes to standard error. */
static int fall_back(const char *what, const char *where, const char *text, size_t bytes)
{
    struct err err;

    err_sys(&err, ERR_FAILED, "cannot write the %s to %s; it follows here", what, where);
    complain(&err);
    output_write(STDERR_FILENO, text, bytes);
    return ERR_FAILED;
}

static int no_memory(void)
{
    struct err err;

    err_set(&err, ERR_FAILED, "no memory for the results");
    return complain(&err);
}

static int write_json(const struct results *results, json_t *ratios, json_t *warnings, int fd,
                      const char *path)
{
    json_t *json = results_json(results, ratios, warnings);
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    int status = ERR_NONE, failed = !out || !json || json_dumpf(json, out, JSON_INDENT(1));

    if (out) {
        fputc('\n', out);
        failed |= fclose(out);
    }
    if (failed)
        status = no_memory();
    else if (output_replace(fd, text, bytes))
        status = fall_back("JSON", path, text, bytes);
    free(text);
    json_decref(json);
    return status;
}

static int write_table(const struct results *results, const json_t *ratios, const json_t *warnings)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    int status = ERR_NONE;

    if (out)
        results_print(out, results, ratios, warnings);
    if (!out || fclose(out))
        status = no_memory();
    else if (output_write(STDOUT_FILENO, text, bytes))
        status = fall_back("table", "standard output", text, bytes);
    free(text);
    return status;
}

/* The file first: a reader of the table that goes away ends us. No run, no new file. */
static int report(const struct results *results, int output_fd, const char *path)
{
    json_t *ratios = results_ratios(results), *warnings = results_warnings(results);
    int status = ERR_NONE;

    if (path && json_array_size(results->runs))
        status |= write_json(results, ratios, warnings, output_fd, path);
    if (results->blocks)
        status |= write_table(results, ratios, warnings);
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
static int run(const struct options *options, int output_fd, int stop_fd)
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
    if (report(&results, output_fd, options->output) || results_wrong(&results))
        status = status ? status : ERR_FAILED;
    json_decref(results.runs);
    return status;
}

int main(int argc, char **argv)
{
    int output_fd = -1, stop_fd, status;
    struct options options;
    struct err err = {0};

    if (options_parse(&options, argc, argv, &err))
        return complain(&err);
    if (options.output) {
        output_fd = output_open(options.output, &err);
        if (output_fd < 0)
            return complain(&err);
    }
    stop_fd = catch_signals();
    if (stop_fd < 0) {
        err_sys(&err, ERR_FAILED, "signalfd");
        return complain(&err);
    }
    status = run(&options, output_fd, stop_fd);
    if (output_fd >= 0)
        close(output_fd);
    return status;
}
