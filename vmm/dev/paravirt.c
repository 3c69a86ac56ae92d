/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "minivmm/abi.h"
#include "vmm/dev/paravirt.h"

#define ADDRESS_MASK ((1ull << MINIVMM_PARAVIRT_VALUE_SHIFT) - 1)
#define PAGE_MASK    ((1ull << MINIVMM_PARAVIRT_ORDER_SHIFT) - 1)
#define PAGE_SHIFT   12u

void paravirt_init(struct paravirt *paravirt, const struct guestmem *mem)
{
    *paravirt = (struct paravirt){.mem = mem};
}

static int bad_word(uint64_t gpa, struct err *err)
{
    return err_set(err, ERR_FAILED, "guest: wait or wake at %#" PRIx64 ", which is %s", gpa,
                   gpa % sizeof(uint32_t) ? "misaligned" : "outside RAM");
}

static uint32_t *word_at(const struct paravirt *paravirt, gpa_t gpa)
{
    return gpa % sizeof(uint32_t) ? NULL : guestmem_at(paravirt->mem, gpa, sizeof(uint32_t));
}

/*
 * FUTEX_WAIT compares all 32 bits, the guest passes 16: load the word, compare the low 16 bits, and
 * sleep only while the word still has the loaded value. A signal, which stops a run, ends the
 * sleep.
 */
static int wait_on(struct paravirt *paravirt, uint64_t value, struct err *err)
{
    uint32_t *word = word_at(paravirt, value & ADDRESS_MASK), seen;

    if (!word)
        return bad_word(value & ADDRESS_MASK, err);
    seen = __atomic_load_n(word, __ATOMIC_SEQ_CST);
    if ((uint16_t)seen == value >> MINIVMM_PARAVIRT_VALUE_SHIFT)
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    return 0;
}

static int wake(struct paravirt *paravirt, uint64_t value, struct err *err)
{
    uint32_t *word = word_at(paravirt, value);

    if (!word)
        return bad_word(value, err);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    return 0;
}

static int discard(struct paravirt *paravirt, uint64_t value, struct err *err)
{
    unsigned order = value >> MINIVMM_PARAVIRT_ORDER_SHIFT & 0xff;
    uint64_t bytes = order < 64 ? 1ull << order : 0;
    int result = guestmem_discard(paravirt->mem, (value & PAGE_MASK) << PAGE_SHIFT, bytes);

    (void)err;
    __atomic_store_n(&paravirt->discard_errno, result, __ATOMIC_RELAXED);
    return 0;
}

static int unknown_register(struct err *err, const char *access, uint64_t offset, unsigned bytes)
{
    return err_set(err, ERR_FAILED, "guest: %u-byte %s unknown paravirt register %#" PRIx64, bytes,
                   access, offset);
}

static int paravirt_write(void *device, struct vcpu *vcpu, uint64_t offset, const void *data,
                          unsigned bytes, struct err *err)
{
    static int (*const reg[])(struct paravirt *, uint64_t, struct err *) = {
        [MINIVMM_PARAVIRT_WAIT / 8] = wait_on,
        [MINIVMM_PARAVIRT_WAKE / 8] = wake,
        [MINIVMM_PARAVIRT_DISCARD / 8] = discard,
    };
    uint64_t value;

    (void)vcpu;
    if (bytes != sizeof(value) || offset % 8 || offset / 8 >= sizeof(reg) / sizeof(reg[0]))
        return unknown_register(err, "write to", offset, bytes);
    memcpy(&value, data, sizeof(value));
    return reg[offset / 8](device, value, err);
}

static int paravirt_read(void *device, struct vcpu *vcpu, uint64_t offset, void *data,
                         unsigned bytes, struct err *err)
{
    struct paravirt *paravirt = device;
    uint64_t value = (uint64_t)__atomic_load_n(&paravirt->discard_errno, __ATOMIC_RELAXED);

    (void)vcpu;
    if (offset != MINIVMM_PARAVIRT_DISCARD || bytes != sizeof(value))
        return unknown_register(err, "read of", offset, bytes);
    memcpy(data, &value, sizeof(value));
    return 0;
}

const struct bus_ops paravirt_ops = {
    .read = paravirt_read,
    .write = paravirt_write,
};
