/* SPDX-License-Identifier: MIT */
/* The CPU that a guest finds is the one that was asked for. */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

#define CANNOT_MASK  "CPUID in ring 3 keeps the host's feature bits: nothing can be masked there"
#define CANNOT_GROUP "CPUID in ring 3 keeps the host's topology: no grouping is seen there"

/* Bits of leaf 1, ECX, and leaf 7, EBX. */
#define SSE3    (1u << 0)
#define FMA     (1u << 12)
#define XSAVE   (1u << 26)
#define OSXSAVE (1u << 27)
#define AVX     (1u << 28)
#define F16C    (1u << 29)
#define AVX2    (1u << 5)
#define AVX512F (1u << 16)

#define XCR0_AVX    0x4u
#define XCR0_AVX512 0xe0u

struct leaf {
    unsigned eax, ebx, ecx, edx;
};

/* What a vCPU has told (tests/guests/cpu.c); zeros if it has not. */
static struct leaf leaf_of(const struct outcome *run, unsigned vcpu, unsigned leaf,
                           unsigned subleaf)
{
    struct leaf found = {0};
    char begin[64];
    const char *at;

    snprintf(begin, sizeof(begin), "%x %x.%x ", vcpu, leaf, subleaf);
    for (at = run->err; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (!strncmp(at, begin, strlen(begin)) &&
            sscanf(at + strlen(begin), "%x %x %x %x", &found.eax, &found.ebx, &found.ecx,
                   &found.edx) == 4)
            break;
    }
    return found;
}

static unsigned xcr0_of(const struct outcome *run)
{
    const char *at = strstr(run->err, "0 xcr0 ");
    unsigned value = 0;

    if (at)
        sscanf(at, "0 xcr0 %x", &value);
    return value;
}

static struct outcome run_cpu(const char *cpu)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("cpu.elf"), "--mem", "64M",
                                     "--report", "json", "--cpu", cpu, NULL);

    ck_assert_msg(run.status == 0, "--cpu %s: status %d\n%s", cpu, run.status, run.err);
    ck_assert_str_eq(json_text_at(run.json, "config.cpu_features.asked"), cpu);
    return run;
}

static bool has_name(const struct outcome *run, const char *path, const char *name)
{
    const json_t *names = json_at(run->json, path);

    for (size_t i = 0; i < json_array_size(names); i++)
        if (!strcmp(json_string_value(json_array_get(names, i)), name))
            return true;
    return false;
}

/* Only kvm_pvm may leave something unmasked: elsewhere, that is a mistake of ours. */
static bool excused(const struct outcome *run, bool masked)
{
    const char *module = json_text_at(run->json, "host.kvm_module");

    ck_assert_msg(masked || !strcmp(module, "kvm_pvm"), "not masked on %s", module);
    return !masked;
}

/* Whether the guest's CPUID is KVM's, as far as --cpu can tell. */
static bool can_mask(void)
{
    struct outcome run = run_cpu("baseline");
    bool masked = !excused(&run, !(leaf_of(&run, 0, 1, 0).ecx & (SSE3 | FMA | AVX)));

    outcome_free(&run);
    return masked;
}

START_TEST(what_is_removed_is_not_seen)
{
    static const struct {
        const char *cpu;
        unsigned basic, features; /* bits of leaf 1, ECX, and leaf 7, EBX, that go */
        unsigned xcr0;            /* and states */
    } cases[] = {
        {"host", 0, 0, 0},
        {"host,-avx512f", 0, AVX512F, XCR0_AVX512},
        {"host,-avx2", 0, AVX2 | AVX512F, XCR0_AVX512},
        {"host,-fma", FMA, AVX512F, XCR0_AVX512},
        {"host,-avx", AVX | FMA | F16C, AVX2 | AVX512F, XCR0_AVX | XCR0_AVX512},
        {"host,-xsave", XSAVE | OSXSAVE | AVX | FMA | F16C, AVX2 | AVX512F, ~0u},
        {"baseline", SSE3 | AVX | FMA | F16C, AVX2 | AVX512F, XCR0_AVX | XCR0_AVX512},
    };
    struct outcome host = run_cpu("host");
    unsigned basic = leaf_of(&host, 0, 1, 0).ecx, features = leaf_of(&host, 0, 7, 0).ebx;
    unsigned xcr0 = (unsigned)json_int_at(host.json, "config.xcr0");

    if (!can_mask()) {
        outcome_free(&host);
        suite_skip_part(CANNOT_MASK);
        return;
    }
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome run = run_cpu(cases[i].cpu);
        struct leaf states = leaf_of(&run, 0, 0xd, 0);
        unsigned now = xcr0 & ~cases[i].xcr0, seen = leaf_of(&run, 0, 1, 0).ecx;

        ck_assert_msg((seen & (SSE3 | XSAVE | AVX | FMA | F16C | OSXSAVE)) ==
                          (basic & ~cases[i].basic & (SSE3 | XSAVE | AVX | FMA | F16C | OSXSAVE)),
                      "--cpu %s: leaf 1, ECX %#x", cases[i].cpu, seen);
        seen = leaf_of(&run, 0, 7, 0).ebx;
        ck_assert_msg((seen & (AVX2 | AVX512F)) ==
                          (features & ~cases[i].features & (AVX2 | AVX512F)),
                      "--cpu %s: leaf 7, EBX %#x", cases[i].cpu, seen);
        ck_assert_msg(json_int_at(run.json, "config.cpu_features.xcr0") == now, "--cpu %s",
                      cases[i].cpu);
        /* States and features agree, and so does the room that XSAVE takes. */
        ck_assert_msg((states.eax & 0xe7) == now, "--cpu %s: states %#x, not %#x", cases[i].cpu,
                      states.eax, now);
        if (now)
            ck_assert_uint_eq(states.ebx, now & XCR0_AVX512 ? 2688 : now & XCR0_AVX ? 832 : 576);
        ck_assert_uint_ge(states.ecx, states.ebx);
        if (xcr0_of(&host) == xcr0 && excused(&run, xcr0_of(&run) == now))
            suite_skip_part("KVM leaves the host's XCR0 to ring 3");
        outcome_free(&run);
    }
    outcome_free(&host);
}
END_TEST

START_TEST(the_report_tells_disabled_from_hidden)
{
    struct outcome host = run_cpu("host"), run;
    bool avx = leaf_of(&host, 0, 1, 0).ecx & AVX && leaf_of(&host, 0, 1, 0).ecx & FMA;

    ck_assert_uint_eq(json_array_size(json_at(host.json, "config.cpu_features.disabled")), 0);
    ck_assert_uint_eq(json_array_size(json_at(host.json, "config.cpu_features.hidden")), 0);
    run = run_cpu("host,-avx");
    ck_assert_int_eq(has_name(&run, "config.cpu_features.disabled", "avx"), avx);
    ck_assert_int_eq(has_name(&run, "config.cpu_features.disabled", "fma"), avx);
    ck_assert(!has_name(&run, "config.cpu_features.hidden", "fma"));
    outcome_free(&run);
    run = run_cpu("host,-fma");
    ck_assert(!has_name(&run, "config.cpu_features.disabled", "fma"));
    ck_assert_int_eq(has_name(&run, "config.cpu_features.hidden", "fma"), avx);
    outcome_free(&run);
    outcome_free(&host);
}
END_TEST

/* Run the guest that executes one instruction; whether that was invalid. */
static bool is_invalid(const char *instruction, const char *cpu)
{
    struct outcome run =
        program_run("minivmm", "--guest", program_path("use_avx.elf"), "--mem", "64M", "--report",
                    "json", "--args", instruction, "--cpu", cpu, NULL);
    bool invalid = run.status;

    ck_assert_msg(run.status == 0 || run.status == 1, "%s", run.err);
    if (invalid)
        ck_assert_int_eq(json_int_at(run.json, "end.fault.vector"), 6);
    outcome_free(&run);
    return invalid;
}

START_TEST(what_is_disabled_faults)
{
    struct outcome host = run_cpu("host"), run = run_cpu("host,-avx");
    unsigned xcr0 = xcr0_of(&host);
    bool unmasked = excused(&run, !(xcr0_of(&run) & XCR0_AVX));

    outcome_free(&host);
    outcome_free(&run);
    ck_assert(!is_invalid("sse2", "baseline"));
    ck_assert_int_eq(is_invalid("avx", "host"), !(xcr0 & XCR0_AVX));
    ck_assert_int_eq(is_invalid("avx512", "host"), !(xcr0 & XCR0_AVX512));
    if (unmasked) {
        suite_skip_part("KVM leaves the host's XCR0 to ring 3");
        return;
    }
    ck_assert(is_invalid("avx", "host,-avx"));
    ck_assert(is_invalid("avx", "baseline"));
    ck_assert(is_invalid("avx512", "host,-avx"));
    ck_assert(is_invalid("avx512", "host,-avx512f"));
    /* Without a switch of its own, an instruction goes on working. */
    ck_assert_int_eq(is_invalid("avx", "host,-avx2"), !(xcr0 & XCR0_AVX));
    /* Without XSAVE there is no XCR0 for KVM to load. */
    if (!is_invalid("avx", "host,-xsave"))
        suite_skip_part("KVM leaves the host's XCR0 to a ring 3 without XSAVE");
}
END_TEST

/* The widest kernel that the benchmarks choose by themselves with this --cpu. */
static void check_choice(const char *cpu, const char *isa)
{
    struct outcome run =
        program_run("minivmm", "--mem", "64M", "--quick", "--bench", "fma,linpack,stream.triad",
                    "--args", "n=64", "--report", "json", "--cpu", cpu, NULL);

    ck_assert_msg(run.status == 0, "--cpu %s: status %d\n%s", cpu, run.status, run.err);
    ck_assert_str_eq(json_text_at(run.json, "benches.0.params.isa"), isa);
    ck_assert_str_eq(json_text_at(run.json, "benches.1.params.isa"), isa);
    outcome_free(&run);
}

START_TEST(benchmarks_choose_by_what_they_see)
{
    struct outcome host = run_cpu("host");
    unsigned basic = leaf_of(&host, 0, 1, 0).ecx, features = leaf_of(&host, 0, 7, 0).ebx;
    const char *avx2 = basic & AVX && basic & FMA && features & AVX2 ? "avx2" : "sse2";

    outcome_free(&host);
    if (!can_mask()) {
        suite_skip_part(CANNOT_MASK);
        return;
    }
    check_choice("host", features & AVX512F ? "avx512" : avx2);
    check_choice("host,-avx512f", avx2);
    check_choice("host,-avx", "sse2");
    check_choice("baseline", "sse2");
}
END_TEST

/* Where something cannot be masked, a benchmark's run says so. */
START_TEST(what_is_not_masked_is_told)
{
    struct outcome seen = run_cpu("baseline"), run;
    bool masked = can_mask() && !(xcr0_of(&seen) & (XCR0_AVX | XCR0_AVX512));

    run = program_run("minivmm", "--mem", "64M", "--quick", "--bench", "none", "--report", "json",
                      "--cpu", "baseline", NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert_int_eq(strstr(run.out, "\"cpu_not_masked\"") == NULL, masked);
    outcome_free(&run);
    outcome_free(&seen);
    run = program_run("minivmm", "--mem", "64M", "--quick", "--bench", "none", "--report", "json",
                      "--cpu", "host", NULL);
    ck_assert(strstr(run.out, "\"cpu_not_masked\"") == NULL);
    outcome_free(&run);
}
END_TEST

static unsigned apic_of(const struct outcome *run, unsigned vcpu)
{
    unsigned id = ~0u;
    char begin[32];
    const char *at;

    snprintf(begin, sizeof(begin), "\n%x apic ", vcpu);
    at = strstr(run->err, begin);
    ck_assert_msg(at && sscanf(at + strlen(begin), "%x", &id) == 1, "vCPU %u: %s", vcpu, run->err);
    return id;
}

static unsigned bits(unsigned count)
{
    unsigned result = 0;

    while (1u << result < count)
        result++;
    return result;
}

static const struct grouping {
    const char *text;
    unsigned sockets, cores, threads;
    unsigned ids[8];
} groupings[] = {
    {"cores=2", 1, 2, 1, {0, 1}},
    {"sockets=2", 2, 1, 1, {0, 1}},
    {"threads=2", 1, 1, 2, {0, 1}},
    {"sockets=2,cores=2,threads=2", 2, 2, 2, {0, 1, 2, 3, 4, 5, 6, 7}},
    {"sockets=2,cores=3", 2, 3, 1, {0, 1, 2, 4, 5, 6}},
    {"cores=2,threads=3", 1, 2, 3, {0, 1, 2, 4, 5, 6}},
};

static struct outcome run_grouping(const struct grouping *grouping, const char *guest,
                                   const char *bench)
{
    char vcpus[16];
    struct outcome run;

    snprintf(vcpus, sizeof(vcpus), "%u", grouping->sockets * grouping->cores * grouping->threads);
    run = program_run("minivmm", "--guest", program_path(guest), "--mem", "64M", "--report", "json",
                      "--vcpus", vcpus, "--topology", grouping->text, "--timeout", "60", "--quick",
                      bench ? "--bench" : NULL, bench, NULL);
    ck_assert_msg(run.status == 0, "--topology %s: status %d\n%s", grouping->text, run.status,
                  run.err);
    return run;
}

/* Whether leaf 0xb in ring 3 is KVM's; its feature bits may be the host's all the same. */
static bool can_group(void)
{
    /* No processor has three threads a core. */
    static const struct grouping odd = {"threads=3", 1, 1, 3, {0}};
    struct outcome run = run_grouping(&odd, "cpu.elf", NULL);
    struct leaf thread = leaf_of(&run, 0, 0xb, 0);
    bool grouped = !excused(&run, !thread.ecx || thread.ebx == odd.threads);

    outcome_free(&run);
    return grouped;
}

START_TEST(vcpus_are_grouped)
{
    bool visible = can_group(), masked = can_mask();

    for (unsigned i = 0; i < sizeof(groupings) / sizeof(groupings[0]); i++) {
        const struct grouping *grouping = &groupings[i];
        struct outcome run = run_grouping(grouping, "cpu.elf", NULL);
        unsigned per_socket = grouping->cores * grouping->threads;

        ck_assert_uint_eq(json_int_at(run.json, "config.topology.sockets"), grouping->sockets);
        ck_assert_uint_eq(json_int_at(run.json, "config.topology.cores"), grouping->cores);
        ck_assert_uint_eq(json_int_at(run.json, "config.topology.threads"), grouping->threads);
        for (unsigned vcpu = 0; vcpu < grouping->sockets * per_socket; vcpu++) {
            struct leaf basic = leaf_of(&run, vcpu, 1, 0);
            struct leaf thread = leaf_of(&run, vcpu, 0xb, 0), core = leaf_of(&run, vcpu, 0xb, 1);
            struct leaf amd = leaf_of(&run, vcpu, 0x8000001e, 0);
            unsigned id = grouping->ids[vcpu];

            ck_assert_msg(apic_of(&run, vcpu) == id, "%s, vCPU %u: APIC %u", grouping->text, vcpu,
                          apic_of(&run, vcpu));
            if (!visible)
                continue;
            ck_assert_uint_eq(basic.ebx >> 24, id);
            if (masked)
                ck_assert_uint_eq(basic.edx >> 28 & 1, per_socket > 1);
            /* Leaves that KVM does not offer are all zeros. */
            if (thread.ecx) {
                ck_assert_uint_eq(thread.eax, bits(grouping->threads));
                ck_assert_uint_eq(thread.ebx, grouping->threads);
                ck_assert_uint_eq(thread.edx, id);
                ck_assert_uint_eq(core.eax, bits(grouping->threads) + bits(grouping->cores));
                ck_assert_uint_eq(core.ebx, per_socket);
            }
            if (amd.eax) {
                ck_assert_uint_eq(amd.eax, id);
                ck_assert_uint_eq(amd.ebx >> 8 & 0xff, grouping->threads - 1);
                ck_assert_uint_eq(amd.ecx & 0xff, vcpu / per_socket);
            }
        }
        outcome_free(&run);
    }
    if (!visible)
        suite_skip_part(CANNOT_GROUP);
}
END_TEST

/* An interrupt goes to an APIC's id, which is not always the vCPU's number. */
START_TEST(interrupts_find_a_vcpu_by_its_id)
{
    static const struct grouping gap = {"sockets=2,cores=1,threads=3", 2, 1, 3, {0}};
    struct outcome run = run_grouping(&gap, "far_interrupt.elf", NULL);

    outcome_free(&run);
}
END_TEST

/* Whether the host itself has this grouping by leaf 0xb: a guest that reads it misses nothing. */
static bool host_is_grouped(const struct grouping *grouping)
{
    unsigned a, threads, logical, c, d;

    return __get_cpuid_count(0xb, 0, &a, &threads, &c, &d) &&
           __get_cpuid_count(0xb, 1, &a, &logical, &c, &d) && threads == grouping->threads &&
           logical == grouping->cores * grouping->threads;
}

/* IPIs of the benchmarks, between two vCPUs of two sockets. */
START_TEST(benchmarks_run_in_any_topology)
{
    static const struct grouping sockets = {"sockets=2", 2, 1, 1, {0}};
    struct outcome run = run_grouping(&sockets, "bench.elf", "exits.ipi.halted,gups.forkjoin");
    bool visible = can_group() || host_is_grouped(&sockets);

    ck_assert_int_eq(strstr(run.out, "\"topology_not_seen\"") != NULL, !visible);
    outcome_free(&run);
}
END_TEST

START_TEST(a_dry_run_tells_it)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("hello.elf"), "--mem",
                                     "64M", "--vcpus", "6", "--topology", "sockets=2,cores=3",
                                     "--numa", "2,unbound", "--cpu", "baseline", "--dry-run", NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert_msg(strstr(run.out, "\ncpu      baseline: XCR0 0") != NULL, "%s", run.out);
    ck_assert_msg(strstr(run.out, "\ntopology sockets=2,cores=3,threads=1, APIC ids up to 6\n") !=
                      NULL,
                  "%s", run.out);
    ck_assert_msg(strstr(run.out, "\nnode 1   3 vCPUs, 32 MiB\n") != NULL, "%s", run.out);
    outcome_free(&run);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    expect_failure(2, "--cpu -avx3: unknown feature; try: avx, avx2", "--cpu", "host,-avx3", NULL);
    expect_failure(2, "--cpu -sse2: cannot be removed", "--cpu", "host,-sse2", NULL);
    expect_failure(2, "--cpu -x2apic: cannot be removed", "--cpu", "-x2apic", NULL);
    expect_failure(2,
                   "--topology sockets=2,cores=2,threads=1: 4 vCPUs, but --vcpus is 1; "
                   "try: --vcpus 4",
                   "--topology", "sockets=2,cores=2", NULL);
    expect_failure(2, "--topology dies=2: unknown key", "--topology", "dies=2", NULL);
    /* No processor has both. */
    expect_failure(2, ": KVM does not support ", "--guest", program_path("hello.elf"), "--mem",
                   "64M", "--cpu", "host,+xop,+avx512er", NULL);
}
END_TEST

SUITE_MAIN_KVM("cpu", what_is_removed_is_not_seen, the_report_tells_disabled_from_hidden,
               what_is_disabled_faults, benchmarks_choose_by_what_they_see,
               what_is_not_masked_is_told, vcpus_are_grouped, interrupts_find_a_vcpu_by_its_id,
               benchmarks_run_in_any_topology, a_dry_run_tells_it, what_cannot_be_is_refused)
