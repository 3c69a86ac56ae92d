/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/benches.h"
#include "tools/virtcost/env/environment.h"
#include "tools/virtcost/env/process.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/host/file.h"

#define PROGRAM "bench-native"
#define LIST    "--list"

/* bench-native --list. */
#define LIMIT_S 30

/* Put the program's message, "NAME: WHAT; try: HINT", into *err without its name. Returns -1. */
static int take_message(int fd, struct err *err)
{
    char text[ERR_LINE_MAX], *end, *what;
    const char *hint = "";
    ssize_t got = pread(fd, text, sizeof(text) - 1, 0);

    text[got > 0 ? got : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    end = strstr(text, "; try: ");
    if (end) {
        hint = end + strlen("; try: ");
        *end = '\0';
    }
    what = strstr(text, ": ");
    err_set(err, ERR_USAGE, "%s", what ? what + 2 : text);
    return err_hint(err, "%s%s", strncmp(hint, LIST, strlen(LIST)) ? "" : PROGRAM " ", hint);
}

int benches_check(const json_t *options, int stop_fd, struct err *err)
{
    const struct patience patience = {.stop_fd = stop_fd, .seconds = LIMIT_S};
    const char *bench = get_text(options, "bench"), *args = get_text(options, "args");
    char program[PATH_MAX];
    const char *argv[] = {program, LIST, "--args", args, *bench ? "--bench" : NULL, bench, NULL};
    struct process_end end;
    int fd, result = 0;

    if ((!*bench && !*args) || file_beside_program(PROGRAM, program, sizeof(program)))
        return 0;
    fd = memfd_create("errors", MFD_CLOEXEC);
    if (fd < 0)
        return err_sys(err, ERR_FAILED, "memfd");
    if (process_run(argv, -1, fd, &patience, &end))
        result = err_sys(err, ERR_FAILED, PROGRAM);
    else if (end.why == PROCESS_STOPPED)
        result = RUN_STOPPED;
    else if (WIFEXITED(end.status) && WEXITSTATUS(end.status) == ERR_USAGE)
        result = take_message(fd, err);
    close(fd);
    return result;
}
