/* SPDX-License-Identifier: MIT */
/* virtcost: the same kernels in several environments, in turn, with honest statistics. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/virtcost/added.h"
#include "tools/virtcost/blocks.h"
#include "tools/virtcost/options.h"
#include "tools/virtcost/results.h"
#include "vmm/host/file.h"
#include "vmm/host/signals.h"

static int complain(const struct err *err)
{
    err_print(err, program_invocation_short_name);
    return err->code;
}

/* What cannot be written to where it belongs goes to standard error. */
static int fall_back(const char *what, const char *where, const char *text, size_t bytes)
{
    struct err err;

    err_sys(&err, ERR_FAILED, "cannot write the %s to %s; it follows here", what, where);
    complain(&err);
    fwrite(text, 1, bytes, stderr);
    return ERR_FAILED;
}

static int no_memory(void)
{
    struct err err;

    err_set(&err, ERR_FAILED, "no memory for the results");
    return complain(&err);
}

static int write_json(const struct results *results, json_t *ratios, json_t *added,
                      json_t *warnings, const char *path)
{
    json_t *json = results_json(results, ratios, added, warnings);
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
    else if (file_replace(path, text, bytes))
        status = fall_back("JSON", path, text, bytes);
    free(text);
    json_decref(json);
    return status;
}

static int write_table(const struct results *results, const json_t *ratios, const json_t *added,
                       const json_t *warnings)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    int status = ERR_NONE;

    if (out)
        results_print(out, results, ratios, added, warnings);
    if (!out || fclose(out))
        status = no_memory();
    else if (fwrite(text, 1, bytes, stdout) != bytes || fflush(stdout))
        status = fall_back("table", "standard output", text, bytes);
    free(text);
    return status;
}

/* The file first: a reader of the table that goes away ends us. No run, no new file. */
static int report(const struct results *results, const char *path)
{
    json_t *ratios = results_ratios(results), *warnings = results_warnings(results);
    json_t *added = added_rows(results, ratios);
    int status = ERR_NONE;

    if (path && json_array_size(results->runs))
        status |= write_json(results, ratios, added, warnings, path);
    if (results->blocks)
        status |= write_table(results, ratios, added, warnings);
    json_decref(ratios);
    json_decref(added);
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

    signals_accept(stop_fd);
    close(stop_fd);
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
    struct options options;
    int stop_fd;
    struct err err = {0};

    if (options_parse(&options, argc, argv, &err))
        return complain(&err);
    if (options.output && file_can_replace(options.output)) {
        err_sys(&err, ERR_FAILED, "--output %s", options.output);
        err_hint(&err, "a file that can be written");
        return complain(&err);
    }
    stop_fd = signals_catch();
    if (stop_fd < 0) {
        err_sys(&err, ERR_FAILED, "signalfd");
        return complain(&err);
    }
    return run(&options, stop_fd);
}
