/* SPDX-License-Identifier: MIT */
/* Untrusted text in a page. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tools/virtcost/page/markup.h"

static char *text;
static size_t bytes;

static void check_escaped(const char *from, const char *to)
{
    FILE *out = open_memstream(&text, &bytes);

    ck_assert(out != NULL);
    markup_text(out, from);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(text, to);
    free(text);
}

START_TEST(special_characters_become_references)
{
    check_escaped("plain, \xc2\xb5s and \xf0\x9f\x90\xa7", "plain, \xc2\xb5s and \xf0\x9f\x90\xa7");
    check_escaped("<a href=\"x\" b='y'>&</a>",
                  "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
    check_escaped("&amp;", "&amp;amp;");
    check_escaped("", "");
    check_escaped(NULL, "");
}
END_TEST

#define BAD "\xef\xbf\xbd"

START_TEST(invalid_text_is_replaced)
{
    check_escaped("a\x01"
                  "b\x1f\x7f",
                  "a" BAD "b" BAD BAD);
    check_escaped("line\nand\ttab", "line\nand\ttab");
    /* Bidirectional override, line separator, noncharacter, surrogate. */
    check_escaped("\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xef\xbf\xbf\xed\xa0\x80",
                  BAD BAD BAD BAD BAD);
    /* Truncated start, stray continuation bytes, and overlong forms: a "<" in two of them. */
    check_escaped("\x80x\xc3", BAD "x" BAD);
    check_escaped("\xe2\x82", BAD BAD);
    check_escaped("\xc0\xbc", BAD BAD);
    check_escaped("\xf7\xbf\xbf\xbf\xff", BAD BAD BAD BAD BAD);
}
END_TEST

START_TEST(a_long_text_is_cut_between_characters)
{
    char line[2 * MARKUP_TEXT_MAX];
    FILE *out = open_memstream(&text, &bytes);

    ck_assert(out != NULL);
    for (unsigned i = 0; i + 2 < sizeof(line); i += 2)
        memcpy(&line[i], "\xc2\xb5", 3);
    markup_print(out, "x%s", line);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_uint_lt(bytes, MARKUP_TEXT_MAX + 3);
    ck_assert(strstr(text, BAD) == NULL);
    ck_assert_str_eq(&text[bytes - 3], "\xe2\x80\xa6");
    free(text);
}
END_TEST

static void check_cut(const char *from, unsigned columns, const char *to)
{
    char *copy = strdup(from);

    ck_assert_str_eq(markup_cut(copy, columns), to);
    free(copy);
}

START_TEST(a_label_is_cut_to_its_columns)
{
    check_cut("blk.read", 8, "blk.read");
    check_cut("blk.read bs=4K", 8, "blk.rea\xe2\x80\xa6");
    check_cut("\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5", 4, "\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5");
    check_cut("\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5", 3, "\xc2\xb5\xc2\xb5\xe2\x80\xa6");
    /* No room for the ellipsis, which takes three bytes. */
    check_cut("abc", 2, "a.");
    check_cut("", 2, "");
    ck_assert_uint_eq(markup_columns("\xc2\xb5s"), 2);
}
END_TEST

START_TEST(a_tag_ends_without_its_attributes)
{
    FILE *out = open_memstream(&text, &bytes);

    ck_assert(out != NULL);
    markup_tag(out, "td class='text'", "%s <%d>", "&", 1);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(text, "<td class='text'>&amp; &lt;1&gt;</td>\n");
    free(text);
}
END_TEST

SUITE_MAIN("markup", special_characters_become_references, invalid_text_is_replaced,
           a_long_text_is_cut_between_characters, a_label_is_cut_to_its_columns,
           a_tag_ends_without_its_attributes)
