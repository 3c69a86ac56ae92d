/* SPDX-License-Identifier: MIT */
/* The programs' output on a terminal: it fits any width. */
#include <errno.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/unit/costs.h"

static const unsigned short widths[] = {40, 60, 80, 120, 200};

#define WIDTHS (sizeof(widths) / sizeof(widths[0]))

/* All data until the other side is closed. To be freed by the caller. */
static char *read_all(int master)
{
    size_t length = 0, room = 1 << 16;
    char *text = malloc(room);
    ssize_t got;

    ck_assert(text != NULL);
    while ((got = read(master, text + length, room - length - 1)) > 0) {
        length += (size_t)got;
        if (length + 1 == room) {
            room *= 2;
            text = realloc(text, room);
            ck_assert(text != NULL);
        }
    }
    ck_assert_int_eq(errno, EIO);
    text[length] = '\0';
    return text;
}

/* A program's output on a terminal of this width; it must exit with 0. To be freed. */
static char *screen_of(unsigned short columns, const char *name, const char *const *args)
{
    const struct winsize size = {.ws_row = 24, .ws_col = columns};
    struct program program;
    struct outcome outcome;
    int master, slave;
    char *text;

    ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, &size), 0);
    program = program_start_to(name, args, slave, slave);
    close(slave);
    text = read_all(master);
    close(master);
    outcome = program_wait(&program);
    ck_assert_msg(outcome.status == 0, "%s %s: %d\n%s", name, args[0] ? args[0] : "",
                  outcome.status, text);
    outcome_free(&outcome);
    return text;
}

/* The visible characters of a line: those after the sequence that clears it, if any. */
static size_t shown_length(const char *line)
{
    size_t length = strcspn(line, "\n"), shown = 0;

    for (size_t i = 0; i < length; i++) {
        if (!strncmp(line + i, "\r\033[K", 4)) {
            shown = 0;
            i += 3;
        } else if (line[i] != '\r') {
            shown++;
        }
        ck_assert_msg(line[i] != '\033', "an escape code: %.80s", line);
    }
    return shown;
}

static void check_fits(unsigned short columns, const char *name, const char *const *args)
{
    char *text = screen_of(columns, name, args);

    for (const char *line = text; *line; line += strcspn(line, "\n") + (strchr(line, '\n') != NULL))
        ck_assert_msg(shown_length(line) <= columns, "%s %s at %u columns: %.*s", name,
                      args[0] ? args[0] : "", columns, (int)strcspn(line, "\n"), line);
    free(text);
}

static void check_all_widths(const char *name, const char *const *args)
{
    setenv("TERM", "xterm", 1);
    for (unsigned i = 0; i < WIDTHS; i++)
        check_fits(widths[i], name, args);
}

START_TEST(help_fits)
{
    static const struct {
        const char *name, *args[3];
    } helps[] = {
        {"minivmm", {"--help", NULL}},
        {"minivmm", {"--usage", NULL}},
        {"bench-native", {"--help", NULL}},
        {"bench-native", {"--usage", NULL}},
        {"virtcost", {"--help", NULL}},
        {"virtcost", {"--usage", NULL}},
        {"virtcost", {"list", "--help", NULL}},
        {"virtcost", {"run", "--help", NULL}},
        {"virtcost", {"run", "--usage", NULL}},
        {"virtcost", {"report", "--help", NULL}},
        {"virtcost", {"compare", "--help", NULL}},
    };

    for (unsigned i = 0; i < sizeof(helps) / sizeof(helps[0]); i++)
        check_all_widths(helps[i].name, helps[i].args);
}
END_TEST

START_TEST(lists_fit)
{
    static const char *const list[] = {"--list", NULL}, *const experiments[] = {"list", NULL};
    struct outcome run;

    check_all_widths("minivmm", list);
    check_all_widths("bench-native", list);
    check_all_widths("virtcost", experiments);
    /* Output to another program has one line per item, however long. */
    run = program_run("bench-native", "--list", NULL);
    ck_assert(strstr(run.out, "\n ") == NULL);
    outcome_free(&run);
}
END_TEST

START_TEST(reports_fit)
{
    const char *args[] = {"--bench", "fma,exits.pio.out,exits.cpuid,blk.randread",
                          "--quick", "--mem",
                          "64M",     "--args",
                          "bs=4k",   NULL};
    const char *native[] = {"--bench", "fma,touch", "--quick", "--mem", "64M", NULL};

    setenv("TERM", "xterm", 1);
    if (suite_has_kvm()) {
        check_fits(40, "minivmm", args);
        check_fits(80, "minivmm", args);
    }
    check_fits(60, "bench-native", native);
}
END_TEST

START_TEST(the_plan_fits)
{
    const char *args[] = {"--dry-run", "--guest",    program_path("bench.elf"),     "--vcpus",
                          "2",         "--topology", "sockets=1,cores=1,threads=2", NULL};

    check_all_widths("minivmm", args);
}
END_TEST

/* A file with results of every experiment, or of one. Returns its name. */
static const char *results_file(const char *only)
{
    static char path[] = "/tmp/virtcost-terminal-XXXXXX";
    json_t *results = costs_results();

    if (only)
        json_object_set_new(results, "experiments",
                            json_pack("[O]", costs_experiment(results, only)));
    close(mkstemp(path));
    ck_assert_int_eq(json_dump_file(results, path, 0), 0);
    json_decref(results);
    return path;
}

START_TEST(tables_fit)
{
    const char *path = results_file(NULL);
    const char *report[] = {"report", path, NULL};

    setenv("TERM", "xterm", 1);
    for (unsigned i = 0; i < 3; i++)
        check_fits(widths[i], "virtcost", report);
    unlink(path);
}
END_TEST

START_TEST(comparisons_fit)
{
    const char *path = results_file("kernels");
    const char *compare[] = {"compare", path, path, NULL};

    setenv("TERM", "xterm", 1);
    check_fits(60, "virtcost", compare);
    unlink(path);
}
END_TEST

/* A file is the same wherever it was written. */
START_TEST(what_goes_to_a_file_does_not_depend_on_the_terminal)
{
    const char *path = results_file(NULL);
    struct outcome here, there;

    here = program_run("virtcost", "report", path, NULL);
    setenv("COLUMNS", "50", 1);
    setenv("TERM", "dumb", 1);
    there = program_run("virtcost", "report", path, NULL);
    ck_assert_int_eq(here.status, 0);
    ck_assert_str_eq(here.out, there.out);
    outcome_free(&here);
    outcome_free(&there);
    unlink(path);
}
END_TEST

START_TEST(a_dumb_terminal_gets_text_alone)
{
    static const struct {
        const char *name, *args[10];
    } runs[] = {
        {"bench-native", {"--bench", "fma", "--quick", "--mem", "64M", NULL}},
        {"minivmm", {"--bench", "fma", "--quick", "--mem", "64M", NULL}},
        {"virtcost",
         {"run", "--bench", "fma", "--quick", "--blocks", "1", "--envs", "native,null", NULL}},
    };

    for (unsigned i = 0; i < 2 * sizeof(runs) / sizeof(runs[0]); i++) {
        char *text;

        if (!strcmp(runs[i / 2].name, "minivmm") && !suite_has_kvm())
            continue;
        if (i % 2)
            unsetenv("TERM");
        else
            setenv("TERM", "dumb", 1);
        text = screen_of(80, runs[i / 2].name, runs[i / 2].args);
        ck_assert_msg(strchr(text, '\033') == NULL, "%s", text);
        free(text);
    }
    /* Otherwise this test is meaningless. */
    setenv("TERM", "xterm", 1);
    {
        char *text = screen_of(80, runs[2].name, runs[2].args);

        ck_assert_msg(strstr(text, "\r\033[K") != NULL, "%s", text);
        free(text);
    }
}
END_TEST

/* Each command has only its own options, and examples. */
START_TEST(each_command_has_its_own_help)
{
    static const struct {
        const char *command, *has[4], *has_not[3];
    } helps[] = {
        {"list", {"Usage: virtcost list", "Examples:\n"}, {"--html", "--blocks", "--fail"}},
        {"run",
         {"Usage: virtcost run [OPTION...] [EXPERIMENT...]\n", "\n  startup ", "--mem=SIZE",
          "virtcost run kernels blk startup -o results.json --html report.html\n"},
         {"--fail-if-worse"}},
        {"report",
         {"Usage: virtcost report [OPTION...] RESULTS\n", "--html=FILE", "Examples:\n"},
         {"--mem", "--blocks", "startup "}},
        {"compare", {"Usage: virtcost compare ", "--fail-if-worse=PCT"}, {"--html", "--mem"}},
    };

    for (unsigned i = 0; i < sizeof(helps) / sizeof(helps[0]); i++) {
        struct outcome run = program_run("virtcost", helps[i].command, "--help", NULL);

        ck_assert_int_eq(run.status, 0);
        for (unsigned k = 0; k < 4 && helps[i].has[k]; k++)
            ck_assert_msg(strstr(run.out, helps[i].has[k]) != NULL, "no '%s' in\n%s",
                          helps[i].has[k], run.out);
        for (unsigned k = 0; k < 3 && helps[i].has_not[k]; k++)
            ck_assert_msg(strstr(run.out, helps[i].has_not[k]) == NULL, "'%s' in\n%s",
                          helps[i].has_not[k], run.out);
        outcome_free(&run);
    }
}
END_TEST

START_TEST(help_does_not_depend_on_where_it_is_asked_for)
{
    struct outcome first = program_run("virtcost", "--help", "report", NULL);
    struct outcome last = program_run("virtcost", "report", "--help", NULL);
    struct outcome none = program_run("virtcost", "--help", NULL);
    struct outcome unknown = program_run("virtcost", "nothing", "--help", NULL);

    ck_assert_str_eq(first.out, last.out);
    ck_assert_msg(strstr(none.out, "Commands:\n") && !strstr(none.out, "--mem"), "%s", none.out);
    ck_assert_int_eq(unknown.status, 2);
    ck_assert(strstr(unknown.err, "nothing: unknown command; try: ") != NULL);
    outcome_free(&first);
    outcome_free(&last);
    outcome_free(&none);
    outcome_free(&unknown);
}
END_TEST

START_TEST(an_option_of_another_command_is_refused)
{
    static const char *const wrong[][4] = {
        {"report", "file", "--quick", "--quick: not an option of report"},
        {"report", "file", "--blocks=3", "--blocks: not an option of report"},
        {"list", "--mem=64M", NULL, "--mem: not an option of list"},
        {"run", "--fail-if-worse=5", NULL, "--fail-if-worse: not an option of run"},
    };

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct outcome run = program_run("virtcost", wrong[i][0], wrong[i][1], wrong[i][2], NULL);

        ck_assert_int_eq(run.status, 2);
        ck_assert_msg(strstr(run.err, wrong[i][3]) != NULL, "%s", run.err);
        outcome_free(&run);
    }
}
END_TEST

SUITE_MAIN("virtcost_terminal", help_fits, lists_fit, reports_fit, the_plan_fits, tables_fit,
           comparisons_fit, what_goes_to_a_file_does_not_depend_on_the_terminal,
           a_dumb_terminal_gets_text_alone, each_command_has_its_own_help,
           help_does_not_depend_on_where_it_is_asked_for, an_option_of_another_command_is_refused)
