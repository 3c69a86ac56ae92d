/* SPDX-License-Identifier: MIT */
/*
 * Which build this is; the values are written by the build system.
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

extern const char version_number[]; /* "0.2.0" */
extern const char version_commit[]; /* of the source, "-dirty" if changed; "unknown" if not known */
extern const char version_text[];   /* "minivmm 0.2.0 (commit)" */

#endif
