/* SPDX-License-Identifier: MIT */
/* Support for tests of virtcost: scripts that replace the programs that it runs, and assertions. */
#ifndef SUPPORT_STAND_IN_H
#define SUPPORT_STAND_IN_H

#include <jansson.h>

#include "tests/support/program.h"

/* check_has(): fail the test unless `text` contains `expected`. */
void check_has(const char *text, const char *expected);

/* load(): read a JSON file, which the caller releases; fails the test if it is invalid. */
json_t *load(const char *path);

/*
 * check_refused(): run virtcost with an option and its argument; fail the test unless it exits with
 * `status`, prints nothing, and standard error contains `text`.
 */
void check_refused(int status, const char *text, const char *option, const char *argument);

/*
 * folder_begin(): create a folder with virtcost, a script in place of bench-native and, unless
 * `minivmm` is NULL, that script in place of minivmm; program_path() finds programs there until
 * folder_end().
 */
void folder_begin(const char *minivmm);
void folder_end(void);

/* in_folder(): the path of a file in that folder, valid until the next call. */
const char *in_folder(const char *name);

/* script(): create a shell script in that folder. */
void script(const char *name, const char *text);

/* A script that prints a report with one row and exits with `status`. */
#define REPORT(status, check)                                                             \
    "echo '{\"config\": {\"kernels_sha256\": \"0\"}, \"end\": {\"reason\": \"guest\", "   \
    "\"guest_status\": " status "}, \"benches\": [{\"name\": \"row\", \"params\": {}, "   \
    "\"threads\": 1, \"unit\": \"u\", \"better\": \"higher\", \"check\": \"" check "\", " \
    "\"median\": 2.0}]}'; exit " status

/* A script whose report has a row that passed its check. */
#define RIGHT REPORT("0", "ok")

#endif
