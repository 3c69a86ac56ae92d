/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/virtcost/env/bundle.h"
#include "tools/virtcost/env/cgroup.h"
#include "tools/virtcost/env/hierarchy.h"
#include "tools/virtcost/env/runtime.h"
#include "vmm/core/base/clock.h"

static const struct container_runtime runtimes[] = {
    {"runc", false, true},
    {"crun", false, false},
    {"podman", true, false},
    {"docker", true, false},
};

const struct container_runtime *runtime_at(unsigned i)
{
    return i < sizeof(runtimes) / sizeof(runtimes[0]) ? &runtimes[i] : NULL;
}

void runtime_path(const struct container *container, char *path, const char *name)
{
    snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 128, container->bundle, name);
}

const char *runtime_label(const struct container *container, char *text)
{
    snprintf(text, 64, "virtcost=%d", (int)container->owner);
    return text;
}

void container_started(const struct container *container, const char *id, char *path)
{
    snprintf(path, PATH_MAX, "%.*s/state/%.100s.pid", PATH_MAX - 128, container->bundle, id);
}

/* Append a field of --mount, which engines parse as CSV (RFC 4180). */
static void append_field(char *line, size_t size, const char *key, const char *value)
{
    size_t used = strlen(line);
    bool quoted = strpbrk(value, ",\"\n") != NULL;

    used += (size_t)snprintf(line + used, size - used, ",%s%s=", quoted ? "\"" : "", key);
    for (; *value && used < size - 4; value++) {
        if (*value == '"')
            line[used++] = '"';
        line[used++] = *value;
    }
    snprintf(line + used, size - used, "%s", quoted ? "\"" : "");
}

static void add_volume(json_t *command, const struct volume *volume)
{
    char line[3 * PATH_MAX] = "--mount=type=bind";

    if (volume->kind == VOLUME_DEVICE)
        json_array_append_new(command,
                              json_sprintf("--device=%s:%s:rw", volume->source, volume->target));
    if (volume->kind == VOLUME_FILE) {
        append_field(line, sizeof(line), "source", volume->source);
        append_field(line, sizeof(line), "target", volume->target);
        json_array_append_new(command, json_string(line));
    }
    if (volume->of_another)
        json_array_append_new(command, json_string("--cap-add=DAC_OVERRIDE"));
}

/* An engine's daemon chooses the cgroups of its containers: pass our limits on. */
static void add_limits(json_t *command, const struct container_limits *limits)
{
    struct allowance allowance = allowance_read();
    uint64_t memory = limits->memory_bytes < allowance.memory_bytes ? limits->memory_bytes
                                                                    : allowance.memory_bytes;

    json_array_append_new(command, json_sprintf("--memory=%" PRIu64, memory));
    if (allowance.quota_us) {
        json_array_append_new(command, json_sprintf("--cpu-quota=%" PRIu64, allowance.quota_us));
        json_array_append_new(command, json_sprintf("--cpu-period=%" PRIu64, allowance.period_us));
    }
    if (limits->cpus)
        json_array_append_new(command, json_sprintf("--cpuset-cpus=%s", limits->cpus));
}

/* The command of an engine, which has all settings on the command line. */
static json_t *engine_command(const struct container *container, const char *id,
                              const struct container_limits *limits, const json_t *argv)
{
    char started[PATH_MAX], label[64];
    json_t *command;

    container_started(container, id, started);
    command = json_pack("[s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s]", container->command,
                        "run", "--rm", "--network=none", "--read-only", "--cap-drop=ALL",
                        "--security-opt=seccomp=unconfined", "--name", id, "--env",
                        "container=engine", "--tmpfs", "/tmp", "--label",
                        runtime_label(container, label), "--cidfile", started);
    add_limits(command, limits);
    json_array_append_new(command, json_sprintf("--env=MINIVMM_T0=%" PRIu64, clock_mono_ns()));
    if (limits->volume)
        add_volume(command, limits->volume);
    if (limits->detached)
        json_array_append_new(command, json_string("--detach"));
    json_array_append_new(command, json_string(container->image));
    json_array_extend(command, (json_t *)argv);
    return command;
}

static int write_bundle(const struct container *container, const char *id,
                        const struct container_limits *limits, const json_t *argv, struct err *err)
{
    struct bundle bundle = {
        .argv = argv,
        .memory_bytes = limits->memory_bytes,
        .cpus = limits->cpus,
        .volume = limits->volume,
    };
    char cgroup[PATH_MAX], path[PATH_MAX], empty[PATH_MAX], work[PATH_MAX];
    json_t *config;
    int failed;

    if (cgroup_place(cgroup, id, limits->cgroup, container->runtime->relative_cgroup, err))
        return -1;
    runtime_path(container, empty, "empty");
    runtime_path(container, work, "work");
    bundle.cgroup = cgroup;
    bundle.lower = empty;
    bundle.work = work;
    config = bundle_config(&bundle);
    runtime_path(container, path, "config.json");
    failed = json_dump_file(config, path, JSON_COMPACT);
    json_decref(config);
    return failed ? err_sys(err, ERR_FAILED, "%s", path) : 0;
}

/* The command of an OCI runtime, which reads config.json in the bundle. */
static json_t *oci_command(const struct container *container, const char *id,
                           const struct container_limits *limits)
{
    char state[PATH_MAX], started[PATH_MAX];
    json_t *command;

    runtime_path(container, state, "state");
    container_started(container, id, started);
    command = json_pack("[s, s, s, s, s, s, s, s]", container->command, "--root", state, "run",
                        "--bundle", container->bundle, "--pid-file", started);
    if (limits->detached)
        json_array_append_new(command, json_string("--detach"));
    json_array_append_new(command, json_string(id));
    return command;
}

int container_command(const struct container *container, const char *id,
                      const struct container_limits *limits, const json_t *argv, json_t **command,
                      struct err *err)
{
    char started[PATH_MAX];

    container_started(container, id, started);
    unlink(started);
    *command = NULL;
    if (!container->runtime->engine && write_bundle(container, id, limits, argv, err))
        return -1;
    *command = container->runtime->engine ? engine_command(container, id, limits, argv)
                                          : oci_command(container, id, limits);
    return 0;
}
