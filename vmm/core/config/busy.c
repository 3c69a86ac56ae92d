/* SPDX-License-Identifier: MIT */
#include "vmm/core/config/busy.h"

_Static_assert(CONFIG_DISKS_MAX <= 32, "one bit per disk");

/* The number of entries of --pin that are used: at most one per vCPU. */
static unsigned pins_used(const struct config *config)
{
    return config->pin_count < config->vcpus ? config->pin_count : config->vcpus;
}

static bool is_among(unsigned cpu, const unsigned *cpus, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (cpus[i] == cpu)
            return true;
    return false;
}

static unsigned count_distinct(const unsigned *cpus, unsigned count)
{
    unsigned distinct = 0;

    for (unsigned i = 0; i < count; i++)
        distinct += !is_among(cpus[i], cpus, i);
    return distinct;
}

unsigned busy_pins(const struct config *config)
{
    return count_distinct(config->pin, config->pin_count);
}

bool busy_has_vcpu(const struct config *config, unsigned cpu)
{
    return is_among(cpu, config->pin, pins_used(config));
}

/* The binding of threads by --pin and cpu=. */
struct bound {
    unsigned vcpu_cpus;                    /* CPUs with at least one bound vCPU */
    unsigned pollers, free_pollers;        /* bound to a CPU; not bound */
    unsigned poller_cpu[CONFIG_DISKS_MAX]; /* distinct CPUs of bound pollers */
    unsigned poller_cpus, beside_vcpus;    /* number of these CPUs; those also with a vCPU */
};

static struct bound find_bound(const struct config *config, uint32_t disks)
{
    struct bound bound = {.vcpu_cpus = count_distinct(config->pin, pins_used(config))};

    for (unsigned i = 0; i < config->disks; i++) {
        unsigned cpu = config->disk[i].pin;

        if (!(disks >> i & 1) || config->disk[i].notify != CONFIG_NOTIFY_POLL)
            continue;
        if (cpu == CONFIG_NO_PIN) {
            bound.free_pollers++;
            continue;
        }
        bound.pollers++;
        if (is_among(cpu, bound.poller_cpu, bound.poller_cpus))
            continue;
        bound.poller_cpu[bound.poller_cpus++] = cpu;
        bound.beside_vcpus += busy_has_vcpu(config, cpu);
    }
    return bound;
}

void busy_count(const struct config *config, uint32_t disks, struct busy *busy)
{
    const struct bound bound = find_bound(config, disks);

    *busy = (struct busy){
        .vcpus = config->vcpus,
        .pollers = bound.pollers + bound.free_pollers,
    };
}

bool busy_sharing(const struct config *config, uint32_t disks, unsigned usable, struct busy *busy)
{
    const struct bound bound = find_bound(config, disks);
    unsigned bound_vcpus = config->pin_count ? config->vcpus : 0;

    *busy = (struct busy){
        .vcpus = bound_vcpus,
        .pollers = bound.pollers,
        .cpus = bound.vcpu_cpus + bound.poller_cpus - bound.beside_vcpus,
    };
    if (busy->vcpus + busy->pollers > busy->cpus)
        return true;
    busy_count(config, disks, busy);
    busy->cpus = usable;
    return usable && busy->vcpus + busy->pollers > usable;
}

static unsigned minus(unsigned a, unsigned b)
{
    return a > b ? a - b : 0;
}

unsigned busy_cpus(const struct config *config, unsigned usable)
{
    const struct bound bound = find_bound(config, UINT32_MAX);
    unsigned cpus, spare;

    if (config->pin_count) {
        /* Unbound pollers use CPUs without a vCPU as long as there are any. */
        spare = minus(usable, bound.vcpu_cpus + bound.poller_cpus - bound.beside_vcpus);
        cpus = minus(bound.vcpu_cpus, bound.beside_vcpus + minus(bound.free_pollers, spare));
    } else {
        cpus = minus(usable, bound.poller_cpus + bound.free_pollers);
    }
    return cpus ? cpus : 1;
}
