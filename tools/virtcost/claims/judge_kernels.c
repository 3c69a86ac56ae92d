/* SPDX-License-Identifier: MIT */
/* Claims on compute and memory. */
#include <string.h>

#include "tools/virtcost/claims/judge.h"
#include "tools/virtcost/figures/get.h"

/* Upper bound with half the vector width or less, and no FMA. */
#define HALF 0.6

/* Upper bound of a loss as large as the study's 14 %. */
#define VISIBLE 0.95

static const json_t *part(const json_t *results, const char *experiment, const char *key)
{
    return json_object_get(figures_experiment(results, experiment), key);
}

static const json_t *find_vm(const json_t *results, const char *experiment, const char *step,
                             const char *name)
{
    return figures_find(
        part(results, experiment, "ratios"),
        &(struct figures_want){.step = step, .name = name, .env = "vm", .base = "native"});
}

/* Why a step was not run, or NULL. */
static const char *skipped(const json_t *results, const char *experiment, const char *step)
{
    const json_t *row =
        figures_find(part(results, experiment, "skipped"), &(struct figures_want){.step = step});

    return row ? get_text(row, "reason") : NULL;
}

/* The ratio of SSE2's speed to the wider unit's, in one environment. */
static struct span hidden(const json_t *results, const char *wide, const char *env)
{
    return span_of(
        figures_find(part(results, "vector", "ratios"),
                     &(struct figures_want){
                         .step = "isa=sse2", .name = "linpack", .env = env, .base_step = wide}));
}

static void judge_hidden(struct answer *answer, const json_t *results, const char *wide)
{
    const json_t *vector = figures_experiment(results, "vector");
    const struct span in_vm = hidden(results, wide, "vm");
    const struct span natively = hidden(results, wide, "native");
    const enum effect halved_in_vm = effect_below(in_vm, HALF);
    const enum effect halved_natively = effect_below(natively, HALF);
    enum effect whole =
        answer_quote(answer, wide, vector, find_vm(results, "vector", wide, "linpack"));

    answer_quote(answer, "isa=sse2", vector, find_vm(results, "vector", "isa=sse2", "linpack"));
    answer_span(answer, "ratio of SSE2 to that: in the VM", in_vm);
    answer_span(answer, "natively", natively);
    if (halved_in_vm == EFFECT_ABSENT || halved_natively == EFFECT_ABSENT || whole == EFFECT_ABSENT)
        answer_missing(answer, results, "vector");
    else if (whole == EFFECT_LOSS || halved_in_vm == EFFECT_TIE || halved_natively == EFFECT_TIE)
        answer->outcome = OUTCOME_NOT_REPRODUCED;
    else if (whole == EFFECT_UNCLEAR || halved_in_vm == EFFECT_UNCLEAR ||
             halved_natively == EFFECT_UNCLEAR)
        answer_unclear(answer);
    else
        answer->outcome = OUTCOME_REPRODUCED;
}

void judge_compute(struct answer *answer, const json_t *results)
{
    static const char *const wider[] = {"isa=avx512", "isa=avx2"};
    const char *reason = skipped(results, "vector", "isa=avx2");

    for (unsigned i = 0; i < 2; i++)
        if (find_vm(results, "vector", wider[i], "linpack")) {
            judge_hidden(answer, results, wider[i]);
            return;
        }
    if (reason) {
        answer->outcome = OUTCOME_CANNOT_BE_SHOWN;
        answer_add(answer, "no vector unit to hide: %s", reason);
        return;
    }
    answer_quote(answer, "nothing hidden", figures_experiment(results, "kernels"),
                 find_vm(results, "kernels", NULL, "linpack"));
    answer_missing(answer, results, "vector");
}

static json_int_t most_threads(const json_t *rows, const char *name)
{
    const struct figures_want want = {.name = name, .env = "vm", .base = "native"};
    json_int_t most = 0;
    const json_t *row;
    size_t i = 0;

    while ((row = figures_next(rows, &want, &i)))
        if (get_integer(row, "threads") > most)
            most = get_integer(row, "threads");
    return most;
}

/* Whether the host has exactly one `key` (CPU or NUMA node). */
static bool has_one(const json_t *results, const char *key)
{
    return get_integer(json_object_get(results, "host"), key) == 1;
}

static bool shadow(const json_t *results)
{
    return get_is(json_object_get(results, "host"), "paging", "shadow");
}

static const char *threads_label(char text[64], const json_t *row)
{
    char label[FIGURES_LABEL_MAX];
    json_int_t threads = get_integer(row, "threads");

    figures_label(label, row);
    snprintf(text, 64, "%.32s, %lld %s", label, (long long)threads,
             threads == 1 ? "thread" : "threads");
    return text;
}

void judge_sequential_memory(struct answer *answer, const json_t *results)
{
    static const struct figures_want want = {.name = "stream.triad", .env = "vm", .base = "native"};
    const json_t *kernels = figures_experiment(results, "kernels");
    const json_t *ratios = json_object_get(kernels, "ratios"), *row;
    unsigned seen[EFFECT_LOSS + 1] = {0}, single = 0, all = 0;
    char label[64];
    size_t i = 0;

    while ((row = figures_next(ratios, &want, &i))) {
        seen[answer_quote(answer, threads_label(label, row), kernels, row)]++;
        single += get_integer(row, "threads") == 1;
        all += get_integer(row, "threads") > 1;
    }
    if (has_one(results, "numa_nodes"))
        answer_add(answer, "one NUMA node: all CPUs stand in for the study's two sockets");
    if (!single || (!all && !has_one(results, "cpus")) || seen[EFFECT_ABSENT])
        answer_missing(answer, results, "kernels");
    else if (seen[EFFECT_LOSS])
        answer->outcome = OUTCOME_NOT_REPRODUCED;
    else if (seen[EFFECT_UNCLEAR])
        answer_unclear(answer);
    else
        answer->outcome = OUTCOME_REPRODUCED;
}

/*
 * Quote the same benchmark with small and with large pages only: the effect of the walk's length.
 */
static struct span quote_pages(struct answer *answer, const json_t *results, const char *step)
{
    const json_t *row = figures_find(
        part(results, "pages", "ratios"),
        &(struct figures_want){
            .step = step, .name = "gups.stream", .env = "vm", .base = "native", .threads = 1});

    answer_quote(answer, step, figures_experiment(results, "pages"), row);
    return span_of(row);
}

void judge_random_memory(struct answer *answer, const json_t *results)
{
    const json_t *kernels = figures_experiment(results, "kernels");
    const json_t *row = figures_find(
        json_object_get(kernels, "ratios"),
        &(struct figures_want){.name = "gups.stream", .env = "vm", .base = "native", .threads = 1});
    const struct span span = span_of(row);
    enum effect effect = answer_quote(answer, "1 thread", kernels, row);
    const struct span small = quote_pages(answer, results, "host=4K,guest=4K");
    const enum effect of_small = effect_of(small, answer->margin);
    const enum effect visible = effect_below(span, VISIBLE), grows = effect_below(small, VISIBLE);
    bool loses = effect == EFFECT_LOSS || of_small == EFFECT_LOSS;

    quote_pages(answer, results, "host=2M,guest=2M");
    if (effect == EFFECT_ABSENT && of_small == EFFECT_ABSENT) {
        answer_missing(answer, results, "kernels");
    } else if (shadow(results)) {
        answer->outcome = OUTCOME_CANNOT_BE_SHOWN;
        answer_add(answer,
                   "shadow paging: the processor walks one page table, as it does natively, so a "
                   "tie is expected%s",
                   loses ? "; the measured loss has another cause" : "");
    } else if (visible == EFFECT_LOSS || grows == EFFECT_LOSS) {
        answer->outcome = OUTCOME_REPRODUCED;
    } else {
        answer->outcome = OUTCOME_NOT_REPRODUCED;
        if (of_small == EFFECT_ABSENT)
            answer_add(answer, "no small pages in this file: virtcost run pages");
        if (visible == EFFECT_UNCLEAR || grows == EFFECT_UNCLEAR)
            answer_unclear(answer);
    }
}

/* How much slower the loop with a fork and join every few updates is, natively. */
static struct span loop_natively(const json_t *results, json_int_t threads)
{
    const json_t *values = part(results, "kernels", "values");
    struct figures_want want = {.name = "gups.stream", .env = "native", .threads = threads};
    const json_t *stream = figures_find(values, &want);

    want.name = "gups.forkjoin";
    return span_unpaired(stream, figures_find(values, &want));
}

void judge_random_memory_all_cpus(struct answer *answer, const json_t *results)
{
    const json_t *kernels = figures_experiment(results, "kernels");
    const json_t *ratios = json_object_get(kernels, "ratios");
    struct figures_want want = {
        .env = "vm", .base = "native", .threads = most_threads(ratios, "gups.forkjoin")};
    enum effect effect, stream;

    if (want.threads < 2 && has_one(results, "cpus")) {
        answer->outcome = OUTCOME_CANNOT_BE_SHOWN;
        answer_add(answer, "this host has one CPU");
        return;
    }
    if (want.threads < 2) {
        answer_missing(answer, results, "kernels");
        return;
    }
    want.name = "gups.forkjoin";
    effect = answer_quote(answer, "a fork and join every 128 updates", kernels,
                          figures_find(ratios, &want));
    want.name = "gups.stream";
    stream = answer_quote(answer, "without", kernels, figures_find(ratios, &want));
    answer_span(answer, "rate of the first loop relative to the second, natively",
                loop_natively(results, want.threads));
    if (has_one(results, "numa_nodes"))
        answer_add(answer, "%lld CPUs of one node, not two sockets", (long long)want.threads);
    if (effect == EFFECT_ABSENT) {
        answer_missing(answer, results, "kernels");
    } else if (effect == EFFECT_UNCLEAR) {
        answer_unclear(answer);
    } else if (effect == EFFECT_LOSS) {
        answer->outcome = OUTCOME_NOT_REPRODUCED;
        answer_add(answer, "the fork and join cost more in the VM");
    } else {
        answer->outcome = OUTCOME_REPRODUCED;
        if (stream == EFFECT_TIE)
            answer_add(answer, "the loop hides no loss: there is none without it either");
        else if (stream == EFFECT_LOSS)
            answer_add(answer, "the loop hides the loss measured without it");
    }
}
