/* SPDX-License-Identifier: MIT */
/*
 * The configuration of a run: plain data, set from the command line and constant afterwards.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/core/config/features.h"
#include "vmm/core/config/numa.h"
#include "vmm/core/config/topology.h"

#define CONFIG_VCPUS_MAX 4096 /* KVM may allow fewer */

#define CONFIG_PINS_MAX 1024 /* entries of --pin */

#define CONFIG_PAGE_4K (1ull << 12)
#define CONFIG_PAGE_2M (1ull << 21)
#define CONFIG_PAGE_1G (1ull << 30)

/* A feature that depends on the host. */
enum config_switch {
    CONFIG_DEFAULT, /* on where the host supports it, otherwise a warning */
    CONFIG_ON,      /* an error where the host does not support it */
    CONFIG_OFF,
};

enum config_format {
    CONFIG_TEXT,
    CONFIG_JSON,
};

/* The I/O engine of a disk. */
enum config_engine {
    CONFIG_ENGINE_BEST,  /* io_uring where the host allows it, otherwise sync */
    CONFIG_ENGINE_SYNC,  /* pread(2), pwrite(2), fdatasync(2) */
    CONFIG_ENGINE_URING, /* io_uring */
    CONFIG_ENGINE_MEM,   /* no file: memory, lost at the end of the run */
    CONFIG_ENGINE_NULL,  /* no file: completes requests without moving data */
};

/* How the driver notifies the device. */
enum config_notify {
    CONFIG_NOTIFY_EXIT,      /* an exit to user space, which wakes the disk's thread */
    CONFIG_NOTIFY_IOEVENTFD, /* KVM signals an eventfd */
    CONFIG_NOTIFY_POLL,      /* not at all: the disk's thread polls the available ring */
};

/* How the device notifies the driver. */
enum config_irq {
    CONFIG_IRQ_IRQFD, /* an interrupt, injected by KVM */
    CONFIG_IRQ_NONE,  /* not at all: the driver polls the used ring */
};

#define CONFIG_DISKS_MAX       16
#define CONFIG_DISK_DEPTH_MAX  1024u
#define CONFIG_DISK_BYTES_MAX  (1ull << 50)
#define CONFIG_DISK_TEMP_BYTES (256ull << 20)

/* Names of the values above, as in --disk; each array ends with NULL. */
extern const char *const config_engine_name[], *const config_notify_name[],
                                                   *const config_irq_name[];

struct config_disk {
    char *text;       /* owned; the buffer of the strings below */
    const char *path; /* NULL: a temporary file, or none for the engines mem and null */
    uint64_t bytes;   /* size of a new file or of a disk without a file; 0: the file's size */
    bool create;      /* create the file if it does not exist */
    bool read_only;
    bool direct;    /* O_DIRECT */
    bool temporary; /* the default disk: an unnamed temporary file */
    enum config_engine engine;
    enum config_notify notify;
    enum config_irq irq;
    unsigned depth;           /* virtqueue size, a power of two */
    bool event_idx, indirect; /* offer VIRTIO_RING_F_EVENT_IDX, _INDIRECT_DESC */
    bool has_poll;            /* poll= was given */
    bool adaptive;            /* with CONFIG_NOTIFY_POLL: sleep after a time without requests */
    unsigned pin;             /* the CPU of the disk's thread, or CONFIG_NO_PIN */
};

#define CONFIG_NO_PIN UINT32_MAX

struct config {
    const char *guest; /* path of the guest's ELF file; NULL: bench.elf beside the program */
    uint64_t mem_bytes;
    unsigned vcpus;           /* vCPUs, or threads of a native run */
    struct config_cpu cpu;    /* CPU features of the guest */
    struct topology topology; /* as given by the user; see config_topology() */
    struct config_numa numa;
    uint64_t hugepage_bytes;   /* hugetlbfs page size that backs memory; 0: no hugetlbfs */
    enum config_switch thp;    /* transparent huge pages */
    bool prefault;             /* populate all memory before the run */
    uint64_t guest_page_bytes; /* largest page size in the guest's page tables */
    const char *bench;         /* names or dotted prefixes, "none", or NULL: all */
    const char *args;          /* benchmark arguments; may be empty */
    bool quick;
    unsigned pin[CONFIG_PINS_MAX]; /* vCPU i runs on pin[i % pin_count] */
    unsigned pin_count;            /* 0: not pinned */
    struct config_disk disk[CONFIG_DISKS_MAX];
    unsigned disks;
    uint64_t timeout_ns; /* 0: none */
    enum config_format format;
    const char *output;   /* NULL: standard output */
    const char *log;      /* file of the guest's log; NULL: standard error */
    const char *dump_dtb; /* file of the device tree; NULL: none */
    const char *trace;    /* file of the exit trace; NULL: none */
    bool kvm_trace;       /* count KVM's tracepoints in a second run */
    bool dry_run;
    bool list;
};

/* The defaults of --disk, and the disk of the benchmarks without --disk. */
extern const struct config_disk config_disk_default, config_disk_temporary;

/* config_init(): set all defaults. */
void config_init(struct config *config);

/* config_topology(): --topology, by default one socket of single-threaded cores. */
struct topology config_topology(const struct config *config);

/* config_node(): the NUMA node of a vCPU; 0 without --numa. */
unsigned config_node(const struct config *config, unsigned vcpu);

/* config_free(): free allocations of an initialised or zeroed *config. */
void config_free(struct config *config);

/*
 * config_validate(): check that the options are consistent. Its files and the limits of the
 * host are checked elsewhere. Returns 0, or -1 with ERR_USAGE.
 */
int config_validate(const struct config *config, struct err *err);

#endif
