/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "vmm/config/select.h"

/* Whether a name is the word, or lies below it: "stream" and "stream.triad". */
static bool matches(const char *name, const char *word, size_t length)
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
    for (const char *word = list; word; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL) {
        size_t length = strcspn(word, ","), found = 0;

        for (size_t i = 0; i < count && length; i++) {
            if (matches(name_at(table, i), word, length))
                wanted[i] = ++found;
        }
        if (found || (length == 4 && !strncmp(word, "none", 4)))
            continue;
        free(wanted);
        err_set(err, ERR_USAGE, "--bench %s: no benchmark is called '%.*s'", list, (int)length,
                word);
        return err_hint(err, "--list, which prints their names");
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

bool select_has(const char *chosen, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = chosen; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strcspn(at, ",") == length && !strncmp(at, name, length))
            return true;
    return !chosen;
}
