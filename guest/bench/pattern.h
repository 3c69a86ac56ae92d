/* SPDX-License-Identifier: MIT */
/*
 * What the block I/O benchmarks write, so that whatever is read can be checked: each sector of 512
 * bytes begins with a tag that is made of its number and with the generation of its last write, and
 * goes on with words that are the same in all.
 */
#ifndef BENCH_PATTERN_H
#define BENCH_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#define PATTERN_SECTOR_BYTES 512u

/* pattern_fill(): all of so many sectors, from number `sector` on. */
void pattern_fill(void *data, uint64_t sector, uint64_t sectors, uint64_t generation);

/* pattern_stamp(): tags and generations alone, of data that was filled before. */
void pattern_stamp(void *data, uint64_t sector, uint64_t sectors, uint64_t generation);

/*
 * pattern_tagged(): whether the first sector, the last, and number `also` of those between have
 * their tags: enough to tell another block's data or a part of one, without drawing all of it into
 * this CPU's caches.
 */
bool pattern_tagged(const void *data, uint64_t sector, uint64_t sectors, uint64_t also);

/* pattern_whole(): whether all words are right, whatever the generation. */
bool pattern_whole(const void *data, uint64_t sector, uint64_t sectors);

/* pattern_is_generation(): whether each sector is of this generation. */
bool pattern_is_generation(const void *data, uint64_t sectors, uint64_t generation);

/* pattern_empty(): whether there is nothing but zeros. */
bool pattern_empty(const void *data, uint64_t sectors);

#endif
