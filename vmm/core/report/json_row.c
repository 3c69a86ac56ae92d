/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/core/report/cost.h"
#include "vmm/core/report/json.h"
#include "vmm/core/report/outcome.h"
#include "vmm/core/report/summary.h"

/* An integer if the text is its canonical form, otherwise a string. */
static json_t *param_json(const char *value)
{
    long long number = strtoll(value, NULL, 10);
    char written[UNITS_TEXT_MAX];

    snprintf(written, sizeof(written), "%lld", number);
    return strcmp(written, value) ? json_string(value) : json_integer(number);
}

/* "bs=4096,store=nt" as an object. */
static json_t *params_json(const char *params)
{
    json_t *object = json_object();

    while (*params) {
        size_t key = strcspn(params, "="), value = strcspn(params + key, ",");
        char text[CHANNEL_PARAMS_MAX];

        snprintf(text, sizeof(text), "%.*s", (int)(key + value), params);
        if (value) {
            text[key] = '\0';
            set(object, text, param_json(text + key + 1));
        }
        params += key + value;
        params += *params == ',';
    }
    return object;
}

static json_t *samples_json(const struct report *report, const struct result_row *row)
{
    json_t *array = json_array();

    for (uint32_t i = 0; i < row->samples; i++)
        json_array_append_new(array, json_real(report->result->sample[row->first_sample + i]));
    return array;
}

static json_t *check_json(const struct channel_check *check)
{
    json_t *object = json_object();

    set_text(object, "what", check->what);
    /* JSON has no NaN or infinity. */
    if (check->value - check->value == 0)
        set(object, "value", json_real(check->value));
    if (check->limit - check->limit == 0)
        set(object, "limit", json_real(check->limit));
    return object;
}

static json_t *reasons_json(const struct usage *usage)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < EXIT_REASONS; i++)
        if (usage->count[i])
            set_u64(object, exit_reason_info[i].name, usage->count[i]);
    return object;
}

static json_t *devices_json(const struct run_info *info, const struct usage *usage, bool harness)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < info->devices; i++)
        if (info->device_for_harness[i] == harness && usage->count[exitstat_device(i)])
            set_u64(object, info->device[i], usage->count[exitstat_device(i)]);
    return object;
}

/* The hits of KVM's tracepoints in the traced run, with that run's number of operations. */
static void traced_json(const struct report *report, const struct result_row *row, json_t *object)
{
    const struct run_info *info = report->info;
    const struct result_row *traced = cost_traced(report, row);

    for (unsigned i = 0; traced && i < info->traces; i++) {
        char name[64];

        snprintf(name, sizeof(name), "%s%s", info->trace_reason[i] ? "kvm_exit." : "",
                 info->trace_name[i]);
        if (traced->usage.trace[i])
            set(object, name,
                json_pack("{s:I, s:I, s:s}", "count", (json_int_t)traced->usage.trace[i], "ops",
                          (json_int_t)traced->ops, "source", "tracepoint"));
    }
}

/*
 * Exits handled by KVM: those counted by the guest, and KVM's statistics under their own names,
 * unless the guest's count has that name. KVM's times are in time_ns.
 */
static json_t *kernel_json(const struct report *report, const struct result_row *row)
{
    const struct run_info *info = report->info;
    const struct usage *usage = &row->usage;
    json_t *object = json_object();

    if (row->has_cost && row->cost.answer == CHANNEL_BY_KVM)
        set(object, row->cost.exit,
            json_pack("{s:I, s:s}", "count", (json_int_t)row->ops, "source", "guest"));

    traced_json(report, row, object);
    for (unsigned i = 0; i < info->vcpu_stats.count && !usage->kvm_partial; i++) {
        const char *name = info->vcpu_stats.name[i];
        size_t length = strlen(name);

        if (info->vcpu_stats.peak[i] || !usage->kvm[i] || json_object_get(object, name) ||
            (length > 3 && !strcmp(name + length - 3, "_ns")))
            continue;
        set(object, name,
            json_pack("{s:I, s:s}", "count", (json_int_t)usage->kvm[i], "source", "kvm_stats"));
    }
    return object;
}

static json_t *time_json(const struct report *report, const struct summary *summary)
{
    json_t *object = json_object();

    set_known(object, "on_cpu", summary->time.on_cpu_ns);
    set_known(object, "runqueue", summary->time.runqueue_ns);
    set_known(object, "running", summary->running_ns);
    set_known(object, "asleep", summary->asleep_ns);
    if (report->info->env != RUN_VM)
        return object;
    set_u64(object, "in_kvm_run", summary->in_run_ns);
    set_known(object, "halted", summary->halted_ns);
    set_u64(object, "handler", summary->handler_ns);
    return object;
}

static void set_window(const struct report *report, const struct result_row *row,
                       const struct summary *summary, json_t *object)
{
    const struct run_info *info = report->info;

    set_u64(object, "ops", row->ops);
    set_text(object, "op", row->begin.op);
    set_u64(object, "window_ns", summary->window_ns);
    set(object, "time_ns", time_json(report, summary));
    if (info->env != RUN_VM)
        return;
    set(object, "exits_user", reasons_json(&row->usage));
    set(object, "exits_devices", devices_json(info, &row->usage, false));
    set(object, "exits_harness", devices_json(info, &row->usage, true));
    set(object, "exits_kernel", kernel_json(report, row));
    if (!row->ops)
        return;
    set(object, "exits_user_per_op", json_real((double)summary->exits_user / (double)row->ops));
    if (summary_has_kvm(report, &row->usage, "irq_injections"))
        set(object, "irqs_per_op",
            json_real((double)summary_kvm(report, &row->usage, "irq_injections") /
                      (double)row->ops));
}

static json_t *spread_json(const struct cost_spread *spread)
{
    return json_pack("{s:I, s:I, s:I}", "p50", (json_int_t)spread->p50, "p99",
                     (json_int_t)spread->p99, "max", (json_int_t)spread->max);
}

/* The times of single operations in ns: round trips, or handler times. */
static json_t *times_json(const struct report *report, const struct result_row *row, bool handler)
{
    const struct result_time *time = report->result->time + row->first_time;
    json_t *array = json_array();

    for (uint32_t i = 0; i < row->times; i++)
        json_array_append_new(
            array,
            json_integer(handler ? (json_int_t)time[i].handler_ns
                                 : (json_int_t)clock_ns(&report->info->rate, time[i].ticks)));
    return array;
}

static json_t *cost_json(const struct report *report, const struct result_row *row)
{
    static const char *const answer[] = {[CHANNEL_BY_VMM] = "vmm",
                                         [CHANNEL_BY_KVM] = "kvm",
                                         [CHANNEL_BY_GUEST] = "guest",
                                         [CHANNEL_BY_MACHINE] = "machine"};
    json_t *object = json_object();
    struct cost cost;

    set_text(object, "answered_by", answer[row->cost.answer]);
    set_text(object, "exit", row->cost.exit);
    set_u64(object, "ring", row->cost.ring);
    set(object, "interpreted", json_boolean(row->cost.interpreted));
    set(object, "loop_ns", json_real(row->cost.loop_ns));
    if (row->cost.trap_ns > 0)
        set(object, "trap_ns", json_real(row->cost.trap_ns));
    if (cost_of(report, row, &cost) || !cost.has_times)
        return object;
    set(object, "roundtrip_ns", spread_json(&cost.roundtrip));
    set(object, "roundtrip_samples_ns", times_json(report, row, false));
    if (cost.has_handler) {
        set(object, "handler_ns", spread_json(&cost.handler));
        set(object, "handler_samples_ns", times_json(report, row, true));
        set(object, "switch_ns", spread_json(&cost.switched));
    }
    return object;
}

json_t *json_row(const struct report *report, uint32_t i)
{
    static const char *const check[] = {
        [RESULT_UNCHECKED] = "none", [RESULT_OK] = "ok", [RESULT_WRONG] = "failed"};
    const struct result_row *row = &report->result->row[i];
    json_t *object = json_object();
    struct summary summary;

    set_text(object, "name", row->begin.name);
    set(object, "params", params_json(row->begin.params));
    set_u64(object, "threads", row->begin.threads);
    set_text(object, "unit", row->begin.unit);
    set_text(object, "better", row->begin.better == CHANNEL_LOWER ? "lower" : "higher");
    set_text(object, "check", check[row->check]);
    if (outcome_interrupted(report, row))
        set(object, "interrupted", json_true());
    if (row->check != RESULT_UNCHECKED)
        set(object, "check_detail", check_json(&row->checked));
    set(object, "samples", samples_json(report, row));
    if (!row->samples || summary_of(report, i, &summary))
        return object;
    set(object, "median", json_real(summary.median));
    set(object, "ci95", json_pack("[f, f]", summary.ci95.low, summary.ci95.high));
    set(object, "confidence", json_real(summary.confidence));
    if (row->ended)
        set_window(report, row, &summary, object);
    json_row_io(report, row, object);
    if (row->has_cost)
        set(object, "exit_cost", cost_json(report, row));
    return object;
}
