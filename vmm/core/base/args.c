/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "minivmm/args.h"
#include "vmm/core/base/args.h"

/* Whether the value at `at` is one of the words of "a|b|c". */
static bool is_word_of(const char *at, const char *words)
{
    size_t length = strcspn(at, ARGS_BLANKS);

    for (; *words; words += strspn(words, "|")) {
        size_t word = strcspn(words, "|");

        if (word == length && !strncmp(at, words, length))
            return true;
        words += word;
    }
    return false;
}

static bool is_valid(const char *at, const struct minivmm_arg_info *key)
{
    uint64_t values[ARGS_LIST_MAX];
    const char *end;

    if (*key->words)
        return is_word_of(at, key->words);
    if (key->list)
        return args_list(at, key->least, key->most, values);
    end = args_number(at, key->least, key->most, values);
    return end && !strcspn(end, ARGS_BLANKS);
}

/* The key of the argument at `at`, or NULL. */
static const struct minivmm_arg_info *find_key(const char *at, size_t length,
                                               const struct minivmm_arg_info *keys, unsigned count)
{
    const char *end = memchr(at, '=', length);

    for (unsigned i = 0; end && i < count; i++)
        if (strlen(keys[i].key) == (size_t)(end - at) &&
            !strncmp(keys[i].key, at, (size_t)(end - at)))
            return &keys[i];
    return NULL;
}

/* Whether an earlier argument starts with the same `length` characters, the key and its "=". */
static bool is_repeated(const char *args, const char *at, size_t length)
{
    for (const char *other = args + strspn(args, ARGS_BLANKS); other < at;
         other += strspn(other, ARGS_BLANKS)) {
        if (!strncmp(other, at, length))
            return true;
        other += strcspn(other, ARGS_BLANKS);
    }
    return false;
}

int args_check(const char *args, const struct minivmm_arg_info *keys, unsigned count,
               struct args_fault *fault)
{
    for (const char *at = args + strspn(args, ARGS_BLANKS); *at; at += strspn(at, ARGS_BLANKS)) {
        size_t length = strcspn(at, ARGS_BLANKS);
        const struct minivmm_arg_info *key = find_key(at, length, keys, count);
        size_t value = key ? strlen(key->key) + 1 : 0;
        const char *why = !key                           ? "unknown key"
                          : is_repeated(args, at, value) ? "duplicate key"
                          : !is_valid(at + value, key)   ? "invalid value"
                                                         : NULL;

        *fault = (struct args_fault){at, (int)length, why, key};
        if (why)
            return -1;
        at += length;
    }
    return 0;
}

static const char *short_number(char text[32], uint64_t value)
{
    bool mega = value && !(value % (1 << 20)), kilo = value && !(value % (1 << 10));

    snprintf(text, 32, "%lu%s",
             (unsigned long)(mega   ? value >> 20
                             : kilo ? value >> 10
                                    : value),
             mega   ? "m"
             : kilo ? "k"
                    : "");
    return text;
}

void args_help(char *text, size_t size, const struct minivmm_arg_info *keys, unsigned count)
{
    char least[32], most[32];
    size_t used = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < count && used < size; i++) {
        const struct minivmm_arg_info *key = &keys[i];
        const char *separator = i ? ", " : "";

        if (*key->words)
            used += (size_t)snprintf(text + used, size - used, "%s%s=%s", separator, key->key,
                                     key->words);
        else if (key->list)
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s=%s:...:%s", separator, key->key,
                                 short_number(least, key->least), short_number(most, key->most));
        else
            used += (size_t)snprintf(text + used, size - used, "%s%s=%lu..%lu", separator, key->key,
                                     (unsigned long)key->least, (unsigned long)key->most);
    }
}
