/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/kvm/kvm.h"

#define DEVICE "/dev/kvm"

/* GSIs reserved for an I/O APIC in user space; the smallest number that KVM accepts. */
#define SPLIT_IRQCHIP_PINS 24

/* The capabilities that minivmm requires. */
static const struct {
    int capability;
    const char *name;
} required[] = {
    {KVM_CAP_USER_MEMORY, "KVM_CAP_USER_MEMORY"},
    {KVM_CAP_EXT_CPUID, "KVM_CAP_EXT_CPUID"},
    {KVM_CAP_MP_STATE, "KVM_CAP_MP_STATE"},
    {KVM_CAP_IMMEDIATE_EXIT, "KVM_CAP_IMMEDIATE_EXIT"},
    {KVM_CAP_SPLIT_IRQCHIP, "KVM_CAP_SPLIT_IRQCHIP"},
    {KVM_CAP_GET_TSC_KHZ, "KVM_CAP_GET_TSC_KHZ"},
};

int kvm_ioctl(int fd, unsigned long request, uintptr_t arg, const char *name, struct err *err)
{
    int result;

    do
        result = ioctl(fd, request, arg);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        return err_sys(err, ERR_FAILED, "%s", name);
    return result;
}

int kvm_can(int fd, int capability)
{
    int value = ioctl(fd, KVM_CHECK_EXTENSION, capability);

    return value < 0 ? 0 : value;
}

static int cannot_open(struct err *err)
{
    int error = errno;

    err_sys(err, ERR_CANNOT_RUN, DEVICE);
    if (error == ENOENT)
        err_hint(err, "modprobe kvm_intel or kvm_amd; in a VM, nested virtualization must be on");
    else if (error == EACCES || error == EPERM)
        err_hint(err, "run as root, or as a member of the group that owns " DEVICE);
    return -1;
}

int kvm_open(struct kvm *kvm, struct err *err)
{
    int version, run_bytes;
    unsigned ids;

    kvm->fd = open(DEVICE, O_RDWR | O_CLOEXEC);
    if (kvm->fd < 0)
        return cannot_open(err);
    version = ioctl(kvm->fd, KVM_GET_API_VERSION, 0);
    if (version != KVM_API_VERSION) {
        err_set(err, ERR_CANNOT_RUN, DEVICE ": API version %d, expected %d", version,
                KVM_API_VERSION);
        goto fail;
    }
    for (unsigned i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        if (kvm_can(kvm->fd, required[i].capability))
            continue;
        err_set(err, ERR_CANNOT_RUN, DEVICE ": %s is not supported", required[i].name);
        err_hint(err, "a newer kernel");
        goto fail;
    }
    run_bytes = KVM_IOCTL(kvm->fd, KVM_GET_VCPU_MMAP_SIZE, 0, err);
    if (run_bytes < 0)
        goto fail;
    kvm->run_bytes = (unsigned)run_bytes;
    kvm->max_vcpus = (unsigned)kvm_can(kvm->fd, KVM_CAP_MAX_VCPUS);
    /* A vCPU's id is its APIC id; without KVM_CAP_MAX_VCPU_ID the limit is that of vCPUs. */
    ids = (unsigned)kvm_can(kvm->fd, KVM_CAP_MAX_VCPU_ID);
    kvm->max_apic_id = (ids > kvm->max_vcpus ? ids : kvm->max_vcpus) - 1;
    return 0;
fail:
    kvm_close(kvm);
    return -1;
}

void kvm_close(struct kvm *kvm)
{
    if (kvm->fd >= 0)
        close(kvm->fd);
    kvm->fd = -1;
}

/* KVM enables VMX or SVM for the first VM, and fails if another hypervisor has enabled it. */
int kvm_vm_failed(struct err *err)
{
    if (errno != EBUSY)
        return err_sys(err, ERR_FAILED, "KVM_CREATE_VM");
    err_set(err, ERR_CANNOT_RUN,
            "KVM_CREATE_VM: another hypervisor, such as VirtualBox or VMware, holds the CPU's VMX "
            "or SVM");
    return err_hint(err, "shut down its VMs, or unload its module (vboxdrv, vmmon)");
}

int kvm_create_vm(const struct kvm *kvm, struct err *err)
{
    struct kvm_enable_cap split = {.cap = KVM_CAP_SPLIT_IRQCHIP, .args = {SPLIT_IRQCHIP_PINS}};
    struct kvm_enable_cap x2apic = {
        .cap = KVM_CAP_X2APIC_API,
        .args = {KVM_X2APIC_API_USE_32BIT_IDS | KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK},
    };
    int vm = KVM_IOCTL(kvm->fd, KVM_CREATE_VM, 0, err);

    if (vm < 0)
        return kvm_vm_failed(err);
    if (KVM_IOCTL(vm, KVM_ENABLE_CAP, &split, err) < 0 ||
        (kvm_can(kvm->fd, KVM_CAP_X2APIC_API) && KVM_IOCTL(vm, KVM_ENABLE_CAP, &x2apic, err) < 0)) {
        close(vm);
        return -1;
    }
    return vm;
}

int kvm_tsc_hz(int vm, uint64_t *hz, struct err *err)
{
    /* A VM ioctl since Linux 5.16; a vCPU ioctl before. */
    int khz = ioctl(vm, KVM_GET_TSC_KHZ, 0);

    if (khz <= 0) {
        err_sys(err, ERR_CANNOT_RUN, "KVM_GET_TSC_KHZ on a VM");
        return err_hint(err, "Linux 5.16 or newer");
    }
    *hz = (uint64_t)khz * 1000;
    return 0;
}

int kvm_tsc_offset(int vcpu, int64_t *offset, struct err *err)
{
    struct kvm_device_attr attr = {
        .group = KVM_VCPU_TSC_CTRL,
        .attr = KVM_VCPU_TSC_OFFSET,
        .addr = (uintptr_t)offset,
    };

    *offset = 0;
    if (!ioctl(vcpu, KVM_SET_DEVICE_ATTR, &attr))
        return 0;
    return KVM_IOCTL(vcpu, KVM_GET_DEVICE_ATTR, &attr, err);
}
