/* SPDX-License-Identifier: MIT */
/*
 * Quantities as a reader wants them: 25100 ns as 25.1 µs, 84023 IOPS as 84.02 k IOPS.
 */
#ifndef VIRTCOST_FIGURES_MEASURE_H
#define VIRTCOST_FIGURES_MEASURE_H

#include <stdbool.h>

/* Room for what the functions below make. */
#define MEASURE_TEXT_MAX 64

/* How values of one unit are shown: each times `factor`, with `prefix` and `unit` behind. */
struct measure {
    double factor;
    const char *prefix; /* of the program's */
    const char *unit;   /* the one given, if it is shown as it is */
};

/*
 * measure_of(): the one that suits a value of that size. ns and s become one another, KiB becomes
 * MiB, and rates get a "k" or "M" in front. `unit` lives as long as the result.
 */
struct measure measure_of(const char *unit, double typical);

/* measure_changes(): whether values of that unit are shown in more than one way. */
bool measure_changes(const char *unit);

/*
 * measure_digits(): a number with that many significant digits, without an exponent unless it
 * takes too many zeros. Returns `text`.
 */
const char *measure_digits(char text[MEASURE_TEXT_MAX], double value, int digits);

/* measure_value(): the number as `measure` shows it, four digits. Returns `text`. */
const char *measure_value(char text[MEASURE_TEXT_MAX], const struct measure *measure, double value);

/* measure_text(): the same with the unit. Returns `text`. */
const char *measure_text(char text[MEASURE_TEXT_MAX], const struct measure *measure, double value);

/* measure_plain(): the unit alone, of ASCII as long as the one given is: "us", "k IOPS". */
const char *measure_plain(char text[MEASURE_TEXT_MAX], const struct measure *measure);

/* measure_size(): bytes as fio writes them: "512", "4K", "1M". Returns `text`. */
const char *measure_size(char text[MEASURE_TEXT_MAX], long long bytes);

#endif
