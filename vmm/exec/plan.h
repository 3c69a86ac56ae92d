/* SPDX-License-Identifier: MIT */
/*
 * What --dry-run prints: the machine that would be built.
 */
#ifndef EXEC_PLAN_H
#define EXEC_PLAN_H

#include <stdio.h>

#include "vmm/exec/machine.h"

/* plan_print(): the memory map, segments, devices and choices of a loaded machine. */
void plan_print(FILE *out, const struct machine *machine);

#endif
