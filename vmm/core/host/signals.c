/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "vmm/core/host/signals.h"

static void stop_signals(sigset_t *set)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    sigemptyset(set);
    for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction action;

        if (!sigaction(signals[i], NULL, &action) && action.sa_handler != SIG_IGN)
            sigaddset(set, signals[i]);
    }
}

int signals_catch(void)
{
    sigset_t set;

    stop_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void signals_accept(int fd)
{
    struct signalfd_siginfo heeded;
    sigset_t set;

    while (read(fd, &heeded, sizeof(heeded)) > 0)
        if (heeded.ssi_signo == SIGHUP)
            signal(SIGHUP, SIG_IGN);
    stop_signals(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
