/* SPDX-License-Identifier: MIT */
/*
 * Repair of the state inherited from the parent process: closed standard descriptors, blocked and
 * ignored signals, and signals whose default action would lose a report.
 */
#ifndef HOST_INHERIT_H
#define HOST_INHERIT_H

/*
 * inherit_settle(): call first in main(). Afterwards
 *   - descriptors 0 to 2 are open, so that no other file gets these numbers. Writing to one that
 * was closed still fails with EBADF; reading returns end of file;
 *   - no signal is blocked: vCPU kicks and stop signals are delivered;
 *   - SIGPIPE and SIGXFSZ are ignored: writes fail with EPIPE or EFBIG instead;
 *   - SIGCHLD has its default action: if it were ignored, waitpid(2) would not return a status;
 *   - a failed write to stdout is reported when the program exits, with exit status 1, unless it
 * was reported before and the stream's error cleared.
 */
void inherit_settle(void);

/* inherit_pass_on(): call in a child before exec(2): restores the signal actions that this program
 * inherited, and unblocks all signals. */
void inherit_pass_on(void);

#endif
