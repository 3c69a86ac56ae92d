/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/support/suite.h"

int suite_run(const char *name, const TTest *const *tests, unsigned count, int seconds)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner;
    int failed;

    tcase_set_timeout(tcase, seconds);
    for (unsigned i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int suite_skip(const char *name, const char *reason)
{
    printf("%s: skipped: %s\n", name, reason);
    return SUITE_SKIPPED;
}

void suite_skip_part(const char *reason)
{
    printf("skipped: %s\n", reason);
    fflush(stdout);
}

int suite_mount(const char *folder, const char *options)
{
    static bool apart;

    /* Without root, in a user namespace. */
    if (!apart && ((unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS)) ||
                   mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)))
        return -1;
    apart = true;
    return mount("none", folder, "tmpfs", 0, options);
}

bool suite_has_kvm(void)
{
    int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}
