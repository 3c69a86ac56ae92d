/* SPDX-License-Identifier: MIT */
/* Support for tests of containers and resource limits: cgroups of version 1. */
#ifndef SUPPORT_GROUP_H
#define SUPPORT_GROUP_H

#include <stdbool.h>

#include "tests/support/program.h"

#define GROUP_PATH_MAX 128

/* pause_ms(): sleep. */
void pause_ms(unsigned ms);

/*
 * has_container(): whether virtcost can run containers here, which takes root, a container runtime
 * and a static build. If not, calls suite_skip_part() with the reason.
 */
bool has_container(void);

/*
 * make_group(): create a cgroup of a controller for this test. Returns `group`, its path, or "" if
 * the cgroup cannot be created.
 */
const char *make_group(char group[64], const char *controller);

/* write_group(): write a text to a file of the cgroup. Returns 0, or -1. */
int write_group(const char *group, const char *name, const char *text);

/* find_home(): set `home` to the cgroup of this process, relative to the mount of the controller.
 */
void find_home(char home[GROUP_PATH_MAX], const char *controller);

/* run_in(): move this process into a cgroup and run virtcost there. */
struct outcome run_in(const char *group, const char *const *args);

/* leave_group(): move this process back to `home` and remove the cgroup. */
void leave_group(const char *group, const char *home);

#endif
