/* SPDX-License-Identifier: MIT */
/* The volume of a container for --disk. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tools/virtcost/env/bundle.h"
#include "tools/virtcost/env/volume.h"

static void check_argument(const struct volume *volume, const char *disk, const char *expected)
{
    json_t *argument = volume_argument(volume, disk);

    ck_assert_str_eq(json_string_value(argument), expected);
    json_decref(argument);
}

START_TEST(a_disk_has_another_name)
{
    char path[PATH_MAX] = "/tmp/volume-XXXXXX", disk[2 * PATH_MAX], link[PATH_MAX + 8];
    struct volume volume;

    close(mkstemp(path));
    snprintf(disk, sizeof(disk), "direct,path=%s,size=1M,create", path);
    volume_of(&volume, disk, false);
    ck_assert_int_eq(volume.kind, VOLUME_FILE);
    ck_assert_str_eq(volume.source, path);
    ck_assert(!volume.of_another);
    check_argument(&volume, disk, "direct,path=/volume,size=1M,create");
    check_argument(&volume, "path=x", "path=/volume");

    /* The target of a symbolic link, though its name could not be in the argument. */
    snprintf(link, sizeof(link), "%s-link", path);
    snprintf(disk, sizeof(disk), "%s,file", path);
    ck_assert_int_eq(rename(path, disk) | symlink(disk, link) | chmod(disk, 0400), 0);
    snprintf(disk, sizeof(disk), "path=%s", link);
    volume_of(&volume, disk, false);
    ck_assert_str_eq(strrchr(volume.source, ','), ",file");
    ck_assert(volume.of_another);
    unlink(volume.source);

    /* A missing file is left to the program, except one to be created. */
    volume_of(&volume, disk, false);
    ck_assert_int_eq(volume.kind, VOLUME_NONE);
    check_argument(&volume, disk, disk);
    snprintf(disk, sizeof(disk), "path=%s,size=1M,create", link);
    volume_of(&volume, disk, false);
    ck_assert_int_eq(volume.kind, VOLUME_FILE);
    ck_assert_int_eq(unlink(volume.source) | unlink(link), 0);
}
END_TEST

START_TEST(not_every_disk_is_a_file)
{
    struct volume volume;

    volume_of(&volume, "", false);
    ck_assert_int_eq(volume.kind, VOLUME_NONE);
    volume_of(&volume, "engine=mem,size=1M", false);
    ck_assert_int_eq(volume.kind, VOLUME_NONE);
    check_argument(&volume, "engine=mem,size=1M", "engine=mem,size=1M");
    volume_of(&volume, "path=/dev/null", false);
    ck_assert_int_eq(volume.kind, VOLUME_NONE);
    volume_of(&volume, "path=/tmp", false);
    ck_assert_int_eq(volume.kind, VOLUME_NONE);
}
END_TEST

/* A file in / has a folder too. */
START_TEST(layers_are_folders)
{
    struct volume volume;

    volume_of(&volume, "path=/no such file,size=1M,create", true);
    ck_assert_int_eq(volume.kind, VOLUME_LAYERS);
    ck_assert_str_eq(volume.source, "/");
    ck_assert_str_eq(volume.path, "/layers/no such file");
    ck_assert_int_eq(access("/no such file", F_OK), -1);
}
END_TEST

/* The node, its device rule, and nothing of the host's /dev. */
START_TEST(a_device_is_allowed_in_a_bundle)
{
    const struct volume volume = {
        .kind = VOLUME_DEVICE, .target = "/dev/volume", .major = 7, .minor = 3};
    json_t *argv = json_pack("[s]", "program"), *config, *mount;
    size_t i;

    config = bundle_config(&(struct bundle){.argv = argv, .cgroup = "x", .volume = &volume});
    ck_assert_str_eq(json_text_at(config, "linux.devices.0.path"), "/dev/volume");
    ck_assert_int_eq(json_int_at(config, "linux.devices.0.minor"), 3);
    ck_assert(json_is_false(json_at(config, "linux.resources.devices.0.allow")));
    ck_assert(json_is_true(json_at(config, "linux.resources.devices.1.allow")));
    ck_assert_int_eq(json_int_at(config, "linux.resources.devices.1.major"), 7);
    json_array_foreach (json_at(config, "mounts"), i, mount)
        ck_assert(strcmp(json_text_at(mount, "source"), "/dev") != 0);
    json_decref(config);
    json_decref(argv);
}
END_TEST

/* Special characters of overlayfs options are escaped in a folder's name. */
START_TEST(layers_are_escaped)
{
    const struct volume volume = {.kind = VOLUME_LAYERS, .source = "/a:b,c", .target = "/layers"};
    json_t *argv = json_pack("[s]", "program"), *config, *mounts, *mount;

    config = bundle_config(&(struct bundle){
        .argv = argv, .cgroup = "x", .volume = &volume, .lower = "/l:m", .work = "/w x"});
    mounts = json_at(config, "mounts");
    mount = json_array_get(mounts, json_array_size(mounts) - 1);
    ck_assert_str_eq(json_text_at(mount, "options.0"), "lowerdir=/l\\:m");
    ck_assert_str_eq(json_text_at(mount, "options.1"), "upperdir=/a\\:b\\,c");
    ck_assert_str_eq(json_text_at(mount, "options.2"), "workdir=/w x");
    json_decref(config);
    json_decref(argv);
}
END_TEST

SUITE_MAIN("volume", a_disk_has_another_name, not_every_disk_is_a_file, layers_are_folders,
           a_device_is_allowed_in_a_bundle, layers_are_escaped)
