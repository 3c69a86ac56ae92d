/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"
#include "tools/virtcost/page/svg.h"

#define SCHEMA "virtcost/2"

#define EXPERIMENTS_MAX 32

#define WARNINGS_SHOWN 3

/* Room for the end of each section and of the page. */
#define ROWS_END (HTML_BYTES_MAX - (96 << 10))

/* Largest picture, even if every character of its text becomes a reference. */
#define PICTURE_MAX (144 << 10)

/*
 * Each part of the page leaves a quarter of the remaining room to later parts; a third of its own
 * is for pictures.
 */
static void share(struct page *page)
{
    long now = ftell(page->out), room = now < ROWS_END ? ROWS_END - now : 0;

    page->rows_end = now + room / 4 * 3;
    page->pictures_end = now + room / 4;
}

bool page_has_room(const struct page *page)
{
    return ftell(page->out) < page->rows_end;
}

bool page_has_picture_room(const struct page *page)
{
    long now = ftell(page->out);

    return now < page->pictures_end && now < ROWS_END - PICTURE_MAX;
}

static void property(FILE *out, const char *what, const char *text)
{
    if (!*text)
        return;
    fputs("<div>", out);
    markup_tag(out, "dt", "%s", what);
    markup_tag(out, "dd", "%s", text);
    fputs("</div>\n", out);
}

static void property_int(FILE *out, const char *what, const json_t *value)
{
    char text[MEASURE_TEXT_MAX];

    if (!json_is_integer(value))
        return;
    snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
    property(out, what, text);
}

/* The number of blocks that the experiments have. */
static void write_blocks(FILE *out, const json_t *results)
{
    json_int_t least = 0, most = 0;
    const json_t *experiment;
    char text[MEASURE_TEXT_MAX];
    size_t i;

    json_array_foreach (json_object_get(results, "experiments"), i, experiment) {
        json_int_t blocks = get_integer(experiment, "blocks");

        least = !i || blocks < least ? blocks : least;
        most = !i || blocks > most ? blocks : most;
    }
    snprintf(text, sizeof(text), least < most ? "%lld to %lld" : "%lld", (long long)least,
             (long long)most);
    property(out, "Blocks", text);
}

static void write_memory(FILE *out, const json_t *bytes)
{
    char text[MEASURE_TEXT_MAX];
    double number;

    if (!sheet_number(bytes, &number))
        return;
    snprintf(text, sizeof(text), "%.3g GiB", number / (1 << 30));
    property(out, "Memory", text);
}

static void write_kvm(FILE *out, const json_t *host)
{
    char text[MARKUP_TEXT_MAX];
    const char *paging = get_text(host, "paging");

    snprintf(text, sizeof(text), "%s%s%s%s", get_text(host, "kvm_module"), *paging ? ", " : "",
             paging, *paging ? " paging" : "");
    property(out, "KVM", text);
}

/* The section on the machine and the runs. */
static void write_host(FILE *out, const json_t *results)
{
    const json_t *host = json_object_get(results, "host");
    const json_t *virtualized = json_object_get(host, "virtualized");

    fputs("<section>\n<h2 id='machine'>The machine and the runs</h2>\n<dl>\n", out);
    property(out, "CPU", get_text(host, "cpu"));
    property_int(out, "CPUs", json_object_get(host, "cpus"));
    write_memory(out, json_object_get(host, "memory_bytes"));
    property_int(out, "NUMA nodes", json_object_get(host, "numa_nodes"));
    property(out, "Kernel", get_text(host, "kernel"));
    write_kvm(out, host);
    property(out, "Transparent huge pages", get_text(host, "thp"));
    if (json_is_boolean(virtualized))
        property(out, "Host type", json_is_true(virtualized) ? "virtual machine" : "bare metal");
    property(out, "Container runtime", get_text(results, "runtime"));
    write_blocks(out, results);
    property_int(out, "Seed", json_object_get(results, "seed"));
    property(out, "Runs",
             json_is_true(json_object_get(results, "quick")) ? "quick, for a first look"
                                                             : "full length");
    fputs("</dl>\n</section>\n", out);
}

/* Collect the texts of all warnings. */
static void add_warnings(const struct page *page, json_t *texts)
{
    const json_t *results = page->results, *end = json_object_get(results, "end"), *warning;
    const char *reason = get_text(end, "reason"), *schema = get_text(results, "schema");
    size_t i;

    if (strcmp(schema, SCHEMA))
        json_array_append_new(
            texts,
            json_sprintf("the file has the schema \"%.100s\"; it is read as " SCHEMA, schema));
    if (*reason && strcmp(reason, "done"))
        json_array_append_new(texts, json_sprintf("the runs ended early (%.40s) %.300s", reason,
                                                  get_text(end, "error")));
    json_array_foreach (json_object_get(results, "warnings"), i, warning)
        if (*get_text(warning, "text"))
            json_array_append(texts, json_object_get(warning, "text"));
}

/* The first warnings are visible, the others in a closed "details" element. */
static void write_warnings(struct page *page)
{
    json_t *texts = json_array(), *text;
    size_t count, i;

    add_warnings(page, texts);
    count = json_array_size(texts);
    if (count)
        fputs("<div class='warnings'>\n<ul aria-label='Warnings'>\n", page->out);
    json_array_foreach (texts, i, text) {
        if (i == WARNINGS_SHOWN && count > WARNINGS_SHOWN + 1)
            fprintf(page->out, "</ul>\n<details><summary>%zu more warnings</summary>\n<ul>\n",
                    count - i);
        if (page_has_room(page))
            markup_tag(page->out, "li", "%s", json_string_value(text));
    }
    if (count > WARNINGS_SHOWN + 1)
        fputs("</ul>\n</details>\n</div>\n", page->out);
    else if (count)
        fputs("</ul>\n</div>\n", page->out);
    json_decref(texts);
}

static void write_head(struct page *page)
{
    const json_t *tool = json_object_get(page->results, "tool");
    const json_t *host = json_object_get(page->results, "host");
    FILE *out = page->out;

    fputs("<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'/>\n"
          "<meta name='viewport' content='width=device-width, initial-scale=1'/>\n"
          "<title>What virtualization costs</title>\n",
          out);
    html_style(out);
    fputs("</head>\n<body>\n", out);
    svg_patterns(out);
    fputs("<header>\n<h1>What virtualization costs</h1>\n<p class='lead'>", out);
    if (*get_text(host, "cpu"))
        markup_print(out, "%.80s: ", get_text(host, "cpu"));
    for (unsigned i = 0; i < page->envs.count; i++)
        markup_print(out, "%s%s", i ? ", " : "", page_env(page->envs.name[i]));
    markup_print(out, ", compared in turn by virtcost %.40s (%.60s)%s.", get_text(tool, "version"),
                 get_text(tool, "commit"),
                 json_is_true(json_object_get(page->results, "quick"))
                     ? "; quick runs, for a first look"
                     : "");
    fputs("</p>\n</header>\n<main>\n", out);
}

static void write_contents(FILE *out, const struct sheet *sheet, unsigned count, bool claims)
{
    fputs("<nav aria-label='Contents'><ul>\n", out);
    if (claims)
        fputs("<li><a href='#claims'>Claims</a></li>\n", out);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "<li><a href='#experiment-%u'>", i);
        markup_print(out, "%.40s", html_title(&sheet[i]));
        fputs("</a></li>\n", out);
    }
    fputs("<li><a href='#machine'>The machine</a></li>\n</ul></nav>\n", out);
}

/* The most important first: findings, warnings, headline figures. */
static void write_summary(struct page *page, const struct sheet *sheet, unsigned count, bool claims)
{
    fputs("<section class='summary'>\n<h2 id='summary'>Summary</h2>\n", page->out);
    html_found(page, sheet, count);
    write_warnings(page);
    write_contents(page->out, sheet, count, claims);
    html_summary(page, sheet, count);
    fputs("</section>\n", page->out);
}

static void write_experiment(struct page *page, const struct sheet *sheet, unsigned number)
{
    FILE *out = page->out;

    fprintf(out, "<section>\n<h2 id='experiment-%u'>", number);
    markup_print(out, "%.80s", html_title(sheet));
    fputs("</h2>\n", out);
    if (!page_has_room(page)) {
        page_more(page, sheet->rows + sheet->left_out);
        fputs("</section>\n", out);
        return;
    }
    fputs("<p class='help'>", out);
    markup_print(out, "%.300s%s%lld of %lld blocks.", sheet->help, *sheet->help ? "; " : "",
                 (long long)get_integer(sheet->experiment, "blocks"),
                 (long long)get_integer(sheet->experiment, "blocks_wanted"));
    fputs("</p>\n<div class='charts'>\n", out);
    html_pictures(page, sheet);
    fputs("</div>\n", out);
    html_tables(page, sheet);
    fputs("</section>\n", out);
}

static void write_page(struct page *page, const struct sheet *sheet, unsigned count,
                       const json_t *claims)
{
    bool has_claims = json_array_size(claims);

    write_head(page);
    share(page);
    write_summary(page, sheet, count, has_claims);
    share(page);
    if (has_claims)
        html_claims(page, claims);
    for (unsigned i = 0; i < count; i++) {
        share(page);
        write_experiment(page, &sheet[i], i);
    }
    write_host(page->out, page->results);
    fprintf(page->out,
            "</main>\n<footer><p>Every ratio is the median of the ratios within blocks, each block "
            "one fresh run of every environment in random order; [low, high] is its 95 %% "
            "confidence interval. \"same\": the whole interval lies within %g %% of 1; \"better\" "
            "and \"worse\": it lies on one side of 1; \"unclear\": it is too wide to tell, or "
            "there are fewer than %d blocks, too few for such an interval. The samples are in the "
            "results file.</p></footer>\n</body>\n</html>\n",
            100 * page->envs.margin, VERDICT_SAMPLES_MIN);
}

/* The experiments of the results; sets *count. NULL without memory. */
static struct sheet *read_all(const json_t *results, const struct envs *envs, unsigned *count)
{
    const json_t *experiments = json_object_get(results, "experiments"), *experiment;
    struct sheet *sheet = calloc(EXPERIMENTS_MAX, sizeof(*sheet));
    size_t i;

    *count = 0;
    json_array_foreach (experiments, i, experiment) {
        if (!sheet || *count == EXPERIMENTS_MAX)
            break;
        if (json_is_object(experiment) && sheet_read(&sheet[(*count)++], experiment, envs)) {
            while ((*count)--)
                sheet_free(&sheet[*count]);
            free(sheet);
            return NULL;
        }
    }
    return sheet;
}

/* The VM, else the first environment that is neither the base nor "null"; 0: none. */
static unsigned subject_of(const struct envs *envs)
{
    for (unsigned e = 1; e < envs->count; e++)
        if (!strcmp(envs->name[e], "vm"))
            return e;
    for (unsigned e = 1; e < envs->count; e++)
        if (strcmp(envs->name[e], "null"))
            return e;
    return envs->count > 1;
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_FAILED, "no memory for the page");
}

int html_write(FILE *out, const json_t *results, const json_t *claims, struct err *err)
{
    struct page page = {.results = results};
    struct sheet *sheet;
    char *text = NULL;
    size_t bytes = 0;
    unsigned count;
    int failed;

    if (!json_is_object(results)) {
        err_set(err, ERR_USAGE, "not a results file of virtcost: not a JSON object");
        return err_hint(err, "a file from virtcost run --output");
    }
    sheet_envs(&page.envs, results);
    page.subject = subject_of(&page.envs);
    sheet = read_all(results, &page.envs, &count);
    page.out = page.chart.out = sheet ? open_memstream(&text, &bytes) : NULL;
    if (page.out)
        write_page(&page, sheet, count, claims);
    failed = !page.out || ferror(page.out) | fclose(page.out);
    while (sheet && count--)
        sheet_free(&sheet[count]);
    free(sheet);
    if (failed) {
        free(text);
        return no_memory(err);
    }
    failed = fwrite(text, 1, bytes, out) != bytes || fflush(out);
    free(text);
    return failed ? err_sys(err, ERR_FAILED, "cannot write the page") : 0;
}
