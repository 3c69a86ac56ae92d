/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/core/config/select.h"
#include "vmm/core/report/outcome.h"

static bool has_row(const struct run_result *result, const char *word, size_t length)
{
    for (uint32_t i = 0; i < result->rows; i++)
        if (select_matches(result->row[i].begin.name, word, length))
            return true;
    return false;
}

static const char *reason_of(const struct channel_skip *skip, uint32_t count, const char *word,
                             size_t length)
{
    for (uint32_t i = 0; i < count; i++)
        if (select_matches(skip[i].name, word, length))
            return skip[i].reason;
    return NULL;
}

bool outcome_missing(const struct report *report, const char **at, struct outcome_missing *missing)
{
    const struct run_result *result = report->result;

    if (report->info->stop != STOP_GUEST || result->has_fault)
        return false;
    while (*at) {
        const char *word;
        size_t length;

        *at = select_word(*at, &word, &length);
        if ((length == 4 && !strncmp(word, "none", 4)) || has_row(result, word, length))
            continue;
        *missing = (struct outcome_missing){
            .word = word,
            .length = length,
            .reason = reason_of(result->fail, result->failed, word, length),
        };
        missing->failed = missing->reason;
        if (!missing->reason)
            missing->reason = reason_of(result->skip, result->skipped, word, length);
        if (!missing->reason)
            missing->reason = "not reported by the guest";
        return true;
    }
    return false;
}

bool outcome_interrupted(const struct report *report, const struct result_row *row)
{
    return report->pauses && pauses_hit(report->pauses, row->began_ns, row->ended_ns);
}

uint32_t outcome_interrupted_rows(const struct report *report)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < report->result->rows; i++)
        count += outcome_interrupted(report, &report->result->row[i]);
    return count;
}

/* "stopped for up to 1.02 s", or of several "stopped 2 times, for up to 3.40 s in all". */
static void describe_kind(const struct pauses *pauses, enum pause_kind kind, char *text,
                          size_t size)
{
    static const char *const name[] = {
        [PAUSE_STOPPED] = "the run was stopped",
        [PAUSE_FROZEN] = "the run was frozen",
        [PAUSE_SUSPENDED] = "the host was suspended",
        [PAUSE_STALLED] = "the run stalled for an unknown reason",
    };
    /* The duration of a suspend is exact. */
    const char *most = kind == PAUSE_SUSPENDED ? "" : "up to ";
    size_t used = strlen(text);
    char duration[UNITS_TEXT_MAX];
    unsigned count = 0;
    uint64_t ns = 0;

    for (unsigned i = 0; i < pauses->count; i++) {
        count += pauses->pause[i].kind == kind;
        ns += pauses->pause[i].kind == kind ? pauses->pause[i].ns : 0;
    }
    units_format_ns(duration, ns);
    if (count == 1)
        snprintf(text + used, size - used, "%s%s for %s%s", used ? ", " : "", name[kind], most,
                 duration);
    else if (count)
        snprintf(text + used, size - used, "%s%s %u times, for %s%s in all", used ? ", " : "",
                 name[kind], count, most, duration);
}

/* Whether any pause can void a row. */
static bool has_break(const struct pauses *pauses)
{
    for (unsigned i = 0; i < pauses->count; i++)
        if (pauses->pause[i].kind != PAUSE_STALLED)
            return true;
    return false;
}

bool outcome_pauses(const struct report *report, char *text, size_t size)
{
    uint32_t rows = outcome_interrupted_rows(report), all = report->result->rows;
    size_t used;

    text[0] = '\0';
    if (!report->pauses || !report->pauses->count)
        return false;
    for (enum pause_kind kind = PAUSE_STOPPED; kind <= PAUSE_STALLED; kind++)
        describe_kind(report->pauses, kind, text, size);
    used = strlen(text);
    if (rows)
        snprintf(text + used, size - used, "; %u of %u result%s overlap%s this and %s void", rows,
                 all, units_s(all), rows == 1 ? "s" : "", rows == 1 ? "is" : "are");
    else if (has_break(report->pauses))
        snprintf(text + used, size - used, "; no result overlaps this");
    return true;
}

bool outcome_io_error(const struct report *report, char *text, size_t size)
{
    for (unsigned i = 0; i < report->info->disks; i++) {
        const struct run_disk *disk = &report->info->disk[i];
        uint64_t errors = disk->io[IO_ERRORS];

        if (!errors)
            continue;
        snprintf(text, size, "%s: %" PRIu64 " request%s ended with an error%s%s", disk->name,
                 errors, units_s(errors),
                 !disk->io_error ? ""
                 : errors == 1   ? ": "
                                 : ", the first with: ",
                 disk->io_error ? strerror(disk->io_error) : "");
        return true;
    }
    return false;
}
