/* SPDX-License-Identifier: MIT */
/* Claims on block I/O, network, start-up and isolation. */
#include <string.h>

#include "tools/virtcost/claims/judge.h"
#include "tools/virtcost/figures/get.h"

#define KIB 1024
#define MIB (1024 * 1024)

/* At or below this ratio, I/O suffers; the study's small reads kept 0.51. */
#define SUFFERS 0.8

/* Above this ratio, it does not; the study's large reads kept 0.97. */
#define SPARED 0.95

static const json_t *find_blk(const json_t *results, const char *env, const char *name,
                              json_int_t bs, json_int_t depth)
{
    return figures_find(
        json_object_get(figures_experiment(results, "blk"), "ratios"),
        &(struct figures_want){
            .name = name, .env = env, .base = "native", .bs = bs, .iodepth = depth});
}

/* Quote the time that the VM adds to a small read, and its parts. */
static void quote_added(struct answer *answer, const json_t *results, bool unclear)
{
    const json_t *row =
        figures_find(json_object_get(figures_experiment(results, "blk"), "added"),
                     &(struct figures_want){.name = "blk.randread", .bs = 4 * KIB, .iodepth = 1});
    char ns[JUDGE_FIGURE_MAX], residual[JUDGE_FIGURE_MAX];
    json_t *part;
    size_t i;

    if (!json_is_number(json_object_get(row, "added_ns")))
        return;
    answer_add(answer, "the VM adds %s to a small read at depth 1%s",
               judge_value(ns, get_number(row, "added_ns"), "ns"),
               unclear ? ", unclear as the ratio is" : "");
    json_array_foreach (json_object_get(row, "parts"), i, part) {
        answer_add(answer, "%s %.3g x %s", get_text(part, "what"), get_number(part, "per_io"),
                   judge_value(ns, get_number(part, "ns"), "ns"));
    }
    if (json_is_number(json_object_get(row, "residual_ns")))
        answer_add(answer, "predicted from these %s, residual %s",
                   judge_value(ns, get_number(row, "predicted_ns"), "ns"),
                   judge_value(residual, get_number(row, "residual_ns"), "ns"));
}

void judge_block_sizes(struct answer *answer, const json_t *results)
{
    const json_t *blk = figures_experiment(results, "blk");
    const json_t *small = find_blk(results, "vm", "blk.randread", 4 * KIB, 1);
    const json_t *deep = find_blk(results, "vm", "blk.read", MIB, 2);
    const enum effect much = effect_below(span_of(small), SUFFERS);
    const enum effect spared = effect_below(span_of(deep), SPARED);
    const enum effect suffers = answer_quote(answer, "4K random reads, depth 1", blk, small);

    answer_quote(answer, "depth 32", blk, find_blk(results, "vm", "blk.randread", 4 * KIB, 32));
    answer_quote(answer, "1M reads, depth 1", blk, find_blk(results, "vm", "blk.read", MIB, 1));
    answer_quote(answer, "depth 2", blk, deep);
    quote_added(answer, results, suffers == EFFECT_UNCLEAR);
    if (suffers == EFFECT_ABSENT || spared == EFFECT_ABSENT)
        answer_missing(answer, results, "blk");
    else if (much == EFFECT_TIE || spared == EFFECT_LOSS)
        answer->outcome = OUTCOME_NOT_REPRODUCED;
    else if (much == EFFECT_UNCLEAR || spared == EFFECT_UNCLEAR)
        answer_unclear(answer);
    else
        answer->outcome = OUTCOME_REPRODUCED;
}

void judge_network(struct answer *answer, const json_t *results)
{
    (void)results;
    answer->outcome = OUTCOME_NOT_MEASURED;
    answer_add(answer, "this version has no network device and no network experiment");
}

/* Add a figure of all environments that have it. Returns whether any has. */
static bool quote_everywhere(struct answer *answer, const json_t *results, const char *experiment,
                             const char *name, const char *label)
{
    static const struct {
        const char *env, *title;
    } envs[] = {{"native", "a process"}, {"container", "a container"}, {"vm", "a VM"}};
    const json_t *values = json_object_get(figures_experiment(results, experiment), "values");
    char text[256] = "", figure[JUDGE_FIGURE_MAX];
    size_t used = 0;

    for (unsigned i = 0; i < 3; i++) {
        const json_t *row =
            figures_find(values, &(struct figures_want){.name = name, .env = envs[i].env});

        if (row && used < sizeof(text))
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s", used ? ", " : "",
                                     envs[i].title, judge_figure(figure, row));
    }
    if (used)
        answer_add(answer, "%s: %s", label, text);
    return used > 0;
}

static bool has_rows(const json_t *results, const char *experiment, const char *name)
{
    return figures_find(json_object_get(figures_experiment(results, experiment), "values"),
                        &(struct figures_want){.name = name, .env = "vm"}) != NULL;
}

void judge_startup(struct answer *answer, const json_t *results)
{
    static const struct {
        const char *experiment, *name, *label;
    } figures[] = {
        {"startup", "startup.to_user", "to the first instruction"},
        {"startup", "startup.total", "from start to end"},
        {"density", "density.rate", "rate of concurrent starts"},
        {"density", "density.pss", "memory per instance"},
        {"density", "density.kernel", "kernel memory per instance"},
    };
    const bool starts = has_rows(results, "startup", "startup.total");
    const bool fits = has_rows(results, "density", "density.rate");

    for (unsigned i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        quote_everywhere(answer, results, figures[i].experiment, figures[i].name, figures[i].label);
    if (!starts)
        answer_missing(answer, results, "startup");
    if (!fits)
        answer_missing(answer, results, "density");
    if (!starts && !fits)
        return;
    answer->outcome = OUTCOME_NOT_COMPARABLE;
    answer_add(answer, "our guest boots no operating system: the figures are for virtualization "
                       "alone; they include no guest kernel, services and memory of a whole VM, "
                       "and no work of a container engine");
}

/* Quote the effect of layers and of volumes on small I/O. */
static void quote_storage(struct answer *answer, const json_t *results, const char *env,
                          unsigned seen[EFFECT_LOSS + 1])
{
    static const char *const names[] = {"blk.randread", "blk.randwrite"};
    char label[64];

    for (unsigned i = 0; i < 2; i++) {
        snprintf(label, sizeof(label), "%s, 4K %s, depth 1",
                 strcmp(env, "overlayfs") ? "volume" : "layers", names[i] + strlen("blk."));
        seen[answer_quote(answer, label, figures_experiment(results, "blk"),
                          find_blk(results, env, names[i], 4 * KIB, 1))]++;
    }
}

void judge_container_storage(struct answer *answer, const json_t *results)
{
    unsigned layers[EFFECT_LOSS + 1] = {0}, volume[EFFECT_LOSS + 1] = {0};

    quote_storage(answer, results, "overlayfs", layers);
    quote_storage(answer, results, "container", volume);
    if (layers[EFFECT_ABSENT] == 2 || volume[EFFECT_ABSENT] == 2)
        answer_missing(answer, results, "blk");
    else if (volume[EFFECT_LOSS])
        answer->outcome = OUTCOME_NOT_REPRODUCED;
    else if (volume[EFFECT_UNCLEAR] || (!layers[EFFECT_LOSS] && layers[EFFECT_UNCLEAR]))
        answer_unclear(answer);
    else
        answer->outcome = layers[EFFECT_LOSS] ? OUTCOME_REPRODUCED : OUTCOME_NOT_REPRODUCED;
}

/* Victims with a neighbour: how many lose more in one environment, and the widest gap. */
struct gap {
    unsigned clear;
    double widest;
    const json_t *container, *vm;
};

static void gap_add(struct gap *gap, const json_t *container, const json_t *vm, double apart)
{
    gap->clear++;
    if (apart > gap->widest) {
        gap->widest = apart;
        gap->container = container;
        gap->vm = vm;
    }
}

/* The ratio of the same victim and neighbour in another environment, or NULL. */
static const json_t *find_other(const json_t *ratios, const json_t *ratio, const char *env)
{
    struct figures_want want = {.base_step = "alone", .step = get_text(ratio, "step"), .env = env};
    const json_t *row;
    size_t i = 0;

    want.name = get_text(ratio, "name");
    while ((row = figures_next(ratios, &want, &i)))
        if (json_equal(json_object_get(row, "params"), json_object_get(ratio, "params")) &&
            json_equal(json_object_get(row, "threads"), json_object_get(ratio, "threads")))
            return row;
    return NULL;
}

static void quote_gap(struct answer *answer, const struct gap *gap)
{
    char step[64], label[FIGURES_LABEL_MAX], text[256];

    if (!gap->container)
        return;
    snprintf(text, sizeof(text), "%s beside %s: container", figures_label(label, gap->container),
             figures_clean(step, sizeof(step), get_text(gap->container, "step")));
    answer_span(answer, text, span_of(gap->container));
    answer_span(answer, "VM", span_of(gap->vm));
}

/*
 * One environment's ratio over the other's, with the widest interval that theirs allow, whose
 * confidence is above 95 %.
 */
static enum effect quotient(struct span of, struct span over, double margin)
{
    const struct span span = {of.median / over.median, of.low / over.high, of.high / over.low,
                              of.sure && over.sure, 0};

    return effect_of(span, margin);
}

void judge_isolation(struct answer *answer, const json_t *results)
{
    static const struct figures_want want = {.base_step = "alone", .env = "container"};
    const json_t *ratios = json_object_get(figures_experiment(results, "noise"), "ratios"), *row;
    struct gap container = {0}, vm = {0};
    unsigned pairs = 0, unclear = 0;
    size_t i = 0;

    while ((row = figures_next(ratios, &want, &i))) {
        const json_t *other = find_other(ratios, row, "vm");
        const struct span of_container = span_of(row), of_vm = span_of(other);

        if (!(of_container.median > 0 && of_vm.median > 0))
            continue;
        pairs++;
        if (quotient(of_container, of_vm, answer->margin) == EFFECT_LOSS)
            gap_add(&container, row, other, of_vm.median / of_container.median);
        else if (quotient(of_vm, of_container, answer->margin) == EFFECT_LOSS)
            gap_add(&vm, row, other, of_container.median / of_vm.median);
        else
            unclear += quotient(of_vm, of_container, answer->margin) == EFFECT_UNCLEAR;
    }
    if (!pairs) {
        answer_missing(answer, results, "noise");
        return;
    }
    answer_add(answer,
               "of %u victims with a neighbour, the container loses more in %u, the VM in %u, both "
               "the same in %u, and %u are unclear",
               pairs, container.clear, vm.clear, pairs - container.clear - vm.clear - unclear,
               unclear);
    quote_gap(answer, &container);
    quote_gap(answer, &vm);
    if (container.clear > vm.clear)
        answer->outcome = OUTCOME_REPRODUCED;
    else if (container.clear == vm.clear && unclear)
        answer_unclear(answer);
    else
        answer->outcome = OUTCOME_NOT_REPRODUCED;
}
