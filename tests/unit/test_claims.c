/* SPDX-License-Identifier: MIT */
/* Verdicts on the claims, from results with known answers. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tools/virtcost/claims/claims.h"

static json_t *results_begin(const char *paging, int cpus, int nodes)
{
    return json_pack("{s:s, s:{s:s, s:i, s:i}, s:[]}", "schema", "virtcost/2", "host", "paging",
                     paging, "cpus", cpus, "numa_nodes", nodes, "experiments");
}

static json_t *experiment(json_t *results, const char *name)
{
    json_t *experiments = json_object_get(results, "experiments"), *found;
    size_t i;

    json_array_foreach (experiments, i, found) {
        if (!strcmp(json_text_at(found, "name"), name))
            return found;
    }
    json_array_append_new(experiments, json_pack("{s:s, s:[], s:[], s:[], s:[]}", "name", name,
                                                 "values", "ratios", "added", "skipped"));
    return json_array_get(experiments, json_array_size(experiments) - 1);
}

/* Identifies a row. */
struct about {
    const char *experiment, *step, *name, *unit, *better;
    int threads, bs, iodepth;
};

static json_t *row_of(const struct about *about, const char *env)
{
    json_t *params = json_object();

    if (about->bs)
        json_object_update_new(params,
                               json_pack("{s:i, s:i}", "bs", about->bs, "iodepth", about->iodepth));
    return json_pack("{s:s, s:s, s:o, s:i, s:s, s:s, s:s}", "step", about->step, "name",
                     about->name, "params", params, "threads", about->threads, "unit", about->unit,
                     "better", about->better, "env", env);
}

static void add_value(json_t *results, const struct about *about, const char *env, double value)
{
    json_t *row = row_of(about, env), *samples = json_array();

    for (unsigned i = 0; i < 6; i++)
        json_array_append_new(samples, json_real(value * (1 + i * 1e-3)));
    json_object_set_new(row, "samples", samples);
    json_object_set_new(row, "median", json_real(value));
    json_array_append_new(json_at(experiment(results, about->experiment), "values"), row);
}

static void add_ratio(json_t *results, const struct about *about, const char *env, double median,
                      double half, double confidence)
{
    json_t *row = row_of(about, env);

    json_object_set_new(row, "base", json_string("native"));
    json_object_set_new(row, "median", json_real(median));
    json_object_set_new(row, "ci95", json_pack("[f, f]", median - half, median + half));
    json_object_set_new(row, "confidence", json_real(confidence));
    json_array_append_new(json_at(experiment(results, about->experiment), "ratios"), row);
}

/* Native has `value`, the environment `ratio` times that, within 0.01. */
static void add_pair(json_t *results, const struct about *about, const char *env, double value,
                     double ratio)
{
    add_value(results, about, "native", value);
    add_value(results, about, env, value * ratio);
    add_ratio(results, about, env, ratio, 0.01, 0.97);
}

/* Check the answer to the claim with this prefix; its text must contain `expected`. */
static void expect(json_t *results, const char *claim, const char *verdict, const char *expected)
{
    json_t *claims = claims_of(results), *found;
    size_t i, seen = 0;

    json_array_foreach (claims, i, found) {
        const char *ours = json_text_at(found, "ours");

        if (strncmp(json_text_at(found, "claim"), claim, strlen(claim)))
            continue;
        seen++;
        ck_assert_msg(!strcmp(json_text_at(found, "verdict"), verdict), "%s: %s, %s", claim,
                      json_text_at(found, "verdict"), ours);
        ck_assert_msg(strstr(ours, expected) != NULL, "%s: '%s' expected in: %s", claim, expected,
                      ours);
    }
    ck_assert_uint_eq(seen, 1);
    json_decref(claims);
}

#define YES    "reproduced"
#define NO     "not reproduced"
#define CANNOT "cannot be shown here"
#define OTHER  "not comparable"
#define ABSENT "not measured"
#define PART   "measured in part"
#define OPEN   "measured, undecided"

static void add_isa(json_t *results, const char *step, double native, double ratio)
{
    const struct about about = {"vector", step, "linpack", "GFLOP/s", "higher", 1, 0, 0};

    add_pair(results, &about, "vm", native, ratio);
}

/* The ratio of a step to another, within an environment. */
static void add_left(json_t *results, const char *env, double left)
{
    const struct about about = {"vector", "isa=sse2", "linpack", "GFLOP/s", "higher", 1, 0, 0};
    json_t *ratios = json_at(experiment(results, "vector"), "ratios"), *row;

    add_ratio(results, &about, env, left, 0.01, 0.97);
    row = json_array_get(ratios, json_array_size(ratios) - 1);
    json_object_set_new(row, "base", json_string(env));
    json_object_set_new(row, "base_step", json_string("isa=avx512"));
}

START_TEST(compute_loses_what_a_hidden_unit_gives)
{
    static const struct {
        double whole, whole_ratio, sse2, sse2_ratio;
        const char *verdict;
    } cases[] = {
        {110, 1.0, 50, 1.0, YES}, {110, 0.99, 25, 1.0, YES}, /* without FMA as well */
        {110, 0.8, 50, 1.0, NO},                             /* the VM itself loses */
        {110, 1.0, 90, 1.0, NO},                             /* the hidden unit is hardly faster */
        {110, 1.0, 90, 0.55, NO},                            /* and not natively */
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *results = results_begin("ept", 2, 1);

        add_isa(results, "isa=avx512", cases[i].whole, cases[i].whole_ratio);
        add_isa(results, "isa=sse2", cases[i].sse2, cases[i].sse2_ratio);
        expect(results, "compute", PART, "no rows for it in the experiment vector");
        add_left(results, "native", cases[i].sse2 / cases[i].whole);
        add_left(results, "vm",
                 cases[i].sse2 * cases[i].sse2_ratio / cases[i].whole / cases[i].whole_ratio);
        expect(results, "compute", cases[i].verdict, "isa=avx512: 110.0 / - / ");
        json_decref(results);
    }
}
END_TEST

START_TEST(compute_needs_a_vector_unit_to_hide)
{
    json_t *results = results_begin("ept", 2, 1);

    expect(results, "compute", ABSENT, "virtcost run vector");
    add_isa(results, "isa=sse2", 20, 1);
    expect(results, "compute", ABSENT, "no rows for it in the experiment vector");
    json_array_append_new(json_at(experiment(results, "vector"), "skipped"),
                          json_pack("{s:s, s:s, s:s}", "env", "vm", "step", "isa=avx2", "reason",
                                    "the CPU has no AVX2"));
    expect(results, "compute", CANNOT, "the CPU has no AVX2");
    json_decref(results);
}
END_TEST

static void add_kernel(json_t *results, const char *name, int threads, double native, double ratio)
{
    const struct about about = {"kernels", threads == 1 ? "threads=1" : "threads=2",
                                name,      strcmp(name, "stream.triad") ? "GUPS" : "GB/s",
                                "higher",  threads,
                                0,         0};

    add_pair(results, &about, "vm", native, ratio);
}

START_TEST(sequential_memory_ties_at_one_and_at_all_cpus)
{
    json_t *results = results_begin("ept", 2, 1);

    expect(results, "sequential", ABSENT, "virtcost run kernels");
    add_kernel(results, "stream.triad", 1, 40, 0.995);
    expect(results, "sequential", PART, "no rows for it in the experiment kernels");
    add_kernel(results, "stream.triad", 2, 50, 0.985);
    expect(results, "sequential", YES,
           "stream.triad, 1 thread: 40.00 / - / 39.80 GB/s, VM/native 0.9950 [0.9850, 1.005]");
    expect(results, "sequential", YES, "in for the study's two sockets");
    add_kernel(results, "stream.triad", 2, 50, 0.9);
    expect(results, "sequential", NO, "0.9000 [0.8900, 0.9100]");
    json_decref(results);

    /* A ratio to a container does not answer the claim. */
    results = results_begin("ept", 1, 1);
    add_kernel(results, "stream.triad", 1, 40, 0.995);
    json_object_set_new(json_at(results, "experiments.0.ratios.0"), "base",
                        json_string("container"));
    expect(results, "sequential", ABSENT, "no rows for it in the experiment kernels");
    json_decref(results);

    results = results_begin("ept", 1, 2);
    add_kernel(results, "stream.triad", 1, 40, 0.995);
    expect(results, "sequential", YES, "");
    json_decref(results);
}
END_TEST

/* An interval that could contain the claimed loss is no tie, nor is an unsure one. */
START_TEST(a_wide_or_unsure_interval_decides_nothing)
{
    static const struct about one = {"kernels", "threads=1", "stream.triad", "GB/s", "higher", 1, 0,
                                     0};
    static const struct {
        double median, half, confidence;
        const char *verdict;
    } cases[] = {
        {1, 0.2, 0.97, OPEN},      {1, 0.01, 0.75, OPEN},     {0.5, 0.01, 0.75, OPEN},
        {0.95, 0.04, 0.97, NO},    {0.95, 0.051, 0.97, OPEN}, {0.985, 0.01, 0.97, YES},
        {0.96, 0.045, 0.97, OPEN}, {1.2, 0.01, 0.97, YES},    {0.975, 0.01, 0.97, NO},
        {1.1, 0.2, 0.97, OPEN},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *results = results_begin("ept", 1, 1);

        add_value(results, &one, "native", 40);
        add_ratio(results, &one, "vm", cases[i].median, cases[i].half, cases[i].confidence);
        expect(results, "sequential", cases[i].verdict, "1 thread: 40.00 / - / - GB/s");
        json_decref(results);
    }
}
END_TEST

static void add_blk(json_t *results, const char *env, const char *name, int bs, int depth,
                    double ratio)
{
    const struct about about = {"blk", "", name, "IOPS", "higher", 1, bs, depth};

    add_pair(results, &about, env, bs == 4096 ? 84000 : 500, ratio);
}

/* An interval on both sides of the claim's threshold decides nothing; its figures are quoted. */
START_TEST(what_is_measured_is_never_called_not_measured)
{
    static const struct about triad = {
        "kernels", "threads=1", "stream.triad", "GB/s", "higher", 1, 0, 0};
    static const struct about gups = {"kernels", "threads=1", "gups.stream", "GUPS", "higher", 1, 0,
                                      0};
    static const struct about sse2 = {"vector", "isa=sse2", "linpack", "GFLOP/s",
                                      "higher", 1,          0,         0};
    static const struct about small = {"blk", "", "blk.randread", "IOPS", "higher", 1, 4096, 1};
    json_t *results = results_begin("ept", 1, 1);

    add_value(results, &triad, "native", 40);
    add_ratio(results, &triad, "vm", 1, 0.2, 0.97);
    add_ratio(results, &triad, "vm", 1, 0.2, 0.5);
    expect(results, "sequential", OPEN, "VM/native 1.000 [0.8000, 1.200], unclear; ");
    expect(results, "sequential", OPEN,
           "VM/native 1.000 (too few blocks for an interval), unclear; ");
    expect(results, "sequential", OPEN, "too few blocks to decide: at least 6 are needed");

    /* The loss may be 14 %, or 0. */
    add_value(results, &gups, "native", 0.05);
    add_ratio(results, &gups, "vm", 0.93, 0.08, 0.97);
    expect(results, "random memory loses", OPEN, "VM/native 0.9300 [0.8500, 1.010], unclear");

    /* It is unclear whether a step loses half. */
    add_isa(results, "isa=avx512", 110, 1);
    add_left(results, "native", 0.45);
    add_ratio(results, &sse2, "vm", 0.58, 0.05, 0.97);
    json_object_set_new(json_at(experiment(results, "vector"), "ratios.2"), "base_step",
                        json_string("isa=avx512"));
    expect(results, "compute", OPEN, "in the VM 0.5800 [0.5300, 0.6300]");

    /* There is a loss, but perhaps less than the claim needs. */
    add_ratio(results, &small, "vm", 0.8, 0.05, 0.97);
    add_blk(results, "vm", "blk.read", 1 << 20, 2, 1);
    expect(results, "small I/O", OPEN, "VM/native 0.8000 [0.7500, 0.8500]; ");
    json_decref(results);
}
END_TEST

/* More samples would decide; their number is stated where it can be estimated. */
START_TEST(blocks_that_would_decide_are_stated)
{
    static const struct about triad = {
        "kernels", "threads=1", "stream.triad", "GB/s", "higher", 1, 0, 0};
    json_t *results = results_begin("ept", 1, 1), *row, *samples = json_array();

    add_value(results, &triad, "native", 40);
    add_ratio(results, &triad, "vm", 1, 0.0609, 0.97);
    row = json_at(experiment(results, "kernels"), "ratios.0");
    for (unsigned i = 0; i < 10; i++)
        json_array_append_new(samples, json_real(1));
    json_object_set_new(row, "samples", samples);
    expect(results, "sequential", OPEN, "unclear (about 46 blocks would settle it)");
    expect(results, "sequential", OPEN, "too few blocks to decide: about 46 are needed");
    /* With a margin of 10 %, it is clear. */
    json_object_set_new(results, "margin_pct", json_integer(10));
    expect(results, "sequential", YES, "VM/native 1.000 [0.9391, 1.061]");
    json_decref(results);
}
END_TEST

static void add_pages(json_t *results, const char *step, double ratio)
{
    const struct about about = {"pages", step, "gups.stream", "GUPS", "higher", 1, 0, 0};

    add_pair(results, &about, "vm", 0.05, ratio);
}

START_TEST(random_memory_loses_to_the_nested_walk)
{
    json_t *results = results_begin("ept", 2, 1);

    add_kernel(results, "gups.stream", 1, 0.0458, 0.86);
    expect(results, "random memory loses", YES, "1 thread: 0.04580 / - / 0.03939 GUPS");
    json_decref(results);

    /* Large pages hide the loss, small ones show it. */
    results = results_begin("npt", 2, 1);
    add_kernel(results, "gups.stream", 1, 0.0458, 0.99);
    expect(results, "random memory loses", NO, "virtcost run pages");
    add_pages(results, "host=2M,guest=2M", 0.99);
    add_pages(results, "host=4K,guest=4K", 0.8);
    expect(results, "random memory loses", YES, "host=2M,guest=2M: 0.05000 / - / 0.04950 GUPS");
    json_decref(results);

    results = results_begin("npt", 2, 1);
    add_kernel(results, "gups.stream", 1, 0.0458, 0.99);
    add_pages(results, "host=4K,guest=4K", 0.99);
    expect(results, "random memory loses", NO, "host=4K,guest=4K");
    json_decref(results);
}
END_TEST

START_TEST(shadow_paging_has_no_nested_walk)
{
    json_t *results = results_begin("shadow", 2, 1);

    expect(results, "random memory loses", ABSENT, "virtcost run kernels");
    add_kernel(results, "gups.stream", 1, 0.0458, 1);
    expect(results, "random memory loses", CANNOT, "a tie is expected");
    json_decref(results);

    results = results_begin("shadow", 2, 1);
    add_kernel(results, "gups.stream", 1, 0.0458, 0.8);
    expect(results, "random memory loses", CANNOT, "the measured loss has another cause");
    json_decref(results);
}
END_TEST

START_TEST(the_loop_decides_whether_all_cpus_tie)
{
    json_t *results = results_begin("ept", 2, 1);

    expect(results, "random memory ties", ABSENT, "virtcost run kernels");
    add_kernel(results, "gups.forkjoin", 1, 0.1, 0.5);
    add_kernel(results, "gups.forkjoin", 2, 0.1, 1);
    add_kernel(results, "gups.stream", 2, 0.2, 0.86);
    expect(results, "random memory ties", YES, "hides the loss measured");
    expect(results, "random memory ties", YES,
           "rate of the first loop relative to the second, natively 0.5000 [");
    json_decref(results);

    results = results_begin("shadow", 2, 1);
    add_kernel(results, "gups.forkjoin", 2, 0.1, 1);
    add_kernel(results, "gups.stream", 2, 0.2, 1);
    expect(results, "random memory ties", YES, "hides no loss: there is none");
    json_decref(results);

    results = results_begin("ept", 2, 1);
    add_kernel(results, "gups.forkjoin", 2, 0.1, 0.6);
    expect(results, "random memory ties", NO, "cost more in the VM");
    json_decref(results);

    results = results_begin("ept", 1, 1);
    expect(results, "random memory ties", CANNOT, "one CPU");
    json_decref(results);
}
END_TEST

START_TEST(small_io_suffers_if_large_does_not)
{
    static const struct {
        double small, large;
        const char *verdict;
    } cases[] = {{0.5, 0.98, YES}, {0.5, 0.7, NO}, {0.98, 0.98, NO}, {0.9, 0.98, NO}};

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *results = results_begin("ept", 2, 1);

        expect(results, "small I/O", ABSENT, "virtcost run blk");
        add_blk(results, "vm", "blk.randread", 4096, 1, cases[i].small);
        expect(results, "small I/O", PART, "no rows for it in the experiment blk");
        add_blk(results, "vm", "blk.read", 1 << 20, 2, cases[i].large);
        json_array_append_new(json_at(experiment(results, "blk"), "added"),
                              json_pack("{s:s, s:{s:i, s:i}, s:f, s:[{s:s, s:f, s:f}], s:f, s:f}",
                                        "name", "blk.randread", "params", "bs", 4096, "iodepth", 1,
                                        "added_ns", 11700.0, "parts", "what", "kick, in KVM",
                                        "per_io", 1.0, "ns", 2700.0, "predicted_ns", 2700.0,
                                        "residual_ns", 9000.0));
        expect(results, "small I/O", cases[i].verdict, "depth 2: 524.3 / - / ");
        expect(results, "small I/O", cases[i].verdict, " MB/s, VM/native");
        expect(results, "small I/O", cases[i].verdict, "kick, in KVM 1 x 2.700 us");
        expect(results, "small I/O", cases[i].verdict, "residual 9.000 us");
        json_decref(results);
    }
}
END_TEST

START_TEST(there_is_no_network)
{
    json_t *results = results_begin("ept", 2, 1);

    expect(results, "network latency", ABSENT, "no network device");
    expect(results, "container network", ABSENT, "no network device");
    json_decref(results);
}
END_TEST

START_TEST(starting_without_an_operating_system_is_not_comparable)
{
    static const struct about total = {"startup", "", "startup.total", "ns", "lower", 1, 0, 0};
    static const struct about rate = {"density", "", "density.rate", "1/s", "higher", 1, 0, 0};
    json_t *results = results_begin("ept", 2, 1);

    expect(results, "VMs start slowly", ABSENT, "virtcost run startup");
    expect(results, "VMs start slowly", ABSENT, "virtcost run density");
    add_value(results, &total, "native", 200e3);
    add_value(results, &total, "container", 70e6);
    add_value(results, &total, "vm", 2.5e6);
    expect(results, "VMs start slowly", OTHER,
           "from start to end: a process 200.0 us, a container 70.00 ms, a VM 2.500 ms");
    expect(results, "VMs start slowly", OTHER, "boots no operating system");
    expect(results, "VMs start slowly", OTHER, "virtcost run density");
    add_value(results, &rate, "vm", 1000);
    expect(results, "VMs start slowly", OTHER, "rate of concurrent starts: a VM 1000 1/s");
    json_decref(results);
}
END_TEST

START_TEST(layers_cost_if_volumes_do_not)
{
    static const struct {
        double layers, volume;
        const char *verdict;
    } cases[] = {{0.8, 1, YES}, {1, 1, NO}, {0.8, 0.8, NO}};

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *results = results_begin("ept", 2, 1);

        expect(results, "container storage", ABSENT, "virtcost run blk");
        add_blk(results, "container", "blk.randread", 4096, 1, 1);
        add_blk(results, "container", "blk.randwrite", 4096, 1, cases[i].volume);
        expect(results, "container storage", PART, "volume, 4K randread");
        add_blk(results, "overlayfs", "blk.randwrite", 4096, 1, cases[i].layers);
        expect(results, "container storage", cases[i].verdict,
               "layers, 4K randwrite, depth 1: native 84.00 k IOPS / overlayfs ");
        json_decref(results);
    }
}
END_TEST

static void add_noise(json_t *results, const char *env, const char *name, const char *better,
                      double ratio)
{
    const struct about about = {"noise", "neighbour=disk", name, "", better, 1, 0, 0};
    json_t *ratios = json_at(experiment(results, "noise"), "ratios");

    add_ratio(results, &about, env, ratio, 0.01, 0.97);
    json_object_set_new(json_array_get(ratios, json_array_size(ratios) - 1), "base_step",
                        json_string("alone"));
}

START_TEST(isolation_is_weaker_where_the_victim_suffers_more)
{
    static const struct {
        double container, vm; /* ratios of a latency */
        double margin_pct;
        const char *verdict, *text;
    } cases[] = {
        {2, 1.5, 3, YES, "loses more in 1, the VM in 0, both the same in 1, and 0 are"},
        {2, 2.01, 3, NO, "loses more in 0, the VM in 0, both the same in 2, and 0 are"},
        {2, 2.01, 0.5, OPEN, "both the same in 0, and 2 are unclear; too wide an interval"},
        {1.5, 2, 3, NO, "blk.randread.p99 beside neighbour=disk: container 0.6667"},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *results = results_begin("ept", 2, 1);

        json_object_set_new(results, "margin_pct", json_real(cases[i].margin_pct));
        expect(results, "containers isolate", ABSENT, "virtcost run noise");
        add_noise(results, "container", "linpack", "higher", 0.9);
        add_noise(results, "container", "blk.randread.p99", "lower", cases[i].container);
        expect(results, "containers isolate", ABSENT, "no rows for it in the experiment noise");
        add_noise(results, "vm", "blk.randread.p99", "lower", cases[i].vm);
        add_noise(results, "vm", "linpack", "higher", 0.9);
        expect(results, "containers isolate", cases[i].verdict, cases[i].text);
        json_decref(results);
    }
}
END_TEST

static char *print(const json_t *claims)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    claims_print(out, claims);
    fclose(out);
    return text;
}

START_TEST(the_text_is_wrapped)
{
    json_t *results = results_begin("ept", 2, 1), *claims;
    char *text;

    for (int threads = 1; threads < 40; threads++)
        add_kernel(results, "stream.triad", threads, 40, 0.995);
    claims = claims_of(results);
    text = print(claims);
    ck_assert(strstr(text, "sequential memory ties: reproduced\n  study   STREAM triad") != NULL);
    ck_assert(strstr(text, "\n\ncompute") == NULL && !strncmp(text, "compute", 7));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= 100, "%.*s", (int)strcspn(line, "\n"), line);
    free(text);
    json_decref(claims);
    json_decref(results);
}
END_TEST

/* Arbitrary content causes no crash, and no claim on what was not measured. */
START_TEST(arbitrary_files_are_safe)
{
    static const char *const rows[] = {
        "3",
        "{}",
        "[1, null, [], {}]",
        "[{\"name\": \"stream.triad\", \"env\": \"vm\", \"threads\": 1}]",
        "[{\"name\": \"stream.triad\", \"env\": \"vm\", \"threads\": 1, \"median\": 0, \"ci95\": "
        "[0, 0], \"confidence\": 1}]",
        "[{\"name\": \"stream.triad\", \"env\": \"vm\", \"threads\": 1, \"median\": -1, \"ci95\": "
        "[-2, -1], \"confidence\": 1, \"better\": \"lower\"}]",
        "[{\"name\": \"stream.triad\", \"env\": \"vm\", \"threads\": 1, \"median\": \"1\", "
        "\"ci95\": {}, \"confidence\": [], \"params\": 7}]",
        "[{\"step\": \"isa=sse2\", \"name\": \"linpack\", \"env\": \"vm\", \"samples\": [0, 0], "
        "\"median\": 1e308, \"unit\": \"\\u001b\"}, {\"step\": \"isa=avx2\", \"name\": "
        "\"linpack\", \"env\": \"vm\", \"samples\": [0], \"median\": 1e308, \"ci95\": [1, 1], "
        "\"base\": \"\\u001b[2J\"}]",
        "[{\"name\": \"blk.randread\", \"params\": {\"bs\": 4096, \"iodepth\": 1}, \"added_ns\": "
        "1e300, \"parts\": [1, {\"what\": \"\\u001b[2J\\n\", \"per_io\": 1e300}]}]",
        "[{\"base_step\": \"alone\", \"env\": \"container\"}, {\"base_step\": \"alone\", \"env\": "
        "\"vm\"}]",
        "[{\"step\": \"isa=avx2\", \"reason\": \"\\u001b[2J\"}]",
    };
    static const char *const names[] = {"kernels", "vector",  "pages", "blk",
                                        "startup", "density", "noise"};

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *results = results_begin("ept", 1, 1), *claims, *claim, *row = NULL;
        char *text;
        size_t k;

        row = json_loads(rows[i], JSON_DECODE_ANY, NULL);
        ck_assert_msg(row != NULL, "%s", rows[i]);
        for (unsigned n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
            static const char *const keys[] = {"values", "ratios", "added", "skipped"};

            for (k = 0; k < 4; k++)
                json_object_set(experiment(results, names[n]), keys[k], row);
        }
        claims = claims_of(results);
        json_array_foreach (claims, k, claim) {
            ck_assert_str_ne(json_text_at(claim, "verdict"), YES);
            ck_assert_str_ne(json_text_at(claim, "verdict"), NO);
        }
        text = print(claims);
        ck_assert(strchr(text, '\033') == NULL);
        free(text);
        json_decref(claims);
        json_decref(results);
        json_decref(row);
    }
    json_decref(claims_of(NULL));
    free(print(NULL));
}
END_TEST

SUITE_MAIN("claims", compute_loses_what_a_hidden_unit_gives, compute_needs_a_vector_unit_to_hide,
           sequential_memory_ties_at_one_and_at_all_cpus, a_wide_or_unsure_interval_decides_nothing,
           what_is_measured_is_never_called_not_measured, blocks_that_would_decide_are_stated,
           random_memory_loses_to_the_nested_walk, shadow_paging_has_no_nested_walk,
           the_loop_decides_whether_all_cpus_tie, small_io_suffers_if_large_does_not,
           there_is_no_network, starting_without_an_operating_system_is_not_comparable,
           layers_cost_if_volumes_do_not, isolation_is_weaker_where_the_victim_suffers_more,
           the_text_is_wrapped, arbitrary_files_are_safe)
