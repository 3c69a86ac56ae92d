/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/cli/options.h"

static const struct experiment *const table[] = {
    &experiment_kernels, &experiment_blk,   &experiment_startup, &experiment_density,
    &experiment_noise,   &experiment_pages, &experiment_vector,  &experiment_topology,
    &experiment_scaling, &experiment_bench,
};

const struct experiment *experiment_at(unsigned i)
{
    return i < sizeof(table) / sizeof(table[0]) ? table[i] : NULL;
}

const struct experiment *experiment_find(const char *name)
{
    const struct experiment *found;

    for (unsigned i = 0; (found = experiment_at(i)); i++)
        if (!strcmp(found->name, name))
            return found;
    return NULL;
}

/* Whether --bench, empty or not, includes block I/O. */
static bool has_block_io(const json_t *options)
{
    const char *bench = get_text(options, "bench");

    for (const char *name = bench; *name;
         name += strcspn(name, ",") + (name[strcspn(name, ",")] == ','))
        if (!strncmp(name, "blk", 3))
            return true;
    return !*bench;
}

void plan_step(struct plan *plan, const struct request *request, const char *label, json_t *options)
{
    struct step *step = &plan->step[plan->steps++];
    json_t *all = json_deep_copy(request->options);

    json_object_update(all, options);
    json_decref(options);
    /* Temporary files of the programs would be on different file systems, a container's in memory.
     */
    if (!json_object_get(all, "disk") && has_block_io(all))
        json_object_set_new(all, "disk", plan_disk(request, "disk"));
    snprintf(step->label, sizeof(step->label), "%s", label);
    step->options = all;
}

void plan_option(struct plan *plan, const char *name, const char *argument)
{
    json_object_set_new(plan->step[plan->steps - 1].options, name, json_string(argument));
}

bool plan_has_isa(const char *isa)
{
    if (!strcmp(isa, "avx512"))
        return __builtin_cpu_supports("avx512f");
    return strcmp(isa, "avx2") != 0 || __builtin_cpu_supports("avx2");
}

unsigned plan_threads(const struct request *request)
{
    return json_object_get(request->options, "vcpus") ? request->config->vcpus : request->cpus;
}

const char *plan_args(const struct request *request, const char *own)
{
    const char *given = get_text(request->options, "args");

    return *given ? given : own;
}

unsigned plan_cpu(unsigned i)
{
    cpu_set_t cpus;
    int count, cpu = 0;

    if (sched_getaffinity(0, sizeof(cpus), &cpus))
        return 0;
    count = (int)(i % (unsigned)CPU_COUNT(&cpus));
    while (!CPU_ISSET(cpu, &cpus) || count--)
        cpu++;
    return (unsigned)cpu;
}

const char *plan_pin(const struct request *request, unsigned threads, char text[PLAN_PIN_MAX])
{
    const char *given = get_text(request->options, "pin");
    size_t used = 0;

    if (*given) {
        snprintf(text, PLAN_PIN_MAX, "%s", given);
        return text;
    }
    text[0] = '\0';
    for (unsigned i = 0; i < threads && i < request->cpus && used < PLAN_PIN_MAX - 16; i++)
        used +=
            (size_t)snprintf(text + used, PLAN_PIN_MAX - used, "%s%u", i ? "," : "", plan_cpu(i));
    return text;
}

/* Whether files in a folder support O_DIRECT; on tmpfs, for one, they may not. */
static bool can_direct(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_DIRECT | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

json_t *plan_disk(const struct request *request, const char *folder)
{
    return json_sprintf("path=%s/%s/file,size=256M,create%s", request->site->folder, folder,
                        can_direct(request->site->folder) ? ",direct" : "");
}

void plan_skip(struct plan *plan, const char *env, const char *step, const char *reason)
{
    if (!plan->skipped)
        plan->skipped = json_array();
    json_array_append_new(plan->skipped,
                          json_pack("{s:s, s:s, s:s}", "env", env, "step", step, "reason", reason));
}

void plan_drop(struct plan *plan, const char *env, const char *reason)
{
    struct step *step = &plan->step[--plan->steps];

    plan_skip(plan, env, step->label, reason);
    json_decref(step->options);
}

/* The last line of a program's output, without its name and the hint. */
static const char *reason_of(char *messages)
{
    char *line, *hint;

    while (*messages && messages[strlen(messages) - 1] == '\n')
        messages[strlen(messages) - 1] = '\0';
    line = strrchr(messages, '\n');
    line = line ? line + 1 : messages;
    hint = strstr(line, "; try: ");
    if (hint)
        *hint = '\0';
    return strstr(line, ": ") ? strstr(line, ": ") + 2 : line;
}

int plan_try(struct plan *plan, const struct request *request)
{
    struct step *step = &plan->step[plan->steps - 1];
    json_t *options = json_deep_copy(step->options);
    bool dropped = false;
    int result = 0;

    json_object_set_new(options, "bench", json_string("none"));
    for (unsigned i = 0; i < request->envs && !dropped && result != RUN_STOPPED; i++) {
        const struct environment *env = request->env[i];
        const char *why;
        struct run run;
        struct err err;

        if (!env->program || env->overlay)
            continue;
        result = environment_run(&run, env, request->site, options, &err);
        json_decref(run.report);
        if (result != -1)
            continue;
        why = *run.messages ? reason_of(run.messages) : err.text;
        dropped = env->kind == CLI_VM;
        if (dropped)
            plan_drop(plan, env->name, why);
        else
            plan_skip(plan, env->name, step->label, why);
    }
    json_decref(options);
    return result == RUN_STOPPED ? RUN_STOPPED : 0;
}

void plan_free(struct plan *plan)
{
    for (unsigned i = 0; i < plan->steps; i++)
        json_decref(plan->step[i].options);
    json_decref(plan->skipped);
    *plan = (struct plan){0};
}

int experiment_team(struct run *run, const struct environment *env, const struct site *site,
                    const json_t *options, struct err *err)
{
    int result = environment_run(run, env, site, options, err);
    json_t *rows = json_object_get(run->report, "benches"), *kept = json_array(), *row;
    json_int_t most = 0;
    size_t i;

    json_array_foreach (rows, i, row)
        if (get_integer(row, "threads") > most)
            most = get_integer(row, "threads");
    json_array_foreach (rows, i, row)
        if (get_integer(row, "threads") == most)
            json_array_append(kept, row);
    if (result)
        json_decref(kept);
    else
        json_object_set_new(run->report, "benches", kept);
    return result;
}

json_t *experiment_row(const char *name, const char *unit, const char *better, double value)
{
    return json_pack("{s:s, s:{}, s:i, s:s, s:s, s:[f], s:f, s:s}", "name", name, "params",
                     "threads", 1, "unit", unit, "better", better, "samples", value, "median",
                     value, "check", "ok");
}
