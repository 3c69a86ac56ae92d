/* SPDX-License-Identifier: MIT */
/*
 * What the user asked for: plain data, filled in by the command line, constant afterwards.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/core/config/features.h"
#include "vmm/core/config/numa.h"
#include "vmm/core/config/topology.h"

#define CONFIG_VCPUS_MAX 4096 /* what the tables here can hold; KVM may allow fewer */

#define CONFIG_PINS_MAX 1024 /* in a list of --pin */

#define CONFIG_PAGE_4K (1ull << 12)
#define CONFIG_PAGE_2M (1ull << 21)
#define CONFIG_PAGE_1G (1ull << 30)

/* A switch that differs from its default only if the user says so. */
enum config_switch {
    CONFIG_DEFAULT, /* on where the host can, a warning elsewhere */
    CONFIG_ON,      /* an error where the host cannot */
    CONFIG_OFF,
};

enum config_format {
    CONFIG_TEXT,
    CONFIG_JSON,
};

/* How a disk's data is read and written. */
enum config_engine {
    CONFIG_ENGINE_BEST, /* io_uring where the host allows it, otherwise system calls */
    CONFIG_ENGINE_SYNC,
    CONFIG_ENGINE_URING,
    CONFIG_ENGINE_MEM,  /* no file: memory, gone when the run ends */
    CONFIG_ENGINE_NULL, /* no file: nothing is moved at all */
};

/* How a device learns that the guest has work for it. */
enum config_notify {
    CONFIG_NOTIFY_EXIT,      /* an exit to the VMM, which wakes the disk's thread */
    CONFIG_NOTIFY_IOEVENTFD, /* KVM wakes it */
    CONFIG_NOTIFY_POLL,      /* it looks all the time */
};

/* How the guest learns that the device is done. */
enum config_irq {
    CONFIG_IRQ_IRQFD, /* an interrupt, through KVM */
    CONFIG_IRQ_NONE,  /* it looks at the used ring */
};

#define CONFIG_DISKS_MAX       16
#define CONFIG_DISK_DEPTH_MAX  1024u
#define CONFIG_DISK_BYTES_MAX  (1ull << 50)
#define CONFIG_DISK_TEMP_BYTES (256ull << 20)

/* The names of these as options' values, in their order; a NULL ends each. */
extern const char *const config_engine_name[], *const config_notify_name[],
                                                   *const config_irq_name[];

struct config_disk {
    char *text;       /* what the strings below are parts of */
    const char *path; /* NULL: a temporary file, or none with engines that use none */
    uint64_t bytes;   /* of a new file, or of a disk without one; 0: the file's size */
    bool create;      /* make the file if it is not there */
    bool read_only;
    bool direct;    /* past the host's page cache */
    bool temporary; /* nobody asked for it: a file without a name, for the benchmarks */
    enum config_engine engine;
    enum config_notify notify;
    enum config_irq irq;
    unsigned depth;           /* entries of the virtqueue: a power of two */
    bool event_idx, indirect; /* offered to the driver */
    bool has_poll;            /* constant or adaptive was asked for */
    bool adaptive; /* with CONFIG_NOTIFY_POLL: sleep when there was no work for a while */
    unsigned pin;  /* the CPU of the disk's thread; CONFIG_NO_PIN */
};

#define CONFIG_NO_PIN UINT32_MAX

struct config {
    const char *guest; /* path of the guest's ELF file; NULL: bench.elf beside the program */
    uint64_t mem_bytes;
    unsigned vcpus;           /* vCPUs, or threads of a native run */
    struct config_cpu cpu;    /* the features that the guest gets */
    struct topology topology; /* what was asked for; config_topology() is what there is */
    struct config_numa numa;
    uint64_t hugepage_bytes;   /* pages of hugetlbfs to back memory with; 0: ordinary memory */
    enum config_switch thp;    /* transparent huge pages */
    bool prefault;             /* populate all memory before the start */
    uint64_t guest_page_bytes; /* the largest page in the guest's page tables */
    const char *bench;         /* names or dotted prefixes, "none", or NULL: all */
    const char *args;          /* for the guest; may be empty */
    bool quick;
    unsigned pin[CONFIG_PINS_MAX]; /* vCPU i runs on pin[i % pin_count] */
    unsigned pin_count;            /* 0: not pinned */
    struct config_disk disk[CONFIG_DISKS_MAX];
    unsigned disks;
    uint64_t timeout_ns; /* 0: none */
    enum config_format format;
    const char *output;   /* NULL: standard output */
    const char *log;      /* where the guest's text goes; NULL: standard error */
    const char *dump_dtb; /* NULL: do not */
    const char *trace;    /* every exit goes to this file; NULL: none */
    bool kvm_trace;       /* run once more, and count KVM's tracepoints */
    bool dry_run;
    bool list;
};

/* A disk before anything is said of it, and one for benchmarks where the user has given none. */
extern const struct config_disk config_disk_default, config_disk_temporary;

/* config_init(): the defaults. */
void config_init(struct config *config);

/* config_topology(): one socket of single-threaded cores, unless something else was asked for. */
struct topology config_topology(const struct config *config);

/* config_node(): the NUMA node of a vCPU; 0 if there are none. */
unsigned config_node(const struct config *config, unsigned vcpu);

/*
 * config_same_file(): whether what is written to one path is written over what the other names: two
 * files that are there may have one name or several, and one that is not there has the one.
 */
bool config_same_file(const char *a, const char *b);

/* config_free(): give back what options have allocated; of one that was initialised, or is zero. */
void config_free(struct config *config);

/*
 * config_validate(): whether the parts fit each other; what depends on the host is checked where
 * it is used. Returns 0, or -1 with ERR_USAGE.
 */
int config_validate(const struct config *config, struct err *err);

#endif
