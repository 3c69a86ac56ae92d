/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "vmm/core/base/words.h"

bool words_have(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (; *list; list += strcspn(list, ",") + (list[strcspn(list, ",")] == ','))
        if (strcspn(list, ",") == length && !strncmp(list, word, length))
            return true;
    return false;
}
