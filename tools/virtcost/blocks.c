/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/virtcost/blocks.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/base/clock.h"
#include "vmm/core/base/stats.h"
#include "vmm/core/host/terminal.h"

/* Fill order[] with a random permutation of 0 to count - 1 (Fisher-Yates). */
static void shuffle(unsigned *order, unsigned count, uint64_t *state)
{
    for (unsigned i = 0; i < count; i++)
        order[i] = i;
    for (unsigned i = count; i-- > 1;) {
        unsigned j = (unsigned)(stats_random(state) % (i + 1)), swapped = order[i];

        order[i] = order[j];
        order[j] = swapped;
    }
}

/* State shared by the blocks of one part. */
struct task {
    struct results *results;
    struct part *part;
    const struct plan *plan;
    const struct site *site;
    uint64_t began;
    unsigned done; /* runs */
};

/* Whether the plan skips a step in an environment. */
static bool is_skipped(const struct task *task, const struct step *step,
                       const struct environment *env)
{
    /* A step that the base cannot run is skipped in "null" as well. */
    const char *name = env->program ? env->name : task->results->env[0]->name;
    json_t *skipped;
    size_t i;

    if (task->part->experiment->alone && !env->program)
        return true;
    if (env->overlay && !task->part->experiment->overlay)
        return true;
    json_array_foreach (task->plan->skipped, i, skipped) {
        const char *label = get_text(skipped, "step");

        if (get_is(skipped, "env", name) && (!*label || !strcmp(label, step->label)))
            return true;
    }
    return false;
}

static unsigned runs_per_block(const struct task *task)
{
    unsigned count = 0;

    for (unsigned s = 0; s < task->plan->steps; s++)
        for (unsigned e = 0; e < task->results->envs; e++)
            count += !is_skipped(task, &task->plan->step[s], task->results->env[e]);
    return count;
}

static void show_progress(const struct task *task, const char *step, const char *env)
{
    double elapsed = (double)(clock_mono_ns() - task->began) / 1e9;
    unsigned all = task->part->wanted * runs_per_block(task);

    char line[TERMINAL_STATUS_MAX], left[64] = "";

    if (!terminal_can_clear(STDERR_FILENO))
        return;
    if (task->done)
        snprintf(left, sizeof(left), ", about %.0f s left",
                 elapsed / task->done * (all - task->done));
    terminal_status(line, STDERR_FILENO, "%s %u/%u %s%s%s, %.0f s%s", task->part->experiment->name,
                    task->part->blocks + 1, task->part->wanted, step, *step ? " " : "", env,
                    elapsed, left);
    fputs(line, stderr);
}

static void clear_progress(void)
{
    if (terminal_can_clear(STDERR_FILENO))
        fputs(TERMINAL_CLEAR_LINE, stderr);
}

void blocks_notice(const char *text)
{
    clear_progress();
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, text);
}

static const char *kernels_of(const json_t *report)
{
    json_t *config = json_object_get(report, "config");

    return json_string_value(json_object_get(config, "kernels_sha256"));
}

/*
 * Fail unless all runs used the same kernels: the comparison would be void. A report built by an
 * experiment itself may lack the hash.
 */
static int check_kernels(const struct task *task, const json_t *report, struct err *err)
{
    const struct results *results = task->results;
    const char *one = kernels_of(report), *other = one;
    json_t *run;
    size_t i;

    if (!one && task->part->experiment->measure)
        return 0;
    json_array_foreach (results->runs, i, run) {
        const char *kernels = kernels_of(json_object_get(run, "report"));

        other = kernels ? kernels : other;
    }
    if (one && !strcmp(one, other))
        return 0;
    err_set(err, ERR_FAILED, "the environments ran different kernels");
    return err_hint(err, "minivmm, bench.elf and bench-native of the same build");
}

/* Record the limit that an experiment reports for a run. */
static void keep_limit(struct task *task, const struct step *step, const char *env,
                       const json_t *report)
{
    const char *limit = get_text(report, "limit");

    if (!*limit)
        return;
    if (!task->part->skipped)
        task->part->skipped = json_array();
    json_array_append_new(task->part->skipped, json_pack("{s:s, s:s, s:s}", "env", env, "step",
                                                         step->label, "reason", limit));
}

/* Mark all rows of a report void: timings across a stop or freeze are wrong. */
static void mark_interrupted(json_t *report)
{
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(report, "benches"), i, row)
        json_object_set_new(row, "interrupted", json_true());
}

static int run_step(struct task *task, const struct step *step, uint64_t *random, struct run *last,
                    struct err *err)
{
    const struct experiment *experiment = task->part->experiment;
    struct results *results = task->results;
    unsigned order[ENVIRONMENTS_MAX] = {0}, position = 0;

    shuffle(order, results->envs, random);
    for (unsigned i = 0; i < results->envs; i++) {
        const struct environment *env = results->env[order[i]];
        int result;

        if (is_skipped(task, step, env))
            continue;
        show_progress(task, step->label, env->name);
        result = experiment->measure
                     ? experiment->measure(last, env, task->site, step->options, err)
                     : environment_run(last, env, task->site, step->options, err);
        if (result)
            return result;
        if (check_kernels(task, last->report, err)) {
            json_decref(last->report);
            last->messages[0] = '\0';
            return -1;
        }
        if (last->interrupted)
            mark_interrupted(last->report);
        keep_limit(task, step, env->name, last->report);
        results_add(results, step->label, position++, env->name, last->report);
        task->done++;
    }
    return 0;
}

int blocks_run(struct results *results, const struct plan *plan, const struct site *site,
               uint64_t *random, struct run *last, struct err *err)
{
    struct part *part = &results->part[results->parts - 1];
    struct task task = {results, part, plan, site, clock_mono_ns(), 0};
    unsigned order[STEPS_MAX] = {0};
    int result = 0;

    part->skipped = json_incref(plan->skipped);
    while (!result && part->blocks < part->wanted) {
        shuffle(order, plan->steps, random);
        for (unsigned s = 0; s < plan->steps && !result; s++)
            result = run_step(&task, &plan->step[order[s]], random, last, err);
        if (result)
            break;
        part->blocks++;
        part->elapsed_ns = clock_mono_ns() - task.began;
    }
    clear_progress();
    return result;
}
