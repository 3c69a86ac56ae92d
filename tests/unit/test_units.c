/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/core/base/units.h"

/* The value of a text, or the errno if it is invalid. */
struct reading {
    const char *text;
    int error;
    uint64_t value;
};

static void check_readings(const struct reading *reading, size_t count,
                           int (*parse)(const char *, uint64_t *))
{
    for (size_t i = 0; i < count; i++) {
        uint64_t value = 0;
        int result;

        errno = 0;
        result = parse(reading[i].text, &value);
        ck_assert_msg(result == (reading[i].error ? -1 : 0), "'%s' gives %d", reading[i].text,
                      result);
        if (reading[i].error)
            ck_assert_msg(errno == reading[i].error, "'%s': errno %d", reading[i].text, errno);
        else
            ck_assert_msg(value == reading[i].value, "'%s' is %llu", reading[i].text,
                          (unsigned long long)value);
    }
}

START_TEST(sizes_are_parsed_in_powers_of_1024)
{
    static const struct reading readings[] = {
        {"0", 0, 0},
        {"4096", 0, 4096},
        {"18446744073709551615", 0, UINT64_MAX},
        {"64K", 0, 64 << 10},
        {"2M", 0, 2 << 20},
        {"2m", 0, 2 << 20},
        {"2GiB", 0, 2ull << 30},
        {"2gb", 0, 2ull << 30},
        {"1.5G", 0, 3ull << 29},
        {"1T", 0, 1ull << 40},
        {"3P", 0, 3ull << 50},
        {"15E", 0, 15ull << 60},
        {"1e", 0, 1ull << 60},
        {"0.5K", 0, 512},
        {"0000000000000000000000000000001K", 0, 1024},
    };

    check_readings(readings, sizeof(readings) / sizeof(readings[0]), units_parse_size);
}
END_TEST

START_TEST(invalid_sizes_are_refused)
{
    static const struct reading readings[] = {
        {"", EINVAL, 0},
        {"K", EINVAL, 0},
        {"-1", EINVAL, 0},
        {"+1", EINVAL, 0},
        {" 1", EINVAL, 0},
        {"1 ", EINVAL, 0},
        {"1 K", EINVAL, 0},
        {"1KK", EINVAL, 0},
        {"1X", EINVAL, 0},
        {"1.5", EINVAL, 0},
        {"1..5K", EINVAL, 0},
        {".5K", EINVAL, 0},
        {"1e3", EINVAL, 0},
        {"1E3", EINVAL, 0},
        {"1e3K", EINVAL, 0},
        {"1E3K", EINVAL, 0},
        {"1E+1K", EINVAL, 0},
        {"0x10", EINVAL, 0},
        {"0x10K", EINVAL, 0},
        {"0X1P4K", EINVAL, 0},
        {"nan", EINVAL, 0},
        {"inf", EINVAL, 0},
        {"16E", ERANGE, 0},
        {"1000000P", ERANGE, 0},
        {"18446744073709551616", ERANGE, 0},
        {"99999999999999999999K", ERANGE, 0},
    };

    check_readings(readings, sizeof(readings) / sizeof(readings[0]), units_parse_size);
}
END_TEST

START_TEST(only_decimal_numbers_are_accepted)
{
    static const struct reading readings[] = {
        {"0", 0, 0},
        {"007", 0, 7},
        {"18446744073709551615", 0, UINT64_MAX},
        {"18446744073709551616", ERANGE, 0},
        {"", EINVAL, 0},
        {"-1", EINVAL, 0},
        {"+1", EINVAL, 0},
        {" 1", EINVAL, 0},
        {"1 ", EINVAL, 0},
        {"1K", EINVAL, 0},
        {"0x1", EINVAL, 0},
        {"99999999999999999999x", EINVAL, 0},
    };

    check_readings(readings, sizeof(readings) / sizeof(readings[0]), units_parse_u64);
}
END_TEST

START_TEST(durations_are_parsed_as_nanoseconds)
{
    static const struct reading readings[] = {
        {"30", 0, 30000000000},   {"30s", 0, 30000000000},
        {"0.5", 0, 500000000},    {"500ms", 0, 500000000},
        {"250us", 0, 250000},     {"2m", 0, 120000000000},
        {"1h", 0, 3600000000000}, {"0", 0, 0},
        {"0.0000000001", 0, 0},   {"9e9", EINVAL, 0},
        {"9E9", EINVAL, 0},       {"0x10", EINVAL, 0},
        {"", EINVAL, 0},          {"s", EINVAL, 0},
        {"-1", EINVAL, 0},        {"1 s", EINVAL, 0},
        {"1S", EINVAL, 0},        {"1d", EINVAL, 0},
        {"nan", EINVAL, 0},       {"9200000000", ERANGE, 0},
        {"99999999h", ERANGE, 0}, {"9000000000", 0, 9000000000000000000},
    };

    check_readings(readings, sizeof(readings) / sizeof(readings[0]), units_parse_seconds);
}
END_TEST

START_TEST(lists_keep_their_order)
{
    static const unsigned expected[] = {7, 0, 2, 3, 4, 2, 4294967294};
    unsigned numbers[8];

    ck_assert_int_eq(units_parse_list("7,0,2-4,2,4294967294", numbers, 8), 7);
    ck_assert_mem_eq(numbers, expected, sizeof(expected));
    ck_assert_int_eq(units_parse_list("5-5", numbers, 1), 1);
    ck_assert_uint_eq(numbers[0], 5);
}
END_TEST

START_TEST(invalid_lists_are_refused)
{
    static const struct {
        const char *text;
        int error;
    } bad[] = {
        {"", EINVAL},
        {",", EINVAL},
        {"1,", EINVAL},
        {",1", EINVAL},
        {"1,,2", EINVAL},
        {"1-", EINVAL},
        {"-1", EINVAL},
        {"1-2-3", EINVAL},
        {"3-2", EINVAL},
        {"1 ,2", EINVAL},
        {"1, 2", EINVAL},
        {"a", EINVAL},
        {"0x1", EINVAL},
        {"1.5", EINVAL},
        {"0-4", ERANGE},
        {"1,2,3,4,5", ERANGE},
        {"4294967295", ERANGE},
        {"0-99999999999999999999", ERANGE},
        {"0-4294967294", ERANGE},
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unsigned numbers[5] = {[4] = 77};

        errno = 0;
        ck_assert_msg(units_parse_list(bad[i].text, numbers, 4) == -1, "'%s'", bad[i].text);
        ck_assert_msg(errno == bad[i].error, "'%s': errno %d", bad[i].text, errno);
        ck_assert_uint_eq(numbers[4], 77);
    }
}
END_TEST

static void check_format(const char *(*format)(char *, uint64_t), uint64_t value,
                         const char *expected)
{
    char text[UNITS_TEXT_MAX];

    ck_assert_ptr_eq(format(text, value), text);
    ck_assert_str_eq(text, expected);
}

START_TEST(sizes_are_formatted_exactly)
{
    check_format(units_format_size, 0, "0 B");
    check_format(units_format_size, 1, "1 B");
    check_format(units_format_size, 1023, "1023 B");
    check_format(units_format_size, 1024, "1 KiB");
    check_format(units_format_size, 4097, "4097 B");
    check_format(units_format_size, 2147483648, "2 GiB");
    check_format(units_format_size, 1538ull << 20, "1538 MiB");
    check_format(units_format_size, 1ull << 63, "8 EiB");
    check_format(units_format_size, UINT64_MAX, "18446744073709551615 B");
    check_format(units_format_size, (2ull << 20) + 1, "2097153 B");
    check_format(units_format_size, 20482ull << 20, "20482 MiB");
}
END_TEST

START_TEST(durations_are_formatted_with_three_digits)
{
    check_format(units_format_ns, 0, "0 ns");
    check_format(units_format_ns, 999, "999 ns");
    check_format(units_format_ns, 1000, "1.00 us");
    check_format(units_format_ns, 9994, "9.99 us");
    check_format(units_format_ns, 9996, "10.0 us");
    check_format(units_format_ns, 27149, "27.1 us");
    check_format(units_format_ns, 99960, "100 us");
    check_format(units_format_ns, 999499, "999 us");
    check_format(units_format_ns, 999500, "1.00 ms");
    check_format(units_format_ns, 999499999, "999 ms");
    check_format(units_format_ns, 999500000, "1.00 s");
    check_format(units_format_ns, 1250000000, "1.25 s");
    check_format(units_format_ns, UINT64_MAX, "18446744074 s");
}
END_TEST

START_TEST(counts_take_five_characters_at_most)
{
    check_format(units_format_count, 0, "0");
    check_format(units_format_count, 9999, "9999");
    check_format(units_format_count, 10000, "10.0k");
    check_format(units_format_count, 12345, "12.3k");
    check_format(units_format_count, 999499, "999k");
    check_format(units_format_count, 999500, "1.00M");
    check_format(units_format_count, 4560000, "4.56M");
    check_format(units_format_count, UINT64_MAX, "18.4E");
    for (uint64_t value = 1; value < UINT64_MAX / 10; value *= 10) {
        for (uint64_t digits = 1; digits < 100; digits++) {
            char text[UNITS_TEXT_MAX];

            if (digits > UINT64_MAX / value)
                break;
            ck_assert_uint_le(strlen(units_format_count(text, value * digits - 1)), 5);
            ck_assert_uint_le(strlen(units_format_count(text, value * digits)), 5);
        }
    }
}
END_TEST

SUITE_MAIN("units", sizes_are_parsed_in_powers_of_1024, invalid_sizes_are_refused,
           only_decimal_numbers_are_accepted, durations_are_parsed_as_nanoseconds,
           lists_keep_their_order, invalid_lists_are_refused, sizes_are_formatted_exactly,
           durations_are_formatted_with_three_digits, counts_take_five_characters_at_most)
