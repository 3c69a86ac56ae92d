/* SPDX-License-Identifier: MIT */
#include "vmm/core/cli/files.h"
#include "vmm/core/host/file.h"

/* Two disks on one file, unless nobody writes to it. */
static int check_twins(const struct config *config, unsigned i, struct err *err)
{
    const struct config_disk *a = &config->disk[i];

    for (unsigned j = 0; j < i; j++) {
        const struct config_disk *b = &config->disk[j];

        if (!a->path || !b->path || (a->read_only && b->read_only) || !file_same(a->path, b->path))
            continue;
        err_set(err, ERR_USAGE, "--disk path=%s: file used by two disks", a->path);
        return err_hint(err, "ro for both, or separate files");
    }
    return 0;
}

bool cli_disks_use(const struct config *config, const char *path)
{
    for (unsigned i = 0; i < config->disks; i++)
        if (config->disk[i].path && file_same(config->disk[i].path, path))
            return true;
    return false;
}

int cli_disk_shared(struct err *err, const char *path)
{
    err_set(err, ERR_USAGE, "--disk path=%s: another option uses this file", path);
    return err_hint(err, "a separate file");
}

/* --trace needs a separate file, and no other option may use a disk's file. */
int cli_check_files(const struct config *config, struct err *err)
{
    const char *const others[] = {config->guest, config->output, config->log, config->dump_dtb};

    for (unsigned i = 0; i < config->disks; i++)
        if (check_twins(config, i, err))
            return -1;
    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (others[i] && config->trace && file_same(config->trace, others[i])) {
            err_set(err, ERR_USAGE, "--trace %s: another option uses this file", config->trace);
            return err_hint(err, "a separate file");
        }
        if (others[i] && cli_disks_use(config, others[i]))
            return cli_disk_shared(err, others[i]);
    }
    return config->trace && cli_disks_use(config, config->trace)
               ? cli_disk_shared(err, config->trace)
               : 0;
}
