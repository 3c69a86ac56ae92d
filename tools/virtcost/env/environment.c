/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/env/environment.h"
#include "tools/virtcost/env/process.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/base/clock.h"
#include "vmm/base/units.h"
#include "vmm/cli/disk.h"
#include "vmm/cli/options.h"
#include "vmm/host/file.h"

#define NATIVE "bench-native"

const struct environment environment[] = {
    {"native", "bench-native on the bare host", NATIVE, CLI_NATIVE, false, false},
    {"container", "bench-native in an OCI container, its disk on a bind mount", NATIVE, CLI_NATIVE,
     true, false},
    {"overlayfs", "the same with its disk on overlayfs", NATIVE, CLI_NATIVE, true, true},
    {"vm", "bench.elf in minivmm", "minivmm", CLI_VM, false, false},
    {"null", "the base again: its ratio shows the noise", NULL, 0, false, false},
    {0},
};

/* What a container may use beside the memory of --mem, as a VMM does. */
#define CONTAINER_EXTRA_BYTES (64ull << 20)

#define MEM_DEFAULT_BYTES (2ull << 30)

const struct environment *environment_find(const char *name, size_t length)
{
    for (const struct environment *env = environment; env->name; env++)
        if (strlen(env->name) == length && !strncmp(env->name, name, length))
            return env;
    return NULL;
}

/* An environment, or the one whose program it has. */
static const struct environment *real(const struct environment *env, const struct site *site)
{
    return env->program ? env : site->base;
}

/* The options of this program among those given, in the order of the table. */
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

/*
 * What --disk says to a container: the folder of its file, or an empty text; and the CPUs that a VM
 * would have, those of its vCPUs and that of its disk's thread.
 */
static void read_disk(const json_t *options, char folder[PATH_MAX], char *cpus, size_t size)
{
    const char *text = get_text(options, "disk"), *pin = get_text(options, "pin"), *slash;
    struct config config;
    struct err err;

    folder[0] = '\0';
    snprintf(cpus, size, "%s", pin);
    config_init(&config);
    if (*text && !cli_disk(&config, text, &err)) {
        const struct config_disk *disk = &config.disk[0];

        slash = disk->path ? strrchr(disk->path, '/') : NULL;
        if (slash)
            snprintf(folder, PATH_MAX, "%.*s", (int)(slash - disk->path), disk->path);
        if (*pin && disk->pin != CONFIG_NO_PIN)
            snprintf(cpus, size, "%s,%u", pin, disk->pin);
    }
    config_free(&config);
}

static int contain(struct command *command, const struct environment *env, const struct site *site,
                   const json_t *options, const char *id, struct err *err)
{
    char folder[PATH_MAX], cpus[4096];
    uint64_t memory = MEM_DEFAULT_BYTES;
    struct container_limits limits = {
        .overlay = env->overlay,
        .detached = json_object_get(options, ENVIRONMENT_DETACHED) != NULL,
        .cgroup = json_string_value(json_object_get(options, ENVIRONMENT_CGROUP)),
    };
    json_t *wrapped;

    units_parse_size(get_text(options, "mem"), &memory);
    limits.memory_bytes = memory + CONTAINER_EXTRA_BYTES;
    read_disk(options, folder, cpus, sizeof(cpus));
    limits.cpus = *cpus ? cpus : NULL;
    limits.folder = *folder ? folder : NULL;
    if (container_command(&site->container, id, &limits, command->texts, &wrapped, err))
        return -1;
    json_decref(command->texts);
    command->texts = wrapped;
    return 0;
}

int environment_command(struct command *command, const struct environment *env,
                        const struct site *site, const json_t *options, const char *id,
                        struct err *err)
{
    const struct environment *of = real(env, site);
    char path[PATH_MAX] = "/" NATIVE;
    json_t *text;
    size_t i;

    *command = (struct command){0};
    if (!of->contained && file_beside_program(of->program, path, sizeof(path)))
        return err_sys(err, ERR_FAILED, "%s: %s", env->name, of->program);
    command->texts = json_pack("[s, s, s]", path, "--report", "json");
    add_options(command->texts, of->kind, options);
    if (of->contained && contain(command, of, site, options, id, err))
        return -1;
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

/* The end of what the program wrote to standard error. */
static void read_end(int fd, char *text, size_t size)
{
    off_t end = lseek(fd, 0, SEEK_END), most = (off_t)size - 1;
    ssize_t got = pread(fd, text, size - 1, end > most ? end - most : 0);

    text[got > 0 ? got : 0] = '\0';
}

/*
 * Whether a report tells that rows are void (a check failed, or the run was interrupted) or that
 * benchmarks could not be measured there, and that nothing else was wrong.
 */
static int only_results_lack(const json_t *report)
{
    json_t *end = json_object_get(report, "end"), *row;
    int lacking = json_object_get(end, "missing") != NULL;
    size_t i;

    /* A benchmark program's own status is 1 if a check failed; it has others for other failures. */
    if (!get_is(end, "reason", "guest") || json_object_get(end, "fault") ||
        get_integer(end, "guest_status") > 1 || json_array_size(json_object_get(report, "failed")))
        return 0;
    json_array_foreach (json_object_get(report, "benches"), i, row)
        lacking |=
            get_is(row, "check", "failed") || json_is_true(json_object_get(row, "interrupted"));
    return lacking;
}

static enum err_code code_of(int status)
{
    return status == ERR_USAGE || status == ERR_CANNOT_RUN ? status : ERR_FAILED;
}

/* Whether the program did what it should; its report is in *run if it was JSON. */
static int judge(const struct run *run, const char *env, const char *program, int status,
                 const json_error_t *json, struct err *err)
{
    const char *said = run->said[0] ? ", with the message above" : ", without a message";

    if (WIFSIGNALED(status))
        return err_set(err, ERR_FAILED, "%s: %s was killed by signal %d (%s)%s", env, program,
                       WTERMSIG(status), strsignal(WTERMSIG(status)), said);
    if (WEXITSTATUS(status) && !only_results_lack(run->report))
        return err_set(err, code_of(WEXITSTATUS(status)), "%s: %s ended with status %d%s", env,
                       program, WEXITSTATUS(status), said);
    if (!json_is_object(run->report))
        return err_set(err, ERR_FAILED, "%s: the report of %s is not JSON: line %d: %s", env,
                       program, json->line, json->text);
    return 0;
}

/* Run a command to its end. Returns 0, RUN_STOPPED, or -1. */
static int run_command(struct run *run, const struct command *command,
                       const struct environment *env, const struct site *site, int out, int err_out,
                       int *status, struct err *err)
{
    uint64_t start = clock_mono_ns();
    pid_t pid = process_start(command->argv, out, err_out);
    int stopped;

    if (pid < 0)
        return err_sys(err, ERR_FAILED, "%s: fork", env->name);
    stopped = process_wait(pid, site->stop_fd, env->contained, status);
    run->total_ns = clock_mono_ns() - start;
    return stopped < 0 ? err_sys(err, ERR_FAILED, "%s: pidfd_open", env->name)
                       : (stopped ? RUN_STOPPED : 0);
}

int environment_run(struct run *run, const struct environment *env, const struct site *site,
                    const json_t *options, struct err *err)
{
    int out = memfd_create("report", MFD_CLOEXEC), err_out = memfd_create("errors", MFD_CLOEXEC);
    const struct environment *of = real(env, site);
    struct command command = {0};
    json_error_t json = {0};
    char id[64];
    int result = -1, status;

    *run = (struct run){0};
    snprintf(id, sizeof(id), "virtcost-%d", (int)getpid());
    if (out < 0 || err_out < 0)
        err_sys(err, ERR_FAILED, "%s: memfd", env->name);
    else if (!environment_command(&command, env, site, options, id, err))
        result = run_command(run, &command, of, site, out, err_out, &status, err);
    if (of->contained && result)
        container_remove(&site->container, id);
    if (!result) {
        read_end(err_out, run->said, sizeof(run->said));
        lseek(out, 0, SEEK_SET);
        run->report = json_loadfd(out, JSON_REJECT_DUPLICATES, &json);
        result = judge(run, env->name, of->program, status, &json, err);
    }
    if (result) {
        json_decref(run->report);
        run->report = NULL;
    }
    command_free(&command);
    if (out >= 0)
        close(out);
    if (err_out >= 0)
        close(err_out);
    return result;
}
