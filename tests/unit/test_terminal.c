/* SPDX-License-Identifier: MIT */
/* Real terminals of each width and type. */
#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/host/terminal.h"

/* The slave side of a terminal of this width; 0: unknown. */
static int open_terminal(unsigned short columns)
{
    const struct winsize size = {.ws_row = 24, .ws_col = columns};
    int master, slave;

    ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, &size), 0);
    return slave;
}

START_TEST(the_width_comes_from_the_terminal)
{
    setenv("COLUMNS", "132", 1);
    ck_assert_int_eq(terminal_columns(open_terminal(57)), 57);
    ck_assert_int_eq(terminal_columns(open_terminal(200)), 200);
}
END_TEST

START_TEST(the_width_defaults_to_columns)
{
    static const char *const senseless[] = {"", "0", "-1", "wide", "99999999", "80x"};
    int fd = open_terminal(0);

    setenv("COLUMNS", "132", 1);
    ck_assert_int_eq(terminal_columns(fd), 132);
    unsetenv("COLUMNS");
    ck_assert_int_eq(terminal_columns(fd), 80);
    for (unsigned i = 0; i < sizeof(senseless) / sizeof(senseless[0]); i++) {
        setenv("COLUMNS", senseless[i], 1);
        ck_assert_msg(terminal_columns(fd) == 80, "COLUMNS=%s", senseless[i]);
    }
}
END_TEST

/* Files and pipes do not depend on the terminal. */
START_TEST(other_files_have_a_fixed_width)
{
    int ends[2];

    setenv("COLUMNS", "57", 1);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(terminal_columns(ends[1]), WRAPPED_COLUMNS);
    ck_assert_int_eq(terminal_columns(open("/dev/null", O_WRONLY)), WRAPPED_COLUMNS);
    ck_assert_int_eq(terminal_columns(-1), WRAPPED_COLUMNS);
}
END_TEST

START_TEST(a_dumb_terminal_gets_no_escape_codes)
{
    static const char *const dumb[] = {"dumb", "", NULL};
    int fd = open_terminal(80), ends[2];

    setenv("TERM", "xterm", 1);
    ck_assert(terminal_can_clear(fd));
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert(!terminal_can_clear(ends[1]));
    for (unsigned i = 0; i < sizeof(dumb) / sizeof(dumb[0]); i++) {
        if (dumb[i])
            setenv("TERM", dumb[i], 1);
        else
            unsetenv("TERM");
        ck_assert_msg(!terminal_can_clear(fd), "TERM=%s", dumb[i] ? dumb[i] : "(unset)");
    }
}
END_TEST

/* As a shell starts "program &". */
START_TEST(a_background_job_does_not_use_the_terminal)
{
    int master, status;
    pid_t shell;

    setenv("TERM", "xterm", 1);
    shell = forkpty(&master, NULL, NULL, NULL);
    ck_assert_int_ge(shell, 0);
    if (!shell) {
        bool front = terminal_can_clear(STDERR_FILENO);

        if (!fork()) {
            setpgid(0, 0);
            _exit(terminal_can_clear(STDERR_FILENO));
        }
        wait(&status);
        _exit(front && !status ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(shell, &status, 0), shell);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_status_fits_in_one_line)
{
    char line[TERMINAL_STATUS_MAX], name[2 * TERMINAL_STATUS_MAX];
    int fd = open_terminal(20);

    ck_assert_uint_eq(terminal_status(line, fd, "[%u/%u] touch", 1, 2), strlen(line));
    ck_assert_str_eq(line, "\r\033[K[1/2] touch");
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    ck_assert_uint_eq(terminal_status(line, fd, "%s", name), 4 + 19);
    ck_assert_uint_lt(terminal_status(line, open_terminal(65535), "%s", name), sizeof(line));
}
END_TEST

SUITE_MAIN("terminal", the_width_comes_from_the_terminal, the_width_defaults_to_columns,
           other_files_have_a_fixed_width, a_dumb_terminal_gets_no_escape_codes,
           a_background_job_does_not_use_the_terminal, a_status_fits_in_one_line)
