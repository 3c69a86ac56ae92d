/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <string.h>

#include "tools/virtcost/experiment.h"
#include "tools/virtcost/get.h"

static const struct experiment *const table[] = {
    &experiment_kernels, &experiment_blk,   &experiment_startup,
    &experiment_density, &experiment_noise, &experiment_bench,
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

void plan_step(struct plan *plan, const struct request *request, const char *label, json_t *options)
{
    struct step *step = &plan->step[plan->steps++];
    json_t *all = json_deep_copy(request->options);

    json_object_update(all, options);
    json_decref(options);
    snprintf(step->label, sizeof(step->label), "%s", label);
    step->options = all;
}

unsigned plan_threads(const struct request *request)
{
    return json_object_get(request->options, "vcpus") ? request->config->vcpus : request->cpus;
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

void plan_skip(struct plan *plan, const char *env, const char *step, const char *reason)
{
    if (!plan->skipped)
        plan->skipped = json_array();
    json_array_append_new(plan->skipped,
                          json_pack("{s:s, s:s, s:s}", "env", env, "step", step, "reason", reason));
}

void plan_free(struct plan *plan)
{
    for (unsigned i = 0; i < plan->steps; i++)
        json_decref(plan->step[i].options);
    json_decref(plan->skipped);
    *plan = (struct plan){0};
}

json_t *experiment_row(const char *name, const char *unit, const char *better, double value)
{
    return json_pack("{s:s, s:{}, s:i, s:s, s:s, s:[f], s:f, s:s}", "name", name, "params",
                     "threads", 1, "unit", unit, "better", better, "samples", value, "median",
                     value, "check", "ok");
}
