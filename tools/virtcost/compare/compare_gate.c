/* SPDX-License-Identifier: MIT */
/* Whether a comparison fails. A figure that cannot be judged does not pass. */
#include <math.h>
#include <string.h>

#include "tools/virtcost/compare/compare.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/base/units.h"

/* Print at most this many names. */
#define NAMES_MAX 20

/* Tolerance for rounding in percentages. */
#define ROUNDING 1e-9

enum standing {
    STANDING_FINE,
    STANDING_WORSE,
    STANDING_MAY_BE_WORSE,
    STANDING_UNCLEAR,
};

#define STANDINGS (STANDING_UNCLEAR + 1)

/*
 * How much worse b's median is, in percent of a's; negative: better. Without a ratio, computed from
 * the two medians as far as they exist.
 */
static double loss_of(const json_t *row)
{
    const json_t *ratio = json_object_get(row, "ratio");
    const double a = get_number(row, "a_median"), b = get_number(row, "b_median");
    const bool lower = get_is(row, "better", "lower");
    double rise;

    if (ratio)
        rise = 100 * (json_number_value(ratio) - 1);
    else if (a > 0)
        rise = 100 * (b / a - 1);
    else
        rise = b > 0 ? INFINITY : 0;
    return lower ? rise : -rise;
}

/* Whether a has a figure above 0 and b has no sample of it. */
static bool is_lost(const json_t *row)
{
    return get_number(row, "a_median") > 0 && !json_object_get(row, "b_median");
}

/* Whether a has no sample of a figure: it is not known to be worse. */
static bool is_new(const json_t *row)
{
    return !json_object_get(row, "a_median");
}

static enum standing standing_of(const json_t *row, double worse_pct)
{
    const bool much = worse_pct >= 0 && loss_of(row) > worse_pct + ROUNDING;

    if (get_is(row, "verdict", "worse"))
        return much ? STANDING_WORSE : STANDING_FINE;
    if (get_is(row, "verdict", "unclear"))
        return much ? STANDING_MAY_BE_WORSE : STANDING_UNCLEAR;
    if (get_is(row, "verdict", "none"))
        return worse_pct >= 0 && !is_new(row) && (much || is_lost(row)) ? STANDING_MAY_BE_WORSE
                                                                        : STANDING_UNCLEAR;
    return STANDING_FINE;
}

struct standings {
    unsigned count[STANDINGS];
    unsigned rows, missing; /* figures in both files; figures of a without a comparable one in b */
};

static struct standings count(const json_t *comparison, const struct compare_gate *gate)
{
    struct standings standings = {0};
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(comparison, "rows"), i, row)
        standings.count[standing_of(row, gate->worse_pct)]++;
    standings.rows = (unsigned)json_array_size(json_object_get(comparison, "rows"));
    standings.missing = (unsigned)(json_array_size(json_object_get(comparison, "only_a")) +
                                   json_array_size(json_object_get(comparison, "apart")));
    return standings;
}

static unsigned unjudged(const struct standings *standings)
{
    return standings->count[STANDING_MAY_BE_WORSE] + standings->count[STANDING_UNCLEAR] +
           standings->missing;
}

static const char *are(unsigned count)
{
    return count == 1 ? " is" : "s are";
}

static void hint_more(const json_t *comparison, struct err *err)
{
    if (get_is(comparison, "sampled", "blocks"))
        err_hint(err, "more --blocks in both files, 10 at least");
    else
        err_hint(err, "runs without --quick, or virtcost run for more samples");
}

unsigned compare_fails(const json_t *comparison, const struct compare_gate *gate,
                       struct err err[COMPARE_FAILURES])
{
    const struct standings standings = count(comparison, gate);
    const unsigned worse = standings.count[STANDING_WORSE];
    const unsigned maybe = standings.count[STANDING_MAY_BE_WORSE];
    unsigned failures = 0;

    if ((gate->worse_pct >= 0 || gate->unclear) && !standings.rows) {
        err_set(&err[failures], ERR_FAILED, "%s: no figure in common",
                gate->worse_pct >= 0 ? "--fail-if-worse" : "--fail-if-unclear");
        err_hint(&err[failures++], "files of the same experiments");
        return failures;
    }
    if (worse)
        err_set(&err[failures++], ERR_FAILED,
                "--fail-if-worse: %u figure%s worse by more than %g %%", worse, are(worse),
                gate->worse_pct);
    if (maybe) {
        err_set(&err[failures], ERR_FAILED,
                "--fail-if-worse: %u figure%s may be worse by more than %g %% and cannot be judged",
                maybe, units_s(maybe), gate->worse_pct);
        hint_more(comparison, &err[failures++]);
    }
    if (gate->worse_pct >= 0 && standings.missing) {
        err_set(&err[failures], ERR_FAILED, "--fail-if-worse: %u figure%s of a %s missing from b",
                standings.missing, units_s(standings.missing),
                standings.missing == 1 ? "is" : "are");
        err_hint(&err[failures++], "files of the same experiments, benchmarks and environments");
    }
    if (gate->unclear && unjudged(&standings)) {
        err_set(&err[failures], ERR_FAILED, "--fail-if-unclear: %u figure%s cannot be judged",
                unjudged(&standings), units_s(unjudged(&standings)));
        hint_more(comparison, &err[failures++]);
    }
    return failures;
}

/* `sampled`: blocks or samples, more of which would settle it. */
static void print_reason(FILE *out, const json_t *row, enum standing standing, const char *sampled)
{
    const struct verdict_ratio ratio = compare_ratio(row);
    const json_int_t blocks = get_integer(row, "settled_by_blocks");

    if (is_lost(row)) {
        fprintf(out, ": no ratio, b has no sample");
        return;
    }
    if (standing == STANDING_MAY_BE_WORSE && isfinite(loss_of(row)))
        fprintf(out, ": may be %.3g %% worse", loss_of(row));
    if (!ratio.ranged) {
        fprintf(out, ": no ratio%s", is_new(row) ? "" : ", a sample is not above 0");
        return;
    }
    if (!ratio.sure)
        fprintf(out, ": %zu sample%s, at least %d are needed", ratio.samples,
                units_s(ratio.samples), VERDICT_SAMPLES_MIN);
    else
        fprintf(out, ": %.4g [%.4g, %.4g] is too wide", ratio.median, ratio.interval.low,
                ratio.interval.high);
    if (ratio.sure && blocks > 0 && blocks < VERDICT_SAMPLES_MAX)
        fprintf(out, ", about %lld %s would settle it", (long long)blocks, sampled);
}

/* Print the rows of one standing; *left is the number of names that may still be printed. */
static void print_rows(FILE *out, const json_t *comparison, double worse_pct,
                       enum standing standing, unsigned *left)
{
    json_t *row, *name;
    size_t i;

    json_array_foreach (json_object_get(comparison, "rows"), i, row) {
        if (!*left || standing_of(row, worse_pct) != standing)
            continue;
        name = compare_name(row);
        fprintf(out, "  %s", json_string_value(name));
        print_reason(out, row, standing, get_text(comparison, "sampled"));
        fputc('\n', out);
        json_decref(name);
        --*left;
    }
}

/* Print the figures in a list of names, with the reason; *left as in print_rows(). */
static void print_names(FILE *out, const json_t *names, const char *reason, unsigned *left)
{
    json_t *name;
    size_t i;

    json_array_foreach (names, i, name) {
        if (!*left)
            return;
        fprintf(out, "  %s: %s\n", json_string_value(name), reason);
        --*left;
    }
}

void compare_print_unclear(FILE *out, const char *program, const json_t *comparison,
                           const struct compare_gate *gate)
{
    const struct standings standings = count(comparison, gate);
    const unsigned all = unjudged(&standings);
    unsigned left = NAMES_MAX;

    if (!all)
        return;
    fprintf(out, "%s: %u of %u figure%s cannot be judged:\n", program, all,
            standings.rows + standings.missing, units_s(standings.rows + standings.missing));
    print_rows(out, comparison, gate->worse_pct, STANDING_MAY_BE_WORSE, &left);
    print_rows(out, comparison, gate->worse_pct, STANDING_UNCLEAR, &left);
    print_names(out, json_object_get(comparison, "only_a"), "only in a", &left);
    print_names(out, json_object_get(comparison, "apart"), "another unit or direction in b", &left);
    if (all > NAMES_MAX)
        fprintf(out, "  and %u more\n", all - NAMES_MAX);
}
