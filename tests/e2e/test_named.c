/* SPDX-License-Identifier: MIT */
/* A benchmark named in --bench has a result, or the run fails with the reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/support/loop.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"

/* Writing benchmarks are refused before the run, for the option and the device, by both programs.
 */
START_TEST(read_only_disks_are_refused)
{
    static const char *const programs[] = {"minivmm", "bench-native"};
    char path[] = "/tmp/minivmm-e2e-named-XXXXXX", disk[64], named[128];
    const char *device;
    int fd = mkstemp(path);

    ck_assert(fd >= 0 && !ftruncate(fd, 8 << 20));
    close(fd);
    device = loop_attach(path, true);
    for (unsigned i = 0; i < 2; i++) {
        struct outcome run;

        snprintf(disk, sizeof(disk), "path=%s,ro", path);
        run = program_run(programs[i], "--mem", "64M", "--bench", "blk.randwrite", "--disk", disk,
                          NULL);

        ck_assert_int_eq(run.status, 2);
        ck_assert_msg(strstr(run.err, ",ro: blk.randwrite writes to the disk; try: without"), "%s",
                      run.err);
        outcome_free(&run);
        if (!device)
            continue;
        snprintf(named, sizeof(named), "path=%s", device);
        run = program_run(programs[i], "--mem", "64M", "--bench", "blk.randwrite", "--disk", named,
                          NULL);
        ck_assert_int_eq(run.status, 2);
        ck_assert_msg(strstr(run.err, "the device is read-only; try: ro, or blockdev"), "%s",
                      run.err);
        outcome_free(&run);
    }
    if (device) {
        loop_detach(device);
    } else {
        suite_skip_part("no loop device");
    }
    unlink(path);
}
END_TEST

/* A named benchmark that ended with an I/O error has failed; it was not skipped. */
START_TEST(an_io_error_is_a_failure)
{
    static const char *const programs[] = {"minivmm", "bench-native"};

    for (unsigned i = 0; i < 2; i++) {
        char folder[] = "/tmp/minivmm-full-XXXXXX", named[64];
        struct outcome run;

        ck_assert_ptr_nonnull(mkdtemp(folder));
        if (suite_mount(folder, "size=1M")) {
            rmdir(folder);
            suite_skip_part("a tmpfs cannot be mounted");
            return;
        }
        snprintf(named, sizeof(named), "path=%s/disk,size=8M,create,engine=sync", folder);
        run = program_run(programs[i], "--mem", "64M", "--quick", "--bench", "blk.randread,fma",
                          "--disk", named, "--report", "json", NULL);
        ck_assert_msg(run.status == 1, "status %d\n%s", run.status, run.err);
        ck_assert_msg(strstr(run.err, ": blk.randread failed: I/O error: a write") &&
                          strstr(run.err, ": blk0: 1 request ended with an error: No space left"),
                      "%s", run.err);
        ck_assert_str_eq(json_text_at(run.json, "failed.0.name"), "blk.randread");
        ck_assert_str_eq(json_text_at(run.json, "benches.0.name"), "fma");
        outcome_free(&run);
        ck_assert_int_eq(umount2(folder, MNT_DETACH), 0);
        ck_assert_int_eq(rmdir(folder), 0);
    }
}
END_TEST

/* A skipped name beside a measured one; a prefix with some results. */
START_TEST(a_name_that_is_skipped_is_a_failure)
{
    struct outcome run = program_run("bench-native", "--mem", "64M", "--quick", "--bench",
                                     "exits.cpuid,touch.4k", "--report", "json", NULL);

    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(strstr(run.err, ": --bench exits.cpuid: no result: only in a VM\n"), "%s",
                  run.err);
    ck_assert_str_eq(json_text_at(run.json, "end.missing.0"), "exits.cpuid");
    ck_assert_uint_eq(json_array_size(json_at(run.json, "benches")), 1);
    outcome_free(&run);
    run = program_run("bench-native", "--mem", "64M", "--quick", "--bench", "exits", "--report",
                      "json", NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert_uint_eq(json_array_size(json_at(run.json, "benches")), 2);
    outcome_free(&run);
}
END_TEST

/* In a comparison, a result in one environment suffices; an I/O error is a failure. */
START_TEST(virtcost_distinguishes_skipped_from_failed)
{
    char folder[] = "/tmp/minivmm-full-XXXXXX", disk[64];
    struct outcome run =
        program_run("virtcost", "run", "bench", "--envs", "native,vm", "--blocks", "1", "--quick",
                    "--mem", "64M", "--bench", "exits.cpuid,touch.4k", NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    outcome_free(&run);
    run = program_run("virtcost", "run", "bench", "--envs", "native,null", "--blocks", "1",
                      "--quick", "--mem", "64M", "--bench", "exits.cpuid", NULL);
    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(strstr(run.err, "--bench exits.cpuid: no result in any environment: only in a"),
                  "%s", run.err);
    outcome_free(&run);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    if (suite_mount(folder, "size=1M")) {
        rmdir(folder);
        suite_skip_part("a tmpfs cannot be mounted");
        return;
    }
    snprintf(disk, sizeof(disk), "path=%s/disk,size=8M,create,engine=sync", folder);
    run = program_run("virtcost", "run", "bench", "--envs", "native,null", "--blocks", "1",
                      "--quick", "--mem", "64M", "--bench", "blk.read", "--disk", disk, NULL);
    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(strstr(run.err, "blk.read failed: I/O error: a write") &&
                      strstr(run.err, "bench-native exited with status 1"),
                  "%s", run.err);
    outcome_free(&run);
    ck_assert_int_eq(umount2(folder, MNT_DETACH), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

SUITE_MAIN_KVM("named", read_only_disks_are_refused, an_io_error_is_a_failure,
               a_name_that_is_skipped_is_a_failure, virtcost_distinguishes_skipped_from_failed)
