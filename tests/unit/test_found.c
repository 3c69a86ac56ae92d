/* SPDX-License-Identifier: MIT */
/* The sentences at the top of the page: they state only what verdicts support. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/costs.h"
#include "tests/unit/wellformed.h"
#include "tools/virtcost/page/html.h"

/* The sentences, without tags, to be freed by the caller. */
static char *found_in(const json_t *results)
{
    struct err err = {0};
    size_t bytes = 0;
    char *page = NULL, *text, *from, *to;
    FILE *out = open_memstream(&page, &bytes);
    bool tag = false;

    ck_assert(out != NULL && results != NULL);
    ck_assert_msg(!html_write(out, results, NULL, &err), "%s", err.text);
    ck_assert_int_eq(fclose(out), 0);
    wellformed_check(page);
    from = strstr(page, "<div class='found'>");
    ck_assert(from != NULL);
    to = strstr(from, "</div>");
    text = calloc(1, (size_t)(to - from) + 1);
    for (char *put = text; from < to; from++) {
        tag |= *from == '<';
        if (!tag)
            *put++ = *from;
        tag &= *from != '>';
    }
    free(page);
    return text;
}

static void check_found(json_t *results, const char *const *has, const char *const *has_not)
{
    char *text = found_in(results);

    for (; *has; has++)
        ck_assert_msg(strstr(text, *has) != NULL, "no '%s' in: %s", *has, text);
    for (; *has_not; has_not++)
        ck_assert_msg(strstr(text, *has_not) == NULL, "'%s' in: %s", *has_not, text);
    free(text);
    json_decref(results);
}

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(same_and_different_are_stated_with_their_size)
{
    check_found(
        costs_results(),
        TEXTS("This VM is as fast as the host within 2 % in computing and sequential memory "
              "access, and reaches 0.8606 of the rate of the host in random memory access.",
              "A random read of 4 KiB takes 42.63 \xc2\xb5s instead of 13.09 \xc2\xb5s; "
              "interrupts are 64 % of the difference.",
              "A run from start to end takes 5.200 ms instead of 900.0 \xc2\xb5s.",
              "The container is as fast as the host within 3 % in computing",
              "A run from start to end takes 71.00 ms instead"),
        TEXTS("ndecided"));
}
END_TEST

/* One benchmark of kernels, with ratios of these intervals. */
static json_t *one_ratio(const char *env, const char *name, double low, double high,
                         double confidence)
{
    return json_pack("{s:s, s:[s, s], s:[{s:s, s:[{s:s, s:s, s:s, s:s, s:f, s:[f, f], s:f}]}]}",
                     "schema", "virtcost/2", "envs", "native", env, "experiments", "name",
                     "kernels", "ratios", "name", name, "unit", "GB/s", "better", "higher", "env",
                     env, "median", (low + high) / 2, "ci95", low, high, "confidence", confidence);
}

START_TEST(the_stated_margin_contains_the_interval)
{
    check_found(one_ratio("vm", "linpack", 0.999, 1.0005, 0.95),
                TEXTS("as fast as the host within 1 % in computing."), TEXTS("2 %"));
    check_found(one_ratio("vm", "linpack", 0.9902, 1.0005, 0.95), TEXTS("within 1 % in"),
                TEXTS("2 %"));
    check_found(one_ratio("vm", "linpack", 0.9899, 1.0005, 0.95), TEXTS("within 2 % in"),
                TEXTS("1 %"));
    check_found(one_ratio("vm", "linpack", 0.995, 1.0101, 0.95), TEXTS("within 2 % in"),
                TEXTS("1 %"));
}
END_TEST

START_TEST(only_unclear_ratios_are_undecided)
{
    check_found(one_ratio("vm", "linpack", 0.07, 2.67, 0.95),
                TEXTS("All results are still unclear for this VM: computing. The "
                      "intervals are too wide to tell."),
                TEXTS("as fast as", "reaches", "1.37"));
    check_found(one_ratio("vm", "linpack", 0.5, 0.6, 0.75),
                TEXTS("still unclear for this VM: computing. It takes at least 6 blocks to tell."),
                TEXTS("as fast as", "reaches", "0.55"));
}
END_TEST

START_TEST(without_a_vm_it_is_about_another_environment)
{
    check_found(one_ratio("container", "linpack", 0.99, 1.01, 0.95),
                TEXTS("The container is as fast as the host within 2 % in computing."),
                TEXTS("VM", "vm"));
    check_found(one_ratio("container", "linpack", 0.5, 0.51, 0.95),
                TEXTS("The container reaches 0.5050 of the rate of the host in computing."),
                TEXTS("VM", "vm"));
}
END_TEST

START_TEST(other_benchmarks_are_counted)
{
    check_found(
        one_ratio("vm", "own.thing", 0.5, 0.51, 0.95),
        TEXTS("Of 1 ratio of vm to native, 0 are the same within 3 %, 1 worse, 0 better and 0 "
              "unclear.",
              "The farthest from 1 is own.thing: 0.5050."),
        TEXTS("computing"));
}
END_TEST

START_TEST(nothing_to_compare_is_stated)
{
    check_found(json_pack("{s:s}", "schema", "virtcost/2"), TEXTS("Nothing was measured."),
                TEXTS("VM"));
    check_found(json_pack("{s:s, s:[s], s:[{s:s}]}", "schema", "virtcost/2", "envs", "native",
                          "experiments", "name", "kernels"),
                TEXTS("This file has one environment: there is nothing to compare."), TEXTS("VM"));
}
END_TEST

/* Parts that sum to more than the difference, or with costs of another day, have no share. */
START_TEST(a_part_larger_than_the_whole_is_not_named)
{
    json_t *results = costs_results(), *added, *row;
    size_t i;

    added = json_object_get(costs_experiment(results, "blk"), "added");
    json_array_foreach (added, i, row)
        json_object_set_new(row, "added_ns", json_real(1));
    check_found(results, TEXTS("A random read of 4 KiB takes 42.63"), TEXTS("of the difference"));
}
END_TEST

SUITE_MAIN("found", same_and_different_are_stated_with_their_size,
           the_stated_margin_contains_the_interval, only_unclear_ratios_are_undecided,
           without_a_vm_it_is_about_another_environment, other_benchmarks_are_counted,
           nothing_to_compare_is_stated, a_part_larger_than_the_whole_is_not_named)
