/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmm/core/host/file.h"
#include "vmm/core/host/tracepoint.h"

static const char *const mounts[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};

int tracepoint_id(const char *name, uint64_t *id)
{
    int error = ENOENT;

    for (unsigned i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
        char path[160];

        snprintf(path, sizeof(path), "%s/events/%s/id", mounts[i], name);
        if (!file_read_u64(path, id))
            return 0;
        /* Prefer "permission denied" of one mount to "not found" of the other. */
        if (errno == EACCES || errno == EPERM)
            error = errno;
    }
    errno = error;
    return -1;
}

int tracepoint_open(uint64_t id, const char *filter)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_TRACEPOINT,
        .size = sizeof(attr),
        .config = id,
    };
    int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

    if (fd >= 0 && filter && ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter)) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

uint64_t tracepoint_read(int fd)
{
    uint64_t value;

    return fd >= 0 && read(fd, &value, sizeof(value)) == sizeof(value) ? value : 0;
}

int tracepoint_check(struct err *err)
{
    uint64_t id;
    int fd;

    if (tracepoint_id("kvm/kvm_entry", &id)) {
        bool denied = errno == EACCES || errno == EPERM;

        err_sys(err, ERR_CANNOT_RUN, "--kvm-trace: KVM's tracepoints in %s", mounts[0]);
        return denied ? err_hint(err, "run as root")
                      : err_hint(err, "as root: mount -t tracefs nodev %s", mounts[0]);
    }
    fd = tracepoint_open(id, NULL);
    if (fd < 0) {
        err_sys(err, ERR_CANNOT_RUN, "--kvm-trace: perf_event_open");
        return err_hint(err, "run as root, or with CAP_PERFMON");
    }
    close(fd);
    return 0;
}
