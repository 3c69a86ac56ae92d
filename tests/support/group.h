/* SPDX-License-Identifier: MIT */
/* What tests of containers and limits share: cgroups of version 1, and whether there are any. */
#ifndef SUPPORT_GROUP_H
#define SUPPORT_GROUP_H

#include <stdbool.h>

#include "tests/support/program.h"

#define GROUP_PATH_MAX 128

/* pause_ms(): sleep. */
void pause_ms(unsigned ms);

/*
 * has_container(): whether containers can be run here: as root, with a runtime, and a program that
 * is static. Says so if not.
 */
bool has_container(void);

/* make_group(): a cgroup of this test, of a controller; returns `group`: an empty text if none. */
const char *make_group(char group[64], const char *controller);

/* write_group(): write a text to one of its files. Returns 0, or -1. */
int write_group(const char *group, const char *name, const char *text);

/* find_home(): this process's own cgroup of a controller, from the top of the hierarchy. */
void find_home(char home[GROUP_PATH_MAX], const char *controller);

/* run_in(): run virtcost in a cgroup, which this process stays in as well. */
struct outcome run_in(const char *group, const char *const *args);

/* leave_group(): go home, and remove it. */
void leave_group(const char *group, const char *home);

#endif
