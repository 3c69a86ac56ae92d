/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/costs.h"
#include "vmm/core/base/stats.h"

enum { NATIVE, CONTAINER, OVERLAYFS, VM, NULL_ENV, ENVS };

static const char *const envs[ENVS] = {"native", "container", "overlayfs", "vm", "null"};

#define BLOCKS 10
#define STARTS 200

static uint64_t state;

/* The current experiment: the samples per row, and their spread. */
static unsigned samples;
static double spread;

/* Around 1, mostly within `spread` of it; skewed as times are. */
static double noise(void)
{
    double sum = 0;

    for (int i = 0; i < 6; i++)
        sum += (double)(stats_random(&state) >> 11) / (double)(1ull << 53) - 0.5;
    return exp(sum * spread);
}

/* A row of an experiment, and the figure of each environment; 0: none. */
struct row {
    const char *step, *name;
    json_t *params;
    int threads;
    const char *unit, *better;
    double of[ENVS];
};

static json_t *describe(const struct row *row, unsigned env)
{
    return json_pack("{s:s, s:s, s:O, s:i, s:s, s:s, s:s}", "step", row->step, "name", row->name,
                     "params", row->params, "threads", row->threads, "unit", row->unit, "better",
                     row->better, "env", envs[env]);
}

static json_t *samples_of(double median)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < samples; i++)
        json_array_append_new(array, json_real(median * noise()));
    return array;
}

static void set_summary(json_t *object, double median)
{
    json_object_set_new(object, "samples", samples_of(median));
    json_object_set_new(object, "median", json_real(median));
    json_object_set_new(object, "ci95",
                        json_pack("[f, f]", median * (1 - spread), median * (1 + spread)));
    json_object_set_new(object, "confidence", json_real(0.95));
}

static void add_ratio(json_t *experiment, const struct row *row, unsigned env, double base,
                      const char *base_step)
{
    json_t *ratio = describe(row, env);

    json_object_set_new(ratio, "base", json_string(base_step ? envs[env] : envs[NATIVE]));
    if (base_step)
        json_object_set_new(ratio, "base_step", json_string(base_step));
    set_summary(ratio, row->of[env] / base);
    json_object_set_new(ratio, "base_median", json_real(base));
    json_object_set_new(ratio, "env_median", json_real(row->of[env]));
    json_object_set_new(ratio, "voided", json_integer(0));
    json_array_append_new(json_object_get(experiment, "ratios"), ratio);
}

/* Add the row, taking its reference. Returns the VM's value, borrowed. */
static json_t *add(json_t *experiment, struct row row)
{
    json_t *of_vm = NULL;

    for (unsigned e = 0; e < ENVS; e++) {
        json_t *value;

        if (row.of[e] <= 0)
            continue;
        value = describe(&row, e);
        set_summary(value, row.of[e]);
        json_array_append_new(json_object_get(experiment, "values"), value);
        of_vm = e == VM ? value : of_vm;
        if (e != NATIVE && row.of[NATIVE] > 0)
            add_ratio(experiment, &row, e, row.of[NATIVE], NULL);
    }
    json_decref(row.params);
    return of_vm;
}

static json_t *begin(json_t *results, const char *name, const char *help, unsigned blocks,
                     double wide)
{
    json_t *experiment =
        json_pack("{s:s, s:s, s:i, s:i, s:[], s:[], s:[]}", "name", name, "help", help, "blocks",
                  blocks, "blocks_wanted", blocks, "values", "ratios", "skipped");

    json_array_append_new(json_object_get(results, "experiments"), experiment);
    samples = blocks;
    spread = wide;
    return experiment;
}

static void add_chase(json_t *experiment, const char *step, int threads, const char *name,
                      double walk)
{
    for (int kib = 32; kib <= 512 << 10; kib *= 4) {
        double ns = kib <= 32 ? 1.3 : kib <= 512 ? 3.8 : kib <= 16384 ? 14 + kib / 2048.0 : 152;
        double vm = ns * (1 + walk * (kib > 512) + walk * (kib > 16384));

        add(experiment, (struct row){step,
                                     name,
                                     json_pack("{s:i}", "kib", kib),
                                     threads,
                                     "ns",
                                     "lower",
                                     {ns, ns * 1.002, 0, vm, ns * 0.998}});
    }
}

static void add_kernels(json_t *results)
{
    static const char *const steps[] = {"threads=1", "threads=2"};
    json_t *experiment =
        begin(results, "kernels", "compute and memory, one thread and all", BLOCKS, 0.006);

    for (int i = 0; i < 2; i++) {
        double times = i ? 1.93 : 1, ties = i ? 1.1 : 1;
        const char *step = steps[i];
        int threads = i + 1;
        json_t *vm;

        vm = add(experiment,
                 (struct row){step,
                              "linpack",
                              json_pack("{s:i}", "n", 6000),
                              threads,
                              "GFLOP/s",
                              "higher",
                              {110 * times, 110.1 * times, 0, 109.8 * times, 109.9 * times}});
        json_object_set_new(vm, "exits_per_op", json_pack("{s:f}", "mmio_write", 0.8));
        add(experiment, (struct row){step,
                                     "stream.triad",
                                     json_pack("{s:s}", "store", "plain"),
                                     threads,
                                     "GB/s",
                                     "higher",
                                     {43.7 * ties, 43.8 * ties, 0, 43.4 * ties, 43.7 * ties}});
        add(experiment, (struct row){step,
                                     "stream.triad",
                                     json_pack("{s:s}", "store", "nt"),
                                     threads,
                                     "GB/s",
                                     "higher",
                                     {57.2 * ties, 57.1 * ties, 0, 57 * ties, 57.3 * ties}});
        add(experiment,
            (struct row){step,
                         "gups.stream",
                         json_pack("{s:i}", "mib", 1024),
                         threads,
                         "GUPS",
                         "higher",
                         {0.1148 * times, 0.1147 * times, 0, 0.0988 * times, 0.1149 * times}});
        vm = add(experiment,
                 (struct row){step,
                              "gups.forkjoin",
                              json_pack("{s:i}", "mib", 1024),
                              threads,
                              "GUPS",
                              "higher",
                              {0.1109 * ties, 0.1107 * ties, 0, 0.1101 * ties, 0.1111 * ties}});
        json_object_set_new(vm, "exits_per_op",
                            json_pack("{s:f, s:f}", "mmio_write", 41.0 * i + 0.1, "pio_out", 2.0));
        add_chase(experiment, step, threads, "chase.line", 0.04);
        add_chase(experiment, step, threads, "chase.page", 0.22);
    }
}

static json_t *latency(double ns, double tail)
{
    static const double percents[] = {0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100};
    json_t *points = json_array();

    for (unsigned i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
        double nines = percents[i] > 99.995 ? 4.6 : -log10(1 - percents[i] / 100);

        json_array_append_new(points, json_pack("[f, f]", percents[i],
                                                ns * (0.82 + 0.35 * nines + tail * pow(nines, 3))));
    }
    return json_pack("{s:f, s:f, s:f, s:o}", "p50", ns * 0.93, "p99", ns * (1.5 + 8 * tail),
                     "p99.9", ns * (1.9 + 27 * tail), "points", points);
}

/* The time added to one I/O, by depth. */
static void add_added(json_t *experiment, const char *name, json_t *params, double base,
                      double added, double per_io)
{
    double kick = 2700 * per_io, wake = 6200 * per_io, irq = 19000 * per_io;
    json_t *parts = json_pack(
        "[{s:s, s:f, s:f}, {s:s, s:f, s:f}, {s:s, s:f, s:f}]", "what", "kick, in KVM", "per_io",
        per_io, "ns", 2700.0, "what", "wake-up of the disk's thread", "per_io", per_io, "ns",
        6200.0, "what", "interrupt to a halted vCPU", "per_io", per_io, "ns", 19000.0);

    json_array_append_new(json_object_get(experiment, "added"),
                          json_pack("{s:s, s:O, s:f, s:f, s:f, s:o, s:f, s:f}", "name", name,
                                    "params", params, "base_ns", base, "env_ns", base + added,
                                    "added_ns", added, "parts", parts, "predicted_ns",
                                    kick + wake + irq, "residual_ns", added - (kick + wake + irq)));
}

static void add_io(json_t *experiment, const char *name, int bs, int depth, double weight)
{
    double alone = 9000 * weight + bs * 0.12, base = fmax(alone / depth, 800 + bs * 0.08);
    double per_io = 1.0 / (1 + 0.55 * (depth - 1)), added = 29500 * per_io / depth + 40;
    double of[ENVS] = {base, base * 1.004, base * 1.09 + 300, base + added, base * 0.998};
    json_t *values = json_object_get(experiment, "values"), *value, *vm;
    json_t *params = json_pack("{s:i, s:i}", "bs", bs, "iodepth", depth);
    size_t first = json_array_size(values), i;
    struct row row = {"", name, json_incref(params), 1, "IOPS", "higher", {0}};

    for (unsigned e = 0; e < ENVS; e++)
        row.of[e] = 1e9 / of[e];
    vm = add(experiment, row);
    json_object_set_new(
        vm, "exits_per_op",
        json_pack("{s:f, s:f}", "mmio_write", 1.02 * per_io, "mmio_read", 0.5 * per_io));
    json_array_foreach (values, i, value)
        if (i >= first)
            json_object_set_new(value, "latency_ns",
                                latency(of[i - first] * depth, value == vm ? 0.06 : 0.02));
    add_added(experiment, name, params, base, added, per_io);
    json_decref(params);
}

static void add_blk(json_t *results)
{
    static const char *const names[] = {"blk.read", "blk.write", "blk.randread", "blk.randwrite",
                                        "blk.randrw"};
    json_t *experiment =
        begin(results, "blk", "block I/O on a file, by size and depth", BLOCKS, 0.02);

    json_object_set_new(experiment, "added", json_array());
    for (unsigned n = 0; n < 5; n++)
        for (int bs = 512; bs <= 1 << 20; bs *= 2)
            for (int depth = 1; depth <= 64; depth *= 2)
                add_io(experiment, names[n], bs, depth, 1 + n * 0.2);
}

static void add_startup(json_t *results)
{
    static const struct row rows[] = {
        {"", "startup.total", NULL, 1, "ns", "lower", {.9e6, 71e6, 0, 5.2e6, .91e6}},
        {"", "startup.to_user", NULL, 1, "ns", "lower", {.37e6, 66e6, 0, 2.1e6, .372e6}},
        {"", "startup.exec_to_main", NULL, 1, "ns", "lower", {.36e6, 65.8e6, 0, .38e6, .36e6}},
        {"", "startup.main_to_entry", NULL, 1, "ns", "lower", {0, 0, 0, 1.52e6, 0}},
        {"", "startup.entry_to_user", NULL, 1, "ns", "lower", {.01e6, .01e6, 0, .19e6, .01e6}},
        {"", "startup.user_to_end", NULL, 1, "ns", "lower", {.3e6, 3.2e6, 0, 2.6e6, .3e6}},
    };
    json_t *experiment =
        begin(results, "startup", "processes, containers and VMs that end at once", STARTS, 0.1);

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct row row = rows[i];

        row.params = json_object();
        add(experiment, row);
    }
}

static void add_density(json_t *results)
{
    static const struct row rows[] = {
        {"", "density.start", NULL, 1, "s", "lower", {0.31, 74, 0, 1.24, 0}},
        {"", "density.rate", NULL, 1, "1/s", "higher", {3225, 13.5, 0, 806, 0}},
        {"", "density.pss", NULL, 1, "KiB", "lower", {61, 420, 0, 128, 0}},
        {"", "density.kernel", NULL, 1, "KiB", "lower", {92, 640, 0, 1010, 0}},
        {"", "density.guest", NULL, 1, "KiB", "lower", {0, 0, 0, 340, 0}},
    };
    json_t *experiment =
        begin(results, "density", "a thousand at once, alive and answering", BLOCKS, 0.02);

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct row row = rows[i];

        row.params = json_pack("{s:i}", "count", 1000);
        add(experiment, row);
    }
}

static void add_noise(json_t *results)
{
    static const char *const steps[] = {"alone", "neighbour=cpu", "neighbour=memory",
                                        "neighbour=disk"};
    static const struct victim {
        const char *name, *unit, *better;
        double alone[ENVS], kept[4];
    } victims[] = {
        {"linpack", "GFLOP/s", "higher", {110, 110, 0, 109.6, 0}, {1, 0.51, 0.93, 0.98}},
        {"stream.triad", "GB/s", "higher", {57.2, 57.1, 0, 56.9, 0}, {1, 0.62, 0.48, 0.95}},
        {"blk.randread", "IOPS", "higher", {84e3, 84.1e3, 0, 42.5e3, 0}, {1, 0.71, 0.84, 0.33}},
        {"blk.randread.p99", "ns", "lower", {31e3, 31e3, 0, 66e3, 0}, {1, 3.1, 1.4, 6.2}},
    };
    json_t *experiment = begin(results, "noise", "what a neighbour takes away", BLOCKS, 0.03);

    for (unsigned s = 0; s < 4; s++)
        for (unsigned v = 0; v < sizeof(victims) / sizeof(victims[0]); v++) {
            struct row row = {steps[s], victims[v].name, json_object(),
                              1,        victims[v].unit, victims[v].better,
                              {0}};

            for (unsigned e = 0; e < ENVS; e++) {
                row.of[e] = victims[v].alone[e] * victims[v].kept[s];
                if (s && e == VM)
                    row.of[e] *= 1.06;
                if (s && row.of[e] > 0)
                    add_ratio(experiment, &row, e, victims[v].alone[e], "alone");
            }
            add(experiment, row);
        }
}

static void add_pages(json_t *results)
{
    static const char *const steps[] = {"host=4K,guest=4K", "host=4K,guest=2M", "host=2M,guest=4K",
                                        "host=2M,guest=2M"};
    static const double native[] = {.0836, .0836, .1148, .1148};
    static const double vm[] = {.0588, .0634, .0791, .0988};
    json_t *experiment = begin(results, "pages", "page sizes of host and guest", BLOCKS, 0.02);

    for (unsigned s = 0; s < 4; s++)
        add(experiment, (struct row){steps[s],
                                     "gups.stream",
                                     json_pack("{s:i}", "mib", 1024),
                                     1,
                                     "GUPS",
                                     "higher",
                                     {native[s], 0, 0, vm[s], 0}});
    json_array_append_new(json_object_get(experiment, "skipped"),
                          json_pack("{s:s, s:s, s:s}", "env", "vm", "step", "host=1G,guest=1G",
                                    "reason", "the CPU that KVM shows has no 1 GiB pages"));
}

static void add_vector(json_t *results)
{
    static const char *const steps[] = {"isa=avx512", "isa=avx2", "isa=sse2"};
    static const double gflops[] = {110, 59.5, 21.8};
    json_t *experiment =
        begin(results, "vector", "the same Linpack with less to compute with", BLOCKS, 0.006);

    for (unsigned s = 0; s < 3; s++) {
        struct row row = {steps[s],
                          "linpack",
                          json_pack("{s:i}", "n", 6000),
                          1,
                          "GFLOP/s",
                          "higher",
                          {gflops[s], gflops[s] * 1.001, 0, gflops[s] * 0.997, 0}};

        if (s)
            add_ratio(experiment, &row, VM, gflops[0] * 0.997, steps[0]);
        add(experiment, row);
    }
    json_array_append_new(json_object_get(experiment, "skipped"),
                          json_pack("{s:s, s:s, s:s}", "env", "", "step", "isa=avx10", "reason",
                                    "unsupported by these CPUs"));
}

static void add_scaling(json_t *results)
{
    static const char *const steps[] = {"threads=1", "threads=2", "threads=4", "threads=8",
                                        "threads=16"};
    json_t *experiment =
        begin(results, "scaling", "more threads, and more than there are CPUs", BLOCKS, 0.006);

    for (int s = 0; s < 5; s++) {
        double times = s ? 1.93 - 0.02 * (s - 1) : 1;

        add(experiment, (struct row){steps[s],
                                     "linpack",
                                     json_pack("{s:i}", "n", 6000),
                                     1 << s,
                                     "GFLOP/s",
                                     "higher",
                                     {110 * times, 110 * times, 0, 109.6 * times - 2 * s, 0}});
        add(experiment, (struct row){steps[s],
                                     "stream.triad",
                                     json_pack("{s:s}", "store", "nt"),
                                     1 << s,
                                     "GB/s",
                                     "higher",
                                     {57 + 2.0 * s, 57 + 1.9 * s, 0, 56.9 + 1.2 * s, 0}});
    }
}

static void add_other(json_t *results)
{
    json_t *experiment = begin(results, "network", "an experiment of tomorrow", BLOCKS, 0.02);

    add(experiment, (struct row){"",
                                 "net.rr",
                                 json_pack("{s:i}", "bytes", 1),
                                 1,
                                 "ns",
                                 "lower",
                                 {37600, 47800, 0, 67900, 0}});
}

json_t *costs_results(void)
{
    json_t *results = json_pack(
        "{s:s, s:{s:s, s:s}, s:I, s:b, s:[s, s, s, s, s], s:s, s:{s:s}, s:[{s:s, s:s}], s:[]}",
        "schema", "virtcost/2", "tool", "version", "0.1.0", "commit", "c5064ae10d6a", "seed",
        (json_int_t)42, "quick", 0, "envs", envs[0], envs[1], envs[2], envs[3], envs[4], "runtime",
        "runc 1.1.5", "end", "reason", "done", "warnings", "code", "virtualized", "text",
        "this host is itself a virtual machine: \"native\" results include its overhead",
        "experiments");

    state = 42;
    json_object_set_new(results, "host",
                        json_pack("{s:s, s:i, s:s, s:s, s:s, s:b, s:i, s:I, s:i, s:s}", "cpu",
                                  "AMD EPYC", "family", 26, "kernel", "Linux 6.18.44", "kvm_module",
                                  "kvm_pvm", "paging", "shadow", "virtualized", 1, "cpus", 2,
                                  "memory_bytes", (json_int_t)25232932864, "numa_nodes", 1, "thp",
                                  "madvise"));
    add_kernels(results);
    add_blk(results);
    add_startup(results);
    add_density(results);
    add_noise(results);
    add_pages(results);
    add_vector(results);
    add_scaling(results);
    add_other(results);
    return results;
}

static json_t *claim(const char *text, const char *study, const char *ours, const char *verdict,
                     const char *cause)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "claim", text, "study", study, "ours", ours,
                     "verdict", verdict, "cause", cause);
}

json_t *costs_claims(void)
{
    return json_pack("[o, o, o, o]",
                     claim("compute loses half", "290.8 / 290.9 / 130.3 GFLOPS",
                           "110.0 / 110.1 / 109.8 GFLOP/s", "not reproduced",
                           "Their guest saw no AVX; with AVX masked, native code loses as much."),
                     claim("sequential memory ties", "25.15 / 25.14 / 24.87 GB/s",
                           "57.2 / 57.1 / 57.0 GB/s", "reproduced",
                           "Few page walks, and the prefetchers see the same stream."),
                     claim("random memory loses 14 % on one CPU", "0.0458 / 0.0457 / 0.0394 GUPS",
                           "0.1148 / 0.1147 / 0.0988 GUPS", "reproduced",
                           "Each miss of the TLB walks two tables."),
                     claim("VMs start slowly", "no data", "2.1 ms to the first instruction",
                           "not comparable", "This guest boots no operating system."));
}

json_t *costs_experiment(json_t *results, const char *name)
{
    json_t *experiment;
    size_t i;

    json_array_foreach (json_object_get(results, "experiments"), i, experiment) {
        const char *found = json_string_value(json_object_get(experiment, "name"));

        if (found && !strcmp(found, name))
            return experiment;
    }
    return NULL;
}
