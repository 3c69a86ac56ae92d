/* SPDX-License-Identifier: MIT */
/* virtcost: the same kernels in several environments, in turn, with honest statistics. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/virtcost/claims/claims.h"
#include "tools/virtcost/compare/compare.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html.h"
#include "tools/virtcost/results/missing.h"
#include "tools/virtcost/results/text.h"
#include "tools/virtcost/results/warnings.h"
#include "tools/virtcost/run.h"
#include "vmm/base/units.h"
#include "vmm/host/file.h"
#include "vmm/host/inherit.h"
#include "vmm/host/signals.h"
#include "vmm/host/sink.h"

/* Of the resampling: the same files give the same intervals. */
#define COMPARE_SEED 1

static int complain(const struct err *err)
{
    err_print(err, program_invocation_short_name);
    return err->code;
}

/* All of it, to a file that may be slow or not block. Returns 0, or -1 with errno. */
static int write_standard(int fd, const char *text, size_t bytes)
{
    struct sink sink;
    size_t lost;
    int error;

    sink_share(&sink, fd);
    lost = sink_write(&sink, text, bytes, -1);
    error = errno;
    sink_close(&sink);
    errno = error;
    return lost ? -1 : 0;
}

/* What cannot be written to where it belongs goes to standard error. */
static int fall_back(const char *what, const char *where, const char *text, size_t bytes)
{
    /* Whoever read it wanted no more of it. */
    bool unwanted = errno == EPIPE;
    struct err err;

    err_sys(&err, ERR_FAILED, "cannot write the %s to %s%s", what, where,
            unwanted ? "" : "; it follows here");
    complain(&err);
    if (!unwanted)
        write_standard(STDERR_FILENO, text, bytes);
    return ERR_FAILED;
}

static int no_memory(void)
{
    struct err err;

    err_set(&err, ERR_FAILED, "no memory for the results");
    return complain(&err);
}

/* A file of results may come from anywhere: nothing in it moves a terminal's cursor. */
static void make_printable(char *text)
{
    for (; *text; text++)
        if (*text != '\n' && (*text < ' ' || *text > '~'))
            *text = '?';
}

/* Something that is printed as a whole. */
struct sheet {
    const char *what; /* its name in a message */
    int (*print)(FILE *out, const json_t *json, struct err *err);
};

/* Print it to a file, or (NULL) to standard output. Returns the exit status. */
static int write_whole(const struct sheet *sheet, const char *path, const json_t *json)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    int status = ERR_NONE, failed = !out;
    struct err err = {0};

    if (out) {
        failed = sheet->print(out, json, &err);
        failed |= fclose(out);
    }
    if (!failed && !path)
        make_printable(text);
    if (failed)
        status = *err.text ? complain(&err) : no_memory();
    else if (path && file_replace(path, text, bytes))
        status = fall_back(sheet->what, path, text, bytes);
    else if (!path && write_standard(STDOUT_FILENO, text, bytes))
        status = fall_back(sheet->what, "standard output", text, bytes);
    free(text);
    return status;
}

static int print_json(FILE *out, const json_t *json, struct err *err)
{
    (void)err;
    return json_dumpf(json, out, JSON_INDENT(1)) || fputc('\n', out) == EOF;
}

static int print_tables(FILE *out, const json_t *json, struct err *err)
{
    (void)err;
    text_print(out, json);
    return 0;
}

static int print_claims(FILE *out, const json_t *json, struct err *err)
{
    json_t *claims = claims_of(json);

    (void)err;
    claims_print(out, claims);
    json_decref(claims);
    return 0;
}

static int print_page(FILE *out, const json_t *json, struct err *err)
{
    json_t *claims = claims_of(json);
    int failed = html_write(out, json, claims, err);

    json_decref(claims);
    return failed;
}

static int print_comparison(FILE *out, const json_t *json, struct err *err)
{
    (void)err;
    compare_print(out, json);
    return 0;
}

static const struct sheet json_sheet = {"JSON", print_json}, table_sheet = {"table", print_tables},
                          claims_sheet = {"claims", print_claims},
                          page_sheet = {"page", print_page},
                          comparison_sheet = {"table", print_comparison};

/* The files. */
static int save(const json_t *json, const char *output, const char *html)
{
    int status = ERR_NONE;

    if (output)
        status |= write_whole(&json_sheet, output, json);
    if (html)
        status |= write_whole(&page_sheet, html, json);
    return status;
}

static void show_said(const char *said)
{
    size_t length = strlen(said);

    fprintf(stderr, "%s%s", said, length && said[length - 1] != '\n' ? "\n" : "");
}

static unsigned blocks_of(const struct results *results)
{
    unsigned blocks = 0;

    for (unsigned i = 0; i < results->parts; i++)
        blocks += results->part[i].blocks;
    return blocks;
}

static bool are_regular(const struct options *options)
{
    return (!options->output || file_is_regular(options->output)) &&
           (!options->html || file_is_regular(options->html));
}

/* Returns the exit status, as all commands do. */
static int run(const struct options *options)
{
    static struct results results;
    int stop_fd = signals_catch(), ended, status;
    struct run last = {0};
    struct err err = {0};
    json_t *json;

    if (stop_fd < 0) {
        err_sys(&err, ERR_FAILED, "signalfd");
        return complain(&err);
    }
    ended = run_experiments(&results, options, stop_fd, &last, &err);
    if (ended == RUN_STOPPED) {
        results.end = "signal";
        err_set(&err, ERR_FAILED, "stopped: %u block%s complete", blocks_of(&results),
                units_s(blocks_of(&results)));
    } else if (ended) {
        results.end = "error";
        results.error = err.text;
        show_said(last.said);
    }
    status = ended ? complain(&err) : ERR_NONE;
    json = results_json(&results);
    /* A terminal or a pipe may keep us waiting. A file does not, and is to be whole. */
    if (!are_regular(options))
        signals_accept(stop_fd);
    /* No run, no new file; no block, no page and no table. */
    if (!json)
        status = no_memory();
    else if (json_array_size(results.runs) &&
             save(json, options->output, blocks_of(&results) ? options->html : NULL) && !status)
        status = ERR_FAILED;
    signals_accept(stop_fd);
    close(stop_fd);
    if (json && blocks_of(&results) && write_whole(&table_sheet, NULL, json) && !status)
        status = ERR_FAILED;
    if (warnings_wrong(&results) && !status)
        status = ERR_FAILED;
    if (!ended && missing_explain(&results, options->config.bench, &err))
        status = complain(&err);
    json_decref(json);
    return status;
}

static int list(const struct options *options)
{
    const struct experiment *experiment;
    struct err err;

    (void)options;
    for (unsigned i = 0; (experiment = experiment_at(i)); i++)
        printf("%-10s %s\n", experiment->name, experiment->help);
    return file_flush(stdout, "standard output", &err) ? complain(&err) : ERR_NONE;
}

static json_t *load(const char *path, struct err *err)
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

    if (!json) {
        err_set(err, ERR_USAGE, "%s: %s", path, error.text);
    } else if (!get_is(json, "schema", RESULTS_SCHEMA)) {
        err_set(err, ERR_USAGE, "%s: not results of schema " RESULTS_SCHEMA, path);
        json_decref(json);
        json = NULL;
    } else {
        return json;
    }
    err_hint(err, "a file of virtcost run --output");
    return NULL;
}

static int show(const struct options *options)
{
    struct err err;
    json_t *json = load(options->argument[0], &err);
    int status;

    if (!json)
        return complain(&err);
    status = save(json, NULL, options->html) | write_whole(&table_sheet, NULL, json);
    if (!status)
        status = write_whole(&claims_sheet, NULL, json);
    json_decref(json);
    return status;
}

/* Whether --fail-if-worse is not satisfied. */
static int fails(const json_t *comparison, double pct, struct err *err)
{
    unsigned worse = compare_worse(comparison, pct);

    if (worse)
        return err_set(err, ERR_FAILED, "--fail-if-worse: %u figures are worse by more than %g %%",
                       worse, pct);
    if (json_array_size(json_object_get(comparison, "rows")))
        return 0;
    err_set(err, ERR_FAILED, "--fail-if-worse: the two have no figure in common");
    return err_hint(err, "files of the same experiments");
}

static int compare(const struct options *options)
{
    struct err err;
    json_t *a = load(options->argument[0], &err);
    json_t *b = a ? load(options->argument[1], &err) : NULL, *comparison;
    int status;

    if (!b) {
        json_decref(a);
        return complain(&err);
    }
    comparison = compare_results(a, b, COMPARE_SEED);
    status = write_whole(&comparison_sheet, NULL, comparison);
    if (options->fail_pct >= 0 && fails(comparison, options->fail_pct, &err))
        status = complain(&err);
    json_decref(comparison);
    json_decref(a);
    json_decref(b);
    return status;
}

static const struct {
    const char *name;
    int (*act)(const struct options *options);
} commands[] = {
    {"list", list},
    {"run", run},
    {"report", show},
    {"compare", compare},
};

int main(int argc, char **argv)
{
    static struct options options;
    const char *const files[] = {"output", "html"};
    struct err err = {0};

    inherit_settle();
    if (options_parse(&options, argc, argv, &err))
        return complain(&err);
    for (unsigned i = 0; i < 2; i++) {
        const char *path = i ? options.html : options.output;

        if (!path || !file_can_replace(path))
            continue;
        err_sys(&err, ERR_FAILED, "--%s %s", files[i], path);
        err_hint(&err, "a file that can be written");
        return complain(&err);
    }
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (!strcmp(options.command, commands[i].name))
            return commands[i].act(&options);
    return ERR_USAGE;
}
