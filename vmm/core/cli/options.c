/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/core/cli/disk.h"
#include "vmm/core/cli/options.h"

static int bad(struct err *err, const char *option, const char *argument, const char *why,
               const char *hint)
{
    err_set(err, ERR_USAGE, "--%s %s: %s", option, argument, why);
    return err_hint(err, "%s", hint);
}

/* Parse one of `words`. Returns its index, or -1. */
static int parse_word(struct err *err, const char *option, const char *argument,
                      const char *const *words)
{
    char known[64] = "";

    for (int i = 0; words[i]; i++) {
        if (!strcmp(argument, words[i]))
            return i;
        strcat(strcat(known, i ? " or " : ""), words[i]);
    }
    return bad(err, option, argument, "invalid value", known);
}

static int parse_guest(struct config *config, const char *argument, struct err *err)
{
    (void)err;
    config->guest = argument;
    return 0;
}

static int parse_mem(struct config *config, const char *argument, struct err *err)
{
    if (units_parse_size(argument, &config->mem_bytes))
        return bad(err, "mem", argument, errno == ERANGE ? "too large" : "invalid size",
                   "a number with K, M, G or T, such as 2G");
    return 0;
}

static int parse_vcpus(struct config *config, const char *argument, struct err *err)
{
    uint64_t count;

    if (units_parse_u64(argument, &count))
        return bad(err, "vcpus", argument, "invalid number", "a number, such as 16");
    if (count > CONFIG_VCPUS_MAX)
        return bad(err, "vcpus", argument, "too many vCPUs", "4096 or fewer");
    config->vcpus = (unsigned)count;
    return 0;
}

static int parse_cpu(struct config *config, const char *argument, struct err *err)
{
    return features_parse(&config->cpu, argument, err);
}

static int parse_topology(struct config *config, const char *argument, struct err *err)
{
    return topology_parse(&config->topology, argument, err);
}

static int parse_numa(struct config *config, const char *argument, struct err *err)
{
    return numa_parse(&config->numa, argument, err);
}

static int parse_hugepages(struct config *config, const char *argument, struct err *err)
{
    static const char *const words[] = {"2M", "1G", NULL};
    int word = parse_word(err, "hugepages", argument, words);

    config->hugepage_bytes = word ? CONFIG_PAGE_1G : CONFIG_PAGE_2M;
    return word < 0 ? -1 : 0;
}

static int parse_thp(struct config *config, const char *argument, struct err *err)
{
    static const char *const words[] = {"on", "off", NULL};
    int word = parse_word(err, "thp", argument, words);

    config->thp = word ? CONFIG_OFF : CONFIG_ON;
    return word < 0 ? -1 : 0;
}

static int parse_prefault(struct config *config, const char *argument, struct err *err)
{
    (void)argument, (void)err;
    config->prefault = true;
    return 0;
}

static int parse_guest_page(struct config *config, const char *argument, struct err *err)
{
    static const char *const words[] = {"4K", "2M", "1G", NULL};
    static const uint64_t bytes[] = {CONFIG_PAGE_4K, CONFIG_PAGE_2M, CONFIG_PAGE_1G};
    int word = parse_word(err, "guest-page", argument, words);

    if (word < 0)
        return -1;
    config->guest_page_bytes = bytes[word];
    return 0;
}

static int parse_pin(struct config *config, const char *argument, struct err *err)
{
    int count = units_parse_list(argument, config->pin, CONFIG_PINS_MAX);

    if (count < 0)
        return bad(err, "pin", argument, errno == ERANGE ? "too many CPUs" : "invalid CPU list",
                   "numbers and ranges, such as 0,2-3");
    config->pin_count = (unsigned)count;
    return 0;
}

static int parse_bench(struct config *config, const char *argument, struct err *err)
{
    (void)err;
    config->bench = argument;
    return 0;
}

static int parse_args(struct config *config, const char *argument, struct err *err)
{
    if (strlen(argument) > 2048)
        return bad(err, "args", "...", "longer than 2048 bytes", "fewer arguments");
    config->args = argument;
    return 0;
}

static int parse_quick(struct config *config, const char *argument, struct err *err)
{
    (void)argument, (void)err;
    config->quick = true;
    return 0;
}

static int parse_list(struct config *config, const char *argument, struct err *err)
{
    (void)argument, (void)err;
    config->list = true;
    return 0;
}

static int parse_timeout(struct config *config, const char *argument, struct err *err)
{
    if (units_parse_seconds(argument, &config->timeout_ns) || !config->timeout_ns)
        return bad(err, "timeout", argument, "invalid duration", "seconds, or 500ms, 2m, 1h");
    return 0;
}

static int parse_report(struct config *config, const char *argument, struct err *err)
{
    static const char *const words[] = {"text", "json", NULL};
    int word = parse_word(err, "report", argument, words);

    config->format = word ? CONFIG_JSON : CONFIG_TEXT;
    return word < 0 ? -1 : 0;
}

static int parse_output(struct config *config, const char *argument, struct err *err)
{
    (void)err;
    config->output = argument;
    return 0;
}

static int parse_log(struct config *config, const char *argument, struct err *err)
{
    (void)err;
    config->log = argument;
    return 0;
}

static int parse_dump_dtb(struct config *config, const char *argument, struct err *err)
{
    (void)err;
    config->dump_dtb = argument;
    return 0;
}

static int parse_kvm_trace(struct config *config, const char *argument, struct err *err)
{
    (void)argument, (void)err;
    config->kvm_trace = true;
    return 0;
}

static int parse_trace(struct config *config, const char *argument, struct err *err)
{
    (void)err;
    config->trace = argument;
    return 0;
}

static int parse_dry_run(struct config *config, const char *argument, struct err *err)
{
    (void)argument, (void)err;
    config->dry_run = true;
    return 0;
}

const struct cli_option cli_option[] = {
    {"guest", "FILE",
     "ELF file of the guest; a name without a slash is also looked up in the program's directory "
     "(bench.elf)",
     CLI_VM, parse_guest},
    {"mem", "SIZE", "Memory in bytes, or with suffix K, M, G or T (2G)", CLI_VM | CLI_NATIVE,
     parse_mem},
    {"vcpus", "N", "Number of vCPUs, or of threads in a native run (1)", CLI_VM | CLI_NATIVE,
     parse_vcpus},
    {"cpu", "LIST",
     "CPU features of the guest, separated by commas: host or baseline (x86-64-v1), then +NAME to "
     "add and -NAME to remove one (host)",
     CLI_VM, parse_cpu},
    {"topology", "LIST",
     "CPU topology of the guest: sockets=S,cores=C,threads=T, whose product must be --vcpus (one "
     "socket of single-threaded cores)",
     CLI_VM, parse_topology},
    {"numa", "N[,unbound]",
     "Split vCPUs and memory evenly over N NUMA nodes, each bound to a host node, or unbound (no "
     "nodes)",
     CLI_VM, parse_numa},
    {"hugepages", "2M|1G", "Back memory with hugetlbfs pages of this size", CLI_VM | CLI_NATIVE,
     parse_hugepages},
    {"thp", "on|off", "Transparent huge pages (on where the host supports them)",
     CLI_VM | CLI_NATIVE, parse_thp},
    {"disk", "LIST",
     "Add a disk for the blk benchmarks (a temporary file). Any of these, separated by commas: "
     "path=FILE size=SIZE create ro direct engine=best|sync|uring|mem|null "
     "notify=exit|ioeventfd|poll poll=constant|adaptive irq=irqfd|none depth=N event-idx=on|off "
     "indirect=on|off cpu=N",
     CLI_VM | CLI_NATIVE, cli_disk},
    {"prefault", NULL, "Populate all memory before the run", CLI_VM | CLI_NATIVE, parse_prefault},
    {"guest-page", "4K|2M|1G", "Largest page size in the guest's page tables (2M)", CLI_VM,
     parse_guest_page},
    {"pin", "LIST", "Bind vCPU i to the i-th CPU of the list, which repeats (unpinned)",
     CLI_VM | CLI_NATIVE, parse_pin},
    {"bench", "LIST", "Benchmarks to run: names or dotted prefixes, or none (all)",
     CLI_VM | CLI_NATIVE, parse_bench},
    {"list", NULL, "List the guest's benchmarks and exit", CLI_VM | CLI_NATIVE, parse_list},
    {"quick", NULL, "Short runs, for a first look", CLI_VM | CLI_NATIVE, parse_quick},
    {"args", "TEXT", "Arguments of the guest's benchmarks: key=value ...", CLI_VM | CLI_NATIVE,
     parse_args},
    {"timeout", "SEC", "Stop after SEC and report the results so far (never)", CLI_VM | CLI_NATIVE,
     parse_timeout},
    {"report", "text|json", "Format of the report (text)", CLI_VM | CLI_NATIVE, parse_report},
    {"output", "FILE", "Write the report to FILE (standard output)", CLI_VM | CLI_NATIVE,
     parse_output},
    {"log", "FILE", "Write the guest's log to FILE (standard error)", CLI_VM | CLI_NATIVE,
     parse_log},
    {"kvm-trace", NULL,
     "Run a second time, untimed, and count KVM's tracepoints: exits by hardware reason", CLI_VM,
     parse_kvm_trace},
    {"trace", "FILE", "Write every exit to FILE, which minivmm-trace converts for Perfetto", CLI_VM,
     parse_trace},
    {"dump-dtb", "FILE", "Write the guest's device tree to FILE", CLI_VM, parse_dump_dtb},
    {"dry-run", NULL, "Check and prepare everything, print the plan and exit", CLI_VM,
     parse_dry_run},
    {0},
};
