/* SPDX-License-Identifier: MIT */
/*
 * Address translation: guest page sizes by host page sizes, and natively the same host pages.
 * Random memory access pays for the page walk; the same runs measure what changing KVM's page
 * tables costs.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/env/hugepages.h"
#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/verdict.h"
#include "vmm/core/base/tabular.h"
#include "vmm/core/base/wrapped.h"

#define BENCH "gups.stream,chase.page,touch,exits.remap,exits.fault"
#define MEM   "2G"

/* Page sizes and the levels of a walk that ends at them. */
struct page {
    const char *name;
    unsigned levels;
    const char *option,
        *argument; /* option that selects the host's pages; NULL: transparent huge pages */
};

static const struct page host_pages[] = {
    {"4K", 4, "thp", "off"},
    {"2M", 3, "thp", "on"},
    {"2M-reserved", 3, "hugepages", "2M"},
    {"1G-reserved", 2, "hugepages", "1G"},
};

static const struct page guest_pages[] = {
    {"4K", 4, NULL, NULL},
    {"2M", 3, NULL, NULL},
    {"1G", 2, NULL, NULL},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *label_of(char label[48], const struct page *host, const struct page *guest)
{
    snprintf(label, 48, "host=%s,guest=%s", host->name, guest->name);
    return label;
}

static int plan_cell(struct plan *plan, const struct request *request, const struct page *host,
                     const struct page *guest)
{
    const char *mem = get_text(request->options, "mem");
    struct hugepages pages;
    char label[48], pin[PLAN_PIN_MAX];
    struct err err;
    int result;

    plan_step(plan, request, label_of(label, host, guest),
              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "bench",
                        request->bench ? request->bench : BENCH, "mem", *mem ? mem : MEM, "vcpus",
                        "1", "pin", plan_pin(request, 1, pin), "guest-page", guest->name,
                        host->option, host->argument));
    if (hugepages_reserve(&pages, plan->step[plan->steps - 1].options, &err)) {
        plan_drop(plan, "", err.text);
        return 0;
    }
    result = plan_try(plan, request);
    hugepages_give_back(&pages);
    return result;
}

static int plan_pages(struct plan *plan, const struct request *request, struct err *err)
{
    int result = 0;

    (void)err;
    for (unsigned h = 0; h < COUNT(host_pages); h++)
        for (unsigned g = 0; g < COUNT(guest_pages) && !result; g++)
            result = plan_cell(plan, request, &host_pages[h], &guest_pages[g]);
    return result;
}

static void add_row(json_t *rows, const char *name, const char *unit, double value)
{
    json_array_append_new(rows, experiment_row(name, unit, "none", value));
}

/*
 * References of the longest nested walk: a walk of the host's tables for each step of the guest's.
 */
static unsigned nested(unsigned guest, unsigned host)
{
    return guest * host + guest + host;
}

/* References of a run's longest page walk; 0: unknown. */
static unsigned walk_of(const json_t *report, const json_t *options)
{
    const char *paging = get_text(json_object_get(report, "host"), "paging");
    unsigned host = 0, guest = 0;

    for (unsigned h = 0; h < COUNT(host_pages); h++)
        if (get_is(options, host_pages[h].option, host_pages[h].argument))
            host = host_pages[h].levels;
    for (unsigned g = 0; g < COUNT(guest_pages); g++)
        if (get_is(options, "guest-page", guest_pages[g].name))
            guest = guest_pages[g].levels;
    if (!get_is(report, "env", "vm"))
        return host;
    if (!strcmp(paging, "shadow"))
        return guest > host ? guest : host;
    return !strcmp(paging, "ept") || !strcmp(paging, "npt") ? nested(guest, host) : 0;
}

/* Add the page sizes actually used, as the kernel and KVM report them. */
static void add_proof(json_t *report, const json_t *options)
{
    const json_t *used = json_object_get(json_object_get(report, "config"), "host_page_used_bytes");
    const json_t *kvm = json_object_get(report, "kvm_stats");
    double small = get_number(used, "4k"), large = get_number(used, "2m") + get_number(used, "1g");
    json_t *rows = json_object_get(report, "benches");
    unsigned walk = walk_of(report, options);
    static const struct {
        const char *row, *statistic;
    } counts[] = {
        {"pages.kvm_4k", "pages_4k"}, {"pages.kvm_2m", "pages_2m"}, {"pages.kvm_1g", "pages_1g"}};

    if (walk)
        add_row(rows, "pages.walk", "references", walk);
    if (small + large > 0)
        add_row(rows, "pages.host_large", "%", 100 * large / (small + large));
    for (unsigned i = 0; i < COUNT(counts); i++)
        if (json_object_get(kvm, counts[i].statistic))
            add_row(rows, counts[i].row, "pages", get_number(kvm, counts[i].statistic));
}

static int measure_pages(struct run *run, const struct environment *env, const struct site *site,
                         const json_t *options, struct err *err)
{
    struct hugepages pages;
    int result;

    *run = (struct run){0};
    /* A page size that was available when planned but is not now is missing in this block. */
    if (hugepages_reserve(&pages, options, err)) {
        run->report =
            json_pack("{s:s, s:[], s:s}", "env", env->name, "benches", "limit", err->text);
        return 0;
    }
    result = environment_run(run, env, site, options, err);
    hugepages_give_back(&pages);
    if (!result)
        add_proof(run->report, options);
    return result;
}

/* The VM's last row of a name in a step: the largest working set. */
static const json_t *find_row(const json_t *rows, const char *step, const char *name)
{
    const json_t *found = NULL;
    json_t *row;
    size_t i;

    json_array_foreach (rows, i, row)
        if (get_is(row, "step", step) && get_is(row, "name", name) && get_is(row, "env", "vm"))
            found = row;
    return found;
}

static void put_ratio(struct tabular *table, const json_t *results, const struct page *host,
                      const struct page *guest, const char *name)
{
    char label[48];
    const json_t *ratio =
        find_row(json_object_get(results, "ratios"), label_of(label, host, guest), name);
    const json_t *ci95 = json_object_get(ratio, "ci95");

    if (ci95 && !verdict_read(ratio).sure)
        tabular_cell(table, "%.3f? no interval ", get_number(ratio, "median"));
    else if (ci95)
        tabular_cell(table, "%.3f%s[%5.3f,%6.3f]", get_number(ratio, "median"),
                     get_is(ratio, "verdict", "unclear") ? "?" : " ",
                     json_number_value(json_array_get(ci95, 0)),
                     json_number_value(json_array_get(ci95, 1)));
    else
        tabular_cell(table, "-");
}

/* The ratios of one benchmark, as a table. */
struct matrix {
    const json_t *results;
    const char *name;
};

static void put_ratios(struct tabular *table, const void *ctx)
{
    const struct matrix *matrix = ctx;

    for (unsigned g = 0; g < COUNT(guest_pages); g++) {
        tabular_cell(table, "%12s", guest_pages[g].name);
        for (unsigned h = 0; h < COUNT(host_pages); h++)
            put_ratio(table, matrix->results, &host_pages[h], &guest_pages[g], matrix->name);
        tabular_end(table);
    }
}

/* The longest walks, to check the figures against. */
static void put_references(struct tabular *table, const void *ctx)
{
    (void)ctx;
    for (unsigned g = 0; g < COUNT(guest_pages); g++) {
        tabular_cell(table, "%12s", guest_pages[g].name);
        for (unsigned h = 0; h < COUNT(host_pages); h++) {
            unsigned n = guest_pages[g].levels, m = host_pages[h].levels;

            tabular_cell(table, "%u nested, %u", nested(n, m), n > m ? n : m);
        }
        tabular_end(table);
    }
}

/* Print a table: guest pages down, host pages across. */
static void print_matrix(FILE *out, const char *title, tabular_rows *rows, const void *ctx)
{
    struct tabular_column column[COUNT(host_pages) + 1] = {{title, 12, true, NULL}};

    for (unsigned h = 0; h < COUNT(host_pages); h++)
        column[h + 1] = (struct tabular_column){host_pages[h].name, 20, false, NULL};
    fputc('\n', out);
    tabular_print(out, column, COUNT(column), rows, ctx);
}

/* Print a figure of the VM in a step; "-" if unknown. */
static void put_value(struct tabular *table, const json_t *results, const char *label,
                      const char *name)
{
    const json_t *row = find_row(json_object_get(results, "values"), label, name);

    if (json_object_get(row, "median"))
        tabular_cell(table, "%.*f", get_is(row, "unit", "%"), get_number(row, "median"));
    else
        tabular_cell(table, "-");
}

static void put_proof(struct tabular *table, const void *ctx)
{
    static const char *const names[] = {"pages.host_large", "pages.kvm_4k", "pages.kvm_2m",
                                        "pages.kvm_1g",     "exits.remap",  "exits.fault"};
    char label[48];

    for (unsigned h = 0; h < COUNT(host_pages); h++)
        for (unsigned g = 0; g < COUNT(guest_pages); g++) {
            label_of(label, &host_pages[h], &guest_pages[g]);
            if (!find_row(json_object_get(ctx, "values"), label, "pages.host_large"))
                continue;
            tabular_cell(table, "%s", label);
            for (unsigned i = 0; i < COUNT(names); i++)
                put_value(table, ctx, label, names[i]);
            tabular_end(table);
        }
}

static void print_pages(FILE *out, const json_t *results)
{
    static const char *const names[] = {"gups.stream", "chase.page", "touch.4k"};
    static const struct tabular_column proof[] = {
        {"in the VM", 30, true, NULL}, {"% large", 9, false, NULL}, {"KVM 4K", 9, false, NULL},
        {"KVM 2M", 9, false, NULL},    {"KVM 1G", 9, false, NULL},  {"remap ns", 9, false, NULL},
        {"map ns", 9, false, NULL},
    };

    fputc('\n', out);
    wrapped_note(
        out, "vm/native, by page size of the guest (down) and of the host (across); ?: unclear\n");
    for (unsigned i = 0; i < COUNT(names); i++)
        print_matrix(out, names[i], put_ratios, &(struct matrix){results, names[i]});
    print_matrix(out, "references", put_references, NULL);
    fputc('\n', out);
    tabular_print(out, proof, COUNT(proof), put_proof, results);
    wrapped_note(
        out,
        "references: memory references of the longest page walk: with nested paging (EPT, NPT), "
        "and\nnatively or with shadow paging, where the walk ends at the smaller page. %% large: "
        "share of\nthe host memory in pages of 2 MiB or more; KVM 4K to 1G: pages that KVM had "
        "mapped at the\nend. remap: a page table entry is changed, then INVLPG; map: an unmapped "
        "page is touched,\nand the guest's page fault handler maps it; about 1 us of work lies "
        "between two of either.\nUnder shadow paging the cost is here, not in the walk.\n");
}

const struct experiment experiment_pages = {
    .name = "pages",
    .help = "Address translation: page sizes of the guest and of the host",
    .chosen = (const char *const[]){"hugepages", "thp", "guest-page", "vcpus", NULL},
    .blocks = 10,
    .quick_blocks = 2,
    .plan = plan_pages,
    .measure = measure_pages,
    .print = print_pages,
};
