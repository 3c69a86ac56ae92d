/* SPDX-License-Identifier: MIT */
#include "tools/virtcost/claims/claims.h"
#include "tools/virtcost/claims/judge.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/base/wrapped.h"

static const char *const outcomes[] = {
    [OUTCOME_NOT_MEASURED] = "not measured",     [OUTCOME_MEASURED_IN_PART] = "measured in part",
    [OUTCOME_UNDECIDED] = "measured, undecided", [OUTCOME_REPRODUCED] = "reproduced",
    [OUTCOME_NOT_REPRODUCED] = "not reproduced", [OUTCOME_CANNOT_BE_SHOWN] = "cannot be shown here",
    [OUTCOME_NOT_COMPARABLE] = "not comparable",
};

static const struct claim {
    const char *claim;
    const char *study; /* the study's figures, native / Docker / KVM */
    void (*judge)(struct answer *answer, const json_t *results);
    const char *cause;
} claims[] = {
    {
        "compute loses half",
        "Linpack 290.8 / 290.9 / 130.3 GFLOP/s untuned, 284.2 in the VM tuned",
        judge_compute,
        "a hidden vector unit: the study's guest saw no AVX. With AVX masked, the same code loses "
        "as much natively; with nothing masked the VM ties. Topology comes second",
    },
    {
        "sequential memory ties",
        "STREAM triad 25.15 / 25.14 / 24.87 GB/s on one socket, 45.6 / 45.6 / 45.0 on two",
        judge_sequential_memory,
        "one page walk serves a whole page of consecutive lines, and prefetching hides it",
    },
    {
        "random memory loses 14 % on one CPU",
        "RandomAccess 0.0458 / 0.0457 / 0.0394 GUPS on one socket",
        judge_random_memory,
        "the nested page walk: with EPT or NPT each step of the guest's walk needs a walk of the "
        "host's. Larger pages shorten it, and shadow paging has none",
    },
    {
        "random memory ties on two CPUs",
        "RandomAccess 0.0126 / 0.0124 / 0.0125 GUPS on two sockets",
        judge_random_memory_all_cpus,
        "an artefact of the loop: a fork and join of all threads every 128 updates takes so long "
        "that it hides what memory costs",
    },
    {
        "small I/O suffers, large does not",
        "4K random reads 84.0k / 84.1k / 42.5k IOPS; 1M reads 512 / 512 / 425 MB/s at depth 1, "
        "807 / 806 / 785 at depth 2",
        judge_block_sizes,
        "each operation pays for its exits, its wake-up and its interrupt, whatever its size: much "
        "for a small one, little for a large one, and less where several share them",
    },
    {
        "network latency rises by 80 %",
        "request and response 37.6 / - / 67.9 us",
        judge_network,
        "exits and wake-ups, twice for each round trip",
    },
    {
        "VMs start slowly, and few fit",
        "no data",
        judge_startup,
        "an operating system that boots and is kept in memory, not the virtual machine below it",
    },
    {
        "container storage: layers cost, volumes do not",
        "no raw figures: AUFS against a volume",
        judge_container_storage,
        "a layered file system looks a file up in each layer and copies it up when it is first "
        "written; a volume is a mount of the host's own. Ours is overlayfs, not AUFS",
    },
    {
        "container network: bridge and NAT cost, the host's network does not",
        "Redis GET, one client: 16.2k / 16.1k on the host's network, 13.1k over bridge and NAT / "
        "8.3k requests a second",
        judge_network,
        "a bridge, a veth pair and connection tracking on the path of each packet",
    },
    {
        "containers isolate more weakly than VMs",
        "no data",
        judge_isolation,
        "both share CPUs, caches, memory bandwidth and disks; a container shares the kernel's "
        "locks and caches too. This is about performance isolation, not security",
    },
};

json_t *claims_of(const json_t *results)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        struct answer answer = {.margin = verdict_margin(results)};

        claims[i].judge(&answer, results);
        json_array_append_new(array,
                              json_pack("{s:s, s:s, s:s, s:s, s:s}", "claim", claims[i].claim,
                                        "study", claims[i].study, "ours", answer.ours, "verdict",
                                        outcomes[answer.outcome], "cause", claims[i].cause));
    }
    return array;
}

static void print_part(FILE *out, const json_t *claim, const char *key)
{
    char clean[sizeof(((struct answer *)0)->ours)], label[16];

    snprintf(label, sizeof(label), "  %s", key);
    wrapped_print(out, 10, label, figures_clean(clean, sizeof(clean), get_text(claim, key)));
}

void claims_print(FILE *out, const json_t *claims_array)
{
    char name[72], verdict[24];
    json_t *claim;
    size_t i;

    json_array_foreach (claims_array, i, claim) {
        if (i)
            fputc('\n', out);
        wrapped_note(out, "%s: %s\n", figures_clean(name, sizeof(name), get_text(claim, "claim")),
                     figures_clean(verdict, sizeof(verdict), get_text(claim, "verdict")));
        print_part(out, claim, "study");
        print_part(out, claim, "ours");
        print_part(out, claim, "cause");
    }
    if (!json_array_size(claims_array))
        return;
    fputc('\n', out);
    wrapped_note(out, "Figures: native / container / VM, with 95 %% intervals.\n");
}
