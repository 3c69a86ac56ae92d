/* SPDX-License-Identifier: MIT */
/*
 * Block I/O by size and depth, and what the VM adds to an operation, by cause. Of the containers,
 * "container" has the file on a bind mount, like a volume, and "overlayfs" on overlayfs, like the
 * layers of an image.
 */
#include <string.h>

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/added.h"
#include "tools/virtcost/figures/get.h"

/* The costs of exits, kicks and interrupts are measured in the same runs. */
#define BENCH                                                                                \
    "blk.read,blk.randread,blk.randwrite,exits.mmio.write,exits.mmio.read,exits.mmio.event," \
    "exits.irqfd.halted,exits.floor"

#define ARGS "bs=4k:64k:1m iodepth=1:2:32"

/*
 * Use a temporary file unless the user names one; pin the disk's thread to the CPU after the
 * vCPU's.
 */
static json_t *disk_option(const struct request *request)
{
    const char *given = get_text(request->options, "disk");
    json_t *ours, *disk;

    if (strstr(given, "path="))
        return json_string(given);
    ours = plan_disk(request, "disk");
    disk = json_sprintf("%s%s%s", json_string_value(ours), *given ? "," : "", given);
    json_decref(ours);
    if (request->cpus > 1 && !strstr(given, "cpu=")) {
        ours = disk;
        disk = json_sprintf("%s,cpu=%u", json_string_value(ours), plan_cpu(1));
        json_decref(ours);
    }
    return disk;
}

static int plan_blk(struct plan *plan, const struct request *request, struct err *err)
{
    char pin[PLAN_PIN_MAX];
    json_t *disk = disk_option(request);

    (void)err;
    if (strstr(get_text(request->options, "disk"), "path="))
        plan_skip(plan, "overlayfs", "", "--disk path= names a file outside the overlay");
    plan_step(plan, request, "",
              json_pack("{s:s, s:s, s:s, s:o}", "bench", request->bench ? request->bench : BENCH,
                        "args", plan_args(request, ARGS), "pin", plan_pin(request, 1, pin), "disk",
                        disk));
    return 0;
}

static void print_blk(FILE *out, const json_t *results)
{
    added_print(out, json_object_get(results, "added"), json_object_get(results, "ratios"));
}

const struct experiment experiment_blk = {
    .name = "blk",
    .help = "Block I/O by size and depth; the time a VM adds to an operation, by cause",
    .blocks = 10,
    .quick_blocks = 3,
    .overlay = true,
    .plan = plan_blk,
    .print = print_blk,
};
