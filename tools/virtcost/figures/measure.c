/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/virtcost/figures/measure.h"

#define DIGITS 4

#define MICRO "\xc2\xb5s"

/* For each unit, the display units by the smallest value that each is used for. */
static const struct step {
    const char *unit;
    double from;
    struct measure shown; /* unit NULL: the same */
} steps[] = {
    {"ns", 0, {1, "", "ns"}},
    {"ns", 1e3, {1e-3, "", MICRO}},
    {"ns", 1e6, {1e-6, "", "ms"}},
    {"ns", 1e9, {1e-9, "", "s"}},
    {"s", 0, {1e9, "", "ns"}},
    {"s", 1e-6, {1e6, "", MICRO}},
    {"s", 1e-3, {1e3, "", "ms"}},
    {"s", 1, {1, "", "s"}},
    {"KiB", 0, {1, "", "KiB"}},
    {"KiB", 1 << 10, {1.0 / (1 << 10), "", "MiB"}},
    {"KiB", 1 << 20, {1.0 / (1 << 20), "", "GiB"}},
    {"IOPS", 0, {1, "", NULL}},
    {"IOPS", 1e4, {1e-3, "k ", NULL}},
    {"IOPS", 1e6, {1e-6, "M ", NULL}},
    {"1/s", 0, {1, "", NULL}},
    {"1/s", 1e4, {1e-3, "k ", NULL}},
    {"1/s", 1e6, {1e-6, "M ", NULL}},
};

struct measure measure_of(const char *unit, double typical)
{
    struct measure measure = {1, "", unit};

    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (!strcmp(steps[i].unit, unit) && (fabs(typical) >= steps[i].from))
            measure = steps[i].shown;
    if (!measure.unit)
        measure.unit = unit;
    return measure;
}

bool measure_changes(const char *unit)
{
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (!strcmp(steps[i].unit, unit))
            return true;
    return false;
}

const char *measure_digits(char text[MEASURE_TEXT_MAX], double value, int digits)
{
    double size = fabs(value);
    int decimals = size > 0 ? digits - 1 - (int)floor(log10(size)) : 0;

    if (size >= 1e7 || (size > 0 && size < 1e-4))
        snprintf(text, MEASURE_TEXT_MAX, "%.3g", value);
    else
        snprintf(text, MEASURE_TEXT_MAX, "%.*f", decimals > 0 ? decimals : 0, value);
    return text;
}

const char *measure_value(char text[MEASURE_TEXT_MAX], const struct measure *measure, double value)
{
    return measure_digits(text, value * measure->factor, DIGITS);
}

const char *measure_text(char text[MEASURE_TEXT_MAX], const struct measure *measure, double value)
{
    char number[MEASURE_TEXT_MAX];

    snprintf(text, MEASURE_TEXT_MAX, "%s %s%.24s", measure_value(number, measure, value),
             measure->prefix, measure->unit);
    return text;
}

const char *measure_plain(char text[MEASURE_TEXT_MAX], const struct measure *measure)
{
    snprintf(text, MEASURE_TEXT_MAX, "%s%.24s", measure->prefix,
             strcmp(measure->unit, MICRO) ? measure->unit : "us");
    return text;
}

const char *measure_size(char text[MEASURE_TEXT_MAX], long long bytes)
{
    if (bytes && bytes % (1 << 20) == 0)
        snprintf(text, MEASURE_TEXT_MAX, "%lldM", bytes >> 20);
    else if (bytes && bytes % (1 << 10) == 0)
        snprintf(text, MEASURE_TEXT_MAX, "%lldK", bytes >> 10);
    else
        snprintf(text, MEASURE_TEXT_MAX, "%lld", bytes);
    return text;
}
