/* SPDX-License-Identifier: MIT */
/* Usage errors: each message says what is wrong, why, and what to do instead. */
#include <elf.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "minivmm/abi.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"

START_TEST(sizes_are_checked)
{
    expect_failure(2, "--mem 0: too small; try: ", "--mem", "0", NULL);
    expect_failure(2, "--mem 3 MiB: not a multiple of 2 MiB; try: --mem 4M", "--mem", "3M", NULL);
    expect_failure(2, "--mem 4097 B: not a multiple", "--mem", "4097", NULL);
    expect_failure(2, "--mem lots: invalid size", "--mem", "lots", NULL);
    expect_failure(2, "--mem -1: invalid size", "--mem", "-1", NULL);
    expect_failure(2, "--mem 1e9: invalid size", "--mem", "1e9", NULL);
    expect_failure(2, "--mem 99999999999999999999: too large", "--mem", "99999999999999999999",
                   NULL);
    expect_failure(2, "more than the host's memory of", "--guest", program_path("hello.elf"),
                   "--mem", "512T", NULL);
    expect_failure(2, "--hugepages 4M: invalid value; try: 2M or 1G", "--hugepages", "4M", NULL);
    expect_failure(2, "--guest-page 8K: invalid value", "--guest-page", "8K", NULL);
    expect_failure(2, "--thp maybe: invalid value; try: on or off", "--thp", "maybe", NULL);
    expect_failure(2, "--hugepages with --thp on", "--hugepages", "2M", "--thp", "on", NULL);
    expect_failure(2, "--mem 64 MiB: the guest and its 1000 vCPUs need", "--guest",
                   program_path("hello.elf"), "--mem", "64M", "--vcpus", "1000", "--dry-run", NULL);
}
END_TEST

START_TEST(numbers_are_checked)
{
    expect_failure(2, "--vcpus 0: at least one", "--vcpus", "0", NULL);
    expect_failure(2, "--vcpus many: invalid number", "--vcpus", "many", NULL);
    expect_failure(2, "--vcpus 5000: too many vCPUs", "--vcpus", "5000", NULL);
    expect_failure(2, "--pin 0,: invalid CPU list", "--pin", "0,", NULL);
    expect_failure(2, "--pin 2-1: invalid CPU list", "--pin", "2-1", NULL);
    expect_failure(2, "--pin: CPU 1000 is offline", "--guest", program_path("hello.elf"), "--pin",
                   "1000", NULL);
    expect_failure(2, "--numa 2: only ,unbound may follow", "--numa", "2,2", NULL);
    expect_failure(2, "--numa 3: 2 vCPUs cannot be split evenly; try: --vcpus 3", "--numa", "3",
                   "--vcpus", "2", NULL);
    expect_failure(2, "--disk path: missing value; try: path=FILE", "--disk", "path=", NULL);
    expect_failure(2, "--timeout soon: invalid duration", "--timeout", "soon", NULL);
    expect_failure(2, "--timeout 0: invalid duration", "--timeout", "0", NULL);
    expect_failure(2, "--report xml: invalid value; try: text or json", "--report", "xml", NULL);
    expect_failure(2, "here: unexpected argument", "here", NULL);
    expect_failure(2, "unrecognized option", "--frobnicate", NULL);
    expect_failure(2, "--log /nowhere/log: No such file or directory; try: a writable file",
                   "--guest", program_path("hello.elf"), "--log", "/nowhere/log", NULL);
    setenv("MINIVMM_T0", "yesterday", 1);
    expect_failure(2, "MINIVMM_T0=yesterday: invalid time", "--guest", program_path("hello.elf"),
                   NULL);
}
END_TEST

START_TEST(unknown_benchmarks_are_refused)
{
    expect_failure(2, "unknown benchmark 'streem'; try: --list", "--guest",
                   program_path("bench.elf"), "--bench", "gups,streem", NULL);
    expect_failure(2, "unknown benchmark 'stre'", "--guest", program_path("bench.elf"), "--bench",
                   "stre", NULL);
    expect_failure(2, "unknown benchmark ''", "--guest", program_path("bench.elf"), "--bench", "",
                   NULL);
    expect_failure(2, "unknown benchmark 'gups'", "--guest", program_path("hello.elf"), "--bench",
                   "gups", NULL);
}
END_TEST

/* Checked before the run, by all programs with --args. */
START_TEST(invalid_arguments_are_refused)
{
    static const char *const programs[] = {"minivmm", "bench-native", "virtcost"};
    static const struct {
        const char *args, *expected;
    } wrong[] = {
        {"bogus=1", "--args bogus=1: unknown key; try: n=1..200000, isa=sse2|avx2|avx512, "},
        {"n=5 isa=mmx", "--args isa=mmx: invalid value; try: isa=sse2|avx2|avx512\n"},
    };

    for (unsigned i = 0; i < 6; i++) {
        const char *program = programs[i / 2];
        bool all = i / 2 == 2;
        struct outcome run =
            program_run(program, "--mem", "64M", "--bench", "fma", "--args", wrong[i % 2].args,
                        all ? "run" : NULL, "bench", "--envs", "native,vm", NULL);

        ck_assert_msg(run.status == 2 && strstr(run.err, wrong[i % 2].expected),
                      "%s: status %d\n%s", program, run.status, run.err);
        outcome_free(&run);
    }
    /* A guest without declared keys accepts any. */
    if (suite_has_kvm())
        expect_failure(0, "bogus=1", "--guest", program_path("hello.elf"), "--mem", "64M", "--args",
                       "bogus=1", NULL);
}
END_TEST

/* A temporary copy of a guest with some bytes changed. */
struct patch {
    const char *expected; /* on standard error */
    size_t offset, bytes;
    uint64_t value;
};

static const char *copy_guest(char *path, const struct patch *patch, long keep)
{
    FILE *from = fopen(program_path("hello.elf"), "r"), *to;
    char *data = malloc(1 << 20);
    size_t bytes;

    strcpy(path, "/tmp/minivmm-guest-XXXXXX");
    close(mkstemp(path));
    to = fopen(path, "w");
    ck_assert(from && to && data);
    bytes = fread(data, 1, 1 << 20, from);
    ck_assert_uint_lt(bytes, 1 << 20);
    if (patch)
        memcpy(data + patch->offset, &patch->value, patch->bytes);
    if (keep >= 0)
        bytes = (size_t)keep;
    ck_assert_uint_eq(fwrite(data, 1, bytes, to), bytes);
    fclose(from);
    fclose(to);
    free(data);
    return path;
}

#define HEADER(member) offsetof(Elf64_Ehdr, member), sizeof(((Elf64_Ehdr *)0)->member)
#define SEGMENT(i, member)                                                        \
    sizeof(Elf64_Ehdr) + (i) * sizeof(Elf64_Phdr) + offsetof(Elf64_Phdr, member), \
        sizeof(((Elf64_Phdr *)0)->member)

START_TEST(guests_are_checked)
{
    static const struct patch patches[] = {
        {"not an ELF file", 0, 4, 0},
        {"a 32-bit ELF file", EI_CLASS, 1, ELFCLASS32},
        {"an ELF file for another machine", HEADER(e_machine), EM_AARCH64},
        {"not a static executable", HEADER(e_type), ET_DYN},
        {"entry point outside", HEADER(e_entry), 0x1000},
        {"entry point outside", HEADER(e_entry), 0x400000},
        {"the file is truncated", HEADER(e_phoff), 0x7fffffffff},
        {"a segment's virtual and physical addresses differ", SEGMENT(1, p_vaddr), 0x500000},
        {"the file is truncated", SEGMENT(1, p_offset), 0x7fffffffff},
        {"the file is truncated", SEGMENT(1, p_offset), UINT64_MAX - 16},
        {"p_filesz exceeds its p_memsz", SEGMENT(1, p_filesz), 0x7fffffffff},
        {"a segment wraps around", SEGMENT(1, p_memsz), UINT64_MAX - 0x1000},
        {"the guest and its 1 vCPU need", SEGMENT(3, p_memsz), 0x7f800000000},
        {"two segments overlap", SEGMENT(1, p_memsz), 0x400000},
        {"both writable and executable", SEGMENT(1, p_flags), PF_R | PF_W | PF_X},
    };
    char path[64];

    for (unsigned i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
        copy_guest(path, &patches[i], -1);
        expect_failure(2, patches[i].expected, "--mem", "64M", "--guest", path, NULL);
        unlink(path);
    }
}
END_TEST

/* A file truncated at any point is refused. */
START_TEST(truncated_guests_are_refused)
{
    static const long keep[] = {0, 1, 16, 63, 64, 100, 288, 4096, 5000, 20000, 40000};
    char path[64];

    for (unsigned i = 0; i < sizeof(keep) / sizeof(keep[0]); i++) {
        copy_guest(path, NULL, keep[i]);
        expect_failure(2, path, "--guest", path, NULL);
        unlink(path);
    }
}
END_TEST

START_TEST(missing_guests_are_refused)
{
    expect_failure(2, "nowhere.elf: No such file or directory; try: --guest", "--guest",
                   "nowhere.elf", NULL);
    if (geteuid()) {
        char path[64];

        ck_assert_int_eq(chmod(copy_guest(path, NULL, -1), 0), 0);
        expect_failure(2, ": Permission denied; try: chmod", "--guest", path, NULL);
        unlink(path);
    } else {
        suite_skip_part("root may read any guest");
    }
    expect_failure(2, "/tmp: not an ELF file", "--guest", "/tmp", NULL);
    expect_failure(2, "/dev/null: ", "--guest", "/dev/null", NULL);
    expect_failure(2, "/proc/self/exe: ", "--guest", "/proc/self/exe", NULL);
}
END_TEST

START_TEST(list_names_the_benchmarks)
{
    struct outcome run =
        program_run("minivmm", "--guest", program_path("bench.elf"), "--list", NULL);
    struct outcome native = program_run("bench-native", "--list", NULL);

    ck_assert_int_eq(run.status, 0);
    ck_assert(strstr(run.out, "\nlinpack ") != NULL);
    ck_assert(strstr(run.out, "\nstream.triad ") != NULL);
    ck_assert_str_eq(run.out, native.out);
    outcome_free(&run);
    outcome_free(&native);
}
END_TEST

START_TEST(help_and_version)
{
    struct outcome run = program_run("minivmm", "--help", NULL);

    ck_assert_int_eq(run.status, 0);
    ck_assert(strstr(run.out, "--vcpus=N") != NULL);
    outcome_free(&run);
    run = program_run("minivmm", "--version", NULL);
    ck_assert_int_eq(run.status, 0);
    ck_assert(!strncmp(run.out, "minivmm ", 8));
    outcome_free(&run);
}
END_TEST

/* Failed writes to standard output are reported. */
START_TEST(full_standard_output)
{
    static const struct {
        const char *program, *option;
    } runs[] = {{"minivmm", "--list"}, {"minivmm", "--dry-run"}, {"bench-native", "--list"}};
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    for (unsigned i = 0; i < 3; i++) {
        const char *args[] = {"--mem", "64M", runs[i].option, NULL};
        struct program program = program_start_to(runs[i].program, args, full, -1);
        struct outcome run = program_wait(&program);

        ck_assert_int_eq(run.status, 1);
        ck_assert_msg(strstr(run.err, "cannot write to standard output: No space left"), "%s",
                      run.err);
        outcome_free(&run);
    }
    close(full);
}
END_TEST

/* Limits of KVM are checked, also by a dry run if KVM is available. */
START_TEST(limits_of_kvm_are_checked)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), most;

    if (kvm < 0) {
        suite_skip_part("/dev/kvm cannot be opened");
        return;
    }
    most = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
    close(kvm);
    if (most < 4096) {
        expect_failure(2, "--vcpus 4096: KVM allows ", "--guest", program_path("hello.elf"),
                       "--mem", "512M", "--vcpus", "4096", NULL);
        expect_failure(2, "--vcpus 4096: KVM allows ", "--guest", program_path("hello.elf"),
                       "--mem", "512M", "--vcpus", "4096", "--dry-run", NULL);
    } else {
        suite_skip_part("KVM allows the maximum of --vcpus");
    }
}
END_TEST

/* An empty /dev, seen by this process and those it starts. Returns whether that is possible. */
static bool hide_devices(void)
{
    return !suite_mount("/dev", NULL);
}

START_TEST(without_kvm_it_cannot_run)
{
    struct outcome run;

    if (suite_has_kvm() && !hide_devices()) {
        suite_skip_part("/dev/kvm cannot be hidden");
        return;
    }
    expect_failure(77, "/dev/kvm: ", "--guest", program_path("hello.elf"), "--mem", "64M", NULL);
    run = program_run("minivmm", "--guest", program_path("hello.elf"), "--mem", "64M", "--dry-run",
                      NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert(strstr(run.out, "KVM      not checked") != NULL);
    outcome_free(&run);
}
END_TEST

/* A dry run needs no KVM; it writes a valid device tree and nothing else. */
START_TEST(dry_run_prints_the_machine)
{
    char path[] = "/tmp/minivmm-dtb-XXXXXX";
    unsigned char magic[4] = {0};
    int fd = mkstemp(path);
    struct outcome run = program_run("minivmm", "--guest", program_path("bench.elf"), "--mem",
                                     "64M", "--dry-run", "--dump-dtb", path, NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert(strstr(run.out, "64 MiB  RAM") != NULL);
    ck_assert(strstr(run.out, "ring 0") != NULL);
    ck_assert_int_eq(read(fd, magic, 4), 4);
    ck_assert(!memcmp(magic, "\xd0\x0d\xfe\xed", 4));
    close(fd);
    unlink(path);
    outcome_free(&run);
}
END_TEST

SUITE_MAIN("usage", sizes_are_checked, numbers_are_checked, unknown_benchmarks_are_refused,
           invalid_arguments_are_refused, guests_are_checked, truncated_guests_are_refused,
           missing_guests_are_refused, list_names_the_benchmarks, full_standard_output,
           limits_of_kvm_are_checked, without_kvm_it_cannot_run, help_and_version,
           dry_run_prints_the_machine)
