/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/dev/channel.h"

#define BYTES   (64ull << 20)
#define RECORDS 0x10000ull

static struct guestmem mem;
static struct run_result result;
static struct channel channel;
static unsigned ended;

static void snapshot(void *ctx, struct usage *usage)
{
    (void)ctx;
    memset(usage, 0, sizeof(*usage));
}

static void log_text(void *ctx, const char *text)
{
    strcat(ctx, text);
}

static void done(void *ctx)
{
    ck_assert_ptr_eq(ctx, &result);
    ended++;
}

static char logged[64 << 10];

static void set_up(void)
{
    struct result_source source = {snapshot, NULL, log_text, logged, NULL, NULL};
    struct err err;

    mem = fixture_memory(BYTES);
    ck_assert_int_eq(result_init(&result, &source, 1, &err), 0);
    channel_init(&channel, &mem, &result, done, &result);
}

static void tear_down(void)
{
    guestmem_free(&mem);
    result_free(&result);
}

static struct channel_record *record_at(gpa_t gpa)
{
    struct channel_record *record = guestmem_at(&mem, gpa, sizeof(*record));

    ck_assert(record != NULL);
    return record;
}

static void put_log(gpa_t gpa, const char *text)
{
    struct channel_record *record = record_at(gpa);

    record->type = CHANNEL_LOG;
    strcpy(record->log.text, text);
}

static int ring(uint64_t count, gpa_t gpa, struct err *err)
{
    uint64_t doorbell = count << MINIVMM_CHANNEL_COUNT_SHIFT | gpa;

    return channel_ops.write(&channel, NULL, MINIVMM_CHANNEL_DOORBELL, &doorbell, sizeof(doorbell),
                             err);
}

static void refuse(uint64_t count, gpa_t gpa, const char *why)
{
    struct err err = {0};

    ck_assert_int_eq(ring(count, gpa, &err), -1);
    ck_assert_msg(strstr(err.text, why) != NULL, "%s", err.text);
}

START_TEST(a_batch_is_taken_in_order)
{
    char expected[64 * 4 + 1] = "";
    struct err err = {0};

    set_up();
    for (unsigned i = 0; i < MINIVMM_CHANNEL_BATCH_MAX; i++) {
        char text[16];

        snprintf(text, sizeof(text), "%u,", i);
        strcat(expected, text);
        put_log(RECORDS + i * sizeof(struct channel_record), text);
    }
    ck_assert_msg(!ring(MINIVMM_CHANNEL_BATCH_MAX, RECORDS, &err), "%s", err.text);
    ck_assert_str_eq(logged, expected);
    ck_assert_uint_eq(ended, 0);
    tear_down();
}
END_TEST

START_TEST(records_need_no_alignment)
{
    struct channel_record record = {.type = CHANNEL_LOG, .log = {"odd"}};
    struct err err = {0};

    set_up();
    memcpy(guestmem_at(&mem, RECORDS + 3, sizeof(record)), &record, sizeof(record));
    ck_assert_msg(!ring(1, RECORDS + 3, &err), "%s", err.text);
    ck_assert_str_eq(logged, "odd");
    tear_down();
}
END_TEST

START_TEST(records_outside_ram_are_refused)
{
    struct err err;

    set_up();
    put_log(BYTES - 256, "last");
    ck_assert_int_eq(ring(1, BYTES - 256, &err), 0);
    refuse(1, BYTES - 255, "1 channel record at 0x3ffff01 outside RAM");
    refuse(2, BYTES - 256, "outside RAM");
    refuse(1, BYTES, "outside RAM");
    refuse(1, 0xc0000000, "outside RAM");
    refuse(64, 0xffffffffffff, "outside RAM");
    ck_assert_str_eq(logged, "last");
    tear_down();
}
END_TEST

START_TEST(batch_size_is_checked)
{
    set_up();
    refuse(0, RECORDS, "invalid channel record count 0; it must be 1 to 64");
    refuse(MINIVMM_CHANNEL_BATCH_MAX + 1, RECORDS, "invalid channel record count 65;");
    refuse(0xffff, RECORDS, "invalid channel record count 65535;");
    ck_assert_str_eq(logged, "");
    tear_down();
}
END_TEST

START_TEST(an_invalid_record_ends_the_batch)
{
    set_up();
    put_log(RECORDS, "first,");
    record_at(RECORDS + 256)->type = CHANNEL_END;
    put_log(RECORDS + 512, "third");
    refuse(3, RECORDS, "END without BEGIN");
    ck_assert_str_eq(logged, "first,");
    ck_assert_uint_eq(ended, 0);
    tear_down();
}
END_TEST

START_TEST(an_exit_record_calls_done)
{
    struct err err;

    set_up();
    put_log(RECORDS, "bye");
    ck_assert_int_eq(ring(1, RECORDS, &err), 0);
    ck_assert_uint_eq(ended, 0);
    record_at(RECORDS)->type = CHANNEL_EXIT;
    record_at(RECORDS)->exit.status = 5;
    ck_assert_int_eq(ring(1, RECORDS, &err), 0);
    ck_assert_uint_eq(ended, 1);
    ck_assert_uint_eq(result.exit_status, 5);
    refuse(1, RECORDS, "record after EXIT or FAULT");
    ck_assert_uint_eq(ended, 1);
    tear_down();
}
END_TEST

START_TEST(a_fault_record_calls_done)
{
    struct err err;

    set_up();
    record_at(RECORDS)->type = CHANNEL_FAULT;
    record_at(RECORDS)->fault.vector = 14;
    ck_assert_int_eq(ring(1, RECORDS, &err), 0);
    ck_assert_uint_eq(ended, 1);
    ck_assert_uint_eq(result.fault.vector, 14);
    tear_down();
}
END_TEST

START_TEST(other_register_accesses_are_refused)
{
    static const struct {
        uint64_t offset;
        unsigned bytes;
        const char *text;
    } bad[] = {{0, 4, "4-byte write to the channel doorbell; its width is 8"},
               {0, 1, "1-byte write to the channel doorbell; its width is 8"},
               {8, 8, "8-byte write to unknown channel register 0x8"},
               {4, 8, "8-byte write to unknown channel register 0x4"},
               {0xff8, 8, "8-byte write to unknown channel register 0xff8"},
               {1, 7, "7-byte write to unknown channel register 0x1"}};
    uint64_t value = 1ull << MINIVMM_CHANNEL_COUNT_SHIFT | RECORDS;
    struct err err = {0};

    set_up();
    put_log(RECORDS, "taken");
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(
            channel_ops.write(&channel, NULL, bad[i].offset, &value, bad[i].bytes, &err), -1);
        ck_assert_msg(strstr(err.text, bad[i].text) != NULL, "%s", err.text);
    }
    ck_assert_int_eq(channel_ops.read(&channel, NULL, 0, &value, 8, &err), -1);
    ck_assert_msg(strstr(err.text, "8-byte read of channel register 0, which is write-only") !=
                      NULL,
                  "%s", err.text);
    ck_assert_str_eq(logged, "");
    tear_down();
}
END_TEST

#define RINGS 200

static void *ringer(void *arg)
{
    gpa_t gpa = RECORDS + (uintptr_t)arg * 4096;
    struct err err;

    for (unsigned i = 0; i < RINGS; i++)
        if (ring(1, gpa, &err))
            return &channel;
    return NULL;
}

START_TEST(concurrent_doorbells_are_serialized)
{
    pthread_t thread[3];

    set_up();
    for (uintptr_t i = 0; i < 3; i++) {
        put_log(RECORDS + i * 4096, "word.");
        ck_assert_int_eq(pthread_create(&thread[i], NULL, ringer, (void *)i), 0);
    }
    for (unsigned i = 0; i < 3; i++) {
        void *refused;

        pthread_join(thread[i], &refused);
        ck_assert_ptr_null(refused);
    }
    ck_assert_uint_eq(strlen(logged), 3 * RINGS * strlen("word."));
    ck_assert_uint_eq(result.log_bytes, strlen(logged));
    tear_down();
}
END_TEST

SUITE_MAIN("channel", a_batch_is_taken_in_order, records_need_no_alignment,
           records_outside_ram_are_refused, batch_size_is_checked, an_invalid_record_ends_the_batch,
           an_exit_record_calls_done, a_fault_record_calls_done,
           other_register_accesses_are_refused, concurrent_doorbells_are_serialized)
