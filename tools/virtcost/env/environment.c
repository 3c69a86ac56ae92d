/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/virtcost/env/environment.h"
#include "tools/virtcost/env/volume.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/base/units.h"
#include "vmm/core/cli/disk.h"
#include "vmm/core/cli/options.h"
#include "vmm/core/host/file.h"

#define NATIVE "bench-native"

const struct environment environment[] = {
    {"native", "bench-native on the bare host", NATIVE, CLI_NATIVE, false, false},
    {"container", "bench-native in an OCI container, with its disk on a bind mount", NATIVE,
     CLI_NATIVE, true, false},
    {"overlayfs", "the same, with its disk on overlayfs", NATIVE, CLI_NATIVE, true, true},
    {"vm", "bench.elf in minivmm", "minivmm", CLI_VM, false, false},
    {"null", "a rerun of the base: its ratio shows the noise", NULL, 0, false, false},
    {0},
};

/* Memory allowed to a container in addition to --mem, for the program itself. */
#define CONTAINER_EXTRA_BYTES (64ull << 20)

#define MEM_DEFAULT_BYTES (2ull << 30)

const struct environment *environment_find(const char *name, size_t length)
{
    for (const struct environment *env = environment; env->name; env++)
        if (strlen(env->name) == length && !strncmp(env->name, name, length))
            return env;
    return NULL;
}

const struct environment *environment_real(const struct environment *env, const struct site *site)
{
    return env->program ? env : site->base;
}

/* The given options that this program takes, in the order of the table. */
static void add_options(json_t *argv, unsigned kind, const json_t *options)
{
    for (unsigned i = 0; cli_option[i].name; i++) {
        const json_t *argument = json_object_get(options, cli_option[i].name);

        if (!argument || !(cli_option[i].programs & kind))
            continue;
        json_array_append_new(argv, json_sprintf("--%s", cli_option[i].name));
        if (json_is_string(argument))
            json_array_append(argv, (json_t *)argument);
    }
}

/* The CPUs of this process, unless all: a runtime may allow a container more. */
static void own_cpus(char *text, size_t size)
{
    long all = sysconf(_SC_NPROCESSORS_ONLN);
    size_t used = 0;
    cpu_set_t cpus;

    *text = '\0';
    if (sched_getaffinity(0, sizeof(cpus), &cpus) || CPU_COUNT(&cpus) >= all)
        return;
    for (unsigned cpu = 0; cpu < CPU_SETSIZE && used < size - 16; cpu++)
        if (CPU_ISSET(cpu, &cpus))
            used += (size_t)snprintf(text + used, size - used, "%s%u", used ? "," : "", cpu);
}

/* The CPUs a VM would use: those of its vCPUs and of its disk's thread. */
static void read_cpus(const json_t *options, char *cpus, size_t size)
{
    const char *disk = get_text(options, "disk"), *pin = get_text(options, "pin");
    struct config config;
    struct err err;

    if (!*pin) {
        own_cpus(cpus, size);
        return;
    }
    snprintf(cpus, size, "%s", pin);
    config_init(&config);
    if (*disk && !cli_disk(&config, disk, &err) && config.disk[0].pin != CONFIG_NO_PIN)
        snprintf(cpus, size, "%s,%u", pin, config.disk[0].pin);
    config_free(&config);
}

/* A disk has another path in a container. */
static json_t *contained_options(const json_t *options, const struct volume *volume)
{
    json_t *own = json_deep_copy(options);

    if (*get_text(options, "disk"))
        json_object_set_new(own, "disk", volume_argument(volume, get_text(options, "disk")));
    return own;
}

/* Wrap the program's command, in command->texts, in the runtime's command. */
static int contain(struct command *command, const struct volume *volume, const struct site *site,
                   const json_t *options, const char *id, struct err *err)
{
    char cpus[4096];
    uint64_t memory = MEM_DEFAULT_BYTES;
    struct container_limits limits = {
        .volume = volume,
        .detached = json_object_get(options, ENVIRONMENT_DETACHED) != NULL,
        .cgroup = json_string_value(json_object_get(options, ENVIRONMENT_CGROUP)),
    };
    json_t *wrapped;

    units_parse_size(get_text(options, "mem"), &memory);
    limits.memory_bytes = command->memory_bytes = memory + CONTAINER_EXTRA_BYTES;
    read_cpus(options, cpus, sizeof(cpus));
    limits.cpus = *cpus ? cpus : NULL;
    if (container_command(site->container, id, &limits, command->texts, &wrapped, err))
        return -1;
    json_decref(command->texts);
    command->texts = wrapped;
    container_started(site->container, id, command->started);
    return 0;
}

int environment_command(struct command *command, const struct environment *env,
                        const struct site *site, const json_t *options, const char *id,
                        struct err *err)
{
    const struct environment *of = environment_real(env, site);
    char path[PATH_MAX] = "/" NATIVE;
    json_t *text;
    size_t i;

    *command = (struct command){0};
    if (!of->contained && file_beside_program(of->program, path, sizeof(path)))
        return err_sys(err, ERR_FAILED, "%s: %s", env->name, of->program);
    command->texts = json_pack("[s, s, s]", path, "--report", "json");
    if (of->contained) {
        struct volume volume;
        json_t *own;
        int failed;

        volume_of(&volume, get_text(options, "disk"), of->overlay);
        own = contained_options(options, &volume);
        add_options(command->texts, of->kind, own);
        failed = contain(command, &volume, site, own, id, err);
        json_decref(own);
        if (failed)
            return -1;
    } else {
        add_options(command->texts, of->kind, options);
    }
    json_array_foreach (command->texts, i, text)
        if (command->count < ARGUMENTS_MAX - 1)
            command->argv[command->count++] = json_string_value(text);
    return 0;
}

void command_free(struct command *command)
{
    json_decref(command->texts);
    *command = (struct command){0};
}
