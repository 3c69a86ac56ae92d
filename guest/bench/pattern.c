/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "guest/bench/pattern.h"

#define WORDS (PATTERN_SECTOR_BYTES / sizeof(uint64_t))

/* Word indices within a sector; fixed words fill the rest. */
enum { TAG, GENERATION, FIXED };

#define MAGIC 0x6d76696e6d6d6b62ull

/* Arbitrary: odd, with bits set throughout. */
#define SPREAD 0x9e3779b97f4a7c15ull

static uint64_t tag_of(uint64_t sector)
{
    return (sector + 1) * SPREAD ^ MAGIC;
}

static uint64_t fixed_word(unsigned i)
{
    return (i + 1) * (SPREAD >> 1 | 1) ^ ~MAGIC;
}

void pattern_stamp(void *data, uint64_t sector, uint64_t sectors, uint64_t generation)
{
    uint64_t *word = data;

    for (; sectors; sectors--, sector++, word += WORDS) {
        word[TAG] = tag_of(sector);
        word[GENERATION] = generation;
    }
}

void pattern_fill(void *data, uint64_t sector, uint64_t sectors, uint64_t generation)
{
    uint64_t *word = data;

    for (uint64_t i = 0; i < sectors; i++)
        for (unsigned w = FIXED; w < WORDS; w++)
            word[i * WORDS + w] = fixed_word(w);
    pattern_stamp(data, sector, sectors, generation);
}

bool pattern_tagged(const void *data, uint64_t sector, uint64_t sectors, uint64_t also)
{
    const uint64_t *word = data;
    uint64_t last = sectors - 1;

    also %= sectors;
    return word[TAG] == tag_of(sector) && word[also * WORDS + TAG] == tag_of(sector + also) &&
           word[last * WORDS + TAG] == tag_of(sector + last);
}

bool pattern_whole(const void *data, uint64_t sector, uint64_t sectors)
{
    const uint64_t *word = data;
    uint64_t wrong = 0;

    for (uint64_t i = 0; i < sectors; i++) {
        wrong |= word[i * WORDS + TAG] ^ tag_of(sector + i);
        for (unsigned w = FIXED; w < WORDS; w++)
            wrong |= word[i * WORDS + w] ^ fixed_word(w);
    }
    return !wrong;
}

bool pattern_is_generation(const void *data, uint64_t sectors, uint64_t generation)
{
    const uint64_t *word = data;
    uint64_t wrong = 0;

    for (; sectors; sectors--, word += WORDS)
        wrong |= word[GENERATION] ^ generation;
    return !wrong;
}

bool pattern_empty(const void *data, uint64_t sectors)
{
    const uint64_t *word = data;
    uint64_t found = 0;

    for (uint64_t i = 0; i < sectors * WORDS; i++)
        found |= word[i];
    return !found;
}
