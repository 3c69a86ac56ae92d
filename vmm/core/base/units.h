/* SPDX-License-Identifier: MIT */
/*
 * Parsing and formatting of sizes with binary units, durations and lists of numbers.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

/* Size of a buffer for the units_format_*() functions. */
#define UNITS_TEXT_MAX 24

/*
 * units_parse_size(): "4096", "64K", "2M", "1.5G", "2GiB", "2Gi", "1T" (powers of 1024, any case)
 * as bytes. Returns 0, or -1 with errno EINVAL (invalid) or ERANGE (more than 64 bits).
 */
int units_parse_size(const char *text, uint64_t *bytes);

/* units_parse_u64(): a decimal number without sign or blanks. Returns as units_parse_size(). */
int units_parse_u64(const char *text, uint64_t *value);

/* units_parse_seconds(): "30", "0.5", "500ms", "2m" as ns. Returns as units_parse_size(). */
int units_parse_seconds(const char *text, uint64_t *ns);

/*
 * units_parse_list(): "0,2-5" as numbers in the given order, duplicates kept. Returns their number,
 * or -1 with errno EINVAL, or ERANGE for more than `max`.
 */
int units_parse_list(const char *text, unsigned *numbers, int max);

/* units_format_size(): 2147483648 as "2 GiB", 4097 as "4097 B", exactly. Returns `text`. */
const char *units_format_size(char text[UNITS_TEXT_MAX], uint64_t bytes);

/* units_format_ns(): three digits: "850 ns", "27.1 us", "1.25 s". Returns `text`. */
const char *units_format_ns(char text[UNITS_TEXT_MAX], uint64_t ns);

/* units_format_count(): in at most five characters: "999", "12.3k", "4.56M". Returns `text`. */
const char *units_format_count(char text[UNITS_TEXT_MAX], uint64_t count);

/* units_s(): the plural ending: "1 vCPU", "2 vCPUs". */
static inline const char *units_s(uint64_t count)
{
    return count == 1 ? "" : "s";
}

#endif
