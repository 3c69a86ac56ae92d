/* SPDX-License-Identifier: MIT */
/* What tests of virtcost share: scripts in place of the programs that it runs, and what it says. */
#ifndef SUPPORT_STAND_IN_H
#define SUPPORT_STAND_IN_H

#include <jansson.h>

#include "tests/support/program.h"

/* check_has(): that a text holds another. */
void check_has(const char *text, const char *expected);

/* load(): a file that must be JSON; to be freed by the caller. */
json_t *load(const char *path);

/* check_refused(): a run of virtcost with one or two more arguments fails with a status and a text.
 */
void check_refused(int status, const char *text, const char *option, const char *argument);

/*
 * folder_begin(): from here on, programs are looked for in a folder that has virtcost in it, and a
 * script in place of bench-native and, unless it is NULL, of minivmm; until folder_end().
 */
void folder_begin(const char *minivmm);
void folder_end(void);

/* in_folder(): the path of a file there, until the next call. */
const char *in_folder(const char *name);

/* script(): a shell script of this name there. */
void script(const char *name, const char *text);

/* A report of one row, and the program's end. */
#define REPORT(status, check)                                                             \
    "echo '{\"config\": {\"kernels_sha256\": \"0\"}, \"end\": {\"reason\": \"guest\", "   \
    "\"guest_status\": " status "}, \"benches\": [{\"name\": \"row\", \"params\": {}, "   \
    "\"threads\": 1, \"unit\": \"u\", \"better\": \"higher\", \"check\": \"" check "\", " \
    "\"median\": 2.0}]}'; exit " status

#define RIGHT REPORT("0", "ok")

#endif
