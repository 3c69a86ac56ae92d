/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/loop.h"

const char *loop_attach(const char *file, bool read_only)
{
    static char device[64];
    char command[256];
    FILE *pipe;

    snprintf(command, sizeof(command), "losetup %s -f --show %s 2>/dev/null", read_only ? "-r" : "",
             file);
    pipe = popen(command, "r");
    if (!pipe || !fgets(device, sizeof(device), pipe))
        device[0] = '\0';
    if (pipe)
        pclose(pipe);
    device[strcspn(device, "\n")] = '\0';
    return *device ? device : NULL;
}

void loop_detach(const char *device)
{
    char command[128];

    snprintf(command, sizeof(command), "losetup -d %s", device);
    ck_assert_int_eq(system(command), 0);
}
