/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "minivmm/abi.h"
#include "vmm/core/base/stats.h"
#include "vmm/core/report/cost.h"
#include "vmm/core/report/summary.h"

/* `values` are sorted here. */
static struct cost_spread spread_of(double *values, size_t count)
{
    stats_sort(values, count);
    return (struct cost_spread){
        .p50 = stats_median(values, count),
        .p99 = values[(count - 1) * 99 / 100],
        .max = values[count - 1],
    };
}

int cost_of(const struct report *report, const struct result_row *row, struct cost *cost)
{
    const struct result_time *time = report->result->time + row->first_time;
    size_t count = row->times;
    double *values;

    *cost = (struct cost){.has_times = count, .has_handler = count};
    if (!count)
        return 0;
    values = malloc(3 * count * sizeof(*values));
    if (!values)
        return -1;
    for (size_t i = 0; i < count; i++) {
        double *roundtrip = &values[i], *handler = roundtrip + count, *switched = handler + count;

        *roundtrip = (double)clock_ns(&report->info->rate, time[i].ticks);
        *handler = time[i].handler_ns;
        *switched = *roundtrip - *handler;
        cost->has_handler &= time[i].handler_ns != RESULT_NO_HANDLER;
    }
    cost->roundtrip = spread_of(values, count);
    cost->handler = spread_of(values + count, count);
    cost->switched = spread_of(values + 2 * count, count);
    free(values);
    return 0;
}

const struct result_row *cost_traced(const struct report *report, const struct result_row *row)
{
    for (uint32_t i = 0; report->traced && i < report->traced->rows; i++) {
        const struct result_row *traced = &report->traced->row[i];

        if (traced->ended && traced->ops && traced->begin.threads == row->begin.threads &&
            !strcmp(traced->begin.name, row->begin.name) &&
            !strcmp(traced->begin.params, row->begin.params))
            return traced;
    }
    return NULL;
}

/*
 * The summary of the row of a bare KVM_RUN with these parameters. Returns 0, or -1 if there is
 * none.
 */
static int summary_of_bare(const struct report *report, const char *params, struct summary *summary)
{
    for (uint32_t i = 0; i < report->result->rows; i++) {
        const struct result_row *row = &report->result->row[i];

        if (row->samples && (row->begin.flags & MINIVMM_BENCH_BARE_RUN) &&
            !strcmp(row->begin.params, params))
            return summary_of(report, i, summary);
    }
    return -1;
}

unsigned cost_added(const struct report *report, struct cost_added *added, unsigned max)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < report->result->rows && count < max; i++) {
        const struct result_row *row = &report->result->row[i];
        struct cost_added *pair = &added[count];
        struct summary bare, more;

        if (!(row->begin.flags & MINIVMM_BENCH_ADDED_WORK) || !row->samples ||
            summary_of_bare(report, row->begin.params, &bare) || summary_of(report, i, &more))
            continue;
        pair->exit = row->begin.params + strcspn(row->begin.params, "=");
        pair->exit += *pair->exit == '=';
        pair->bare = bare.median;
        pair->added = more.median;
        pair->ratio = (bare.median + more.median) / bare.median;
        pair->ci95 = more.ci95;
        pair->confidence = more.confidence;
        count += pair->bare > 0;
    }
    return count;
}
