/* SPDX-License-Identifier: MIT */
/*
 * The guest ABI: the contract between a guest and minivmm.
 *
 * A guest is a static ELF64 executable (ET_EXEC, x86-64) with a struct minivmm_guest_info in the
 * section MINIVMM_INFO_SECTION. The VMM loads each PT_LOAD segment at its p_paddr, which must equal
 * p_vaddr, and builds the page tables: an identity map with the permissions of each segment's
 * p_flags. Segments with MINIVMM_PF_USER are mapped for ring 3, the others for ring 0. Segments may
 * not be both writable and executable, share a 4 KiB page or cover page 0. All other RAM is mapped
 * for ring 3, read-write and no-execute, except page 0, which is unmapped.
 *
 * Entry: all vCPUs start at e_entry at the same time, in 64-bit mode, ring 0, interrupts disabled,
 * local APIC in x2APIC mode, with
 *     rdi  guest-physical address of the flattened device tree
 *     rsi  vCPU index, from 0
 *     rsp  top of this vCPU's ring-0 stack: MINIVMM_STACK_BYTES, aligned to that size, zeroed
 * CR0, CR4 and XCR0 enable every vector state that CPUID reports.
 *
 * The device tree describes memory, CPUs, the devices below and, in /chosen, the run. CPU nodes are
 * in the order of the vCPU indices; reg is the APIC ID, timebase-frequency the TSC frequency in Hz.
 * Properties of /chosen (cells are 32 bits unless stated otherwise):
 *     bootargs                 the string passed as --args
 *     minivmm,bench            names of the benchmarks to run, comma-separated; empty: none;
 *                              absent: all
 *     minivmm,quick            present if a short run was requested
 *     minivmm,boot-times       <address bytes>, 64 bits each: an array of u64, one per vCPU; each
 *                              vCPU stores the TSC of its first ring-3 instruction in its entry
 *     minivmm,host-cpus        number of host CPUs that the VMM may run on; with fewer of them than
 *                              vCPUs, a guest should sleep rather than spin
 *     minivmm,host-caches      <l1d l2 llc> sizes in bytes, 64 bits each; 0: unknown
 *     minivmm,window           guest-physical address, 64 bits, of the page table that maps the
 *                              page window (MINIVMM_WINDOW_BASE). Ring 0 owns its entries, which
 *                              are zero at entry
 *     minivmm,masked           present if --cpu was given: <leaf subleaf register bit> of each
 *                              CPUID feature bit that must read as 0; register is 0 to 3 for EAX,
 *                              EBX, ECX, EDX
 *     minivmm,xcr0             present together with minivmm,masked: the value of XCR0, 64 bits
 *     minivmm,topology         present if --topology was given: <sockets cores threads>, cores per
 *                              socket and threads per core
 * With --numa, each NUMA node has a memory node, CPU and memory nodes carry numa-node-id, and
 * /distance-map follows the binding "numa-distance-map-v1"; otherwise the only memory node is
 * /memory@0. A virtio device (include/minivmm/virtio.h) is a node compatible with "virtio,mmio";
 * `interrupts` is the vector that it raises on vCPU 0, absent if the device raises no interrupts.
 * /reserved-memory covers the VMM's data in RAM (page tables, stacks, the device tree).
 */
#ifndef MINIVMM_ABI_H
#define MINIVMM_ABI_H

#ifndef __ASSEMBLER__
#include <stdint.h>
#endif

#define MINIVMM_ABI_VERSION 3

/* Guest-physical address space: RAM, the device hole from 3 to 4 GiB, the rest of RAM. */
#define MINIVMM_RAM_LOW_END  0xc0000000ull
#define MINIVMM_RAM_HIGH     0x100000000ull
#define MINIVMM_DEVICE_BASE  0xc0000000ull
#define MINIVMM_DEVICE_BYTES 0x1000ull /* one page per device */

/* Devices at fixed addresses: ring 0 can report a fault without parsing the device tree. */
#define MINIVMM_CHANNEL_BASE       MINIVMM_DEVICE_BASE
#define MINIVMM_PARAVIRT_BASE      (MINIVMM_DEVICE_BASE + MINIVMM_DEVICE_BYTES)
#define MINIVMM_PROBE_BASE         (MINIVMM_DEVICE_BASE + 2 * MINIVMM_DEVICE_BYTES)
#define MINIVMM_PROBE_CONTROL_BASE (MINIVMM_DEVICE_BASE + 3 * MINIVMM_DEVICE_BYTES)
#define MINIVMM_PROBE_PORT         0x300u
#define MINIVMM_PROBE_PORT_BYTES   32u

/* The page window: 2 MiB of virtual addresses whose page table ring 0 owns (minivmm,window). */
#define MINIVMM_WINDOW_BASE  0x400000000000ull
#define MINIVMM_WINDOW_PAGES 512u

#define MINIVMM_STACK_BYTES 4096

/* Bit of p_flags within PF_MASKOS: map the segment for ring 3. */
#define MINIVMM_PF_USER 0x00100000u

/* All I/O ports in use are below this: the size of an I/O permission bitmap that covers them. */
#define MINIVMM_PORT_END 0x400

#ifndef __ASSEMBLER__

#define MINIVMM_INFO_SECTION  ".minivmm.info"
#define MINIVMM_BENCH_SECTION ".minivmm.benches"
#define MINIVMM_ARGS_SECTION  ".minivmm.args"
#define MINIVMM_INFO_MAGIC    0x6d76696e696d0001ull

struct minivmm_guest_info {
    uint64_t magic;
    uint32_t abi_version;
    uint32_t vcpu_bytes;     /* RAM that the guest needs per vCPU, after its last segment */
    char kernels_sha256[64]; /* hexadecimal digits, no terminator; zeros: no kernels */
};

/*
 * An entry of the benchmark table, the array in MINIVMM_BENCH_SECTION; --list prints it. Strings
 * are NUL-terminated.
 */
struct minivmm_bench_info {
    char name[32];
    char help[84];
    uint32_t flags; /* MINIVMM_BENCH_* */
    uint64_t run;   /* address of the function, for the guest; the VMM ignores it */
};

#define MINIVMM_BENCH_DISK   1u /* uses the first disk */
#define MINIVMM_BENCH_WRITES 2u /* writes to it */
/*
 * The two parts of a comparison, in ns: a bare KVM_RUN that ends with an exit, and what the VMM's
 * handling of that exit adds to it. The report pairs their rows of equal parameters, "exit=REASON".
 */
#define MINIVMM_BENCH_BARE_RUN   4u
#define MINIVMM_BENCH_ADDED_WORK 8u
#define MINIVMM_BENCH_FLAGS      15u /* all of them */

/*
 * A valid key of --args, an entry of the array in MINIVMM_ARGS_SECTION, against which the VMM
 * checks --args before it starts the guest. Without that section any --args is valid. Strings are
 * NUL-terminated.
 */
struct minivmm_arg_info {
    char key[16];
    char words[64];       /* valid values, "sse2|avx2"; empty: numbers */
    uint64_t least, most; /* bounds of numbers, inclusive */
    uint32_t list;        /* 1: list of powers of two, "512:4k:1m"; 0: one decimal number */
    uint32_t reserved;
};

/*
 * The paravirtual device ("minivmm,paravirt"): sleeping, waking and returning memory to the host.
 * Registers are 64 bits wide. Its exits are charged to the harness, not to the benchmark.
 */
enum minivmm_paravirt_reg {
    /*
     * Write: wait on the 32-bit word in RAM at the address in bits 0-47, aligned to 4 bytes.
     * Returns at once if the low 16 bits of the word differ from bits 48-63 of the value; otherwise
     * sleeps until MINIVMM_PARAVIRT_WAKE. Spurious returns are allowed.
     */
    MINIVMM_PARAVIRT_WAIT = 0x00,
    /* Write: wake all vCPUs that wait on the word at this address. */
    MINIVMM_PARAVIRT_WAKE = 0x08,
    /*
     * Write: return memory to the host, so that the next access to each page is a first touch and
     * reads zeros. Bits 0-39: number of the first 4 KiB page; bits 40-47: log2 of the size in
     * bytes, at least 12. Read: the errno of the last write, or 0.
     */
    MINIVMM_PARAVIRT_DISCARD = 0x10,
};

/*
 * The probe ("minivmm,probe"): registers without a function, so that an access costs nothing but
 * its delivery. There is one 32-bit register for each way in which KVM can deliver an access, at
 * MINIVMM_PROBE_BASE + way * 8, and one port each at MINIVMM_PROBE_PORT + way * 8. Only
 * MINIVMM_PROBE_USER is readable; it reads as 0.
 */
enum minivmm_probe_way {
    MINIVMM_PROBE_USER,      /* exit to user space: the VMM handles it */
    MINIVMM_PROBE_EVENT,     /* ioeventfd: KVM signals an eventfd on a 4-byte write */
    MINIVMM_PROBE_MATCH,     /* ioeventfd with datamatch MINIVMM_PROBE_VALUE; other values exit */
    MINIVMM_PROBE_COALESCED, /* coalesced I/O: KVM queues writes until the next exit */
    MINIVMM_PROBE_WAYS
};

#define MINIVMM_PROBE_VALUE 0x5a17u

/* Operations of MINIVMM_CONTROL_WORK. */
enum minivmm_probe_work {
    MINIVMM_WORK_BARE,           /* KVM_RUN until this vCPU's next I/O exit, which is not handled */
    MINIVMM_WORK_IMMEDIATE_EXIT, /* KVM_RUN with immediate_exit set */
    MINIVMM_WORK_IOCTL,          /* a trivial ioctl on the VM (KVM_CHECK_EXTENSION) */
    MINIVMM_WORK_EVENTFD,        /* a write to an eventfd, then a read */
    MINIVMM_WORK_WAKEUP, /* from a write to an eventfd until the thread that reads it runs */
    MINIVMM_WORK_COUNT
};

/* The control device of the probe ("minivmm,probe-control"), for the harness: 64-bit registers. */
enum minivmm_control_reg {
    /* Read, at + way * 8: number of accesses delivered that way, as MMIO and as port I/O. */
    MINIVMM_CONTROL_MMIO = 0x00,
    MINIVMM_CONTROL_PIO = 0x40,
    /* Read: the ways that this KVM supports, one bit each: MMIO from bit 0, port I/O from bit 8. */
    MINIVMM_CONTROL_WAYS = 0x80,
    /*
     * Write: perform an operation (bits 56-63, enum minivmm_probe_work); bits 0-55 are the repeat
     * count. Read: the TSC ticks that the last write took.
     */
    MINIVMM_CONTROL_WORK = 0x88,
    /*
     * Write: have another host thread inject an interrupt: vCPU index in bits 0-15, vector in bits
     * 16-23, delay in ns, below 10^9, in bits 32-63. Read: the guest TSC just before the injection;
     * 0: not injected yet.
     */
    MINIVMM_CONTROL_INTERRUPT = 0x90,
    /*
     * Write 1: record the handler time of each following exit of this vCPU, at most
     * MINIVMM_CONTROL_TIMES_MAX of them. Write 0: stop recording. The recorded times are kept until
     * the next 1.
     */
    MINIVMM_CONTROL_TIMES = 0x98,
};

#define MINIVMM_CONTROL_WORK_SHIFT   56
#define MINIVMM_CONTROL_VECTOR_SHIFT 16
#define MINIVMM_CONTROL_DELAY_SHIFT  32
#define MINIVMM_CONTROL_TIMES_MAX    65536u

/* Fields of MINIVMM_PARAVIRT_WAIT and of MINIVMM_PARAVIRT_DISCARD. */
#define MINIVMM_PARAVIRT_VALUE_SHIFT 48
#define MINIVMM_PARAVIRT_ORDER_SHIFT 40

#endif /* __ASSEMBLER__ */
#endif
