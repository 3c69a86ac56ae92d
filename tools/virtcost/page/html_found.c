/* SPDX-License-Identifier: MIT */
/*
 * States the findings in a few sentences, composed by rules. Only verdicts are stated; unclear
 * results are named as unclear, with the blocks that would settle them.
 */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"

#define SMALL 4096

/* Smallest share of a difference for which its largest part is named. */
#define PART_SHARE 0.2

/* The topics of the sentences: rows of these names, in one of these experiments. */
static const struct topic {
    const char *experiment, *other; /* or NULL */
    const char *name;
    json_int_t bs, depth; /* of block I/O; 0: any */
    const char *noun;     /* follows "in" */
    const char *one;      /* a single operation, whose time is stated; NULL: state the rate */
} topics[] = {
    {"kernels", "bench", "linpack", 0, 0, "computing", NULL},
    {"bench", NULL, "dgemm", 0, 0, "matrix multiplication", NULL},
    {"kernels", "bench", "stream.triad", 0, 0, "sequential memory access", NULL},
    {"kernels", "bench", "gups.stream", 0, 0, "random memory access", NULL},
    {"blk", "bench", "blk.randread", SMALL, 1, "random reads of 4 KiB", "a random read of 4 KiB"},
    {"blk", "bench", "blk.randwrite", SMALL, 1, "random writes of 4 KiB",
     "a random write of 4 KiB"},
    {"blk", "bench", "blk.read", 1 << 20, 1, "reads of 1 MiB", "a read of 1 MiB"},
    {"startup", NULL, "startup.total", 0, 0, "start-up", "a run from start to end"},
};

#define TOPICS (sizeof(topics) / sizeof(topics[0]))

/* The verdicts of a topic's rows for one environment. */
struct finding {
    unsigned rows, same, better, worse, unclear;
    double margin;                 /* that contains all intervals that are the same */
    const struct sheet_row *worst; /* worse (else better) row farthest from 1 */
    double median;                 /* its ratio */
    size_t least, most;            /* blocks that would settle the unclear ones; 0: unknown */
    bool few;                      /* an unclear one has too few blocks for an interval */
};

static bool is_of(const struct topic *topic, const struct sheet *sheet, const struct sheet_row *row)
{
    if (strcmp(sheet->name, topic->experiment) &&
        (!topic->other || strcmp(sheet->name, topic->other)))
        return false;
    return !strcmp(row->name, topic->name) &&
           (!topic->bs || get_integer(row->params, "bs") == topic->bs) &&
           (!topic->depth || get_integer(row->params, "iodepth") == topic->depth);
}

/* How far an interval extends from 1, on either side. */
static double reach_of(const struct estimate *ratio)
{
    return fmax(ratio->high - 1, ratio->low > 0 ? 1 / ratio->low - 1 : INFINITY);
}

static void add_ratio(struct finding *finding, const struct sheet_row *row,
                      const struct estimate *ratio)
{
    const bool apart = ratio->verdict == VERDICT_WORSE || ratio->verdict == VERDICT_BETTER;

    finding->rows += ratio->verdict != VERDICT_NONE;
    finding->same += ratio->verdict == VERDICT_SAME;
    finding->better += ratio->verdict == VERDICT_BETTER;
    finding->worse += ratio->verdict == VERDICT_WORSE;
    finding->unclear += ratio->verdict == VERDICT_UNCLEAR;
    if (ratio->verdict == VERDICT_SAME)
        finding->margin = fmax(finding->margin, reach_of(ratio));
    if (ratio->verdict == VERDICT_UNCLEAR && ratio->blocks) {
        finding->few |= !ratio->ranged;
        finding->least =
            finding->least && finding->least < ratio->blocks ? finding->least : ratio->blocks;
        finding->most = ratio->blocks > finding->most ? ratio->blocks : finding->most;
    }
    if (apart && ratio->median > 0 &&
        (!finding->worst || fabs(log(ratio->median)) > fabs(log(finding->median)))) {
        finding->worst = row;
        finding->median = ratio->median;
    }
}

/* The subject of the sentences: one environment, compared with the base. */
struct found {
    struct page *page;
    const struct sheet *sheet;
    unsigned count, env;
};

static struct finding find(const struct found *found, const struct topic *topic)
{
    struct finding finding = {0};

    for (unsigned s = 0; s < found->count; s++)
        for (unsigned i = 0; i < found->sheet[s].rows; i++) {
            const struct sheet_row *row = &found->sheet[s].row[i];

            if (is_of(topic, &found->sheet[s], row))
                add_ratio(&finding, row, &row->of[found->env].ratio);
        }
    return finding;
}

/* "this VM", "the container": the environment's name in a sentence. Valid until the next call. */
static const char *spoken_name(const struct found *found)
{
    const char *name = found->page->envs.name[found->env];
    static char text[SHEET_ENV_MAX + sizeof("the ")];

    snprintf(text, sizeof(text), "%s%s", strcmp(name, "vm") ? "the " : "",
             strcmp(name, "vm") ? name : "this VM");
    return text;
}

static void write_subject(const struct found *found)
{
    const char *name = spoken_name(found);

    fputc(toupper((unsigned char)*name), found->page->out);
    markup_text(found->page->out, name + 1);
}

static const char *base_name(const struct found *found)
{
    const char *base = found->page->envs.name[0];

    return strcmp(base, "native") ? base : "the host";
}

typedef bool is_listed(const struct finding *finding);

static bool all_same(const struct finding *finding)
{
    return finding->rows && finding->same == finding->rows;
}

static bool undecided(const struct finding *finding)
{
    return finding->unclear && !finding->worse && !finding->better;
}

static bool decided(const struct finding *finding)
{
    return all_same(finding) || finding->worst;
}

/* Merge the findings of the topics selected by a filter. Returns their number. */
static unsigned join(const struct found *found, is_listed *listed, struct finding *all)
{
    unsigned count = 0;

    *all = (struct finding){0};
    for (unsigned t = 0; t < TOPICS; t++) {
        const struct finding one = find(found, &topics[t]);

        if (!listed(&one))
            continue;
        count++;
        all->margin = fmax(all->margin, one.margin);
        all->most = one.most > all->most ? one.most : all->most;
        all->few |= one.few;
        if (one.least && (!all->least || one.least < all->least))
            all->least = one.least;
    }
    return count;
}

/* List the nouns of the selected topics: "computing, start-up and reads of 1 MiB". */
static void list_nouns(const struct found *found, is_listed *listed)
{
    struct finding all;
    unsigned count = join(found, listed, &all), written = 0;

    for (unsigned t = 0; t < TOPICS; t++) {
        const struct finding one = find(found, &topics[t]);

        if (!listed(&one))
            continue;
        fprintf(found->page->out, "%s%s",
                !written               ? ""
                : written + 1 == count ? " and "
                                       : ", ",
                topics[t].noun);
        written++;
    }
}

/* Begin a sentence: "This VM is as fast as the host within 2 % in computing". */
static bool say_same(const struct found *found)
{
    struct finding all;

    if (!join(found, all_same, &all))
        return false;
    write_subject(found);
    fputs(" is as fast as ", found->page->out);
    markup_text(found->page->out, base_name(found));
    /* Round up, so that it contains the whole intervals. */
    fprintf(found->page->out, " <b>within %.0f %%</b> in ", fmax(1, ceil(100 * all.margin - 1e-9)));
    list_nouns(found, all_same);
    return true;
}

/* The largest part of the time that a VM adds to an I/O: "interrupts". */
struct largest {
    const char *what;
    double share;
};

static struct largest largest_part(const json_t *added)
{
    static const struct kind {
        const char *begin, *noun;
    } kinds[] = {{"interrupt", "interrupts"}, {"kick", "kicks"}, {"wake-up", "wake-ups"}};
    struct largest largest = {NULL, PART_SHARE};
    double whole, per_io, ns;

    if (!sheet_number(json_object_get(added, "added_ns"), &whole) || whole <= 0)
        return largest;
    for (unsigned k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        const json_t *part;
        double sum = 0;
        size_t i;

        json_array_foreach (json_object_get(added, "parts"), i, part)
            if (!strncmp(get_text(part, "what"), kinds[k].begin, strlen(kinds[k].begin)) &&
                sheet_number(json_object_get(part, "per_io"), &per_io) &&
                sheet_number(json_object_get(part, "ns"), &ns))
                sum += per_io * ns;
        /* A sum above the whole means that the costs are from another day. */
        if (sum / whole > largest.share && sum <= whole)
            largest = (struct largest){kinds[k].noun, sum / whole};
    }
    return largest;
}

static const json_t *added_of(const struct found *found, const struct sheet_row *row)
{
    const json_t *added;
    size_t i;

    for (unsigned s = 0; s < found->count; s++)
        json_array_foreach (json_object_get(found->sheet[s].experiment, "added"), i, added)
            if (get_is(added, "name", row->name) &&
                json_equal(json_object_get(added, "params"), row->params))
                return added;
    return NULL;
}

/* "A random read", or in the first sentence, "In this VM, a random read". */
static void write_one(const struct found *found, const struct topic *topic, bool named)
{
    FILE *out = found->page->out;

    if (named)
        fprintf(out, "%c%s", toupper((unsigned char)topic->one[0]), topic->one + 1);
    else
        markup_print(out, "In %s, %s", spoken_name(found), topic->one);
}

/* "A random read of 4 KiB takes 493 us instead of 171": the added time is known. */
static bool say_added(const struct found *found, const struct topic *topic,
                      const struct sheet_row *row, bool named)
{
    const bool vm = !strcmp(found->page->envs.name[found->env], "vm");
    const json_t *added = vm && topic->bs ? added_of(found, row) : NULL;
    const struct largest largest = largest_part(added);
    char here[MEASURE_TEXT_MAX], there[MEASURE_TEXT_MAX];
    FILE *out = found->page->out;
    double base_ns, env_ns;

    if (!sheet_number(json_object_get(added, "base_ns"), &base_ns) ||
        !sheet_number(json_object_get(added, "env_ns"), &env_ns))
        return false;
    write_one(found, topic, named);
    fprintf(out, " takes <b>%s</b> instead of <span>%s</span>", page_value(here, "ns", env_ns),
            page_value(there, "ns", base_ns));
    if (largest.what)
        fprintf(out, "; %s are <span>%.0f %%</span> of the difference", largest.what,
                100 * largest.share);
    fputs(".\n", out);
    return true;
}

/* "From start to end it takes 5.2 ms instead of 900 us": the value itself is a time. */
static bool say_time(const struct found *found, const struct topic *topic,
                     const struct sheet_row *row, bool named)
{
    char text[MEASURE_TEXT_MAX];
    FILE *out = found->page->out;

    if (!row->lower || !row->of[found->env].value.known || !row->of[0].value.known)
        return false;
    write_one(found, topic, named);
    fputs(" takes <b>", out);
    markup_text(out, page_value(text, row->unit, row->of[found->env].value.median));
    fputs("</b> instead of <span>", out);
    markup_text(out, page_value(text, row->unit, row->of[0].value.median));
    fputs("</span>.\n", out);
    return true;
}

/*
 * One sentence on the first block I/O topic that differs, and one on each other topic with a time.
 */
static void say_times(const struct found *found, bool named)
{
    bool io = false;

    for (unsigned t = 0; t < TOPICS; t++) {
        const struct topic *topic = &topics[t];
        const struct finding one = find(found, topic);
        char text[MEASURE_TEXT_MAX];

        if (!one.worst || !topic->one || (topic->bs && io))
            continue;
        io |= topic->bs > 0;
        if (!say_added(found, topic, one.worst, named) &&
            !say_time(found, topic, one.worst, named)) {
            write_subject(found);
            fprintf(found->page->out, " reaches <b>%s</b> of the rate of ",
                    page_number(text, one.median));
            markup_text(found->page->out, base_name(found));
            fprintf(found->page->out, " in %s.\n", topic->noun);
        }
        named = true;
    }
}

/*
 * "... and reaches 0.86 of its rate in random memory access", after the topics that are the same.
 */
static bool say_rates(const struct found *found, bool begun)
{
    FILE *out = found->page->out;
    char text[MEASURE_TEXT_MAX];

    for (unsigned t = 0; t < TOPICS; t++) {
        const struct finding one = find(found, &topics[t]);

        if (!one.worst || topics[t].one)
            continue;
        if (begun)
            fputs(", and", out);
        else
            write_subject(found);
        fprintf(out, " reaches <b>%s</b> of the rate of ", page_number(text, one.median));
        markup_text(out, base_name(found));
        fprintf(out, " in %s", topics[t].noun);
        begun = true;
    }
    return begun;
}

static void say_decided(const struct found *found)
{
    struct finding all;
    bool named;

    if (!join(found, decided, &all))
        return;
    fputs("<p>", found->page->out);
    named = say_rates(found, say_same(found));
    fputs(named ? ".\n" : "", found->page->out);
    say_times(found, named);
    fputs("</p>\n", found->page->out);
}

/* How many blocks would settle it, after the nouns. */
static void say_blocks(FILE *out, const struct finding *all)
{
    if (!all->most || all->most >= VERDICT_SAMPLES_MAX)
        fputs(". The intervals are too wide to tell", out);
    else if (all->least == all->most)
        fprintf(out, ". It takes %s %zu blocks to tell", all->few ? "at least" : "about",
                all->most);
    else
        fprintf(out, ". It takes about %zu to %zu blocks to tell", all->least, all->most);
}

static void say_undecided(const struct found *found)
{
    FILE *out = found->page->out;
    struct finding all;

    if (!join(found, undecided, &all))
        return;
    if (join(found, decided, &(struct finding){0}))
        fputs("<p class='undecided'>Still unclear", out);
    else
        fputs("<p>All results are still unclear", out);
    markup_print(out, " for %s: ", spoken_name(found));
    list_nouns(found, undecided);
    say_blocks(out, &all);
    fputs(".</p>\n", out);
}

/* Without any topic: count the verdicts, and name the ratio farthest from 1. */
static void say_count(const struct found *found)
{
    const char *env = found->page->envs.name[found->env];
    FILE *out = found->page->out;
    struct finding all = {0};
    char text[MEASURE_TEXT_MAX];

    for (unsigned s = 0; s < found->count; s++)
        for (unsigned i = 0; i < found->sheet[s].rows; i++) {
            const struct sheet_row *row = &found->sheet[s].row[i];

            add_ratio(&all, row, &row->of[found->env].ratio);
        }
    if (!all.rows) {
        fputs("<p>No ratio has a verdict: this file has too few results.</p>\n", out);
        return;
    }
    fprintf(out, "<p>Of %u ratio%s of ", all.rows, all.rows == 1 ? "" : "s");
    markup_print(out, "%s to %s", env, found->page->envs.name[0]);
    fprintf(out, ", %u %s the same within %g %%, %u worse, %u better and %u unclear.\n", all.same,
            all.same == 1 ? "is" : "are", 100 * found->page->envs.margin, all.worse, all.better,
            all.unclear);
    if (all.worst) {
        fputs("The farthest from 1 is ", out);
        markup_print(out, "%s%s%.40s", all.worst->label, *all.worst->step ? ", " : "",
                     all.worst->step);
        fprintf(out, ": <b>%s</b>.", page_number(text, all.median));
    }
    fputs("</p>\n", out);
}

static bool touches_topic(const struct found *found)
{
    for (unsigned t = 0; t < TOPICS; t++)
        if (find(found, &topics[t]).rows)
            return true;
    return false;
}

static void say_environment(const struct found *found)
{
    say_decided(found);
    say_undecided(found);
}

void html_found(struct page *page, const struct sheet *sheet, unsigned count)
{
    struct found found = {page, sheet, count, page->subject};

    fputs("<div class='found'>\n", page->out);
    if (!count)
        fputs("<p>Nothing was measured.</p>\n", page->out);
    else if (!page->subject)
        fputs("<p>This file has one environment: there is nothing to compare.</p>\n", page->out);
    else if (!touches_topic(&found))
        say_count(&found);
    else
        say_environment(&found);
    for (found.env = 1; found.env < page->envs.count; found.env++)
        if (found.env != page->subject && !strcmp(page->envs.name[found.env], "container"))
            say_environment(&found);
    fputs("</div>\n", page->out);
}
