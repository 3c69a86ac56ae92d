/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/units.h"

static int fail(int error)
{
    errno = error;
    return -1;
}

/*
 * Parse a decimal number with an optional fraction; *rest points after it. strtod() alone would
 * also accept "nan", "1e3" and "0x1".
 */
static int parse_number(const char *text, double *value, const char **rest)
{
    char *end;

    *value = strtod(text, &end);
    if (!isdigit((unsigned char)text[0]) || end > text + strspn(text, "0123456789."))
        return fail(EINVAL);
    *rest = end;
    return 0;
}

int units_parse_u64(const char *text, uint64_t *value)
{
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return fail(EINVAL);
    errno = 0;
    *value = strtoull(text, &end, 10);
    if (*end)
        return fail(EINVAL);
    return errno ? -1 : 0;
}

int units_parse_size(const char *text, uint64_t *bytes)
{
    static const char units[] = "KMGTPE";
    const char *rest, *unit;
    unsigned shift = 0;
    double value;

    if (!units_parse_u64(text, bytes))
        return 0;
    if (errno == ERANGE || parse_number(text, &value, &rest))
        return -1;
    unit = *rest ? strchr(units, toupper((unsigned char)*rest)) : NULL;
    if (unit) {
        shift = 10 * (unsigned)(unit - units + 1);
        rest++;
        rest += *rest == 'i' || *rest == 'I';
        rest += *rest == 'b' || *rest == 'B';
    }
    if (*rest || !unit)
        return fail(EINVAL);
    value = ldexp(value, (int)shift);
    if (value >= 18446744073709551616.0)
        return fail(ERANGE);
    *bytes = (uint64_t)value;
    return 0;
}

int units_parse_seconds(const char *text, uint64_t *ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"m", 60e9}, {"h", 3600e9}};
    const char *rest;
    double value;

    if (parse_number(text, &value, &rest))
        return -1;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(rest, units[i].name))
            continue;
        if (value * units[i].ns >= 9.2e18)
            return fail(ERANGE);
        *ns = (uint64_t)(value * units[i].ns);
        return 0;
    }
    return fail(EINVAL);
}

int units_parse_list(const char *text, unsigned *numbers, int max)
{
    int count = 0;

    do {
        unsigned long first, last;
        char *end;

        if (!isdigit((unsigned char)*text))
            return fail(EINVAL);
        errno = 0;
        first = last = strtoul(text, &end, 10);
        if (*end == '-') {
            if (!isdigit((unsigned char)end[1]))
                return fail(EINVAL);
            last = strtoul(end + 1, &end, 10);
        }
        if (errno || last > UINT32_MAX - 1)
            return fail(ERANGE);
        if (first > last || (*end && *end != ','))
            return fail(EINVAL);
        for (; first <= last; first++) {
            if (count == max)
                return fail(ERANGE);
            numbers[count++] = (unsigned)first;
        }
        text = *end ? end + 1 : NULL;
    } while (text);
    return count;
}

const char *units_format_size(char text[UNITS_TEXT_MAX], uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    unsigned unit = 0;

    while (bytes && bytes % 1024 == 0 && unit < 6) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, UNITS_TEXT_MAX, "%" PRIu64 " %s", bytes, units[unit]);
    return text;
}

/* Three significant digits without an exponent: 1.25, 27.1, 850. */
static void format_digits(char *text, size_t size, double value, const char *suffix)
{
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

    snprintf(text, size, "%.*f%s", decimals, value, suffix);
}

const char *units_format_ns(char text[UNITS_TEXT_MAX], uint64_t ns)
{
    if (ns < 1000)
        snprintf(text, UNITS_TEXT_MAX, "%" PRIu64 " ns", ns);
    else if (ns < 999500)
        format_digits(text, UNITS_TEXT_MAX, (double)ns / 1e3, " us");
    else if (ns < 999500000)
        format_digits(text, UNITS_TEXT_MAX, (double)ns / 1e6, " ms");
    else
        format_digits(text, UNITS_TEXT_MAX, (double)ns / 1e9, " s");
    return text;
}

const char *units_format_count(char text[UNITS_TEXT_MAX], uint64_t count)
{
    static const char *const units[] = {"k", "M", "G", "T", "P", "E"};
    double value = (double)count / 1000;
    unsigned unit = 0;

    if (count < 10000) {
        snprintf(text, UNITS_TEXT_MAX, "%" PRIu64, count);
        return text;
    }
    for (; value >= 999.5 && unit < 5; unit++)
        value /= 1000;
    format_digits(text, UNITS_TEXT_MAX, value, units[unit]);
    return text;
}
