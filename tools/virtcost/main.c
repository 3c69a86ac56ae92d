/* SPDX-License-Identifier: MIT */
/* virtcost: runs the same kernels in several environments, in turn, and compares the results. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/virtcost/claims/claims.h"
#include "tools/virtcost/compare/compare.h"
#include "tools/virtcost/compare/report.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html.h"
#include "tools/virtcost/results/gaps.h"
#include "tools/virtcost/results/text.h"
#include "tools/virtcost/results/warnings.h"
#include "tools/virtcost/run.h"
#include "vmm/core/base/units.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/cli/help.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/inherit.h"
#include "vmm/core/host/signals.h"
#include "vmm/core/host/sink.h"
#include "vmm/core/host/terminal.h"

/* Seed of the bootstrap: fixed, so that the same files give the same intervals. */
#define COMPARE_SEED 1

static int complain(const struct err *err)
{
    err_print(err, program_invocation_short_name);
    return err->code;
}

/* Write the whole text to a file that may be slow or non-blocking. Returns 0, or -1 with errno. */
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

/* Report a failed write and print the text to standard error instead. Returns the exit status. */
static int fall_back(const char *what, const char *where, const char *text, size_t bytes)
{
    /* The reader closed the pipe: do not print the text elsewhere. */
    bool unwanted = errno == EPIPE;
    struct err err;

    err_sys(&err, ERR_FAILED, "cannot write the %s to %s%s", what, where,
            unwanted ? "" : "; printing it here");
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

/* Replace control characters: an untrusted results file must not move the terminal's cursor. */
static void make_printable(char *text)
{
    for (; *text; text++)
        if (*text != '\n' && (*text < ' ' || *text > '~'))
            *text = '?';
}

/* A document that is written as a whole. */
struct sheet {
    const char *what; /* used in messages */
    int (*print)(FILE *out, const json_t *json, struct err *err);
};

/* Print a document to a file, or (path NULL) to standard output. Returns the exit status. */
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

/* Write the requested files. Returns the exit status. */
static int save(const json_t *json, const char *output, const char *html)
{
    int status = ERR_NONE;

    if (output)
        status |= write_whole(&json_sheet, output, json);
    if (html)
        status |= write_whole(&page_sheet, html, json);
    return status;
}

static void print_messages(const char *messages)
{
    size_t length = strlen(messages);

    fprintf(stderr, "%s%s", messages, length && messages[length - 1] != '\n' ? "\n" : "");
}

static unsigned blocks_of(const struct results *results)
{
    unsigned blocks = 0;

    for (unsigned i = 0; i < results->parts; i++)
        blocks += results->part[i].blocks;
    return blocks;
}

/* No block is complete: write the runs only where no older content would be replaced. */
static int write_incomplete(const struct options *options, const struct results *results,
                            const json_t *json)
{
    struct err err;

    if (!options->output || !json_array_size(results->runs))
        return ERR_NONE;
    if (!file_has_content(options->output))
        return write_whole(&json_sheet, options->output, json);
    err_set(&err, ERR_FAILED, "--output %s is left unchanged: no block is complete",
            options->output);
    return complain(&err);
}

static bool are_regular(const struct options *options)
{
    return (!options->output || file_is_regular(options->output)) &&
           (!options->html || file_is_regular(options->html));
}

/* The commands. Each returns the exit status. */
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
        print_messages(last.messages);
    }
    status = ended ? complain(&err) : ERR_NONE;
    json = results_json(&results);
    /*
     * Writing to a terminal or a pipe may block, so let signals end it. A regular file is written
     * whole.
     */
    if (!are_regular(options))
        signals_accept(stop_fd);
    /* Without a run, write no file; without a block, write no page and no table. */
    if (!json)
        status = no_memory();
    else if (blocks_of(&results))
        status = save(json, options->output, options->html) && !status ? ERR_FAILED : status;
    else if (write_incomplete(options, &results, json) && !status)
        status = ERR_FAILED;
    signals_accept(stop_fd);
    close(stop_fd);
    if (json && blocks_of(&results) && write_whole(&table_sheet, NULL, json) && !status)
        status = ERR_FAILED;
    if (warnings_wrong(&results) && !status)
        status = ERR_FAILED;
    if (!status && (gaps_named(&results, options->config.bench, &err) ||
                    gaps_fail(&results, json_object_get(json, "experiments"), &err)))
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
        help_list(10, experiment->name, experiment->help);
    return file_flush(stdout, "standard output", &err) ? complain(&err) : ERR_NONE;
}

static json_t *load(const char *path, struct err *err)
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

    if (!json) {
        err_set(err, ERR_USAGE, "%s: %s", path, error.text);
    } else if (!get_is(json, "schema", RESULTS_SCHEMA)) {
        err_set(err, ERR_USAGE, "%s: not a results file of schema " RESULTS_SCHEMA, path);
        json_decref(json);
        json = NULL;
    } else {
        return json;
    }
    err_hint(err, "a file from virtcost run --output");
    return NULL;
}

/* Load a results file, or a report of one run in the shape of one. */
static json_t *load_either(const char *path, struct err *err)
{
    json_t *report = json_load_file(path, JSON_REJECT_DUPLICATES, NULL), *results = NULL;
    bool is_report = get_is(report, "schema", REPORT_SCHEMA);

    if (is_report)
        results = report_results(report);
    json_decref(report);
    if (!is_report)
        return load(path, err);
    if (!results)
        err_set(err, ERR_FAILED, "%s: no memory for the report", path);
    return results;
}

/* Recompute the verdicts, whatever the file states, with the requested margin. */
static void judge_again(json_t *results)
{
    json_t *experiment;
    size_t i;

    json_array_foreach (json_object_get(results, "experiments"), i, experiment)
        verdict_write(json_object_get(experiment, "ratios"), verdict_margin(results));
}

static int show(const struct options *options)
{
    struct err err;
    json_t *json = load(options->argument[0], &err);
    int status;

    if (!json)
        return complain(&err);
    if (options->margin_pct >= 0)
        json_object_set_new(json, "margin_pct", json_real(options->margin_pct));
    judge_again(json);
    status = save(json, NULL, options->html) | write_whole(&table_sheet, NULL, json);
    if (!status)
        status = write_whole(&claims_sheet, NULL, json);
    json_decref(json);
    return status;
}

/* The margin: --margin, or the smaller of both files' margins, at most --fail-if-worse. */
static double margin_pct(const struct options *options, const json_t *a, const json_t *b)
{
    double of_a = 100 * verdict_margin(a), of_b = 100 * verdict_margin(b);
    double pct = of_a < of_b ? of_a : of_b;

    if (options->margin_pct >= 0)
        return options->margin_pct;
    return options->fail_pct >= 0 && options->fail_pct < pct ? options->fail_pct : pct;
}

/* Apply --fail-if-worse and --fail-if-unclear. Returns the exit status. */
static int judge(const json_t *comparison, const struct options *options)
{
    const struct compare_gate gate = {options->fail_pct, options->fail_unclear};
    struct err err[COMPARE_FAILURES];
    unsigned failures;

    if (gate.worse_pct < 0 && !gate.unclear)
        return ERR_NONE;
    compare_print_unclear(stderr, program_invocation_short_name, comparison, &gate);
    failures = compare_fails(comparison, &gate, err);
    for (unsigned i = 0; i < failures; i++)
        complain(&err[i]);
    return failures ? ERR_FAILED : ERR_NONE;
}

static int compare(const struct options *options)
{
    struct err err;
    json_t *a = load_either(options->argument[0], &err);
    json_t *b = a ? load_either(options->argument[1], &err) : NULL, *comparison;
    const struct compare_how how = {margin_pct(options, a, b), COMPARE_SEED};
    int status;

    if (!b || report_check_pair(a, b, options->argument[0], options->argument[1], &err)) {
        json_decref(a);
        json_decref(b);
        return complain(&err);
    }
    comparison = compare_results(a, b, &how);
    status = write_whole(&comparison_sheet, NULL, comparison);
    status = judge(comparison, options) || status ? ERR_FAILED : ERR_NONE;
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
    wrapped_fit(terminal_columns(STDOUT_FILENO));
    for (unsigned i = 0; i < 2; i++) {
        const char *path = i ? options.html : options.output;

        if (!path || !file_can_replace(path))
            continue;
        err_sys(&err, ERR_FAILED, "--%s %s", files[i], path);
        err_hint(&err, "a writable file");
        return complain(&err);
    }
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (!strcmp(options.command, commands[i].name))
            return commands[i].act(&options);
    return ERR_USAGE;
}
