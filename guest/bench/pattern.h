/* SPDX-License-Identifier: MIT */
/*
 * The data pattern of the block I/O benchmarks, which makes every read verifiable: a sector of 512
 * bytes holds a tag derived from its number, the generation of its last write, and words that are
 * the same in all sectors.
 */
#ifndef BENCH_PATTERN_H
#define BENCH_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#define PATTERN_SECTOR_BYTES 512u

/* pattern_fill(): write `sectors` complete sectors to `data`, the first with number `sector`. */
void pattern_fill(void *data, uint64_t sector, uint64_t sectors, uint64_t generation);

/* pattern_stamp(): update only tags and generations, in data that pattern_fill() wrote. */
void pattern_stamp(void *data, uint64_t sector, uint64_t sectors, uint64_t generation);

/*
 * pattern_tagged(): whether the first sector, the last one and one more (`also` modulo `sectors`)
 * have their tags. That detects misplaced and partial reads without pulling the whole buffer into
 * the caches of this CPU.
 */
bool pattern_tagged(const void *data, uint64_t sector, uint64_t sectors, uint64_t also);

/* pattern_whole(): whether all words except the generations are right. */
bool pattern_whole(const void *data, uint64_t sector, uint64_t sectors);

/* pattern_is_generation(): whether all sectors have this generation. */
bool pattern_is_generation(const void *data, uint64_t sectors, uint64_t generation);

/* pattern_empty(): whether all words are zero. */
bool pattern_empty(const void *data, uint64_t sectors);

#endif
