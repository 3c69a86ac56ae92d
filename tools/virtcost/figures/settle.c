/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/settle.h"
#include "tools/virtcost/figures/verdict.h"
#include "vmm/core/base/units.h"

struct tally {
    unsigned ratios, unclear; /* ratios with a verdict, and the unclear ones */
    unsigned few;             /* unclear ones with too few samples for a 95 % interval */
    double *blocks;           /* blocks needed by each other unclear one, where known; sorted */
    unsigned known;
};

static void count(struct tally *tally, const struct settle *settle)
{
    for (size_t i = 0; i < settle->count; i++) {
        const struct verdict_ratio *ratio = &settle->ratio[i];
        const enum verdict verdict = verdict_of(ratio, settle->margin);
        const size_t samples = verdict_samples(ratio, settle->margin);

        tally->ratios += verdict != VERDICT_NONE;
        if (verdict != VERDICT_UNCLEAR)
            continue;
        tally->unclear++;
        if (!ratio->sure)
            tally->few++;
        else if (samples && samples < VERDICT_SAMPLES_MAX)
            tally->blocks[tally->known++] = (double)samples;
    }
    stats_sort(tally->blocks, tally->known);
}

static void append(char text[SETTLE_TEXT_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void append(char text[SETTLE_TEXT_MAX], const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;

    va_start(args, format);
    vsnprintf(text + used, SETTLE_TEXT_MAX - used, format, args);
    va_end(args);
}

/* "20 blocks (about 3 min)"; without the time if the time of a block is unknown. */
static void append_blocks(char text[SETTLE_TEXT_MAX], double blocks, const struct settle *settle)
{
    const double seconds = blocks * settle->block_s;

    append(text, "%.0f %s", blocks, settle->sampled);
    if (!(seconds > 0))
        return;
    if (seconds < 90)
        append(text, " (about %.0f s)", seconds < 1 ? 1 : seconds);
    else if (seconds < 90 * 60)
        append(text, " (about %.0f min)", seconds / 60);
    else
        append(text, " (about %.1f h)", seconds / 3600);
}

static void append_few(char text[SETTLE_TEXT_MAX], const struct tally *tally,
                       const struct settle *settle)
{
    if (!tally->few)
        return;
    append(text, ". %u %s too few %s for a 95 %% interval: take at least ", tally->few,
           tally->few == 1 ? "has" : "have", settle->sampled);
    append_blocks(text, VERDICT_SAMPLES_MIN, settle);
}

static void append_wide(char text[SETTLE_TEXT_MAX], const struct tally *tally,
                        const struct settle *settle)
{
    const unsigned wide = tally->unclear - tally->few, known = tally->known, half = (known + 1) / 2;
    const double *blocks = tally->blocks;

    if (!wide)
        return;
    append(text, ". %u %s too wide an interval", wide, wide == 1 ? "has" : "have");
    if (known) {
        bool at_once = blocks[half - 1] == blocks[known - 1];

        append(text, ": about ");
        append_blocks(text, blocks[half - 1], settle);
        append(text, " would settle %u", at_once ? known : half);
        if (!at_once) {
            append(text, ", about ");
            append_blocks(text, blocks[known - 1], settle);
            append(text, " %u", known);
        }
    }
    if (known < wide)
        append(text, ". %u would take more than %d %s", wide - known, VERDICT_SAMPLES_MAX - 1,
               settle->sampled);
}

bool settle_text(char text[SETTLE_TEXT_MAX], const struct settle *settle)
{
    struct tally tally = {.blocks = calloc(settle->count + 1, sizeof(*tally.blocks))};

    text[0] = '\0';
    if (tally.blocks)
        count(&tally, settle);
    if (tally.unclear) {
        append(text, "%u of %u ratio%s", tally.unclear, tally.ratios, units_s(tally.ratios));
        append_few(text, &tally, settle);
        append_wide(text, &tally, settle);
        append(text, ".");
    }
    free(tally.blocks);
    return tally.unclear;
}

bool settle_rows(char text[SETTLE_TEXT_MAX], const json_t *rows, double margin, double block_s)
{
    struct verdict_ratio *ratio = calloc(json_array_size(rows) + 1, sizeof(*ratio));
    struct settle settle = {
        .ratio = ratio, .margin = margin, .sampled = "blocks", .block_s = block_s};
    json_t *row;
    bool any;
    size_t i;

    json_array_foreach (rows, i, row)
        if (ratio)
            ratio[settle.count++] = verdict_read(row);
    any = settle_text(text, &settle);
    free(ratio);
    return any;
}
