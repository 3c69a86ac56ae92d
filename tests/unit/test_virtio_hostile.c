/* SPDX-License-Identifier: MIT */
/*
 * A driver that breaks the protocol in one way at a time. The device returns an error status or
 * sets NEEDS_RESET, accesses nothing outside guest memory, and works again after a reset. Guest
 * memory lies between guard pages, so that an access beyond it kills the test.
 */
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/virtio_driver.h"

static struct virtio_driver driver;

/* The expected outcome. */
enum outcome {
    RESET,   /* NEEDS_RESET is set and an error is counted */
    REFUSED, /* FEATURES_OK stays clear */
    IOERR,
    UNSUPP,
    WORKS,
    IGNORED, /* no effect */
};

#define HOST_ADDRESS 0x7fffffff0000ull

/* Write a register of the queue before it is ready. */
static void registers(uint64_t reg, uint32_t value)
{
    driver_negotiate(&driver, driver.blk.mmio.features);
    driver_setup_queue(&driver);
    driver_negotiate(&driver, driver.blk.mmio.features); /* after a reset */
    driver_set(&driver, VIRTIO_MMIO_QUEUE_SEL, 0);
    driver_set(&driver, VIRTIO_MMIO_QUEUE_NUM, DRIVER_SIZE);
    driver_set(&driver, VIRTIO_MMIO_QUEUE_DESC_LOW, DRIVER_DESC);
    driver_set(&driver, VIRTIO_MMIO_QUEUE_DRIVER_LOW, DRIVER_AVAIL);
    driver_set(&driver, VIRTIO_MMIO_QUEUE_DEVICE_LOW, DRIVER_USED);
    driver_set(&driver, reg, value);
    driver_set(&driver, VIRTIO_MMIO_QUEUE_READY, 1);
}

/* A valid start, and a read request that is not available yet. */
static void ready(void)
{
    driver_start(&driver);
    driver_request(&driver, VIRTIO_BLK_T_IN, 8);
}

static struct virtq_desc *desc(unsigned i)
{
    return driver_desc(&driver, i);
}

/* The request's chain as an indirect table of `bytes` bytes. */
static struct virtq_desc *indirect(uint32_t bytes)
{
    struct virtq_desc *table = driver_at(&driver, DRIVER_TABLE);

    ready();
    memcpy(table, desc(0), 3 * sizeof(*table));
    *desc(0) = (struct virtq_desc){DRIVER_TABLE, bytes, VIRTQ_DESC_F_INDIRECT, 0};
    return table;
}

#define TABLE_BYTES (3 * sizeof(struct virtq_desc))

#define CASE(name) static void name(void)
#define SUBMIT     driver_submit(&driver, 0)

/* One line each. */
/* clang-format off */
CASE(size_zero) { registers(VIRTIO_MMIO_QUEUE_NUM, 0); }
CASE(size_three) { registers(VIRTIO_MMIO_QUEUE_NUM, 3); }
CASE(size_large) { registers(VIRTIO_MMIO_QUEUE_NUM, 2 * DRIVER_SIZE); }
CASE(size_huge) { registers(VIRTIO_MMIO_QUEUE_NUM, 0xffffffff); }
CASE(desc_misaligned) { registers(VIRTIO_MMIO_QUEUE_DESC_LOW, DRIVER_DESC + 8); }
CASE(avail_misaligned) { registers(VIRTIO_MMIO_QUEUE_DRIVER_LOW, DRIVER_AVAIL + 1); }
CASE(used_misaligned) { registers(VIRTIO_MMIO_QUEUE_DEVICE_LOW, DRIVER_USED + 2); }
CASE(desc_outside) { registers(VIRTIO_MMIO_QUEUE_DESC_LOW, DRIVER_RAM); }
CASE(desc_across_the_end) { registers(VIRTIO_MMIO_QUEUE_DESC_LOW, DRIVER_RAM - 16); }
CASE(avail_across_the_end) { registers(VIRTIO_MMIO_QUEUE_DRIVER_LOW, DRIVER_RAM - 32); }
CASE(used_across_the_end) { registers(VIRTIO_MMIO_QUEUE_DEVICE_LOW, DRIVER_RAM - 64); }
CASE(used_among_devices) { registers(VIRTIO_MMIO_QUEUE_DEVICE_LOW, 0xc0000000u); }
CASE(desc_high) { registers(VIRTIO_MMIO_QUEUE_DESC_HIGH, 0xffffffff); }
CASE(used_high) { registers(VIRTIO_MMIO_QUEUE_DEVICE_HIGH, 1); }
CASE(second_queue) { registers(VIRTIO_MMIO_QUEUE_SEL, 1); }
CASE(last_queue) { registers(VIRTIO_MMIO_QUEUE_SEL, 0xffffffff); }
CASE(ready_is_two) { registers(VIRTIO_MMIO_QUEUE_READY, 2); }
CASE(ready_twice) { ready(); driver_set(&driver, VIRTIO_MMIO_QUEUE_READY, 1); }
CASE(ready_cleared_while_running) { ready(); driver_set(&driver, VIRTIO_MMIO_QUEUE_READY, 0); }
CASE(ready_cleared_early) { driver_set(&driver, VIRTIO_MMIO_QUEUE_READY, 0); ready(); SUBMIT; }
CASE(queue_set_up_twice_before_start)
{
    driver_negotiate(&driver, driver.blk.mmio.features);
    driver_setup_queue(&driver);
    driver_set(&driver, VIRTIO_MMIO_QUEUE_READY, 0);
    ck_assert_uint_eq(driver_read(&driver, VIRTIO_MMIO_QUEUE_READY), 0);
    driver_setup_queue(&driver);
    driver_ok(&driver);
    driver_request(&driver, VIRTIO_BLK_T_IN, 8);
    SUBMIT;
}
CASE(ready_after_driver_ok)
{
    driver_negotiate(&driver, driver.blk.mmio.features);
    driver_ok(&driver);
    driver_setup_queue(&driver);
}
CASE(moved_while_ready) { ready(); driver_set(&driver, VIRTIO_MMIO_QUEUE_DESC_LOW, 0x1000); }
CASE(resized_while_ready) { ready(); driver_set(&driver, VIRTIO_MMIO_QUEUE_NUM, 8); }
CASE(status_bit_cleared) { ready(); driver_set(&driver, VIRTIO_MMIO_STATUS, 1); }
CASE(driver_first) { driver_set(&driver, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_DRIVER); }
CASE(driver_ok_first)
{
    driver_set(&driver, VIRTIO_MMIO_STATUS, 3);
    driver_set(&driver, VIRTIO_MMIO_STATUS, 3 | VIRTIO_STATUS_DRIVER_OK);
}
CASE(driver_sets_needs_reset) { ready(); driver_set(&driver, VIRTIO_MMIO_STATUS, 0x4f); }
CASE(features_not_offered) { driver_negotiate(&driver, VIRTIO_F_VERSION_1 | 1ull << 40); }
CASE(no_version_1) { driver_negotiate(&driver, VIRTIO_BLK_F_FLUSH); }
CASE(features_too_late) { ready(); driver_set(&driver, VIRTIO_MMIO_DRIVER_FEATURES, 0); }
CASE(features_beyond_64)
{
    driver_set(&driver, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 2);
    driver_set(&driver, VIRTIO_MMIO_DRIVER_FEATURES, 1);
}
CASE(wide_write) { driver_write(&driver, VIRTIO_MMIO_STATUS, 1, 8); }
CASE(narrow_write) { driver_write(&driver, VIRTIO_MMIO_STATUS, 1, 1); }
CASE(misaligned_write) { driver_write(&driver, VIRTIO_MMIO_STATUS + 2, 1, 4); }
CASE(write_to_magic_value) { driver_set(&driver, VIRTIO_MMIO_MAGIC_VALUE, 0); }
CASE(write_to_unknown_register) { driver_set(&driver, 0x0d0, 0); }
CASE(write_to_config_space) { driver_set(&driver, VIRTIO_MMIO_CONFIG, 0); }
CASE(narrow_read)
{
    struct err err;
    uint8_t byte;

    virtio_mmio_ops.read(&driver.blk.mmio, NULL, VIRTIO_MMIO_STATUS, &byte, 1, &err);
}
CASE(read_beyond_config_space)
{
    struct err err;
    uint64_t word = 1;

    virtio_mmio_ops.read(&driver.blk.mmio, NULL, 0xff8, &word, 8, &err);
    ck_assert_uint_eq(word, 0);
    ready();
    SUBMIT;
}
CASE(kick_before_driver_ok) { driver_set(&driver, VIRTIO_MMIO_QUEUE_NOTIFY, 0); ready(); SUBMIT; }
CASE(kick_of_unknown_queue)
{
    ready();
    driver_set(&driver, VIRTIO_MMIO_QUEUE_NOTIFY, 0xffffffff);
    SUBMIT;
}
CASE(driver_ok_without_queue)
{
    driver_negotiate(&driver, driver.blk.mmio.features);
    driver_ok(&driver);
    driver_set(&driver, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    driver_run(&driver);
}

CASE(head_out_of_range) { ready(); driver_submit(&driver, DRIVER_SIZE); }
CASE(head_is_ffff) { ready(); driver_submit(&driver, 0xffff); }
CASE(next_out_of_range) { ready(); desc(0)->next = DRIVER_SIZE; SUBMIT; }
CASE(next_is_ffff) { ready(); desc(1)->next = 0xffff; SUBMIT; }
CASE(next_points_to_itself) { ready(); desc(1)->next = 1; SUBMIT; }
CASE(next_goes_back) { ready(); desc(2)->flags |= VIRTQ_DESC_F_NEXT; desc(2)->next = 1; SUBMIT; }
CASE(avail_idx_one_too_many) { ready(); driver_avail(&driver)->idx = DRIVER_SIZE; SUBMIT; }
CASE(avail_idx_goes_back) { ready(); SUBMIT; driver_avail(&driver)->idx = 0; driver_run(&driver); }
CASE(avail_idx_far_ahead) { ready(); driver_avail(&driver)->idx = 0x7fff; SUBMIT; }
CASE(head_twice)
{
    ready();
    driver_avail(&driver)->ring[0] = driver_avail(&driver)->ring[1] = 0;
    driver_avail(&driver)->idx = 1;
    SUBMIT;
}
CASE(zero_length) { ready(); desc(1)->len = 0; SUBMIT; }
CASE(data_outside) { ready(); desc(1)->addr = DRIVER_RAM; SUBMIT; }
CASE(data_at_a_host_address) { ready(); desc(1)->addr = HOST_ADDRESS; SUBMIT; }
CASE(data_across_the_end) { ready(); desc(1)->addr = DRIVER_RAM - 512; SUBMIT; }
CASE(data_wraps) { ready(); desc(1)->addr = UINT64_MAX - 15; SUBMIT; }
CASE(data_of_4g) { ready(); desc(1)->len = 0xffffffff; SUBMIT; }
CASE(header_outside) { ready(); desc(0)->addr = DRIVER_RAM - 8; SUBMIT; }
CASE(status_outside) { ready(); desc(2)->addr = DRIVER_RAM; SUBMIT; }
CASE(readable_after_writable) { ready(); desc(2)->flags = 0; SUBMIT; }
CASE(indirect_not_negotiated)
{
    driver_negotiate(&driver, VIRTIO_F_VERSION_1);
    driver_setup_queue(&driver);
    driver_ok(&driver);
    driver_request(&driver, VIRTIO_BLK_T_IN, 8);
    *desc(0) = (struct virtq_desc){DRIVER_TABLE, TABLE_BYTES, VIRTQ_DESC_F_INDIRECT, 0};
    SUBMIT;
}
CASE(indirect_works) { indirect(TABLE_BYTES); SUBMIT; }
CASE(indirect_with_next) { indirect(TABLE_BYTES); desc(0)->flags |= VIRTQ_DESC_F_NEXT; SUBMIT; }
CASE(indirect_in_a_chain)
{
    indirect(TABLE_BYTES);
    *desc(3) = (struct virtq_desc){DRIVER_HEADER, 16, VIRTQ_DESC_F_NEXT, 0};
    driver_submit(&driver, 3);
}
CASE(indirect_of_zero_bytes) { indirect(0); SUBMIT; }
CASE(indirect_of_half_a_descriptor) { indirect(TABLE_BYTES - 8); SUBMIT; }
CASE(indirect_too_short) { indirect(TABLE_BYTES - 16); SUBMIT; }
CASE(indirect_outside) { indirect(TABLE_BYTES); desc(0)->addr = DRIVER_RAM; SUBMIT; }
CASE(indirect_across_the_end) { indirect(TABLE_BYTES); desc(0)->addr = DRIVER_RAM - 16; SUBMIT; }
CASE(indirect_misaligned) { indirect(TABLE_BYTES); desc(0)->addr += 4; SUBMIT; }
CASE(indirect_huge) { indirect(0xfffffff0); SUBMIT; }
CASE(indirect_in_indirect) { indirect(TABLE_BYTES)[1].flags |= VIRTQ_DESC_F_INDIRECT; SUBMIT; }
CASE(indirect_next_outside) { indirect(TABLE_BYTES)[0].next = 3; SUBMIT; }
CASE(indirect_loop) { indirect(TABLE_BYTES)[1].next = 0; SUBMIT; }
CASE(too_many_descriptors)
{
    struct virtq_desc *table = indirect(256 * sizeof(*table));

    for (unsigned i = 1; i < 256; i++)
        table[i] = (struct virtq_desc){DRIVER_DATA, 512, VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE,
                                       (uint16_t)(i + 1)};
    SUBMIT;
}
CASE(too_many_bytes)
{
    struct virtq_desc *table = indirect(128 * sizeof(*table));

    for (unsigned i = 1; i < 128; i++)
        table[i] = (struct virtq_desc){0, DRIVER_RAM, VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE,
                                       (uint16_t)(i + 1)};
    SUBMIT;
}

CASE(no_header) { ready(); driver_submit(&driver, 2); }
CASE(short_header) { ready(); desc(0)->len = 8; SUBMIT; }
CASE(no_status) { ready(); desc(0)->flags = 0; SUBMIT; }
CASE(split_header)
{
    ready();
    desc(0)->len = 5;
    desc(0)->next = 3;
    *desc(3) = (struct virtq_desc){DRIVER_HEADER + 5, 11, VIRTQ_DESC_F_NEXT, 1};
    SUBMIT;
}
CASE(status_in_the_data_buffer)
{
    ready();
    desc(1)->len = DRIVER_DATA_BYTES + 1;
    desc(1)->flags = VIRTQ_DESC_F_WRITE;
    SUBMIT;
    memcpy(driver_at(&driver, DRIVER_STATUS), driver_at(&driver, DRIVER_DATA + DRIVER_DATA_BYTES),
           1);
}
CASE(data_is_the_queue) { ready(); desc(1)->addr = DRIVER_DESC; SUBMIT; }
CASE(data_is_the_used_ring) { ready(); desc(1)->addr = DRIVER_USED; SUBMIT; }
CASE(unknown_type) { ready(); driver_request(&driver, 77, 0); SUBMIT; }
CASE(sector_beyond_the_end) { ready(); driver_request(&driver, VIRTIO_BLK_T_IN, 2048); SUBMIT; }
CASE(sectors_across_the_end) { ready(); driver_request(&driver, 0, 2047); SUBMIT; }
CASE(sector_far_beyond_the_end) { ready(); driver_request(&driver, 0, UINT64_MAX - 3); SUBMIT; }
CASE(byte_offset_wraps) { ready(); driver_request(&driver, VIRTIO_BLK_T_OUT, 1ull << 55); SUBMIT; }
CASE(partial_sector) { ready(); desc(1)->len = 4095; SUBMIT; }
CASE(short_id)
{
    ready();
    driver_request(&driver, VIRTIO_BLK_T_GET_ID, 0);
    desc(1)->len = 19;
    SUBMIT;
}

static const struct {
    const char *name;
    void (*violate)(void);
    enum outcome outcome;
} violation[] = {
#define ROW(name, outcome) {#name, name, outcome}
    ROW(size_zero, RESET), ROW(size_three, RESET), ROW(size_large, RESET), ROW(size_huge, RESET),
    ROW(desc_misaligned, RESET), ROW(avail_misaligned, RESET), ROW(used_misaligned, RESET),
    ROW(desc_outside, RESET), ROW(desc_across_the_end, RESET), ROW(avail_across_the_end, RESET),
    ROW(used_across_the_end, RESET), ROW(used_among_devices, RESET), ROW(desc_high, RESET),
    ROW(used_high, RESET), ROW(second_queue, RESET), ROW(last_queue, RESET),
    ROW(ready_is_two, RESET), ROW(ready_twice, RESET), ROW(ready_cleared_while_running, RESET),
    ROW(ready_cleared_early, WORKS), ROW(queue_set_up_twice_before_start, WORKS),
    ROW(ready_after_driver_ok, RESET), ROW(moved_while_ready, RESET),
    ROW(resized_while_ready, RESET), ROW(status_bit_cleared, RESET), ROW(driver_first, RESET),
    ROW(driver_ok_first, RESET), ROW(driver_sets_needs_reset, RESET),
    ROW(features_not_offered, REFUSED), ROW(no_version_1, REFUSED), ROW(features_too_late, RESET),
    ROW(features_beyond_64, RESET), ROW(wide_write, RESET), ROW(narrow_write, RESET),
    ROW(misaligned_write, RESET), ROW(write_to_magic_value, RESET),
    ROW(write_to_unknown_register, RESET), ROW(write_to_config_space, RESET),
    ROW(narrow_read, RESET), ROW(read_beyond_config_space, WORKS),
    ROW(kick_before_driver_ok, WORKS), ROW(kick_of_unknown_queue, WORKS),
    ROW(driver_ok_without_queue, IGNORED), ROW(head_out_of_range, RESET), ROW(head_is_ffff, RESET),
    ROW(next_out_of_range, RESET), ROW(next_is_ffff, RESET), ROW(next_points_to_itself, RESET),
    ROW(next_goes_back, RESET), ROW(avail_idx_one_too_many, RESET), ROW(avail_idx_goes_back, RESET),
    ROW(avail_idx_far_ahead, RESET), ROW(head_twice, RESET), ROW(zero_length, RESET),
    ROW(data_outside, RESET), ROW(data_at_a_host_address, RESET), ROW(data_across_the_end, RESET),
    ROW(data_wraps, RESET), ROW(data_of_4g, RESET), ROW(header_outside, RESET),
    ROW(status_outside, RESET), ROW(readable_after_writable, RESET),
    ROW(indirect_not_negotiated, RESET), ROW(indirect_works, WORKS), ROW(indirect_with_next, RESET),
    ROW(indirect_in_a_chain, RESET), ROW(indirect_of_zero_bytes, RESET),
    ROW(indirect_of_half_a_descriptor, RESET), ROW(indirect_too_short, RESET),
    ROW(indirect_outside, RESET), ROW(indirect_across_the_end, RESET),
    ROW(indirect_misaligned, RESET), ROW(indirect_huge, RESET), ROW(indirect_in_indirect, RESET),
    ROW(indirect_next_outside, RESET), ROW(indirect_loop, RESET), ROW(too_many_descriptors, RESET),
    ROW(too_many_bytes, RESET), ROW(no_header, RESET), ROW(short_header, RESET),
    ROW(no_status, RESET), ROW(split_header, WORKS), ROW(status_in_the_data_buffer, WORKS),
    ROW(data_is_the_queue, WORKS), ROW(data_is_the_used_ring, WORKS), ROW(unknown_type, UNSUPP),
    ROW(sector_beyond_the_end, IOERR), ROW(sectors_across_the_end, IOERR),
    ROW(sector_far_beyond_the_end, IOERR), ROW(byte_offset_wraps, IOERR),
    ROW(partial_sector, IOERR), ROW(short_id, IOERR),
};
/* clang-format on */

#define VIOLATIONS (sizeof(violation) / sizeof(violation[0]))

/* A valid start, a write and a read succeed, whatever came before. */
static void must_work(const char *after)
{
    uint8_t *data = driver_at(&driver, DRIVER_DATA);

    driver_start(&driver);
    ck_assert_msg(driver_read(&driver, VIRTIO_MMIO_STATUS) == 15, "%s: status %#x", after,
                  driver_read(&driver, VIRTIO_MMIO_STATUS));
    memset(data, 0x5a, DRIVER_DATA_BYTES);
    driver_request(&driver, VIRTIO_BLK_T_OUT, 16);
    driver_submit(&driver, 0);
    ck_assert_msg(driver_status(&driver) == VIRTIO_BLK_S_OK, "%s: write failed", after);
    memset(data, 0, DRIVER_DATA_BYTES);
    driver_request(&driver, VIRTIO_BLK_T_IN, 16);
    driver_submit(&driver, 0);
    ck_assert_msg(driver_status(&driver) == VIRTIO_BLK_S_OK, "%s: read failed", after);
    ck_assert_uint_eq(driver_used(&driver)->idx, 2);
    ck_assert_uint_eq(driver_used(&driver)->ring[1].len, DRIVER_DATA_BYTES + 1);
    for (unsigned i = 0; i < DRIVER_DATA_BYTES; i++)
        ck_assert_uint_eq(data[i], 0x5a);
}

START_TEST(each_violation_is_handled)
{
    static const uint8_t expected[] = {
        [IOERR] = VIRTIO_BLK_S_IOERR,
        [UNSUPP] = VIRTIO_BLK_S_UNSUPP,
        [WORKS] = VIRTIO_BLK_S_OK,
        [IGNORED] = 0xff,
    };
    const char *name = violation[_i].name;
    uint32_t status;
    uint8_t answer;

    driver_open(&driver, false);
    *(uint8_t *)driver_at(&driver, DRIVER_STATUS) = 0xff;
    violation[_i].violate();
    status = driver_read(&driver, VIRTIO_MMIO_STATUS);
    answer = driver_status(&driver);
    if (violation[_i].outcome == RESET) {
        ck_assert_msg(status & VIRTIO_STATUS_NEEDS_RESET, "%s: status %#x", name, status);
        ck_assert_msg(driver.blk.mmio.errors && *driver.blk.mmio.error.text, "%s: no error", name);
        ck_assert_msg(!(status & VIRTIO_STATUS_DRIVER_OK) || driver.interrupts > 0,
                      "%s: no configuration change interrupt", name);
    } else {
        ck_assert_msg(!(status & VIRTIO_STATUS_NEEDS_RESET), "%s: %s", name,
                      driver.blk.mmio.error.text);
        ck_assert_uint_eq(driver.blk.mmio.errors, 0);
        ck_assert_int_eq(!(status & VIRTIO_STATUS_FEATURES_OK), violation[_i].outcome == REFUSED);
    }
    if (violation[_i].outcome >= IOERR)
        ck_assert_msg(answer == expected[violation[_i].outcome], "%s: status %u", name, answer);
    must_work(name);
    driver_close(&driver);
}
END_TEST

START_TEST(a_read_only_disk_is_not_written)
{
    driver_open(&driver, true);
    ck_assert(driver.blk.mmio.features & VIRTIO_BLK_F_RO);
    driver_start(&driver);
    driver_request(&driver, VIRTIO_BLK_T_OUT, 0);
    driver_submit(&driver, 0);
    ck_assert_uint_eq(driver_status(&driver), VIRTIO_BLK_S_IOERR);
    driver_close(&driver);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("virtio_hostile");
    TCase *tests = tcase_create("virtio_hostile");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(tests, each_violation_is_handled, 0, VIOLATIONS);
    tcase_add_test(tests, a_read_only_disk_is_not_written);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
