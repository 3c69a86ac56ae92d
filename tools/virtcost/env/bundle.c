/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "tools/virtcost/env/bundle.h"
#include "vmm/base/clock.h"

static json_t *process_config(const struct bundle *bundle)
{
    json_t *env = json_pack("[s, s]", "PATH=/", "container=oci");

    json_array_append_new(env, json_sprintf("MINIVMM_T0=%" PRIu64, clock_mono_ns()));
    return json_pack("{s:b, s:{s:i, s:i}, s:O, s:o, s:s, s:b}", "terminal", 0, "user", "uid", 0,
                     "gid", 0, "args", bundle->argv, "env", env, "cwd", "/", "noNewPrivileges", 1);
}

static json_t *mount(const char *destination, const char *type, const char *source)
{
    return json_pack("{s:s, s:s, s:s, s:[s, s, s]}", "destination", destination, "type", type,
                     "source", source, "options", "nosuid", "noexec", "nodev");
}

/* What an image's layer is to a file written in a container, or what a volume is. */
static json_t *folder_mount(const struct bundle *bundle)
{
    json_t *options = json_array();

    if (!bundle->lower) {
        json_array_append_new(options, json_string("bind"));
        return json_pack("{s:s, s:s, s:s, s:o}", "destination", bundle->folder, "type", "bind",
                         "source", bundle->folder, "options", options);
    }
    json_array_append_new(options, json_sprintf("lowerdir=%s", bundle->lower));
    json_array_append_new(options, json_sprintf("upperdir=%s", bundle->folder));
    json_array_append_new(options, json_sprintf("workdir=%s", bundle->work));
    return json_pack("{s:s, s:s, s:s, s:o}", "destination", bundle->folder, "type", "overlay",
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
    /* So that the limits can be read. */
    json_array_append_new(mounts, json_pack("{s:s, s:s, s:s, s:[s, s]}", "destination",
                                            "/sys/fs/cgroup", "type", "cgroup", "source", "cgroup",
                                            "options", "nosuid", "ro"));
    if (bundle->folder)
        json_array_append_new(mounts, folder_mount(bundle));
    return mounts;
}

static json_t *linux_config(const struct bundle *bundle)
{
    static const char *const namespaces[] = {"pid", "network", "ipc", "uts", "mount", "cgroup"};
    json_t *resources = json_pack("{s:[{s:b, s:s}], s:{s:I}}", "devices", "allow", 0, "access",
                                  "rwm", "memory", "limit", (json_int_t)bundle->memory_bytes);
    json_t *list = json_array();

    for (unsigned i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
        json_array_append_new(list, json_pack("{s:s}", "type", namespaces[i]));
    if (bundle->cpus)
        json_object_set_new(resources, "cpu", json_pack("{s:s}", "cpus", bundle->cpus));
    return json_pack("{s:s, s:o, s:o}", "cgroupsPath", bundle->cgroup, "resources", resources,
                     "namespaces", list);
}

json_t *bundle_config(const struct bundle *bundle)
{
    return json_pack("{s:s, s:o, s:{s:s, s:b}, s:s, s:o, s:o}", "ociVersion", "1.0.2", "process",
                     process_config(bundle), "root", "path", "rootfs", "readonly", 1, "hostname",
                     "virtcost", "mounts", mounts_config(bundle), "linux", linux_config(bundle));
}
