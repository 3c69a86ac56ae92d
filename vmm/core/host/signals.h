/* SPDX-License-Identifier: MIT */
/*
 * The stop signals SIGINT, SIGTERM and SIGHUP. A signal that is ignored at the start, as with
 * nohup(1), stays ignored.
 */
#ifndef HOST_SIGNALS_H
#define HOST_SIGNALS_H

/*
 * signals_catch(): block the stop signals in this thread and those it creates. Returns a
 * signalfd(2) for them, which the caller closes, or -1 with errno set.
 */
int signals_catch(void);

/*
 * signals_accept(): discard pending stop signals and restore the default action; `fd`, from
 * signals_catch(), stays open. After a SIGHUP, further ones are ignored: the kernel and the shell
 * each send one when a terminal is closed.
 */
void signals_accept(int fd);

#endif
