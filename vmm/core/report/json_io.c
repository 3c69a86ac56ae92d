/* SPDX-License-Identifier: MIT */
/* The JSON report's disks, their configuration and counters, and the I/O figures of rows. */
#include "vmm/core/report/io.h"
#include "vmm/core/report/json.h"

static json_t *disk_json(const struct config_disk *disk)
{
    json_t *object = json_object();

    set_text(object, "path", disk->path);
    set_found(object, "size_bytes", disk->bytes);
    set(object, "temporary", json_boolean(disk->temporary));
    set(object, "ro", json_boolean(disk->read_only));
    set(object, "direct", json_boolean(disk->direct));
    set_text(object, "engine", config_engine_name[disk->engine]);
    set_text(object, "notify", config_notify_name[disk->notify]);
    set_text(object, "irq", config_irq_name[disk->irq]);
    set_u64(object, "depth", disk->depth);
    set(object, "event_idx", json_boolean(disk->event_idx));
    set(object, "indirect", json_boolean(disk->indirect));
    if (disk->notify == CONFIG_NOTIFY_POLL)
        set_text(object, "poll", disk->adaptive ? "adaptive" : "constant");
    if (disk->pin != CONFIG_NO_PIN)
        set_u64(object, "cpu", disk->pin);
    return object;
}

json_t *json_disks(const struct run_info *info)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < info->disks; i++)
        json_array_append_new(array, disk_json(info->disk[i].config));
    return array;
}

json_t *json_devices(const struct run_info *info)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < info->disks; i++) {
        const struct run_disk *disk = &info->disk[i];
        json_t *device = json_object();

        set_text(device, "engine", disk->engine);
        set_u64(device, "bytes", disk->bytes);
        set(device, "used", json_boolean(disk->opened));
        set(device, "page_cache", json_boolean(disk->cached));
        for (unsigned c = 0; c < IO_COUNTERS && info->env == RUN_VM; c++)
            set_u64(device, io_counter_name[c], disk->io[c]);
        if (disk->io[IO_DEVICE_ERRORS])
            set_text(device, "error", disk->error.text);
        set(object, disk->name, device);
    }
    return object;
}

void json_row_io(const struct report *report, const struct result_row *row, json_t *object)
{
    json_t *latency, *points;
    struct io_summary io;

    if (io_summary_of(report, row, &io))
        return;
    points = json_array();
    for (unsigned i = 0; i < CHANNEL_IO_POINTS; i++)
        json_array_append_new(points,
                              json_pack("[f, I]", io_percent[i], (json_int_t)io.latency_ns[i]));
    latency = json_pack("{s:I, s:I, s:I, s:o}", "p50", (json_int_t)io.latency_ns[IO_P50], "p99",
                        (json_int_t)io.latency_ns[IO_P99], "p99.9",
                        (json_int_t)io.latency_ns[IO_P999], "points", points);
    /* The benchmarks use the first disk. */
    if (report->info->disks)
        set(object, "page_cache", json_boolean(report->info->disk[0].cached));
    set(object, "mb_per_s", json_real(io.mb_per_s));
    set(object, "depth", json_real(io.depth));
    set(object, "latency_ns", latency);
    set(object, "host_cpu_ns_per_io", json_real(io.cpu_ns));
    set(object, "sleeps_per_io", json_real((double)row->usage.io[IO_SLEEPS] / (double)row->ops));
    if (report->info->env != RUN_VM)
        return;
    set(object, "kicks_per_io", json_real(io.kicks));
    set(object, "interrupts_per_io", json_real(io.interrupts));
}
