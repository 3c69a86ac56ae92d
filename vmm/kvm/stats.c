/* SPDX-License-Identifier: MIT */
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/kvm/stats.h"

/* The limit on a file's values; real files have less than 2 KiB. */
#define DATA_MAX 8192u

int kvm_stats_fd(int fd)
{
    return ioctl(fd, KVM_GET_STATS_FD, 0);
}

static void add_stat(struct kvm_stats_layout *layout, const struct kvm_stats_desc *desc)
{
    uint64_t end = (uint64_t)desc->offset + sizeof(uint64_t);
    uint32_t type = desc->flags & KVM_STATS_TYPE_MASK;
    unsigned i = layout->names.count;

    if (desc->size != 1 || type > KVM_STATS_TYPE_PEAK || i == KVM_STATS_MAX || end > DATA_MAX)
        return;
    snprintf(layout->text[i], sizeof(layout->text[i]), "%s", desc->name);
    layout->names.name[i] = layout->text[i];
    layout->offset[i] = desc->offset;
    layout->names.peak[i] = type != KVM_STATS_TYPE_CUMULATIVE;
    if (end > layout->data_bytes)
        layout->data_bytes = (uint32_t)end;
    layout->names.count++;
}

int kvm_stats_layout(int stats_fd, struct kvm_stats_layout *layout, struct err *err)
{
    struct kvm_stats_header header;
    size_t desc_bytes, bytes;
    uint8_t *descs;

    *layout = (struct kvm_stats_layout){0};
    if (pread(stats_fd, &header, sizeof(header), 0) != sizeof(header))
        return err_set(err, ERR_FAILED, "KVM statistics: short read of the header");
    desc_bytes = sizeof(struct kvm_stats_desc) + header.name_size;
    bytes = header.num_desc * desc_bytes;
    descs = calloc(1, bytes + 1);
    if (!descs || pread(stats_fd, descs, bytes, header.desc_offset) != (ssize_t)bytes) {
        free(descs);
        return err_set(err, ERR_FAILED, "KVM statistics: short read of the descriptors");
    }
    layout->data_offset = header.data_offset;
    for (uint32_t i = 0; i < header.num_desc; i++)
        add_stat(layout, (const struct kvm_stats_desc *)(descs + i * desc_bytes));
    free(descs);
    return 0;
}

int kvm_stats_read(int stats_fd, const struct kvm_stats_layout *layout,
                   uint64_t values[KVM_STATS_MAX])
{
    uint8_t data[DATA_MAX];

    if (pread(stats_fd, data, layout->data_bytes, layout->data_offset) !=
        (ssize_t)layout->data_bytes)
        return -1;
    for (unsigned i = 0; i < layout->names.count; i++)
        memcpy(&values[i], data + layout->offset[i], sizeof(values[i]));
    return 0;
}
