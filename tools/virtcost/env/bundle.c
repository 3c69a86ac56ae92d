/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/virtcost/env/bundle.h"
#include "tools/virtcost/env/hierarchy.h"
#include "vmm/core/base/clock.h"

static enum volume_kind kind_of(const struct bundle *bundle)
{
    return bundle->volume ? bundle->volume->kind : VOLUME_NONE;
}

static json_t *process_config(const struct bundle *bundle)
{
    json_t *env = json_pack("[s, s]", "PATH=/", "container=oci"), *process;
    static const char *const sets[] = {"bounding", "effective", "permitted"};

    json_array_append_new(env, json_sprintf("MINIVMM_T0=%" PRIu64, clock_mono_ns()));
    process =
        json_pack("{s:b, s:{s:i, s:i}, s:O, s:o, s:s, s:b}", "terminal", 0, "user", "uid", 0, "gid",
                  0, "args", bundle->argv, "env", env, "cwd", "/", "noNewPrivileges", 1);
    if (bundle->volume && bundle->volume->of_another) {
        json_t *capabilities = json_object();

        for (unsigned i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
            json_object_set_new(capabilities, sets[i], json_pack("[s]", "CAP_DAC_OVERRIDE"));
        json_object_set_new(process, "capabilities", capabilities);
    }
    return process;
}

static json_t *mount(const char *destination, const char *type, const char *source)
{
    return json_pack("{s:s, s:s, s:s, s:[s, s, s]}", "destination", destination, "type", type,
                     "source", source, "options", "nosuid", "noexec", "nodev");
}

/* An overlayfs mount option with a folder, in which "\", ":" and "," are escaped. */
static json_t *layer(const char *key, const char *folder)
{
    char escaped[2 * PATH_MAX], *to = escaped;

    for (; *folder && to < escaped + sizeof(escaped) - 2; folder++) {
        if (strchr("\\:,", *folder))
            *to++ = '\\';
        *to++ = *folder;
    }
    *to = '\0';
    return json_sprintf("%s=%s", key, escaped);
}

/*
 * The mount of the disk: a bind mount, as for a volume, or an overlayfs, as for an image's layers.
 */
static json_t *volume_mount(const struct bundle *bundle)
{
    const struct volume *volume = bundle->volume;
    json_t *options = json_array();

    if (volume->kind == VOLUME_FILE) {
        json_array_append_new(options, json_string("bind"));
        return json_pack("{s:s, s:s, s:s, s:o}", "destination", volume->target, "type", "bind",
                         "source", volume->source, "options", options);
    }
    json_array_append_new(options, layer("lowerdir", bundle->lower));
    json_array_append_new(options, layer("upperdir", volume->source));
    json_array_append_new(options, layer("workdir", bundle->work));
    return json_pack("{s:s, s:s, s:s, s:o}", "destination", volume->target, "type", "overlay",
                     "source", "overlay", "options", options);
}

static json_t *mounts_config(const struct bundle *bundle)
{
    json_t *mounts = json_array(), *sys = mount("/sys", "sysfs", "sysfs");

    json_array_append_new(json_object_get(sys, "options"), json_string("ro"));
    json_array_append_new(mounts, mount("/proc", "proc", "proc"));
    json_array_append_new(mounts,
                          json_pack("{s:s, s:s, s:s, s:[s, s]}", "destination", "/dev", "type",
                                    "tmpfs", "source", "tmpfs", "options", "nosuid", "mode=755"));
    json_array_append_new(mounts, mount("/tmp", "tmpfs", "tmpfs"));
    json_array_append_new(mounts, sys);
    /*
     * The host's cgroup tree, so that the program can read the limits of all cgroups above its own.
     */
    json_array_append_new(mounts,
                          json_pack("{s:s, s:s, s:s, s:[s, s, s, s, s]}", "destination",
                                    "/sys/fs/cgroup", "type", "bind", "source", "/sys/fs/cgroup",
                                    "options", "rbind", "nosuid", "noexec", "nodev", "ro"));
    if (kind_of(bundle) == VOLUME_FILE || kind_of(bundle) == VOLUME_LAYERS)
        json_array_append_new(mounts, volume_mount(bundle));
    return mounts;
}

/*
 * The I/O limits of this process's cgroup. In version 1, unlike other limits, they do not apply to
 * cgroups below it.
 */
static json_t *block_config(void)
{
    static const struct {
        const char *file, *key;
    } throttles[] = {
        {"blkio.throttle.read_bps_device", "throttleReadBpsDevice"},
        {"blkio.throttle.write_bps_device", "throttleWriteBpsDevice"},
        {"blkio.throttle.read_iops_device", "throttleReadIOPSDevice"},
        {"blkio.throttle.write_iops_device", "throttleWriteIOPSDevice"},
    };
    struct hierarchy hierarchy;
    json_t *config = json_object();

    if (hierarchy_find(&hierarchy, "blkio") || hierarchy.version != 1)
        return config;
    for (unsigned i = 0; i < sizeof(throttles) / sizeof(throttles[0]); i++) {
        char path[PATH_MAX + 64];
        json_t *list = json_array();
        uint64_t rate;
        int major, minor;
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", hierarchy.own, throttles[i].file);
        file = fopen(path, "re");
        while (file && fscanf(file, "%d:%d %" SCNu64, &major, &minor, &rate) == 3)
            json_array_append_new(list, json_pack("{s:i, s:i, s:I}", "major", major, "minor", minor,
                                                  "rate", (json_int_t)rate));
        if (file)
            fclose(file);
        if (json_array_size(list))
            json_object_set(config, throttles[i].key, list);
        json_decref(list);
    }
    return config;
}

static json_t *resources_config(const struct bundle *bundle)
{
    json_t *resources = json_pack("{s:[{s:b, s:s}], s:{s:I}}", "devices", "allow", 0, "access",
                                  "rwm", "memory", "limit", (json_int_t)bundle->memory_bytes);
    json_t *block = block_config();

    if (bundle->cpus)
        json_object_set_new(resources, "cpu", json_pack("{s:s}", "cpus", bundle->cpus));
    if (json_object_size(block))
        json_object_set(resources, "blockIO", block);
    json_decref(block);
    if (kind_of(bundle) == VOLUME_DEVICE)
        json_array_append_new(json_object_get(resources, "devices"),
                              json_pack("{s:b, s:s, s:i, s:i, s:s}", "allow", 1, "type", "b",
                                        "major", (int)bundle->volume->major, "minor",
                                        (int)bundle->volume->minor, "access", "rw"));
    return resources;
}

static json_t *linux_config(const struct bundle *bundle)
{
    /* No cgroup namespace: the program has to read its own cgroup path. */
    static const char *const namespaces[] = {"pid", "network", "ipc", "uts", "mount"};
    json_t *list = json_array(), *config;

    for (unsigned i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
        json_array_append_new(list, json_pack("{s:s}", "type", namespaces[i]));
    config = json_pack("{s:s, s:o, s:o}", "cgroupsPath", bundle->cgroup, "resources",
                       resources_config(bundle), "namespaces", list);
    if (kind_of(bundle) == VOLUME_DEVICE)
        json_object_set_new(
            config, "devices",
            json_pack("[{s:s, s:s, s:i, s:i, s:i, s:i, s:i}]", "path", bundle->volume->target,
                      "type", "b", "major", (int)bundle->volume->major, "minor",
                      (int)bundle->volume->minor, "fileMode", 0600, "uid", 0, "gid", 0));
    return config;
}

json_t *bundle_config(const struct bundle *bundle)
{
    return json_pack("{s:s, s:o, s:{s:s, s:b}, s:s, s:o, s:o}", "ociVersion", "1.0.2", "process",
                     process_config(bundle), "root", "path", "rootfs", "readonly", 1, "hostname",
                     "virtcost", "mounts", mounts_config(bundle), "linux", linux_config(bundle));
}
