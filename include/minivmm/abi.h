/* SPDX-License-Identifier: MIT */
/*
 * The guest ABI: everything that a guest and minivmm must agree on.
 *
 * A guest is a static ELF64 executable (ET_EXEC, x86-64) with a `struct minivmm_guest_info` in the
 * section MINIVMM_INFO_SECTION. Each PT_LOAD segment is mapped where its p_paddr says, virtual
 * address = guest-physical address, with the segment's own permissions and nothing more (W^X); a
 * segment with MINIVMM_PF_USER in p_flags belongs to ring 3, one without it to ring 0. All other
 * memory is ring 3's, readable and writable, not executable, but for page 0, which is not mapped.
 * The page tables are built by the VMM.
 *
 * Entry: every vCPU starts at e_entry at the same time, in 64-bit mode, ring 0, interrupts off,
 * with the local APIC in x2APIC mode, and
 *     rdi  guest-physical address of the flattened device tree
 *     rsi  the vCPU's number, from 0
 *     rsp  the top of its own ring-0 stack of MINIVMM_STACK_BYTES, aligned to that and all zeros
 * CR0, CR4 and XCR0 have every vector state enabled that CPUID offers.
 *
 * The device tree describes memory, cpus (timebase-frequency is the TSC's rate), the devices below
 * and, in /chosen, the run:
 *     bootargs                 what the user gave as --args
 *     minivmm,bench            the names of the benchmarks to run, comma-separated, perhaps none;
 *                              absent: all
 *     minivmm,quick            present if a short run was asked for
 *     minivmm,boot-times       <address bytes>: an array of u64, one per vCPU, into which each
 *                              writes the TSC of its first ring-3 instruction
 *     minivmm,host-cpus        CPUs that the VMM may use, so that the guest can tell whether
 *                              spinning is wise
 *     minivmm,host-caches      <l1d l2 llc>, in bytes, 64 bits each; 0 where unknown
 * /reserved-memory holds the VMM's own data (tables, stacks, this tree).
 */
#ifndef MINIVMM_ABI_H
#define MINIVMM_ABI_H

#ifndef __ASSEMBLER__
#include <stdint.h>
#endif

#define MINIVMM_ABI_VERSION 1

/* Guest-physical address space: RAM, a hole for devices from 3 to 4 GiB, more RAM. */
#define MINIVMM_RAM_LOW_END  0xc0000000ull
#define MINIVMM_RAM_HIGH     0x100000000ull
#define MINIVMM_DEVICE_BASE  0xc0000000ull
#define MINIVMM_DEVICE_BYTES 0x1000ull /* each device has a page of its own */

/* The two devices that every machine has, so that ring 0 can report a fault without the tree. */
#define MINIVMM_CHANNEL_BASE  MINIVMM_DEVICE_BASE
#define MINIVMM_PARAVIRT_BASE (MINIVMM_DEVICE_BASE + MINIVMM_DEVICE_BYTES)

#define MINIVMM_STACK_BYTES 4096

/* In the operating system's share of p_flags (PF_MASKOS): the segment is for ring 3. */
#define MINIVMM_PF_USER 0x00100000u

/* Ports that the guest's I/O permission bitmap may cover. */
#define MINIVMM_PORT_END 0x400

#ifndef __ASSEMBLER__

#define MINIVMM_INFO_SECTION  ".minivmm.info"
#define MINIVMM_BENCH_SECTION ".minivmm.benches"
#define MINIVMM_INFO_MAGIC    0x6d76696e696d0001ull

struct minivmm_guest_info {
    uint64_t magic;
    uint32_t abi_version;
    uint32_t vcpu_bytes;     /* memory that the guest needs per vCPU, behind its last segment */
    char kernels_sha256[64]; /* hexadecimal digits, no terminator; zeros: no kernels */
};

/*
 * A row of the guest's table of benchmarks, MINIVMM_BENCH_SECTION being an array of them; this is
 * what --list prints. Strings are terminated.
 */
struct minivmm_bench_info {
    char name[32];
    char help[88];
    uint64_t run; /* the guest's own: the function's address */
};

/*
 * The paravirtual device ("minivmm,paravirt"), 64-bit registers: what a guest cannot do well by
 * itself. Its exits are the harness's, not the benchmark's, and are booked apart.
 */
enum minivmm_paravirt_reg {
    /*
     * Write: sleep until the 32-bit word at address bits 0-47, four-byte aligned, may have changed;
     * returns at once if its low 16 bits are not bits 48-63 of what is written. Spurious returns
     * are allowed.
     */
    MINIVMM_PARAVIRT_WAIT = 0x00,
    /* Write: wake all vCPUs that sleep on the word at this address. */
    MINIVMM_PARAVIRT_WAKE = 0x08,
    /*
     * Write: give memory back to the host; the next touch is a first touch and finds zeros. The
     * value is the first page's number in bits 0-39 and log2 of the number of bytes, at least 12,
     * in bits 40-47. Read: 0, or the errno of the last write.
     */
    MINIVMM_PARAVIRT_DISCARD = 0x10,
};

/* Waiting compares this many bits of the word. */
#define MINIVMM_PARAVIRT_VALUE_SHIFT 48
#define MINIVMM_PARAVIRT_ORDER_SHIFT 40

#endif /* __ASSEMBLER__ */
#endif
