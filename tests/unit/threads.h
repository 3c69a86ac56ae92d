/* SPDX-License-Identifier: MIT */
/*
 * A team's job on threads of this process, which end when it does.
 */
#ifndef UNIT_THREADS_H
#define UNIT_THREADS_H

#include "guest/kernels/team.h"

#define THREADS_MAX 16

/* threads_run(): run fn(team, tid, arg) on `threads` threads; fails the test if it cannot. */
void threads_run(unsigned threads, team_fn fn, void *arg);

#endif
