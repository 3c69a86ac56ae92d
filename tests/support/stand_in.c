/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/stand_in.h"
#include "tests/support/suite.h"

#define PATH_BYTES 128

void check_has(const char *text, const char *expected)
{
    ck_assert_msg(strstr(text, expected) != NULL, "'%s' expected in:\n%.2000s", expected, text);
}

json_t *load(const char *path)
{
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);

    ck_assert_msg(json != NULL, "%s: invalid JSON", path);
    return json;
}

void check_refused(int status, const char *text, const char *option, const char *argument)
{
    struct outcome run =
        program_run("virtcost", "run", "--quick", "--mem", "64M", option, argument, NULL);

    ck_assert_msg(run.status == status, "'%s': status %d, expected %d\n%s", text, run.status,
                  status, run.err);
    ck_assert_str_eq(run.out, "");
    check_has(run.err, text);
    outcome_free(&run);
}

/* The folder of folder_begin(), and MINIVMM_BUILD before it. */
static char folder[PATH_BYTES], *build;

const char *in_folder(const char *name)
{
    static char path[2 * PATH_BYTES];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

void script(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");

    ck_assert(file != NULL);
    fprintf(file, "#!/bin/sh\n%s\n", text);
    fclose(file);
    ck_assert_int_eq(chmod(in_folder(name), 0700), 0);
}

void folder_begin(const char *minivmm)
{
    const char *outer = getenv("MINIVMM_BUILD");
    char command[8192];

    strcpy(folder, "/tmp/virtcost-test-XXXXXX");
    ck_assert(mkdtemp(folder) != NULL);
    snprintf(command, sizeof(command), "cp %s %s", program_path("virtcost"), folder);
    ck_assert_int_eq(system(command), 0);
    build = outer ? strdup(outer) : NULL;
    setenv("MINIVMM_BUILD", folder, 1);
    /* Programs killed by SIGKILL leave temporary files, which folder_end() removes. */
    setenv("TMPDIR", folder, 1);
    script("bench-native", RIGHT);
    if (minivmm)
        script("minivmm", minivmm);
}

void folder_end(void)
{
    char command[PATH_BYTES + 16];

    if (build)
        setenv("MINIVMM_BUILD", build, 1);
    else
        unsetenv("MINIVMM_BUILD");
    unsetenv("TMPDIR");
    free(build);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}
