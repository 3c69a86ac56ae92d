/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target: libFuzzer's input drives a virtio-blk driver: registers, rings and descriptors.
 * A crash, a hang or an access outside guest memory is a finding.
 *     cmake --preset fuzz && cmake --build --preset fuzz && build/fuzz/fuzz-virtio-blk
 */
#include <string.h>

#include "tests/unit/virtio_driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* Overlapping rings can keep the device busy for ever; its thread can still be stopped. */
#define WORK_MAX 200u

struct input {
    const uint8_t *at;
    size_t left;
};

static struct virtio_driver driver;

static uint64_t take(struct input *input, unsigned bytes)
{
    uint64_t value = 0;

    if (bytes > input->left)
        bytes = (unsigned)input->left;
    memcpy(&value, input->at, bytes);
    input->at += bytes;
    input->left -= bytes;
    return value;
}

static void work(struct input *input)
{
    (void)input;
    driver_set(&driver, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    for (unsigned i = 0; i < WORK_MAX && driver.blk.entries && blk_work(&driver.blk); i++)
        ;
}

static void write_register(struct input *input)
{
    static const unsigned width[] = {4, 4, 4, 4, 4, 1, 2, 8};
    uint64_t reg = take(input, 2) & 0xfff;

    driver_write(&driver, reg, take(input, 4), width[reg >> 9]);
}

static void write_queue_register(struct input *input)
{
    uint64_t reg = VIRTIO_MMIO_QUEUE_SEL + (take(input, 1) & 0x7c);

    driver_set(&driver, reg, (uint32_t)take(input, 4));
}

static void poke(struct input *input)
{
    static const gpa_t area[] = {DRIVER_DESC,   DRIVER_AVAIL,  DRIVER_USED, DRIVER_TABLE,
                                 DRIVER_HEADER, DRIVER_STATUS, DRIVER_DATA, DRIVER_RAM - 0x110};
    uint8_t *at = driver_at(&driver, area[take(input, 1) & 7]);
    uint64_t offset = take(input, 1), value = take(input, 4);

    memcpy(at + offset, &value, 4);
}

static void describe(struct input *input)
{
    static const gpa_t near[] = {DRIVER_DATA,    DRIVER_HEADER, DRIVER_STATUS, DRIVER_TABLE,
                                 DRIVER_RAM - 1, DRIVER_USED,   DRIVER_AVAIL,  DRIVER_DESC};
    uint64_t which = take(input, 1);
    struct virtq_desc *table = driver_at(&driver, which & 0x80 ? DRIVER_TABLE : DRIVER_DESC);
    struct virtq_desc *desc = &table[which % DRIVER_SIZE];

    desc->addr = near[take(input, 1) & 7] + take(input, 1);
    desc->len = (uint32_t)take(input, 3);
    desc->flags = take(input, 1) & 7;
    desc->next = (uint16_t)take(input, 1) % (DRIVER_SIZE + 1);
}

static void request(struct input *input)
{
    uint64_t type = take(input, 1);

    driver_request(&driver, (uint32_t)type % 9, take(input, 2));
}

static void make_available(struct input *input)
{
    struct virtq_avail *avail = driver_avail(&driver);

    avail->ring[avail->idx % DRIVER_SIZE] = (uint16_t)take(input, 1) % (DRIVER_SIZE + 1);
    avail->idx++;
}

static void start(struct input *input)
{
    uint64_t features = take(input, 1);

    driver_negotiate(&driver, VIRTIO_F_VERSION_1 | (features & 1 ? VIRTIO_F_EVENT_IDX : 0) |
                                  (features & 2 ? VIRTIO_F_INDIRECT_DESC : 0) |
                                  (features & 4 ? VIRTIO_BLK_F_FLUSH : 0));
    driver_setup_queue(&driver);
    driver_ok(&driver);
}

static void read_register(struct input *input)
{
    driver_read(&driver, take(input, 2) & 0xffc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static void (*const step[])(struct input *) = {
        start,          write_register, write_queue_register, poke, describe, request,
        make_available, work,           read_register,
    };
    struct input input = {data, bytes};

    if (!driver.backend.ops)
        driver_open(&driver, false);
    memset(driver_at(&driver, DRIVER_DESC), 0, 0x1000);
    memset(driver_at(&driver, DRIVER_TABLE), 0, 0x1000);
    start(&input);
    while (input.left)
        step[take(&input, 1) % (sizeof(step) / sizeof(step[0]))](&input);
    work(&input);
    driver_set(&driver, VIRTIO_MMIO_STATUS, 0);
    return 0;
}
