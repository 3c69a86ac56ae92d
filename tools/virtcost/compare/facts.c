/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/compare/facts.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"

#define SCHEMA "virtcost/2"

/* What makes a figure on one host another thing than on the other: keys of "host". */
static const struct {
    const char *key, *code, *what;
} host_facts[] = {
    {"cpu", "host_cpu", "CPU"},
    {"cpus", "host_cpus", "number of CPUs"},
    {"memory_bytes", "host_memory", "memory, in bytes,"},
    {"numa_nodes", "host_numa", "number of NUMA nodes"},
    {"kernel", "host_kernel", "kernel"},
    {"kvm_module", "kvm_module", "KVM module"},
    {"paging", "paging", "paging"},
    {"virtualized", "virtualized", "virtualization of the host"},
    {"thp", "thp", "use of transparent huge pages"},
    {"governor", "governor", "CPU frequency governor"},
};

/* Those of the whole file. */
static const struct {
    const char *key, *code, *what;
} file_facts[] = {
    {"quick", "quick", "use of --quick"},
    {"runtime", "runtime", "container runtime"},
};

void facts_warn(json_t *comparison, const char *code, const char *text)
{
    char clean[512];

    json_array_append_new(
        json_object_get(comparison, "warnings"),
        json_pack("{s:s, s:s}", "code", code, "text", figures_clean(clean, sizeof(clean), text)));
}

static const char *value_text(char *text, size_t size, const json_t *value)
{
    if (json_is_string(value))
        figures_clean(text, size, json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, size, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(text, size, "%s", json_is_true(value) ? "yes" : "no");
    else
        snprintf(text, size, "not known");
    return text;
}

static void warn_unless_equal(json_t *comparison, const char *code, const char *what,
                              const json_t *a, const json_t *b)
{
    char of_a[128], of_b[128], text[384];

    if ((!a && !b) || json_equal(a, b))
        return;
    snprintf(text, sizeof(text), "the %s differs: %s, then %s", what,
             value_text(of_a, sizeof(of_a), a), value_text(of_b, sizeof(of_b), b));
    facts_warn(comparison, code, text);
}

static void warn_of_end(json_t *comparison, const char *side, const json_t *results)
{
    const char *reason = get_text(json_object_get(results, "end"), "reason");
    char text[256];

    if (!*reason || !strcmp(reason, "done"))
        return;
    snprintf(text, sizeof(text), "%s was ended by %s %s: blocks are missing", side,
             strchr("aeiou", *reason) ? "an" : "a", reason);
    facts_warn(comparison, "incomplete", text);
}

static void warn_of_seed(json_t *comparison, const json_t *a, const json_t *b)
{
    const json_t *seed = json_object_get(a, "seed");
    char text[256];

    if (!json_is_integer(seed) || !json_equal(seed, json_object_get(b, "seed")))
        return;
    snprintf(text, sizeof(text),
             "both have the seed %lld: they are one file, or their runs had the same order, and "
             "what that order does to a figure is not seen",
             (long long)json_integer_value(seed));
    facts_warn(comparison, "same_seed", text);
}

void facts_compare(json_t *comparison, const json_t *a, const json_t *b)
{
    const json_t *host_a = json_object_get(a, "host"), *host_b = json_object_get(b, "host");

    for (unsigned i = 0; i < sizeof(file_facts) / sizeof(file_facts[0]); i++)
        warn_unless_equal(comparison, file_facts[i].code, file_facts[i].what,
                          json_object_get(a, file_facts[i].key),
                          json_object_get(b, file_facts[i].key));
    if (!get_is(a, "schema", SCHEMA) || !get_is(b, "schema", SCHEMA))
        facts_warn(comparison, "schema", "not both files are of the schema " SCHEMA);
    for (unsigned i = 0; i < sizeof(host_facts) / sizeof(host_facts[0]); i++)
        warn_unless_equal(comparison, host_facts[i].code, host_facts[i].what,
                          json_object_get(host_a, host_facts[i].key),
                          json_object_get(host_b, host_facts[i].key));
    warn_of_end(comparison, "a", a);
    warn_of_end(comparison, "b", b);
    warn_of_seed(comparison, a, b);
}
