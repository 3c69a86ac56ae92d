/* SPDX-License-Identifier: MIT */
/*
 * The signals by which a user asks a program to stop: SIGINT, SIGTERM, SIGHUP. One that is ignored
 * when the program starts, as nohup(1) does, stays so.
 */
#ifndef HOST_SIGNALS_H
#define HOST_SIGNALS_H

/*
 * signals_catch(): block them in this thread and in those it creates. Returns a file that is
 * readable once one of them has come, or -1 with errno.
 */
int signals_catch(void);

/*
 * signals_accept(): from here on they do what they usually do, but for those that have come; `fd`
 * is what signals_catch() gave, and stays open. After a SIGHUP, no other one is felt: the kernel
 * and the shell each send one when a terminal goes away.
 */
void signals_accept(int fd);

#endif
