/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/virtcost/env/cgroup.h"
#include "tools/virtcost/env/container.h"
#include "tools/virtcost/env/process.h"
#include "tools/virtcost/env/runtime.h"
#include "vmm/core/host/file.h"

#define PROGRAM "/bench-native"

/* Runtimes' log lines have this in front of the message. */
#define LOGGED "msg=\""

/* Argument limit of the trial command. */
#define ARGUMENTS_MAX 40

/* Time limits in seconds: to print a version, run a container, remove one, import an image. */
#define VERSION_SECONDS 10
#define TRY_SECONDS     30
#define REMOVE_SECONDS  15
#define IMPORT_SECONDS  120

/* Copy a file and make it executable. Returns 0, or -1. */
static int copy_program(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    struct stat file;
    ssize_t copied = 1;

    if (in < 0 || out < 0 || fstat(in, &file))
        copied = -1;
    for (off_t left = copied < 0 ? 0 : file.st_size; left && copied > 0; left -= copied)
        copied = sendfile(out, in, NULL, (size_t)left);
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out))
        copied = -1;
    return copied > 0 ? 0 : -1;
}

static int make_files(struct container *container, const char *program, const char *folder,
                      struct err *err)
{
    static const char *const folders[] = {"rootfs", "state", "empty", "work"};
    char path[PATH_MAX];

    snprintf(container->bundle, sizeof(container->bundle), "%.*s/container", PATH_MAX - 64, folder);
    if (mkdir(container->bundle, 0755) && errno != EEXIST)
        return err_sys(err, ERR_FAILED, "%s", container->bundle);
    for (unsigned i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        runtime_path(container, path, folders[i]);
        if (mkdir(path, 0755) && errno != EEXIST)
            return err_sys(err, ERR_FAILED, "%s", path);
    }
    runtime_path(container, path, "rootfs" PROGRAM);
    if (copy_program(program, path) && errno != EEXIST)
        return err_sys(err, ERR_FAILED, "%s to %s", program, path);
    return 0;
}

/* Read the first part of a command's standard output. Returns 0, or -1. */
static int output_of(const char *const *argv, unsigned seconds, char *text, size_t size)
{
    const struct patience patience = {.stop_fd = -1, .seconds = seconds};
    int out = memfd_create("output", MFD_CLOEXEC);
    struct process_end end;
    ssize_t got = 0;
    int failed = out < 0 || process_run(argv, out, -1, &patience, &end) || !process_ok(&end);

    if (out >= 0) {
        got = pread(out, text, size - 1, 0);
        close(out);
    }
    text[got > 0 ? got : 0] = '\0';
    return failed ? -1 : 0;
}

/* Turn "runc version 1.1.5" or "Docker version 24.0.5, build x" into "runc 1.1.5" and so on. */
static void read_version(struct container *container)
{
    const char *const argv[] = {container->command, "--version", NULL};
    const char *version;
    char line[64];

    version =
        output_of(argv, VERSION_SECONDS, line, sizeof(line)) ? NULL : strstr(line, "version ");
    snprintf(container->version, sizeof(container->version), "%s%s%.*s", container->runtime->name,
             version ? " " : "", version ? (int)strcspn(version + 8, ", \n") : 0,
             version ? version + 8 : "");
}

static int make_image(struct container *container, const struct patience *patience, int log_fd,
                      struct process_end *end)
{
    char tar[PATH_MAX], rootfs[PATH_MAX];
    const char *const pack[] = {"tar", "-cf", tar, "-C", rootfs, ".", NULL};
    const char *const import[] = {container->command, "import", tar, container->image, NULL};
    int result;

    runtime_path(container, tar, "image.tar");
    runtime_path(container, rootfs, "rootfs");
    result = process_run(pack, -1, log_fd, patience, end);

    if (result || !process_ok(end))
        return result;
    return process_run(import, -1, log_fd, patience, end);
}

/*
 * Read the last line of a file, for a message. Of 'time="..." level=error msg="..."', only the
 * message is kept.
 */
static void last_line(int fd, char *text, size_t size)
{
    off_t end = lseek(fd, 0, SEEK_END), most = (off_t)size - 1;
    ssize_t got = pread(fd, text, size - 1, end > most ? end - most : 0);
    char *from;

    text[got > 0 ? got : 0] = '\0';
    while (*text && text[strlen(text) - 1] == '\n')
        text[strlen(text) - 1] = '\0';
    from = strrchr(text, '\n');
    if (from)
        memmove(text, from + 1, strlen(from));
    from = strstr(text, LOGGED);
    if (!from)
        return;
    memmove(text, from + strlen(LOGGED), strlen(from + strlen(LOGGED)) + 1);
    if (*text && text[strlen(text) - 1] == '"')
        text[strlen(text) - 1] = '\0';
}

/* Run a command of the runtime, unless it hung before. */
static void run_quietly(struct container *container, const char *const *argv)
{
    const struct patience patience = {.stop_fd = -1, .seconds = REMOVE_SECONDS};
    struct process_end end;

    if (!container->hangs && !process_run(argv, -1, -1, &patience, &end))
        container->hangs = end.why != PROCESS_ENDED;
}

void container_remove(struct container *container, const char *id)
{
    char state[PATH_MAX];
    const char *const oci[] = {container->command, "--root", state, "delete", "--force", id, NULL};
    const char *const engine[] = {container->command, "rm", "--force", id, NULL};

    runtime_path(container, state, "state");
    run_quietly(container, container->runtime->engine ? engine : oci);
}

/* Describe how a runtime failed, quoting its last line of output. */
static int err_failure(const struct process_end *end, int log_fd, unsigned seconds, struct err *err)
{
    char line[512];

    last_line(log_fd, line, sizeof(line));
    if (end->why == PROCESS_LATE)
        return err_set(err, ERR_CANNOT_RUN, "it did not exit within %u s", seconds);
    if (end->why == PROCESS_HALTED)
        return err_set(err, ERR_CANNOT_RUN, "it was stopped by signal %d (%s)", end->halt_signal,
                       strsignal(end->halt_signal));
    return err_set(err, ERR_CANNOT_RUN, "%s", *line ? line : "it failed without a message");
}

/* Run the trial command of a runtime. Returns 0, 1 if the user stops it, or -1. */
static int run_trial(struct container *container, const json_t *command, int stop_fd,
                     struct err *err)
{
    struct patience patience = {.stop_fd = stop_fd, .seconds = IMPORT_SECONDS, .gentle = true};
    const char *words[ARGUMENTS_MAX] = {NULL};
    int log_fd = memfd_create("log", MFD_CLOEXEC), result;
    struct process_end end = {.status = -1};
    json_t *text;
    size_t i;

    if (log_fd < 0)
        return err_sys(err, ERR_CANNOT_RUN, "memfd");
    json_array_foreach (command, i, text)
        words[i] = json_string_value(text);
    result = container->runtime->engine ? make_image(container, &patience, log_fd, &end) : 0;
    if (!result && (!container->runtime->engine || process_ok(&end))) {
        patience.seconds = TRY_SECONDS;
        result = process_run(words, -1, log_fd, &patience, &end);
    }
    if (result)
        result = err_sys(err, ERR_CANNOT_RUN, "cannot be started");
    else if (end.why == PROCESS_STOPPED)
        result = 1;
    else if (!process_ok(&end))
        result = err_failure(&end, log_fd, patience.seconds, err);
    close(log_fd);
    return result;
}

/* Run a container with the program in it. Returns 0, 1 if the user stops it, or -1. */
static int try(struct container *container, int stop_fd, struct err *err)
{
    const struct container_limits limits = {.memory_bytes = 256ull << 20};
    json_t *argv = json_pack("[s, s]", PROGRAM, "--version"), *command = NULL;
    char id[64];
    int result;

    snprintf(id, sizeof(id), "virtcost-%d-try", (int)container->owner);
    snprintf(container->image, sizeof(container->image), "virtcost-%d", (int)container->owner);
    result = container_command(container, id, &limits, argv, &command, err);
    if (!result)
        result = run_trial(container, command, stop_fd, err);
    json_decref(argv);
    json_decref(command);
    if (result)
        container_remove(container, id);
    return result;
}

/* The last component of a path. */
static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void remove_image(struct container *container)
{
    const char *const argv[] = {container->command, "rmi", "-f", container->image, NULL};

    if (container->runtime->engine)
        run_quietly(container, argv);
}

/* Try all runtimes, or the one given. Returns 0, 1 if the user stops it, or -1. */
static int find_runtime(struct container *container, const char *asked, int stop_fd,
                        struct err *err)
{
    const struct container_runtime *runtime;
    char why[360] = "";
    struct err found;

    for (unsigned i = 0; (runtime = runtime_at(i)); i++) {
        int result;

        if (asked && strcmp(name_of(asked), runtime->name) != 0)
            continue;
        snprintf(container->command, sizeof(container->command), "%s",
                 asked ? asked : runtime->name);
        container->runtime = runtime;
        result = try(container, stop_fd, &found);
        if (result >= 0)
            return result;
        snprintf(why + strlen(why), sizeof(why) - strlen(why), "%s%s: %.75s", *why ? "; " : "",
                 runtime->name, found.text);
        remove_image(container);
        container->hangs = false;
    }
    if (!*why) {
        err_set(err, ERR_USAGE, "--runtime %s: unknown runtime", asked);
        return err_hint(err, "runc, crun, podman or docker");
    }
    err_set(err, ERR_CANNOT_RUN, "cannot run containers: %s", why);
    return err_hint(err, "apt-get install runc; run as root");
}

int container_open(struct container *container, const char *asked, const char *program,
                   const char *folder, int stop_fd, struct err *err)
{
    int result;

    *container = (struct container){.owner = getpid()};
    result = make_files(container, program, folder, err);
    if (!result)
        result = find_runtime(container, asked, stop_fd, err);
    if (result)
        container_close(container);
    else
        read_version(container);
    return result;
}

bool container_has_overlay(const struct container *container)
{
    return container->runtime && !container->runtime->engine;
}

pid_t container_pid(const struct container *container, const char *id)
{
    char path[PATH_MAX];
    uint64_t pid;

    container_started(container, id, path);
    return file_read_u64(path, &pid) ? 0 : (pid_t)pid;
}

/* Remove all our containers of an engine, which it finds by label. */
static void remove_labelled(struct container *container)
{
    char filter[96], label[64], ids[4096], *rest = ids, *id;
    const char *const list[] = {container->command, "ps", "-aq", "--filter", filter, NULL};

    snprintf(filter, sizeof(filter), "label=%s", runtime_label(container, label));
    if (container->hangs || output_of(list, REMOVE_SECONDS, ids, sizeof(ids)))
        return;
    while ((id = strsep(&rest, "\n")))
        if (*id)
            container_remove(container, id);
}

/* Remove all containers of an OCI runtime, which keeps a folder for each. */
static void remove_known(struct container *container)
{
    char state[PATH_MAX];
    struct dirent *entry;
    DIR *folder;

    runtime_path(container, state, "state");
    folder = opendir(state);
    while (folder && (entry = readdir(folder)))
        if (entry->d_type == DT_DIR && *entry->d_name != '.')
            container_remove(container, entry->d_name);
    if (folder)
        closedir(folder);
}

void container_close(struct container *container)
{
    if (!*container->bundle)
        return;
    /*
     * Sweep first: a runtime that was killed while creating a container waits long for it to exit.
     */
    cgroup_sweep(container->owner);
    if (container->runtime && container->runtime->engine) {
        remove_labelled(container);
        remove_image(container);
    } else if (container->runtime) {
        remove_known(container);
    }
    cgroup_sweep(container->owner);
    file_remove_tree(container->bundle);
    container->runtime = NULL;
    *container->bundle = '\0';
}
