/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/result/exitstat.h"
#include "vmm/core/result/exittrace.h"

/* A ring holds the exits of a busy vCPU of some tens of milliseconds. */
#define PERIOD_NS 2000000

static void put(struct exittrace *trace, const void *data, size_t bytes)
{
    const uint8_t *at = data;

    while (bytes && !trace->error) {
        ssize_t written = write(trace->fd, at, bytes);

        if (written < 0 && errno != EINTR)
            trace->error = errno;
        if (written > 0) {
            at += written;
            bytes -= (size_t)written;
        }
    }
}

static void empty_ring(struct exittrace *trace, struct exittrace_ring *ring)
{
    uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);

    while (ring->tail != head) {
        uint64_t at = ring->tail % EXITTRACE_RING, count = head - ring->tail;

        if (count > EXITTRACE_RING - at)
            count = EXITTRACE_RING - at;
        put(trace, &ring->record[at], count * sizeof(ring->record[0]));
        __atomic_store_n(&ring->tail, ring->tail + count, __ATOMIC_RELEASE);
    }
}

static void *trace_thread(void *arg)
{
    static const struct timespec period = {.tv_nsec = PERIOD_NS};
    struct exittrace *trace = arg;

    while (!__atomic_load_n(&trace->quit, __ATOMIC_ACQUIRE)) {
        for (unsigned i = 0; i < trace->vcpus; i++)
            empty_ring(trace, &trace->ring[i]);
        nanosleep(&period, NULL);
    }
    return NULL;
}

int exittrace_open(struct exittrace *trace, const char *path, struct err *err)
{
    struct stat found;

    *trace = (struct exittrace){.path = path};
    /* O_NONBLOCK: opening a FIFO without a reader would block. */
    trace->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (trace->fd < 0) {
        err_sys(err, ERR_USAGE, "--trace %s", path);
        return err_hint(err, "a writable file");
    }
    if (!fstat(trace->fd, &found) && !S_ISFIFO(found.st_mode) && !S_ISSOCK(found.st_mode))
        return 0;
    close(trace->fd);
    trace->fd = -1;
    err_set(err, ERR_USAGE, "--trace %s: a pipe could stall the guest", path);
    return err_hint(err, "a regular file");
}

static void put_name(struct exittrace *trace, const char *text)
{
    char name[TRACE_NAME_MAX] = "";

    strncpy(name, text, sizeof(name) - 1);
    put(trace, name, sizeof(name));
}

static void put_header(struct exittrace *trace, uint64_t tsc_hz, uint64_t start,
                       const char *const *device, unsigned devices)
{
    const struct trace_header header = {TRACE_MAGIC,  tsc_hz,  start, trace->vcpus,
                                        EXIT_REASONS, devices, 0};

    put(trace, &header, sizeof(header));
    for (unsigned i = 0; i < EXIT_REASONS; i++)
        put_name(trace, exit_reason_info[i].name);
    for (unsigned i = 0; i < devices; i++)
        put_name(trace, device[i] ? device[i] : "");
}

int exittrace_begin(struct exittrace *trace, unsigned vcpus, uint64_t tsc_hz, uint64_t start,
                    const char *const *device, unsigned devices, struct err *err)
{
    trace->ring = calloc(vcpus, sizeof(*trace->ring));
    if (!trace->ring)
        return err_sys(err, ERR_FAILED, "--trace: cannot allocate buffers");
    for (; trace->vcpus < vcpus; trace->vcpus++) {
        void *room =
            mmap(NULL, EXITTRACE_RING * sizeof(struct trace_record), PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        if (room == MAP_FAILED)
            return err_sys(err, ERR_FAILED, "--trace: cannot allocate buffers");
        trace->ring[trace->vcpus].record = room;
    }
    /* Truncate an older trace only now. */
    if (ftruncate(trace->fd, 0) && errno != EINVAL)
        return err_sys(err, ERR_FAILED, "--trace %s", trace->path);
    put_header(trace, tsc_hz, start, device, devices);
    errno = pthread_create(&trace->thread, NULL, trace_thread, trace);
    if (errno)
        return err_sys(err, ERR_FAILED, "--trace: cannot create a thread");
    trace->started = true;
    return 0;
}

void exittrace_row_begin(struct exittrace_ring *ring, unsigned vcpu, uint32_t row, unsigned threads,
                         const char *text)
{
    struct trace_record record[1 + TRACE_TEXT_RECORDS] = {{
        .ticks = clock_ticks(),
        .address = row,
        .handler_ns = threads,
        .vcpu = (uint16_t)vcpu,
        .reason = TRACE_ROW_BEGIN,
        .device = TRACE_NO_DEVICE,
    }};
    uint64_t head = ring->head;

    /* Publish all records of the text at once, or none. */
    if (head - __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE) + 1 + TRACE_TEXT_RECORDS >
        EXITTRACE_RING) {
        ring->dropped++;
        return;
    }
    snprintf((char *)&record[1], TRACE_TEXT_MAX, "%s", text);
    for (unsigned i = 0; i < 1 + TRACE_TEXT_RECORDS; i++)
        ring->record[(head + i) % EXITTRACE_RING] = record[i];
    __atomic_store_n(&ring->head, head + 1 + TRACE_TEXT_RECORDS, __ATOMIC_RELEASE);
}

void exittrace_row_end(struct exittrace_ring *ring, unsigned vcpu, uint32_t row)
{
    const struct trace_record record = {
        .ticks = clock_ticks(),
        .address = row,
        .vcpu = (uint16_t)vcpu,
        .reason = TRACE_ROW_END,
        .device = TRACE_NO_DEVICE,
    };

    exittrace_add(ring, &record);
}

/* Write the records left in the rings and the number of dropped records. */
static uint64_t put_rest(struct exittrace *trace)
{
    uint64_t dropped = 0;

    for (unsigned i = 0; i < trace->vcpus; i++) {
        struct exittrace_ring *ring = &trace->ring[i];
        struct trace_record lost = {
            .address = ring->dropped,
            .vcpu = (uint16_t)i,
            .reason = TRACE_DROPPED,
            .device = TRACE_NO_DEVICE,
        };

        empty_ring(trace, ring);
        if (ring->dropped)
            put(trace, &lost, sizeof(lost));
        dropped += ring->dropped;
    }
    return dropped;
}

int exittrace_end(struct exittrace *trace, uint64_t *dropped, struct err *err)
{
    if (trace->started) {
        __atomic_store_n(&trace->quit, true, __ATOMIC_RELEASE);
        pthread_join(trace->thread, NULL);
        trace->started = false;
    }
    *dropped = put_rest(trace);
    for (unsigned i = 0; i < trace->vcpus; i++)
        munmap(trace->ring[i].record, EXITTRACE_RING * sizeof(struct trace_record));
    free(trace->ring);
    trace->ring = NULL;
    trace->vcpus = 0;
    if (close(trace->fd) && !trace->error)
        trace->error = errno;
    trace->fd = -1;
    errno = trace->error;
    return trace->error
               ? err_sys(err, ERR_FAILED, "--trace %s: the file is incomplete", trace->path)
               : 0;
}
