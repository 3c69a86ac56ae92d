/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "vmm/boot/layout.h"
#include "vmm/boot/pagetable.h"
#include "vmm/core/base/units.h"

/* Space for the device tree: fixed nodes, optional properties, a node per vCPU. */
#define DTB_BYTES          8192u
#define DTB_BYTES_MASKED   (FEATURES_MAX * 16u)
#define DTB_BYTES_NUMA     (CONFIG_NODES_MAX * (CONFIG_NODES_MAX * 12u + 160u))
#define DTB_BYTES_PER_VCPU 96u

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

/* A tight bound: building the tree touches all of its pages. */
static uint64_t dtb_bytes_max(const struct config *config, const char *bench)
{
    return DTB_BYTES + (config->cpu.text ? DTB_BYTES_MASKED : 0) +
           (config->numa.nodes ? DTB_BYTES_NUMA : 0) + strlen(config->args) +
           (bench ? strlen(bench) : 0) + (uint64_t)config->vcpus * DTB_BYTES_PER_VCPU;
}

/* A hint on how to fit the guest and the VMM's region below the device hole. */
static const char *hint_to_fit(const struct config *config, const struct image *image,
                               uint64_t needed)
{
    uint64_t end = image_end(image) + needed, vcpu_bytes = image->info.vcpu_bytes;

    if (image_end(image) > MINIVMM_RAM_LOW_END || end + vcpu_bytes > MINIVMM_RAM_LOW_END)
        return "a guest that needs less memory";
    return end + config->vcpus * vcpu_bytes > MINIVMM_RAM_LOW_END ? "fewer --vcpus" : "more --mem";
}

int layout_plan(struct layout *layout, const struct config *config, const char *bench,
                const struct image *image, const struct guestmem *mem, struct err *err)
{
    uint64_t low = mem->range[0].bytes, span = config->mem_bytes + CONFIG_PAGE_1G, guest, needed;
    gpa_t at;

    layout->device_bytes = CONFIG_PAGE_2M;
    layout->tables_bytes =
        pagetable_bytes_max(span, 2 * image->segments + 9, config->guest_page_bytes);
    layout->dtb_bytes = round_up(dtb_bytes_max(config, bench), CONFIG_PAGE_4K);
    needed = layout->tables_bytes + PAGETABLE_BYTES +
             (uint64_t)config->vcpus * MINIVMM_STACK_BYTES + layout->dtb_bytes +
             round_up(config->vcpus * sizeof(uint64_t), CONFIG_PAGE_4K);
    needed = round_up(needed, CONFIG_PAGE_2M);
    guest = image_end(image) + (uint64_t)config->vcpus * image->info.vcpu_bytes;
    if (guest + needed > low || image_end(image) > low) {
        char mem_text[UNITS_TEXT_MAX];

        err_set(err, ERR_USAGE, "--mem %s: the guest and its %u vCPU%s need %" PRIu64 " MiB",
                units_format_size(mem_text, config->mem_bytes), config->vcpus,
                units_s(config->vcpus), round_up(guest + needed, CONFIG_PAGE_2M) >> 20);
        return err_hint(err, "%s", hint_to_fit(config, image, needed));
    }

    layout->guest_end = round_up(guest, CONFIG_PAGE_2M);
    layout->base = at = low - needed;
    layout->end = low;
    layout->tables = at;
    at += layout->tables_bytes;
    layout->window = at;
    at += PAGETABLE_BYTES;
    layout->stacks = at;
    at += (uint64_t)config->vcpus * MINIVMM_STACK_BYTES;
    layout->dtb = at;
    at += layout->dtb_bytes;
    layout->boot_times = at;
    return 0;
}

gpa_t layout_stack_top(const struct layout *layout, unsigned vcpu)
{
    return layout->stacks + (vcpu + 1ull) * MINIVMM_STACK_BYTES;
}

static uint64_t segment_flags(const struct image_segment *segment, uint64_t nx)
{
    return (segment->write ? PTE_WRITE : 0) | (segment->user ? PTE_USER : 0) |
           (segment->execute ? 0 : nx);
}

/*
 * Map the segments, and the RAM between them for ring 3. Page 0 stays unmapped, so that a null
 * pointer faults. Returns the first address not mapped, or 0 on error.
 */
static gpa_t map_image(struct pagetable *table, const struct image *image, uint64_t nx,
                       struct err *err)
{
    gpa_t at = CONFIG_PAGE_4K;

    for (unsigned i = 0; i < image->segments; i++) {
        const struct image_segment *segment = &image->segment[i];
        gpa_t begin = segment->base & ~(CONFIG_PAGE_4K - 1);
        gpa_t end = round_up(segment->base + segment->bytes, CONFIG_PAGE_4K);

        if (begin < at) {
            err_set(err, ERR_USAGE,
                    begin ? "%s: two segments share the page at %#" PRIx64
                          : "%s: a segment overlaps the unmapped page at %#" PRIx64,
                    image->path, begin);
            err_hint(err, "align the segments to 4 KiB or more when linking");
            return 0;
        }
        if (pagetable_map(table, at, begin - at, PTE_WRITE | PTE_USER | nx, err) ||
            pagetable_map(table, begin, end - begin, segment_flags(segment, nx), err))
            return 0;
        at = end;
    }
    return at;
}

int layout_map(const struct layout *layout, const struct config *config, const struct image *image,
               const struct guestmem *mem, bool has_nx, struct err *err)
{
    uint64_t nx = has_nx ? PTE_NX : 0, ram = PTE_WRITE | PTE_USER | nx;
    struct pagetable table;
    gpa_t at;

    pagetable_init(&table, mem, layout->tables, layout->tables_bytes, config->guest_page_bytes);
    at = map_image(&table, image, nx, err);
    if (!at)
        return -1;
    if (pagetable_link(&table, MINIVMM_WINDOW_BASE, layout->window, err) ||
        pagetable_map(&table, at, layout->base - at, ram, err) ||
        /* Page tables and ring-0 stacks; the device tree; the boot times and the rest. */
        pagetable_map(&table, layout->base, layout->dtb - layout->base, PTE_WRITE | nx, err) ||
        pagetable_map(&table, layout->dtb, layout->dtb_bytes, PTE_USER | nx, err) ||
        pagetable_map(&table, layout->boot_times, layout->end - layout->boot_times, ram, err) ||
        pagetable_map(&table, MINIVMM_DEVICE_BASE, layout->device_bytes, ram | PTE_UNCACHED, err))
        return -1;
    if (mem->ranges > 1)
        return pagetable_map(&table, mem->range[1].base, mem->range[1].bytes, ram, err);
    return 0;
}
