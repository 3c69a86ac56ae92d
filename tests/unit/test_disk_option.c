/* SPDX-License-Identifier: MIT */
/* The --disk option, and conflicts between its keys. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/cli/disk.h"
#include "vmm/core/cli/files.h"

static struct config config;

static void renew(void)
{
    config_free(&config);
    config_init(&config);
}

static int parse(const char *text, struct err *err)
{
    *err = (struct err){0};
    return cli_disk(&config, text, err) || config_validate(&config, err) ||
                   cli_check_files(&config, err)
               ? -1
               : 0;
}

static const struct config_disk *must(const char *text)
{
    struct err err;

    renew();
    ck_assert_msg(!parse(text, &err), "%s: %s", text, err.text);
    ck_assert_uint_eq(config.disks, 1);
    return &config.disk[0];
}

static void refuse(const char *text, const char *what, const char *hint)
{
    struct err err;

    ck_assert_msg(parse(text, &err) == -1, "%s was taken", text);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(strstr(err.text, "--disk") && strstr(err.text, what), "%s: %s", text, err.text);
    ck_assert_msg(strstr(err.hint, hint) != NULL, "%s: %s", text, err.hint);
}

START_TEST(a_path_is_enough)
{
    const struct config_disk *disk = must("path=a.img");

    ck_assert_str_eq(disk->path, "a.img");
    ck_assert(!disk->read_only && !disk->create && !disk->direct && !disk->temporary);
    ck_assert(disk->event_idx && disk->indirect && !disk->adaptive);
    ck_assert_int_eq(disk->engine, CONFIG_ENGINE_BEST);
    ck_assert_int_eq(disk->notify, CONFIG_NOTIFY_IOEVENTFD);
    ck_assert_int_eq(disk->irq, CONFIG_IRQ_IRQFD);
    ck_assert_uint_eq(disk->depth, 128);
    ck_assert_uint_eq(disk->pin, CONFIG_NO_PIN);
    ck_assert_uint_eq(disk->bytes, 0);
}
END_TEST

START_TEST(every_key_sets_its_field)
{
    const struct config_disk *disk = must("path=b,size=1G,create,direct,engine=sync,notify=exit,"
                                          "irq=none,depth=64,event-idx=off,indirect=off,cpu=3");

    ck_assert(disk->create && disk->direct && !disk->event_idx && !disk->indirect);
    ck_assert_uint_eq(disk->bytes, 1ull << 30);
    ck_assert_int_eq(disk->engine, CONFIG_ENGINE_SYNC);
    ck_assert_int_eq(disk->notify, CONFIG_NOTIFY_EXIT);
    ck_assert_int_eq(disk->irq, CONFIG_IRQ_NONE);
    ck_assert_uint_eq(disk->depth, 64);
    ck_assert_uint_eq(disk->pin, 3);
    ck_assert(must("path=c,ro")->read_only);
    ck_assert(must("engine=mem,size=512,notify=poll,poll=adaptive")->adaptive);
    ck_assert(!must("engine=null,size=1M,notify=poll,poll=constant")->adaptive);
    ck_assert_int_eq(must("path=c,engine=uring,event-idx=on,irq=irqfd")->engine,
                     CONFIG_ENGINE_URING);
}
END_TEST

START_TEST(invalid_options_are_refused)
{
    static const struct {
        const char *text, *what, *hint;
    } wrong[] = {
        {"", "--disk '': empty list item", "path=FILE"},
        {"=", "--disk '=': empty list item", "path=FILE"},
        {"file=x", "--disk file=x: unknown key", "engine"},
        {"path=a,", "empty list item", "path=FILE"},
        {"path=a,,ro", "empty list item", "path=FILE"},
        {"path", "--disk path: missing value", "path=FILE"},
        {"path=", "--disk path: missing value", "path=FILE"},
        {"engine", "--disk engine: missing value", "engine=uring"},
        {"path=a,event-idx", "event-idx: missing value", "event-idx=on"},
        {"path=a,ro=1", "ro=1: takes no value", "ro"},
        {"path=a,ro,ro", "ro: duplicate key", "once"},
        {"path=a,path=b", "path=b: duplicate key", "once"},
        {"path=a,size=x,create", "size=x: invalid size", "size=1G"},
        {"path=a,size=0,create", "invalid size", "size=1G"},
        {"path=a,size=1000,create", "invalid size", "size=1G"},
        {"path=a,size=2048T,create", "invalid size", "size=1G"},
        {"path=a,engine=aio", "engine=aio: invalid value", "uring"},
        {"path=a,notify=no", "notify=no", "ioeventfd"},
        {"path=a,irq=msi", "irq=msi", "irqfd or none"},
        {"path=a,depth=0", "depth=0", "depth=128"},
        {"path=a,depth=1", "depth=1", "depth=128"},
        {"path=a,depth=100", "depth=100", "depth=128"},
        {"path=a,depth=2048", "depth=2048", "depth=128"},
        {"path=a,event-idx=yes", "event-idx=yes", "on"},
        {"path=a,indirect=1", "indirect=1", "off"},
        {"path=a,notify=poll,poll=often", "poll=often", "adaptive"},
        {"path=a,poll=adaptive", "poll= requires notify=poll", "notify=poll"},
        {"path=a,cpu=x", "cpu=x", "cpu=1"},
        {"path=a,cpu=4294967295", "cpu=4294967295", "cpu=1"},
        {"ro", "missing path", "path=FILE"},
        {"size=1G", "missing path", "engine=mem"},
        {"engine=mem", "needs a size", "size=1G"},
        {"engine=null,size=1G,path=a", "use no file", "without path"},
        {"engine=mem,size=1G,direct", "require a file", "without"},
        {"engine=mem,size=1G,ro", "require a file", "without"},
        {"path=a,create", "a new file needs a size", "size=1G,create"},
        {"path=a,size=1G,create,ro", "create and ro exclude each other", "create or ro"},
    };

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        renew();
        refuse(wrong[i].text, wrong[i].what, wrong[i].hint);
    }
}
END_TEST

START_TEST(two_disks_cannot_share_a_writable_file)
{
    struct err err;

    must("path=a");
    refuse("path=a", "file used by two disks", "ro for both");
    must("path=a,ro");
    refuse("path=a", "file used by two disks", "ro for both");
    must("path=a,ro");
    ck_assert(!parse("path=a,ro", &err) && !parse("path=b", &err));
    ck_assert_uint_eq(config.disks, 3);
}
END_TEST

START_TEST(other_options_cannot_use_a_disks_file)
{
    const char **others[] = {&config.guest, &config.output, &config.log, &config.dump_dtb,
                             &config.trace};

    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        renew();
        *others[i] = "a";
        refuse("path=a", "another option uses this file", "a separate file");
    }
}
END_TEST

START_TEST(aliases_of_a_file_are_detected)
{
    const char **others[] = {&config.guest, &config.output, &config.log, &config.dump_dtb,
                             &config.trace};
    char path[FIXTURE_PATH_MAX], alias[FIXTURE_PATH_MAX + 8], text[2 * FIXTURE_PATH_MAX];

    fixture_file(path, "", 0);
    snprintf(alias, sizeof(alias), "%s-alias", path);
    ck_assert(!symlink(path, alias));
    snprintf(text, sizeof(text), "path=%s", alias);
    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        renew();
        *others[i] = path;
        refuse(text, "another option uses this file", "a separate file");
    }
    must(text);
    snprintf(text, sizeof(text), "path=%s", path);
    refuse(text, "file used by two disks", "ro for both");
    unlink(alias);
    unlink(path);
}
END_TEST

START_TEST(the_number_of_disks_is_limited)
{
    struct err err;

    renew();
    for (unsigned i = 0; i < CONFIG_DISKS_MAX; i++)
        ck_assert(!parse("engine=null,size=1M", &err));
    refuse("engine=null,size=1M", "more than 16 disks", "fewer");
    ck_assert_uint_eq(config.disks, CONFIG_DISKS_MAX);
}
END_TEST

SUITE_MAIN("disk_option", a_path_is_enough, every_key_sets_its_field, invalid_options_are_refused,
           two_disks_cannot_share_a_writable_file, other_options_cannot_use_a_disks_file,
           aliases_of_a_file_are_detected, the_number_of_disks_is_limited)
