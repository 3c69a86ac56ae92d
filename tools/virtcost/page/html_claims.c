/* SPDX-License-Identifier: MIT */
/* The claims of the studies: the verdict on each, with figures and cause in a closed element. */
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"

/* Length of the evidence shown at once, in complete parts. */
#define SHORT_MAX 170

#define TEXT_MAX 2304

#define MICRO "\xc2\xb5"

static const char not_measured[] = "not measured";

/* A sign, so that the verdict does not depend on colour. */
static const char *verdict_sign(const char *verdict)
{
    static const struct sign {
        const char *verdict, *sign;
    } signs[] = {{"reproduced", "\xe2\x9c\x93 "}, {"not reproduced", "\xe2\x9c\x97 "}};

    for (unsigned i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (!strcmp(signs[i].verdict, verdict))
            return signs[i].sign;
    return "";
}

/* Replace the terminal's "us" by the page's micro sign; truncate if too long. */
static const char *with_micro(char text[TEXT_MAX], const char *from, size_t length)
{
    size_t used = 0;

    for (size_t i = 0; i < length && from[i] && used + 4 < TEXT_MAX; i++) {
        bool micro = i && from[i - 1] == ' ' && from[i] == 'u' && i + 1 < length &&
                     from[i + 1] == 's' && !strchr("abcdefghijklmnopqrstuvwxyz", from[i + 2]);

        if (micro) {
            memcpy(text + used, MICRO, 2);
            used += 2;
        } else {
            text[used++] = from[i];
        }
    }
    text[used] = '\0';
    return text;
}

/* The length of the first parts, separated by "; ", that fit together; at least one. */
static size_t short_length(const char *text)
{
    size_t length = strlen(text), part = 0;

    while (part < length) {
        const char *end = strstr(text + part, "; ");
        size_t whole = end ? (size_t)(end - text) : length;

        if (part && whole > SHORT_MAX)
            return part - strlen("; ");
        part = whole + strlen("; ");
    }
    return length;
}

static void write_part(FILE *out, const char *title, const char *text)
{
    char shown[TEXT_MAX];

    if (!*text)
        return;
    fprintf(out, "<p><b>%s</b> ", title);
    markup_text(out, with_micro(shown, text, strlen(text)));
    fputs("</p>\n", out);
}

static void write_claim(struct page *page, const json_t *claim)
{
    const char *verdict = get_text(claim, "verdict"), *ours = get_text(claim, "ours");
    const size_t length = short_length(ours);
    char shown[TEXT_MAX];
    FILE *out = page->out;

    fputs("<article>\n<h3>", out);
    markup_text(out, get_text(claim, "claim"));
    fputs("</h3>\n", out);
    markup_tag(out, "span class='verdict'", "%s%.60s", verdict_sign(verdict), verdict);
    fputs("<p>", out);
    markup_text(out, with_micro(shown, ours, length));
    fputs("</p>\n<details><summary>Study and cause</summary>\n", out);
    write_part(out, "In the study:", get_text(claim, "study"));
    if (ours[length])
        write_part(out, "Also measured here:", ours + length + strspn(ours + length, "; "));
    write_part(out, "Cause:", get_text(claim, "cause"));
    fputs("</details>\n</article>\n", out);
}

/* Write the command that would measure it, as named in the answer. */
static void write_command(FILE *out, const char *ours)
{
    const char *command = strstr(ours, "virtcost run ");

    if (command)
        markup_print(out, " (%.*s)", (int)strcspn(command, ";,"), command);
}

/* List the claims that these results say nothing about, in one line. */
static void write_unmeasured(struct page *page, const json_t *claims)
{
    const char *separator = "<p class='faint'>Not measured here: ";
    const json_t *claim;
    bool any = false;
    size_t i;

    json_array_foreach (claims, i, claim) {
        if (!get_is(claim, "verdict", not_measured) || !page_has_room(page))
            continue;
        fputs(separator, page->out);
        markup_print(page->out, "%.200s", get_text(claim, "claim"));
        write_command(page->out, get_text(claim, "ours"));
        separator = "; ";
        any = true;
    }
    fputs(any ? ".</p>\n" : "", page->out);
}

void html_claims(struct page *page, const json_t *claims)
{
    const json_t *claim;
    size_t i;

    fputs("<section class='claims'>\n<h2 id='claims'>Claims of the studies</h2>\n<div>\n",
          page->out);
    json_array_foreach (claims, i, claim)
        if (!get_is(claim, "verdict", not_measured) && page_has_room(page))
            write_claim(page, claim);
    fputs("</div>\n", page->out);
    write_unmeasured(page, claims);
    fputs("</section>\n", page->out);
}
