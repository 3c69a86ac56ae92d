/* SPDX-License-Identifier: MIT */
/*
 * Writes numbered records to slots of the disk in turn, flushes after each batch and logs "flushed
 * N". With --args from=N it first verifies that all records up to number N, or later ones in the
 * same slots, are on the disk; with only=verify it stops after that. For tests that kill it and
 * start it again.
 */
#include <stdlib.h>
#include <string.h>

#include "guest/kvm/disk.h"
#include "guest/kvm/start.h"

#define BLOCK 4096u
#define WORDS (BLOCK / sizeof(uint64_t))
#define SLOTS 512u
#define BATCH 8u

static uint64_t block[BATCH][WORDS] __attribute__((aligned(BLOCK)));

static void make(uint64_t *words, uint64_t number)
{
    for (unsigned i = 0; i < WORDS; i++)
        words[i] = number * 0x9e3779b97f4a7c15ull + i;
    words[0] = number;
}

static bool is_record(const uint64_t *words, uint64_t number)
{
    static uint64_t right[WORDS];

    make(right, number);
    return !memcmp(words, right, BLOCK);
}

/* Performs `count` operations at once. Returns how many of them failed. */
static unsigned transfer(const struct disk *disk, enum disk_op op, uint64_t first, unsigned count)
{
    static struct disk_io io[BATCH];
    struct disk_io *done[BATCH];
    unsigned wrong = 0, complete = 0;

    for (unsigned i = 0; i < count; i++) {
        io[i] = (struct disk_io){
            .op = op,
            .bytes = op == DISK_FLUSH ? 0 : BLOCK,
            .offset = (first + i) % SLOTS * BLOCK,
            .data = block[i],
        };
        disk->queue(&io[i]);
    }
    while (complete < count) {
        unsigned reaped = disk->reap(done, BATCH);

        for (unsigned i = 0; i < reaped; i++)
            wrong += done[i]->error != 0;
        complete += reaped;
        if (!reaped)
            disk->wait();
    }
    return wrong;
}

/* Returns how many of the records up to `last` are lost. */
static unsigned verify(const struct disk *disk, uint64_t last)
{
    unsigned lost = 0;

    for (uint64_t slot = 0; slot < SLOTS; slot++) {
        uint64_t least = last >= slot ? last - (last - slot) % SLOTS : 0, found;

        if (transfer(disk, DISK_READ, slot, 1))
            return SLOTS;
        found = block[0][0];
        if (!least || (found >= least && found % SLOTS == slot && is_record(block[0], found)))
            continue;
        lost++;
        guest_log("slot %u: record %llu is lost, found %llu", (unsigned)slot,
                  (unsigned long long)least, (unsigned long long)found);
    }
    guest_log("verified %llu: %u lost", (unsigned long long)last, lost);
    return lost;
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    const char *why, *from = strstr(machine->args, "from=");
    uint64_t next = from ? strtoull(from + 5, NULL, 10) : 0;
    const struct disk *disk;

    (void)team;
    disk_begin(machine);
    disk = disk_open(&why);
    if (!disk || disk->bytes < SLOTS * BLOCK) {
        guest_log("disk: %s", disk ? "too small" : why);
        return 1;
    }
    if (from && verify(disk, next))
        return 2;
    if (strstr(machine->args, "only=verify"))
        return 0;
    for (next++;; next += BATCH) {
        for (unsigned i = 0; i < BATCH; i++)
            make(block[i], next + i);
        if (transfer(disk, DISK_WRITE, next, BATCH) || transfer(disk, DISK_FLUSH, 0, 1)) {
            guest_log("the disk failed a write or a flush");
            return 3;
        }
        guest_log("flushed %llu", (unsigned long long)(next + BATCH - 1));
    }
}
