/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/results/limits.h"

/* Limits that differ by less are equal: they are rounded to pages or periods. */
#define TOLERANCE 0.01

json_t *limits_of(const json_t *report)
{
    const json_t *host = json_object_get(report, "host");
    const json_t *config = json_object_get(report, "config");

    return json_pack("{s:O?, s:O?, s:O?, s:O?}", "cpu", json_object_get(host, "cpu_limit"), "cpus",
                     json_object_get(host, "cpus"), "memory",
                     json_object_get(host, "memory_limit_bytes"), "mem",
                     json_object_get(config, "mem_bytes"));
}

/* A limit, or `none` if it is missing or above `none`. */
static double limit_of(const json_t *limits, const char *key, double none)
{
    const json_t *limit = json_object_get(limits, key);
    double value = json_is_number(limit) ? json_number_value(limit) : none;

    return value < none ? value : none;
}

static bool differ(double a, double b)
{
    return a != b && !(fabs(a - b) < TOLERANCE * fmax(a, b));
}

static const char *cpu_text(char text[32], double limit, double cpus)
{
    if (limit < cpus)
        snprintf(text, 32, "%.3g", limit);
    else
        snprintf(text, 32, "none");
    return text;
}

static const char *memory_text(char text[32], double bytes)
{
    if (bytes < INFINITY)
        snprintf(text, 32, "%.0f MiB", bytes / (1 << 20));
    else
        snprintf(text, 32, "none");
    return text;
}

const char *limits_reason(char text[LIMITS_TEXT_MAX], const char *env_a, const json_t *a,
                          const char *env_b, const json_t *b)
{
    double cpus = limit_of(a, "cpus", INFINITY), cpu_a = limit_of(a, "cpu", cpus);
    double cpu_b = limit_of(b, "cpu", cpus), needs = get_number(a, "mem");
    double memory_a = limit_of(a, "memory", INFINITY), memory_b = limit_of(b, "memory", INFINITY);
    char of_a[32], of_b[32];

    if (!a || !b)
        return NULL;
    if (differ(cpu_a, cpu_b)) {
        snprintf(text, LIMITS_TEXT_MAX, "no ratio: CPU limit: %s %s, %s %s", env_a,
                 cpu_text(of_a, cpu_a, cpus), env_b, cpu_text(of_b, cpu_b, cpus));
        return text;
    }
    if (fmin(memory_a, memory_b) >= needs || !differ(memory_a, memory_b))
        return NULL;
    snprintf(text, LIMITS_TEXT_MAX, "no ratio: memory limit: %s %s, %s %s", env_a,
             memory_text(of_a, memory_a), env_b, memory_text(of_b, memory_b));
    return text;
}
