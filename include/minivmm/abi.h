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
 * The device tree describes memory, cpus in the order of their numbers (reg is the APIC's id,
 * timebase-frequency the TSC's rate), the devices below and, in /chosen, the run:
 *     bootargs                 what the user gave as --args
 *     minivmm,bench            the names of the benchmarks to run, comma-separated, perhaps none;
 *                              absent: all
 *     minivmm,quick            present if a short run was asked for
 *     minivmm,boot-times       <address bytes>: an array of u64, one per vCPU, into which each
 *                              writes the TSC of its first ring-3 instruction
 *     minivmm,host-cpus        CPUs that the VMM may use, so that the guest can tell whether
 *                              spinning is wise
 *     minivmm,host-caches      <l1d l2 llc>, in bytes, 64 bits each; 0 where unknown
 *     minivmm,window           the address, 64 bits, of the page table of the MINIVMM_WINDOW_PAGES
 *                              pages at MINIVMM_WINDOW_BASE: empty, and for ring 0 to fill in
 *     minivmm,masked           present if CPU features were removed: <leaf subleaf register bit>,
 *                              32 bits each, of every one that CPUID is not to show any more
 *     minivmm,xcr0             and the value, 64 bits, that XCR0 has then
 *     minivmm,topology         present if one was asked for: <sockets cores threads>, 32 bits each,
 *                              the cores of a socket and the threads of a core
 * With NUMA nodes, memory is a node for each, cpus and memory have numa-node-id, and /distance-map
 * is the one of the binding "numa-distance-map-v1"; without, there is one node /memory@0. A virtio
 * device (include/minivmm/virtio.h) is a node that is compatible with "virtio,mmio"; its
 * `interrupts` is the vector that it interrupts vCPU 0 with, and if it has none, it never does.
 * /reserved-memory holds the VMM's own data (tables, stacks, this tree).
 */
#ifndef MINIVMM_ABI_H
#define MINIVMM_ABI_H

#ifndef __ASSEMBLER__
#include <stdint.h>
#endif

#define MINIVMM_ABI_VERSION 2

/* Guest-physical address space: RAM, a hole for devices from 3 to 4 GiB, more RAM. */
#define MINIVMM_RAM_LOW_END  0xc0000000ull
#define MINIVMM_RAM_HIGH     0x100000000ull
#define MINIVMM_DEVICE_BASE  0xc0000000ull
#define MINIVMM_DEVICE_BYTES 0x1000ull /* each device has a page of its own */

/* The devices that every machine has, so that ring 0 can report a fault without the tree. */
#define MINIVMM_CHANNEL_BASE       MINIVMM_DEVICE_BASE
#define MINIVMM_PARAVIRT_BASE      (MINIVMM_DEVICE_BASE + MINIVMM_DEVICE_BYTES)
#define MINIVMM_PROBE_BASE         (MINIVMM_DEVICE_BASE + 2 * MINIVMM_DEVICE_BYTES)
#define MINIVMM_PROBE_CONTROL_BASE (MINIVMM_DEVICE_BASE + 3 * MINIVMM_DEVICE_BYTES)
#define MINIVMM_PROBE_PORT         0x300u
#define MINIVMM_PROBE_PORT_BYTES   32u

/* Virtual addresses of 2 MiB whose page table is the guest's own: minivmm,window. */
#define MINIVMM_WINDOW_BASE  0x400000000000ull
#define MINIVMM_WINDOW_PAGES 512u

#define MINIVMM_STACK_BYTES 4096

/* In the operating system's share of p_flags (PF_MASKOS): the segment is for ring 3. */
#define MINIVMM_PF_USER 0x00100000u

/* Ports that the guest's I/O permission bitmap may cover. */
#define MINIVMM_PORT_END 0x400

#ifndef __ASSEMBLER__

#define MINIVMM_INFO_SECTION  ".minivmm.info"
#define MINIVMM_BENCH_SECTION ".minivmm.benches"
#define MINIVMM_ARGS_SECTION  ".minivmm.args"
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
    char help[84];
    uint32_t flags; /* MINIVMM_BENCH_* */
    uint64_t run;   /* the guest's own: the function's address */
};

#define MINIVMM_BENCH_DISK   1u /* it uses the first disk */
#define MINIVMM_BENCH_WRITES 2u /* and writes to it */

/*
 * A key that --args may have, MINIVMM_ARGS_SECTION being an array of them: arguments are checked
 * before the guest is started. A guest without this section takes any. Strings are terminated.
 */
struct minivmm_arg_info {
    char key[16];
    char words[64];       /* its values, "sse2|avx2"; empty: numbers */
    uint64_t least, most; /* bounds of numbers, both within */
    uint32_t list; /* 1: powers of two, perhaps several, "512:4k:1m"; 0: one decimal number */
    uint32_t reserved;
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

/*
 * The probe ("minivmm,probe"): registers that do nothing, so that the way to them is what an access
 * costs. There is one for each way in which KVM can deliver an access, four bytes wide, `way` * 8
 * bytes from MINIVMM_PROBE_BASE, and the same again as ports from MINIVMM_PROBE_PORT on. Reads
 * (of MINIVMM_PROBE_USER only) give 0.
 */
enum minivmm_probe_way {
    MINIVMM_PROBE_USER,      /* an exit to the VMM */
    MINIVMM_PROBE_EVENT,     /* a write of four bytes signals an eventfd, within KVM */
    MINIVMM_PROBE_MATCH,     /* the same if it writes MINIVMM_PROBE_VALUE; else an exit */
    MINIVMM_PROBE_COALESCED, /* writes are gathered until there is an exit for another reason */
    MINIVMM_PROBE_WAYS
};

#define MINIVMM_PROBE_VALUE 0x5a17u

/* What MINIVMM_CONTROL_WORK does. */
enum minivmm_probe_work {
    MINIVMM_WORK_BARE,           /* the next exits are answered by KVM_RUN, and by nothing else */
    MINIVMM_WORK_IMMEDIATE_EXIT, /* KVM_RUN that returns at once */
    MINIVMM_WORK_IOCTL,          /* an ioctl on the VM that does next to nothing */
    MINIVMM_WORK_EVENTFD,        /* a write to an eventfd and a read */
    MINIVMM_WORK_WAKEUP, /* from a write to an eventfd until a thread that slept on it runs */
    MINIVMM_WORK_COUNT
};

/* The probe's other side ("minivmm,probe-control"), for the harness: 64-bit registers. */
enum minivmm_control_reg {
    /* Read, `way` * 8 further on: accesses delivered that way so far, in memory and as ports. */
    MINIVMM_CONTROL_MMIO = 0x00,
    MINIVMM_CONTROL_PIO = 0x40,
    /* Read: the ways that there are: a bit per way, in memory from bit 0, as ports from bit 8. */
    MINIVMM_CONTROL_WAYS = 0x80,
    /* Write: do some work (bits 56-63) so many times (bits 0-55). Read: how many ticks it took. */
    MINIVMM_CONTROL_WORK = 0x88,
    /*
     * Write: send an interrupt from another thread: the vCPU (bits 0-15), the vector (bits 16-23),
     * and how long to wait before, in ns (bits 32-63). Read: the guest's TSC just before it was
     * sent, or 0 if it was not yet.
     */
    MINIVMM_CONTROL_INTERRUPT = 0x90,
    /*
     * Write 1: from here on, keep how long the handler takes in each of this vCPU's exits, up to
     * MINIVMM_CONTROL_TIMES_MAX of them. Write 0: enough; what was kept stays until the next 1.
     */
    MINIVMM_CONTROL_TIMES = 0x98,
};

#define MINIVMM_CONTROL_WORK_SHIFT   56
#define MINIVMM_CONTROL_VECTOR_SHIFT 16
#define MINIVMM_CONTROL_DELAY_SHIFT  32
#define MINIVMM_CONTROL_TIMES_MAX    65536u

/* Waiting compares this many bits of the word. */
#define MINIVMM_PARAVIRT_VALUE_SHIFT 48
#define MINIVMM_PARAVIRT_ORDER_SHIFT 40

#endif /* __ASSEMBLER__ */
#endif
