/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/wellformed.h"

#define DEPTH_MAX      32
#define ATTRIBUTES_MAX 16

/* A name within the text. */
struct name {
    const char *text;
    size_t length;
};

struct reader {
    const char *start, *at;
    struct name open[DEPTH_MAX];
    unsigned depth, roots;
};

static void must(const struct reader *reader, bool right, const char *what)
{
    const char *from = reader->at - reader->start > 60 ? reader->at - 60 : reader->start;

    /* Each assertion, even a true one, sends a message to another process. */
    if (!right)
        ck_abort_msg("%s at %td: ...%.100s", what, reader->at - reader->start, from);
}

static bool same(struct name a, struct name b)
{
    return a.length == b.length && !memcmp(a.text, b.text, a.length);
}

static struct name read_name(struct reader *reader)
{
    struct name name = {reader->at, strspn(reader->at, "abcdefghijklmnopqrstuvwxyz"
                                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")};

    must(reader, name.length && !isdigit((unsigned char)*name.text), "no name");
    reader->at += name.length;
    return name;
}

/* One character of text, or a reference. */
static void read_character(struct reader *reader)
{
    static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    unsigned char character = (unsigned char)*reader->at;

    must(reader, character >= ' ' || character == '\n' || character == '\t', "a control character");
    if (character != '&') {
        reader->at++;
        return;
    }
    for (unsigned i = 0; i < sizeof(references) / sizeof(references[0]); i++)
        if (!strncmp(reader->at, references[i], strlen(references[i]))) {
            reader->at += strlen(references[i]);
            return;
        }
    must(reader, false, "an unknown reference");
}

static void read_attributes(struct reader *reader)
{
    struct name seen[ATTRIBUTES_MAX];
    unsigned count = 0;

    while (*reader->at == ' ') {
        while (*reader->at == ' ')
            reader->at++;
        if (*reader->at == '/' || *reader->at == '>')
            return;
        must(reader, count < ATTRIBUTES_MAX, "many attributes");
        seen[count] = read_name(reader);
        for (unsigned i = 0; i < count; i++)
            must(reader, !same(seen[i], seen[count]), "an attribute twice");
        count++;
        must(reader, reader->at[0] == '=' && reader->at[1] == '\'', "an attribute without a value");
        reader->at += 2;
        while (*reader->at != '\'') {
            must(reader, *reader->at != '<', "< in an attribute");
            read_character(reader);
        }
        reader->at++;
    }
}

static void read_tag(struct reader *reader)
{
    struct name name;

    reader->at++;
    if (*reader->at == '/') {
        reader->at++;
        name = read_name(reader);
        must(reader, reader->depth && same(reader->open[reader->depth - 1], name), "a wrong end");
        must(reader, *reader->at == '>', "an end that does not end");
        reader->at++;
        reader->depth--;
        return;
    }
    name = read_name(reader);
    read_attributes(reader);
    must(reader, reader->depth < DEPTH_MAX, "deep");
    reader->roots += !reader->depth;
    if (*reader->at == '/')
        reader->at++;
    else
        reader->open[reader->depth++] = name;
    must(reader, *reader->at == '>', "a tag that does not end");
    reader->at++;
}

void wellformed_check(const char *text)
{
    static const char doctype[] = "<!DOCTYPE html>\n";
    struct reader reader = {.start = text, .at = text};

    must(&reader, !strncmp(text, doctype, strlen(doctype)), "no document type");
    reader.at += strlen(doctype);
    while (*reader.at) {
        if (*reader.at == '<') {
            read_tag(&reader);
        } else {
            must(&reader, reader.depth || *reader.at == '\n', "text outside");
            must(&reader, strncmp(reader.at, "]]>", 3), "]]> in text");
            read_character(&reader);
        }
    }
    must(&reader, !reader.depth && reader.roots == 1, "an element that does not end");
}
