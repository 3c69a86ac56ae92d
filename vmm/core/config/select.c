/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/words.h"
#include "vmm/core/config/select.h"

/* The name itself or a dotted prefix: "stream" matches "stream.triad". */
bool select_matches(const char *name, const char *word, size_t length)
{
    return !strncmp(name, word, length) && (name[length] == '\0' || name[length] == '.');
}

int select_benches(const char *list, const void *table, size_t count,
                   const char *(*name_at)(const void *table, size_t i), char **chosen,
                   struct err *err)
{
    bool *wanted = calloc(count + 1, sizeof(*wanted));
    size_t bytes = 1;

    *chosen = NULL;
    if (!wanted)
        return err_sys(err, ERR_FAILED, "--bench");
    for (const char *at = list, *word; at;) {
        size_t length, found = 0;

        at = select_word(at, &word, &length);
        for (size_t i = 0; i < count && length; i++) {
            if (select_matches(name_at(table, i), word, length))
                wanted[i] = ++found;
        }
        if (found || (length == 4 && !strncmp(word, "none", 4)))
            continue;
        free(wanted);
        err_set(err, ERR_USAGE, "--bench %s: unknown benchmark '%.*s'", list, (int)length, word);
        return err_hint(err, "--list for the names");
    }

    for (size_t i = 0; i < count; i++)
        bytes += strlen(name_at(table, i)) + 1;
    *chosen = calloc(1, bytes);
    for (size_t i = 0; *chosen && i < count; i++) {
        if (!wanted[i])
            continue;
        if (**chosen)
            strcat(*chosen, ",");
        strcat(*chosen, name_at(table, i));
    }
    free(wanted);
    return *chosen ? 0 : err_sys(err, ERR_FAILED, "--bench");
}

const char *select_word(const char *at, const char **word, size_t *length)
{
    *word = at;
    *length = strcspn(at, ",");
    return at[*length] ? at + *length + 1 : NULL;
}

int select_args(const char *args, const struct minivmm_arg_info *keys, unsigned count,
                struct err *err)
{
    struct args_fault fault;
    char known[sizeof(err->hint)];

    if (!args || !count || !args_check(args, keys, count, &fault))
        return 0;
    err_set(err, ERR_USAGE, "--args %.*s: %s", fault.length < 100 ? fault.length : 100, fault.at,
            fault.why);
    args_help(known, sizeof(known), fault.key ? fault.key : keys, fault.key ? 1 : count);
    return err_hint(err, "%s", known);
}

static bool is_chosen(const char *chosen, const char *name)
{
    return !chosen || words_have(chosen, name);
}

uint32_t select_needs(const char *chosen, const struct minivmm_bench_info *table, size_t count)
{
    uint32_t flags = 0;

    for (size_t i = 0; i < count; i++)
        if (is_chosen(chosen, table[i].name))
            flags |= table[i].flags;
    return flags;
}

/* Benchmarks use the first disk. */
int select_check_disk(const struct config *config, const char *chosen,
                      const struct minivmm_bench_info *table, size_t count, struct err *err)
{
    const struct minivmm_bench_info *writer = NULL;
    char readers[sizeof(err->hint) - 64] = "";

    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(readers);

        if (!is_chosen(chosen, table[i].name))
            continue;
        if (table[i].flags & MINIVMM_BENCH_WRITES)
            writer = writer ? writer : &table[i];
        else if (used + strlen(table[i].name) + 2 < sizeof(readers))
            snprintf(readers + used, sizeof(readers) - used, "%s%s", used ? "," : "",
                     table[i].name);
    }
    if (!config->bench || !writer || !config->disks || !config->disk[0].read_only)
        return 0;
    err_set(err, ERR_USAGE, "--disk path=%s,ro: %s writes to the disk", config->disk[0].path,
            writer->name);
    return err_hint(err, "without ro%s%s", *readers ? ", or --bench " : "", readers);
}
