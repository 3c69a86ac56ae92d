/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vmm/base/units.h"
#include "vmm/config/select.h"
#include "vmm/report/outcome.h"

/* A guest that does not understand its arguments ends with this status, before it begins. */
#define STATUS_ARGS 2

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

    if (report->facts->stop != STOP_GUEST || result->has_fault ||
        result->exit_status == STATUS_ARGS)
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
            missing->reason = "the guest reported none";
        return true;
    }
    return false;
}

bool outcome_io_error(const struct report *report, char *text, size_t size)
{
    for (unsigned i = 0; i < report->facts->disks; i++) {
        const struct run_disk *disk = &report->facts->disk[i];
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
