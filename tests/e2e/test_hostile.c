/* SPDX-License-Identifier: MIT */
/* Guests that fault or break the ABI: each ends the run with an error message. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

/* Run a guest that faults. Returns the outcome, whose JSON has the fault. */
static struct outcome run_fault(const char *guest)
{
    struct outcome run = program_run("minivmm", "--guest", program_path(guest), "--mem", "64M",
                                     "--timeout", "30", "--report", "json", NULL);

    ck_assert_msg(run.status == 1, "%s: status %d\n%s", guest, run.status, run.err);
    ck_assert_msg(strstr(run.err, "the guest faulted") != NULL, "%s: %s", guest, run.err);
    return run;
}

/* Faults of ring 3, with the error code that the CPU gives (Intel SDM vol. 3, 4.7). */
START_TEST(faults_are_reported)
{
    static const struct {
        const char *guest;
        const char *error;
    } faults[] = {
        {"write_text.elf", "0x7"},      {"write_rodata.elf", "0x7"}, {"execute_data.elf", "0x15"},
        {"read_supervisor.elf", "0x5"}, {"write_tables.elf", "0x7"}, {"null_pointer.elf", "0x4"},
    };

    for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct outcome run = run_fault(faults[i].guest);

        ck_assert_int_eq(json_int_at(run.json, "end.fault.vector"), 14);
        ck_assert_msg(!strcmp(json_text_at(run.json, "end.fault.error"), faults[i].error),
                      "%s: error %s", faults[i].guest, json_text_at(run.json, "end.fault.error"));
        ck_assert(json_has(run.json, "end.fault.regs.r15"));
        outcome_free(&run);
    }
}
END_TEST

START_TEST(fault_is_readable)
{
    struct outcome run =
        program_run("minivmm", "--guest", program_path("null_pointer.elf"), "--mem", "64M", NULL);

    ck_assert_int_eq(run.status, 1);
    ck_assert(strstr(run.out, "page fault (vector 14, error 0x4)") != NULL);
    ck_assert(strstr(run.out, "address 0,") != NULL);
    ck_assert(strstr(run.out, " rip 0x4") != NULL);
    ck_assert(strstr(run.out, " r15 ") != NULL);
    outcome_free(&run);
}
END_TEST

START_TEST(triple_fault_stops)
{
    struct outcome run =
        program_run("minivmm", "--guest", program_path("triple_fault.elf"), "--mem", "64M", NULL);

    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(strstr(run.err, "triple fault") != NULL, "%s", run.err);
    ck_assert_msg(strstr(run.out, "\nerror    ") && strstr(run.out, "triple fault"), "%s", run.out);
    outcome_free(&run);
}
END_TEST

START_TEST(unknown_addresses_stop)
{
    expect_failure(1, "guest: 4-byte write to address 0xc0123450: no device", "--guest",
                   program_path("bad_mmio.elf"), "--mem", "64M", NULL);
    expect_failure(1, "guest: 1-byte read of port 0x3f8: no device", "--guest",
                   program_path("bad_port.elf"), "--mem", "64M", NULL);
}
END_TEST

/*
 * Run a guest with the arguments 0, 1, 2 ..., each a violation that must end the run with an error,
 * until the guest reports that there are no more. Returns their number.
 */
static unsigned run_violations(const char *guest)
{
    for (unsigned which = 0;; which++) {
        struct outcome run;
        char args[16];

        snprintf(args, sizeof(args), "%u", which);
        run = program_run("minivmm", "--guest", program_path(guest), "--mem", "64M", "--timeout",
                          "60", "--log", "/dev/null", "--args", args, "--report", "json", NULL);
        if (run.status == 0) {
            outcome_free(&run);
            return which;
        }
        ck_assert_msg(run.status == 1 && run.json != NULL, "%s %u: status %d\n%s", guest, which,
                      run.status, run.err);
        ck_assert_msg(!strcmp(json_text_at(run.json, "end.reason"), "error"),
                      "%s %u: ended by %s, status %s", guest, which,
                      json_text_at(run.json, "end.reason"), run.out);
        ck_assert_msg(strstr(run.err, "guest") != NULL, "%s %u: %s", guest, which, run.err);
        ck_assert_msg(!strchr(run.out, '\033') && !strchr(run.err, '\033'),
                      "%s %u: escape character", guest, which);
        outcome_free(&run);
    }
}

START_TEST(bad_records_stop)
{
    ck_assert_uint_ge(run_violations("bad_record.elf"), 40);
}
END_TEST

START_TEST(bad_waits_stop)
{
    ck_assert_uint_eq(run_violations("bad_wait.elf"), 9);
}
END_TEST

START_TEST(bad_controls_stop)
{
    ck_assert_uint_eq(run_violations("bad_control.elf"), 17);
}
END_TEST

SUITE_MAIN_KVM("hostile", faults_are_reported, fault_is_readable, triple_fault_stops,
               unknown_addresses_stop, bad_records_stop, bad_waits_stop, bad_controls_stop)
