/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "minivmm/abi.h"
#include "tests/support/suite.h"
#include "tests/unit/sample.h"
#include "vmm/core/base/wrapped.h"

static struct sample sample;

/* Terminal widths; the first is that of other files. */
static const int widths[] = {WRAPPED_COLUMNS, 80, 60, 40};

/* The report, after checking that its lines fit and that it has no control characters. */
static char *make(void)
{
    size_t bytes = 0, width = 0;
    char *text = report_text(&sample.report, &bytes);

    ck_assert(text != NULL);
    ck_assert_uint_eq(bytes, strlen(text));
    for (char *c = text, *line = text; *c; c++) {
        if (*c != '\n' && (*c < ' ' || *c > '~'))
            ck_abort_msg("character %d in: %.100s", *c, line);
        width = *c == '\n' ? 0 : width + 1;
        if (!width)
            line = c + 1;
        if (width > (size_t)wrapped_columns())
            ck_abort_msg("more than %d columns: %.200s", wrapped_columns(), line);
        if (*c == '\n' && c > text && c[-1] == ' ')
            ck_abort_msg("a blank at the end of a line: %.200s", line);
    }
    ck_assert_int_eq(text[bytes - 1], '\n');
    return text;
}

static void check_each_width(void)
{
    for (unsigned i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        wrapped_fit(widths[i]);
        free(make());
    }
    wrapped_fit(WRAPPED_COLUMNS);
}

/* The report contains this text. */
static void check_has(const char *expected)
{
    char *text = make();

    ck_assert_msg(strstr(text, expected) != NULL, "'%s' is not in:\n%s", expected, text);
    free(text);
}

static void check_has_not(const char *unexpected)
{
    char *text = make();

    ck_assert_msg(strstr(text, unexpected) == NULL, "'%s' is in:\n%s", unexpected, text);
    free(text);
}

START_TEST(unknown_values_are_not_in_the_head)
{
    sample_init(&sample);
    sample.host.memory_bytes = 0;
    sample.host.kernel[0] = '\0';
    check_has("\nhost     AMD EPYC 7763 64-Core Processor, family 25; 4 of 8 CPUs\n");
    sample.host.cpus = 0;
    check_has("family 25; 4 usable CPUs\n");
    sample.host.cpus_usable = 0;
    check_has("family 25\n");
    sample_free(&sample);
}
END_TEST

START_TEST(unknown_times_are_dashes)
{
    struct result_row *row;

    sample_init(&sample);
    row = sample_row(&sample, "row", "", 3);
    row->usage.in_run_ns = 9000000;
    row->usage.time = (struct cpus_time){.on_cpu_ns = 5500000, .runqueue_ns = CPUS_UNKNOWN};
    check_has(" ok          0  55.0   0.0     -     -\n");
    row->usage.kvm_partial = true;
    check_has(" ok          0     -   0.0     -     -\n");
    sample_native(&sample);
    check_has(" ok     55.0     -     -\n");
    sample_free(&sample);
}
END_TEST

START_TEST(cores_of_several_kinds_have_a_line)
{
    struct cores cores = {
        .groups = 2,
        .kinds = 2,
        .group = {{.type = "P-core", .max_khz = 5400000, .cpus = "0-3", .count = 4},
                  {.type = "E-core", .max_khz = 3900000, .cpus = "4", .count = 1, .kind = 1}}};

    sample_init(&sample);
    sample.report.cores = &cores;
    check_has("\ncores    P-core 5.4 GHz: CPUs 0-3; E-core 3.9 GHz: CPU 4\n");
    cores.kinds = 1;
    check_has_not("\ncores ");
    sample_free(&sample);
}
END_TEST

START_TEST(a_cpu_quota_is_in_the_head)
{
    sample_init(&sample);
    sample.host.quota.cpus = 0.2;
    check_has("family 25; 4 of 8 CPUs; CPU quota 0.2; 32.0 GiB;");
    sample_free(&sample);
}
END_TEST

START_TEST(the_head_names_the_host)
{
    sample_init(&sample);
    check_has(": vm on kvm_amd, npt paging\n"
              "host     AMD EPYC 7763 64-Core Processor, family 25; 4 of 8 CPUs; 32.0 GiB; "
              "Linux 6.1.0\n"
              "machine  2 vCPUs; 2 GiB; guest pages 2 MiB; host pages of 2 MiB: 98 % of 128 MiB "
              "touched\n"
              "times    exec to main 400 us; to KVM_RUN 1.50 ms; to ring 3 90.0 us; run 1.00 s; "
              "teardown 600 us\n");
    sample_free(&sample);
}
END_TEST

START_TEST(masked_features_have_a_line)
{
    struct features_masked *masked = &sample.info.masked;

    sample_init(&sample);
    check_has_not("\ncpu ");
    sample.config.cpu.text = "host,-avx,-popcnt";
    check_has("touched\ncpu      host,-avx,-popcnt; XCR0 0x7\ntimes");
    masked->disabled.has[features_find("avx", 3)] = true;
    masked->disabled.has[features_find("avx2", 4)] = true;
    masked->hidden.has[features_find("popcnt", 6)] = true;
    check_has("\ncpu      host,-avx,-popcnt; XCR0 0x7; disabled: avx avx2; hidden, not disabled: "
              "popcnt\n");
    for (unsigned i = 0; i < feature_count; i++)
        masked->disabled.has[i] = masked->hidden.has[i] = true;
    check_has(" clzero; hidden, not disabled: fpu ");
    sample_free(&sample);
}
END_TEST

START_TEST(a_given_topology_is_printed)
{
    sample_init(&sample);
    sample.config.topology = (struct topology){1, 1, 2};
    check_has("\nmachine  2 vCPUs; sockets=1,cores=1,threads=2; 2 GiB; guest");
    sample.config.numa.nodes = 2;
    check_has("; 2 GiB; bound NUMA nodes: 2; guest");
    sample.config.numa.unbound = true;
    check_has("; 2 GiB; unbound NUMA nodes: 2; guest");
    sample_free(&sample);
}
END_TEST

START_TEST(a_native_run_has_no_machine)
{
    sample_init(&sample);
    sample_row(&sample, "row", "", 9)->usage.time = (struct cpus_time){8500000, 1000000};
    sample_native(&sample);
    check_has(": native\nhost ");
    check_has("\nmachine  2 threads; 2 GiB; host pages of 2 MiB");
    check_has("\ntimes    exec to main 400 us; run 1.00 s\n");
    check_has_not("KVM");
    check_has_not("vCPU");
    check_has(
        "row                                1    5.000 GB/s       60.0% ok     85.0   5.0  10.0\n");
    sample_free(&sample);
}
END_TEST

START_TEST(unknown_values_are_omitted)
{
    sample_init(&sample);
    sample.host.kvm_module = sample.host.paging = NULL;
    sample.info.startup =
        (struct run_startup){RUN_INFO_UNKNOWN, RUN_INFO_UNKNOWN, RUN_INFO_UNKNOWN,
                             RUN_INFO_UNKNOWN, RUN_INFO_UNKNOWN, RUN_INFO_UNKNOWN};
    sample.info.has_memory = false;
    check_has(": vm on KVM, unknown paging\n");
    check_has("\nmachine  2 vCPUs; 2 GiB; guest pages 2 MiB\n"
              "times    run 1.00 s\n");
    sample_free(&sample);
}
END_TEST

START_TEST(a_row_has_its_result_and_costs)
{
    struct result_row *row;

    sample_init(&sample);
    row = sample_row(&sample, "blk.randread", "bs=4096", 9);
    row->usage.count[EXIT_MMIO_WRITE] = 500;
    row->usage.count[EXIT_SIGNAL] = 1;
    row->usage.handler_ns[EXIT_MMIO_WRITE] = 2000000;
    row->usage.in_run_ns = 7000000;
    row->usage.kvm[SAMPLE_HALT_WAIT] = 1000000;
    row->usage.time = (struct cpus_time){.on_cpu_ns = 5500000, .runqueue_ns = 500000};
    check_has("blk.randread bs=4096               1    5.000 GB/s       60.0% ok      0.501  55.0  "
              "20.0  20.0   5.0\n"
              "    exits: mmio_write 500, signal 1\n");
    sample_free(&sample);
}
END_TEST

START_TEST(a_short_window_has_no_shares)
{
    sample_init(&sample);
    sample_row(&sample, "short", "", 9)->window_ticks = SAMPLE_HZ / 2000;
    check_has(" ok          0     -     -     -     -\n");
    sample_free(&sample);
}
END_TEST

START_TEST(extreme_shares_are_abbreviated)
{
    struct result_row *row;

    sample_init(&sample);
    row = sample_row(&sample, "odd", "", 6);
    sample.result.sample[0] = -100;
    row->usage.in_run_ns = 1000000000000;
    row->usage.handler_ns[EXIT_OTHER] = 99900000;
    row->usage.count[EXIT_OTHER] = 20000000;
    row->usage.time = (struct cpus_time){1000000000000, 100000000};
    check_has("odd                                1    3.500 GB/s       >100% ok      20000  >999 "
              "999.0   "
              "0.0  >999\n");
    sample_free(&sample);
}
END_TEST

/* Equal samples, but too few for an interval. */
START_TEST(few_samples_have_no_spread)
{
    static const struct {
        unsigned samples;
        const char *expected;
    } cases[] = {
        {1, "few                                1    1.000 GB/s           - ok"},
        {5, "few                                1    3.000 GB/s           - ok"},
        {6, "few                                1    3.500 GB/s       71.4% ok"},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sample_init(&sample);
        sample_row(&sample, "few", "", cases[i].samples);
        check_has(cases[i].expected);
        check_has("in % of the median; -: fewer than 6 samples.\n");
        sample_free(&sample);
    }
}
END_TEST

START_TEST(an_incomplete_row_shows_its_samples)
{
    struct result_row *row;

    sample_init(&sample);
    row = sample_row(&sample, "cut", "", 0);
    row->ended = false;
    row->check = RESULT_UNCHECKED;
    check_has("cut                                1        - GB/s           - -\n");
    row = sample_row(&sample, "wrong", "", 1);
    row->check = RESULT_WRONG;
    check_has("wrong                              1    1.000 GB/s           - WRONG");
    sample_free(&sample);
}
END_TEST

START_TEST(values_have_four_digits)
{
    static const struct {
        double value;
        const char *shown;
    } values[] = {
        {0, " 0.0000 GB/s "},       {0.5, " 0.5000 GB/s "},    {1.23456, " 1.235 GB/s "},
        {12.3456, " 12.35 GB/s "},  {123.456, " 123.5 GB/s "}, {1234.56, " 1235 GB/s "},
        {-1.5, " -1.500 GB/s "},    {0.0005, " 0.0005 GB/s "}, {99999999, " 99999999 GB/s "},
        {1.5e12, " 1.5e+12 GB/s "},
    };

    for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        sample_init(&sample);
        sample_row(&sample, "row", "", 1);
        sample.result.sample[0] = values[i].value;
        check_has(values[i].shown);
        sample_free(&sample);
    }
}
END_TEST

/* A row that measures an exit of kind `answer`, with `count` operations of `ticks` each. */
static struct result_row *cost_row(const char *name, enum channel_answer answer, unsigned count,
                                   uint64_t ticks, uint32_t handler_ns)
{
    struct result_row *row = sample_row(&sample, name, "work=none", 3);

    row->has_cost = true;
    row->cost = (struct channel_cost){.answer = answer, .ring = 3, .exit = "exit", .loop_ns = 1};
    row->first_time = sample.result.times;
    row->times = count;
    for (unsigned i = 0; i < count; i++)
        sample.result.time[sample.result.times++] = (struct result_time){ticks, handler_ns};
    return row;
}

START_TEST(costs_are_a_table)
{
    sample_init(&sample);
    check_has_not("ns per operation");
    sample.info.vcpu_stats.name[SAMPLE_IO_EXITS] = "exits";
    cost_row("exits.pio.out", CHANNEL_BY_VMM, 5, 50000, 60)->usage.kvm[SAMPLE_IO_EXITS] = 1500;
    /* A row without a loop. */
    cost_row("exits.cpuid", CHANNEL_BY_KVM, 5, 200000000, RESULT_NO_HANDLER)->cost.loop_ns = 0;
    cost_row("exits.pause", CHANNEL_BY_GUEST, 0, 0, 0);
    check_has(
        "\n                                         guest: round trip  VMM: handler  switch + KVM"
        "\nns per operation                 mean    p50    p99    max    p50    p99    p50    "
        "p99    KVM  by"
        "\nexits.pio.out work=none           2.0  25.0k  25.0k  25.0k     60     60  24.9k  "
        "24.9k  1.500  VMM"
        "\nexits.cpuid work=none               -   100M   100M   100M      -      -      -      "
        "-  0.000  KVM"
        "\nexits.pause work=none             2.0      -      -      -      -      -      -      "
        "-  0.000  -"
        "\nmean: of a loop");
    check_has_not("emulates ring 0");
    check_has_not("the trap to ring 0");
    sample_free(&sample);
}
END_TEST

START_TEST(an_emulated_ring_0_is_marked)
{
    struct result_row *row;

    sample_init(&sample);
    row = cost_row("exits.rdmsr", CHANNEL_BY_KVM, 0, 0, 0);
    row->cost.interpreted = 1;
    row->cost.trap_ns = 16300;
    check_has("  KVM*\n");
    check_has("the trap to ring 0 and back, 16.3k ns, is subtracted.\n");
    check_has("* KVM emulates ring 0 on this host");
    sample_free(&sample);
}
END_TEST

START_TEST(the_vmms_work_is_printed)
{
    struct result_row *row;

    sample_init(&sample);
    sample_row(&sample, "exits.floor", "exit=pio_out", 3)->begin.flags = MINIVMM_BENCH_BARE_RUN;
    row = sample_row(&sample, "exits.added", "exit=pio_out", 6);
    row->begin.flags = MINIVMM_BENCH_ADDED_WORK;
    for (unsigned i = 0; i < 9; i++)
        sample.result.sample[i] = i < 3 ? 1500 : 30;
    check_has(
        "\npio_out: a bare KVM_RUN takes 1500 ns; with the VMM's own work, 1.020 times that.\n"
        "    The VMM's work adds 30.00 ns, 95 %: 30.00 to 30.00\n");
    sample.result.sample[3] = 0;
    check_has("95 %: 0.0000 to 30.00: not significant (95 % interval contains 0)\n");
    sample.result.sample[3] = -40;
    check_has("95 %: -40.00 to 30.00: not significant (95 % interval contains 0)\n");
    for (unsigned i = 3; i < 9; i++)
        sample.result.sample[i] = -30;
    check_has("    The VMM's work adds -30.00 ns, 95 %: -30.00 to -30.00\n");
    row->samples = 5;
    check_has("    The VMM's work adds -30.00 ns (too few samples for a 95 % interval)\n");
    sample_free(&sample);
}
END_TEST

static void count_exit(unsigned vcpu, unsigned slot, uint64_t ns)
{
    exitstat_add(sample.stat[vcpu], slot, ns);
}

START_TEST(exits_are_listed_by_vcpu)
{
    sample_init(&sample);
    count_exit(0, EXIT_PIO_OUT, 30);
    count_exit(1, EXIT_PIO_OUT, 31);
    count_exit(1, exitstat_device(SAMPLE_CHANNEL), 7);
    count_exit(1, exitstat_device(SAMPLE_DISK), 7);
    check_has(" all pio_out                      2      30 ns      31 ns      31 ns      61 ns\n"
              " all channel         *            1       7 ns       7 ns       7 ns       7 ns\n"
              "   0 pio_out                      1      30 ns      30 ns      30 ns      30 ns\n"
              "   1 pio_out                      1      31 ns      31 ns      31 ns      31 ns\n"
              "   1 channel         *            1       7 ns       7 ns       7 ns       7 ns\n");
    sample.info.vcpus = 1;
    check_has_not(" all ");
    sample_free(&sample);
}
END_TEST

START_TEST(no_percentile_exceeds_the_maximum)
{
    sample_init(&sample);
    count_exit(0, EXIT_PIO_OUT, 1000);
    sample.info.vcpus = 1;
    check_has("   0 pio_out                      1    1.00 us    1.00 us    1.00 us    1.00 us\n");
    sample_free(&sample);
}
END_TEST

START_TEST(the_end_is_printed)
{
    sample_init(&sample);
    check_has_not("ended with status");
    sample.result.exit_status = 3;
    check_has("\nThe guest ended with status 3.\n");
    sample.result.has_fault = true;
    sample.result.fault = (struct channel_fault){.vector = 14,
                                                 .vcpu = 1,
                                                 .error = 6,
                                                 .address = 0x1234,
                                                 .rip = 0x400010,
                                                 .cs = 0x1b,
                                                 .rflags = 0x202,
                                                 .regs = {[15] = 0xf0f}};
    check_has("\nThe guest faulted on vCPU 1 in ring 3: page fault (vector 14, error 0x6)\n"
              "at rip 0x400010, address 0x1234, rflags 0x202\n"
              " rax 0000000000000000 ");
    check_has(" r15 0000000000000f0f\n");
    sample.info.stop = STOP_ERROR;
    err_set(&sample.info.error, ERR_FAILED, "the device is unhappy");
    check_has("\n\nerror    the device is unhappy\n");
    sample_free(&sample);
}
END_TEST

START_TEST(skips_and_warnings_are_wrapped)
{
    sample_init(&sample);
    strcpy(sample.result.skip[0].name, "touch.2m");
    strcpy(sample.result.skip[0].reason,
           "memory cannot be given back to the host, which is what "
           "this benchmark does before each of its samples, (errno 22)");
    sample.result.skipped = 1;
    sample.config.pin_count = 0;
    check_has("\nskipped  touch.2m: memory cannot be given back to the host, which is what this "
              "benchmark does before\n         each of its samples, (errno 22)\n");
    check_has("\nwarning  not pinned: the host's scheduler may move the vCPUs (--pin LIST)\n");
    sample_free(&sample);
}
END_TEST

/* A word of `length` characters. */
static char *word(char *text, size_t length)
{
    memset(text, 'w', length);
    text[length] = '\0';
    return text;
}

START_TEST(the_longest_texts_fit)
{
    sample_init(&sample);
    word(sample.host.cpu, sizeof(sample.host.cpu) - 1);
    word(sample.host.kernel, sizeof(sample.host.kernel) - 1);
    sample.host.family = sample.host.cpus = sample.host.cpus_usable = UINT32_MAX;
    sample.host.memory_bytes = UINT64_MAX;
    for (unsigned i = 0; i < 3; i++) {
        word(sample.result.skip[i].name, CHANNEL_NAME_MAX - 1);
        word(sample.result.skip[i].reason, 100 + 50 * i);
        word(sample.result.warn[i].code, CHANNEL_NAME_MAX - 1);
        word(sample.result.warn[i].text, 80 + 10 * i);
    }
    sample.result.skipped = sample.result.warned = 3;
    check_each_width();
    sample_free(&sample);
}
END_TEST

START_TEST(real_machines_with_long_names_fit)
{
    sample_init(&sample);
    strcpy(sample.host.cpu, "Intel(R) Xeon(R) Platinum 8488C CPU @ 2.40GHz");
    strcpy(sample.host.kernel, "Linux 6.8.0-1021-azure-fde-cvm");
    sample.host.cpus = sample.host.cpus_usable = 192;
    sample.host.memory_bytes = 1536ull << 30;
    sample.config.vcpus = 192;
    sample.config.mem_bytes = 1500ull << 30;
    sample.info.memory.resident_bytes = 1499ull << 30;
    sample.info.startup.exec_to_main = 1210000;
    sample.info.startup.main_to_entry = 15200000;
    sample.info.startup.entry_to_user = 12100000;
    sample.info.startup.teardown = 27100000;
    check_has("Intel(R) Xeon(R) Platinum 8488C CPU @ 2.40GHz");
    check_has("6.8.0-1021-azure-fde-cvm");
    check_has("teardown 27.1 ms\n");
    sample_free(&sample);
}
END_TEST

START_TEST(extreme_numbers_fit)
{
    static const double extremes[] = {DBL_MAX, -DBL_MAX,   DBL_MIN,     -DBL_MIN,
                                      4e-320,  99999999.7, -99999999.7, 9999999.7,
                                      1e100,   -1.25e-100, 999.99999,   1e8};

    sample_init(&sample);
    sample.config.vcpus = CONFIG_VCPUS_MAX;
    sample.config.mem_bytes = UINT64_MAX - CONFIG_PAGE_2M + 1;
    sample.info.memory = (struct memory_usage){UINT64_MAX, UINT64_MAX / 2, 0, 0, 0, 0};
    sample.info.startup = (struct run_startup){0};
    sample.info.startup.exec_to_main = sample.info.startup.main_to_entry = UINT64_MAX - 1;
    sample.info.startup.entry_to_user = sample.info.startup.teardown = UINT64_MAX - 1;
    sample.info.end.raw_ns = UINT64_MAX;
    sample.report.steal_pct = 100;
    for (unsigned i = 0; i < sizeof(extremes) / sizeof(extremes[0]); i++) {
        struct result_row *row = sample_row(&sample, "", "", 2);

        word(row->begin.name, i % 2 ? CHANNEL_NAME_MAX - 1 : 5);
        word(row->begin.params, i % 3 ? CHANNEL_PARAMS_MAX - 1 : 0);
        word(row->begin.unit, i % 5 ? CHANNEL_UNIT_MAX - 1 : 1);
        row->begin.threads = CONFIG_VCPUS_MAX;
        row->ops = i % 4 ? 1 : INT64_MAX;
        row->window_ticks = INT64_MAX >> i;
        row->check = RESULT_WRONG;
        sample.result.sample[row->first_sample] = extremes[i];
        sample.result.sample[row->first_sample + 1] = extremes[(i + 1) % 12];
        for (unsigned reason = 0; reason < EXIT_REASONS; reason++) {
            row->usage.count[reason] = UINT64_MAX >> i * 5;
            row->usage.handler_ns[reason] = UINT64_MAX >> i * 5;
        }
        row->usage.in_run_ns = row->usage.time.on_cpu_ns = UINT64_MAX;
        row->usage.time.runqueue_ns = UINT64_MAX;
    }
    for (unsigned slot = 0; slot < EXITSTAT_SLOTS; slot++)
        for (unsigned vcpu = 0; vcpu < SAMPLE_VCPUS; vcpu++)
            count_exit(vcpu, slot, UINT64_MAX);
    sample.stat[0]->slot[0].count = UINT64_MAX;
    check_each_width();
    sample_free(&sample);
}
END_TEST

START_TEST(extreme_costs_fit)
{
    static const double values[] = {DBL_MAX, -DBL_MAX, DBL_MIN,   999.96,  9.96,   99960,
                                    999999,  99960000, 999999999, 9.99e11, 1e12,   0,
                                    1e100,   1e9,      -1,        99.6e6,  99.6e9, 4e-320};
    char params[CHANNEL_PARAMS_MAX];

    sample_init(&sample);
    for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct result_row *row =
            cost_row("", i % CHANNEL_ANSWERS, 2, INT64_MAX >> 3 * i, i % 2 ? UINT32_MAX - 1 : 60);

        word(row->begin.name, i % 2 ? CHANNEL_NAME_MAX - 1 : 5);
        word(row->begin.params, i % 3 ? CHANNEL_PARAMS_MAX - 1 : 0);
        row->cost.interpreted = i % 2;
        row->cost.loop_ns = row->cost.trap_ns = values[i];
        for (unsigned s = 0; s < 3; s++)
            sample.result.sample[row->first_sample + s] = values[i];
        word(params, i % 2 ? CHANNEL_PARAMS_MAX - 1 : 15);
        params[0] = (char)('a' + i);
        sample_row(&sample, "exits.floor", params, 1)->begin.flags = MINIVMM_BENCH_BARE_RUN;
        sample.result.sample[sample.result.samples - 1] = values[i];
        sample_row(&sample, "exits.added", params, 1)->begin.flags = MINIVMM_BENCH_ADDED_WORK;
        sample.result.sample[sample.result.samples - 1] = values[(i * 7 + 1) % 18];
    }
    check_each_width();
    sample_free(&sample);
}
END_TEST

START_TEST(any_fault_fits)
{
    sample_init(&sample);
    sample.result.has_fault = true;
    memset(&sample.result.fault, 0xff, sizeof(sample.result.fault));
    for (uint32_t vector = 0; vector < 33; vector++) {
        sample.result.fault.vector = vector < 32 ? vector : UINT32_MAX;
        check_has("The guest faulted on vCPU 4294967295 in ring 3: ");
        check_each_width();
    }
    sample_free(&sample);
}
END_TEST

SUITE_MAIN("text", the_head_names_the_host, unknown_values_are_not_in_the_head,
           unknown_times_are_dashes, cores_of_several_kinds_have_a_line, a_cpu_quota_is_in_the_head,
           masked_features_have_a_line, a_given_topology_is_printed, a_native_run_has_no_machine,
           unknown_values_are_omitted, a_row_has_its_result_and_costs, a_short_window_has_no_shares,
           extreme_shares_are_abbreviated, few_samples_have_no_spread,
           an_incomplete_row_shows_its_samples, values_have_four_digits, costs_are_a_table,
           an_emulated_ring_0_is_marked, the_vmms_work_is_printed, exits_are_listed_by_vcpu,
           no_percentile_exceeds_the_maximum, the_end_is_printed, skips_and_warnings_are_wrapped,
           the_longest_texts_fit, real_machines_with_long_names_fit, extreme_numbers_fit,
           extreme_costs_fit, any_fault_fits)
