/* SPDX-License-Identifier: MIT */
/*
 * Running a team's job on threads, which run until the process ends.
 */
#ifndef UNIT_THREADS_H
#define UNIT_THREADS_H

#include "guest/kernels/team.h"

#define THREADS_MAX 16

/* threads_run(): run fn(team, tid, arg) on `threads` threads; fails the test on error. */
void threads_run(unsigned threads, team_fn fn, void *arg);

#endif
