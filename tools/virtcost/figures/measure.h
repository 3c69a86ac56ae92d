/* SPDX-License-Identifier: MIT */
/* Quantities in readable units: 25100 ns as 25.1 µs, 84023 IOPS as 84.02 k IOPS. */
#ifndef VIRTCOST_FIGURES_MEASURE_H
#define VIRTCOST_FIGURES_MEASURE_H

#include <stdbool.h>

/* Size of the texts that the functions below write. */
#define MEASURE_TEXT_MAX 64

/* How values of one unit are shown: multiplied by `factor`, with `prefix` and `unit` after them. */
struct measure {
    double factor;
    const char *prefix; /* a static string */
    const char *unit;   /* the given unit, if it is unchanged */
};

/*
 * measure_of(): how to show a value of that size. ns and s become one another, KiB becomes MiB, and
 * rates get a "k" or "M". The result may point to `unit`.
 */
struct measure measure_of(const char *unit, double typical);

/* measure_changes(): whether the display unit of values of `unit` depends on their size. */
bool measure_changes(const char *unit);

/*
 * measure_digits(): a number with `digits` significant digits, without an exponent unless it would
 * need too many zeros. Returns `text`.
 */
const char *measure_digits(char text[MEASURE_TEXT_MAX], double value, int digits);

/* measure_value(): the number as shown by `measure`, four digits. Returns `text`. */
const char *measure_value(char text[MEASURE_TEXT_MAX], const struct measure *measure, double value);

/* measure_text(): the same with the unit. Returns `text`. */
const char *measure_text(char text[MEASURE_TEXT_MAX], const struct measure *measure, double value);

/*
 * measure_plain(): the display unit alone, in ASCII if the given unit is: "us", "k IOPS". Returns
 * `text`.
 */
const char *measure_plain(char text[MEASURE_TEXT_MAX], const struct measure *measure);

/* measure_size(): bytes as fio writes them: "512", "4K", "1M". Returns `text`. */
const char *measure_size(char text[MEASURE_TEXT_MAX], long long bytes);

#endif
