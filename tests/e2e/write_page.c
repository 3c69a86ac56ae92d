/* SPDX-License-Identifier: MIT */
/*
 * Writes virtcost's page on results that never were to standard output, for the browser that
 * tests/html starts; with --json, those results.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/costs.h"
#include "tools/virtcost/html.h"

int main(int argc, char **argv)
{
    json_t *results = costs_results(), *claims = costs_claims();
    struct err err = {0};
    int status = ERR_NONE;

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
