/* SPDX-License-Identifier: MIT */
#include "tests/unit/virtio_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not an assertion of Check: the fuzz target does not run under Check. */
static void must(bool good, const struct err *err)
{
    if (good)
        return;
    fprintf(stderr, "%s\n", err->text);
    abort();
}

static int host_start(void *ctx, struct err *err)
{
    (void)ctx, (void)err;
    return 0;
}

static void host_nothing(void *ctx)
{
    (void)ctx;
}

static int count_interrupt(void *ctx, struct err *err)
{
    struct virtio_driver *driver = ctx;

    (void)err;
    driver->interrupts++;
    return 0;
}

void driver_open(struct virtio_driver *driver, bool read_only)
{
    const struct blk_host host = {host_start, host_nothing, host_nothing, NULL};
    struct config config;
    struct err err = {0};

    config_init(&config);
    config.mem_bytes = DRIVER_RAM;
    config.thp = CONFIG_OFF;
    *driver = (struct virtio_driver){.config = config_disk_default};
    must(!guestmem_init(&driver->mem, &config, NULL, &err), &err);
    driver->config.engine = CONFIG_ENGINE_MEM;
    driver->config.bytes = DRIVER_DISK_BYTES;
    driver->config.depth = DRIVER_SIZE;
    driver->config.read_only = read_only;
    must(!backend_open(&driver->backend, &driver->config, DRIVER_SIZE, &err), &err);
    blk_init(&driver->blk, "blk0", &driver->config, &driver->backend, &driver->mem, &host);
    driver->blk.mmio.interrupt = (struct virtio_interrupt){count_interrupt, driver};
}

void driver_close(struct virtio_driver *driver)
{
    virtio_mmio_end(&driver->blk.mmio);
    backend_close(&driver->backend);
    guestmem_free(&driver->mem);
}

void driver_write(struct virtio_driver *driver, uint64_t reg, uint64_t value, unsigned bytes)
{
    struct err err = {0};

    must(!virtio_mmio_ops.write(&driver->blk.mmio, NULL, reg, &value, bytes, &err), &err);
}

uint32_t driver_read(struct virtio_driver *driver, uint64_t reg)
{
    struct err err = {0};
    uint32_t value;

    must(!virtio_mmio_ops.read(&driver->blk.mmio, NULL, reg, &value, sizeof(value), &err), &err);
    return value;
}

static void add_status(struct virtio_driver *driver, uint32_t bit)
{
    driver_set(driver, VIRTIO_MMIO_STATUS, driver_read(driver, VIRTIO_MMIO_STATUS) | bit);
}

void driver_negotiate(struct virtio_driver *driver, uint64_t features)
{
    driver_set(driver, VIRTIO_MMIO_STATUS, 0);
    add_status(driver, VIRTIO_STATUS_ACKNOWLEDGE);
    add_status(driver, VIRTIO_STATUS_DRIVER);
    for (unsigned half = 0; half < 2; half++) {
        driver_set(driver, VIRTIO_MMIO_DRIVER_FEATURES_SEL, half);
        driver_set(driver, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> 32 * half));
    }
    add_status(driver, VIRTIO_STATUS_FEATURES_OK);
}

static void set_address(struct virtio_driver *driver, uint64_t low, gpa_t address)
{
    driver_set(driver, low, (uint32_t)address);
    driver_set(driver, low + 4, (uint32_t)(address >> 32));
}

void driver_setup_queue(struct virtio_driver *driver)
{
    memset(driver_at(driver, DRIVER_DESC), 0, DRIVER_SIZE * sizeof(struct virtq_desc));
    memset(driver_at(driver, DRIVER_AVAIL), 0, 4096);
    memset(driver_at(driver, DRIVER_USED), 0, 4096);
    driver_set(driver, VIRTIO_MMIO_QUEUE_SEL, 0);
    driver_set(driver, VIRTIO_MMIO_QUEUE_NUM, DRIVER_SIZE);
    set_address(driver, VIRTIO_MMIO_QUEUE_DESC_LOW, DRIVER_DESC);
    set_address(driver, VIRTIO_MMIO_QUEUE_DRIVER_LOW, DRIVER_AVAIL);
    set_address(driver, VIRTIO_MMIO_QUEUE_DEVICE_LOW, DRIVER_USED);
    driver_set(driver, VIRTIO_MMIO_QUEUE_READY, 1);
}

void driver_ok(struct virtio_driver *driver)
{
    add_status(driver, VIRTIO_STATUS_DRIVER_OK);
}

void driver_start(struct virtio_driver *driver)
{
    driver_negotiate(driver, driver->blk.mmio.features);
    driver_setup_queue(driver);
    driver_ok(driver);
}

void *driver_at(struct virtio_driver *driver, gpa_t gpa)
{
    return guestmem_at(&driver->mem, gpa, 1);
}

struct virtq_desc *driver_desc(struct virtio_driver *driver, unsigned i)
{
    return (struct virtq_desc *)driver_at(driver, DRIVER_DESC) + i;
}

struct virtq_avail *driver_avail(struct virtio_driver *driver)
{
    return driver_at(driver, DRIVER_AVAIL);
}

struct virtq_used *driver_used(struct virtio_driver *driver)
{
    return driver_at(driver, DRIVER_USED);
}

void driver_request(struct virtio_driver *driver, uint32_t type, uint64_t sector)
{
    uint16_t direction = type == VIRTIO_BLK_T_OUT ? 0 : VIRTQ_DESC_F_WRITE;

    *(struct virtio_blk_header *)driver_at(driver, DRIVER_HEADER) =
        (struct virtio_blk_header){.type = type, .sector = sector};
    *(uint8_t *)driver_at(driver, DRIVER_STATUS) = 0xff;
    *driver_desc(driver, 0) =
        (struct virtq_desc){DRIVER_HEADER, sizeof(struct virtio_blk_header), VIRTQ_DESC_F_NEXT, 1};
    *driver_desc(driver, 1) = (struct virtq_desc){DRIVER_DATA, DRIVER_DATA_BYTES,
                                                  (uint16_t)(VIRTQ_DESC_F_NEXT | direction), 2};
    *driver_desc(driver, 2) = (struct virtq_desc){DRIVER_STATUS, 1, VIRTQ_DESC_F_WRITE, 0};
}

void driver_run(struct virtio_driver *driver)
{
    if (!driver->blk.entries)
        return;
    while (blk_work(&driver->blk))
        ;
}

void driver_submit(struct virtio_driver *driver, uint16_t head)
{
    struct virtq_avail *avail = driver_avail(driver);

    avail->ring[avail->idx % DRIVER_SIZE] = head;
    avail->idx++;
    driver_set(driver, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    driver_run(driver);
}

uint8_t driver_status(struct virtio_driver *driver)
{
    return *(uint8_t *)driver_at(driver, DRIVER_STATUS);
}
