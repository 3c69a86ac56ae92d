/* SPDX-License-Identifier: MIT */
/*
 * What a program inherits from its parent and cannot work with: standard files that are closed,
 * signals that are blocked, and signals whose default action would lose a report.
 */
#ifndef HOST_INHERIT_H
#define HOST_INHERIT_H

/*
 * inherit_settle(): first in main(). Afterwards
 *   - descriptors 0 to 2 are open, so that no file of this program gets the number of a standard
 *     one. Writing to one that was closed fails with EBADF, as before; reading finds the end;
 *   - no signal is blocked: a kick of a vCPU or a request to stop would never arrive;
 *   - SIGPIPE and SIGXFSZ are ignored: the write fails with EPIPE or EFBIG instead;
 *   - SIGCHLD has its default action: while it is ignored, waitpid(2) does not see how a child
 * ended;
 *   - what stdio could not write to standard output by the end of the program is an error, with a
 *     message and exit status 1, unless that was reported before and the stream's error cleared.
 */
void inherit_settle(void);

/* inherit_pass_on(): in a child before exec(2): signals are as the parent of this program had them,
 * but none is blocked. */
void inherit_pass_on(void);

#endif
