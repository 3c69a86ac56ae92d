/* SPDX-License-Identifier: MIT */
/*
 * The frame of every test program: a suite of Check with one case, and the exit statuses 0
 * (passed), 1 (failed) and 77 (skipped).
 */
#ifndef SUPPORT_SUITE_H
#define SUPPORT_SUITE_H

#include <check.h>
#include <stdbool.h>

#define SUITE_SKIPPED 77

/*
 * suite_run(): run the tests, each in its own process with a timeout in seconds. Returns the exit
 * status.
 */
int suite_run(const char *name, const TTest *const *tests, unsigned count, int seconds);

/* suite_skip(): print why the program cannot run here. Returns SUITE_SKIPPED. */
int suite_skip(const char *name, const char *reason);

/* suite_skip_part(): print why a test, or the rest of it, cannot run here. */
void suite_skip_part(const char *reason);

/*
 * suite_mount(): mount a tmpfs with these options on a folder, in a mount namespace that ends with
 * the test, however that ends. Returns 0, or -1 with errno.
 */
int suite_mount(const char *folder, const char *options);

/* suite_has_kvm(): whether /dev/kvm can be opened. */
bool suite_has_kvm(void);

/* SUITE_MAIN(): main() of a test program without prerequisites. */
#define SUITE_MAIN(name, ...)                                                \
    int main(void)                                                           \
    {                                                                        \
        const TTest *const tests[] = {__VA_ARGS__};                          \
                                                                             \
        return suite_run(name, tests, sizeof(tests) / sizeof(tests[0]), 60); \
    }

/* SUITE_MAIN_KVM(): the same, skipped without KVM. */
#define SUITE_MAIN_KVM(name, ...)                                             \
    int main(void)                                                            \
    {                                                                         \
        const TTest *const tests[] = {__VA_ARGS__};                           \
                                                                              \
        if (!suite_has_kvm())                                                 \
            return suite_skip(name, "/dev/kvm cannot be opened");             \
        return suite_run(name, tests, sizeof(tests) / sizeof(tests[0]), 300); \
    }

#endif
