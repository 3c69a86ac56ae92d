/* SPDX-License-Identifier: MIT */
/*
 * Writes virtcost's page on results that never were to standard output, for the browser that
 * tests/html starts; with --odd, of such as are hard to lay out; with --json, the results.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/costs.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html.h"

/* Long names without a blank, in scripts of all sorts, and intervals that tell nothing. */
static void make_odd(json_t *results)
{
    static const char *const names[] = {
        "own.benchmark.with-a-name-that-no-column-has-room-for",
        "\xe6\xb8\xac\xe5\xae\x9a.\xd8\xb3\xd8\xb1\xd8\xb9\xd8\xa9.\xc3\xb6\xc3\xa4",
    };
    static const char *const keys[] = {"values", "ratios"};
    json_t *experiment = costs_experiment(results, "kernels"), *row;
    size_t i;

    for (unsigned k = 0; k < 2; k++)
        json_array_foreach (json_object_get(experiment, keys[k]), i, row) {
            if (get_is(row, "name", "gups.forkjoin")) {
                json_object_set_new(row, "name", json_string(names[0]));
                json_object_set_new(row, "unit", json_string("things-per-fortnight"));
            } else if (get_is(row, "name", "gups.stream")) {
                json_object_set_new(row, "name", json_string(names[1]));
            } else {
                json_object_set_new(row, "ci95", json_pack("[f, f]", 1e-3, 6500.0));
            }
        }
    json_object_set_new(experiment, "help", json_string(names[0]));
    json_object_set_new(json_object_get(results, "host"), "cpu", json_string(names[0]));
}

int main(int argc, char **argv)
{
    json_t *results = costs_results(), *claims = costs_claims();
    struct err err = {0};
    int status = ERR_NONE;

    if (argc > 1 && !strcmp(argv[1], "--odd"))
        make_odd(results);
    if (argc > 1 && !strcmp(argv[1], "--json")) {
        json_dumpf(results, stdout, JSON_INDENT(1));
    } else if (html_write(stdout, results, claims, &err)) {
        err_print(&err, "write-page");
        status = err.code;
    }
    json_decref(claims);
    json_decref(results);
    return status;
}
