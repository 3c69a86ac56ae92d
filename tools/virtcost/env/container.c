/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/env/bundle.h"
#include "tools/virtcost/env/container.h"
#include "tools/virtcost/env/process.h"
#include "vmm/base/clock.h"
#include "vmm/host/file.h"

#define PROGRAM "/bench-native"

/* What a message is behind in the lines that runtimes log. */
#define LOGGED "msg=\""

/* Of the command that tries one out. */
#define ARGUMENTS_MAX 40

struct container_runtime {
    const char *name;
    bool engine; /* has images, and reads no bundle */
};

static const struct container_runtime runtimes[] = {
    {"runc", false},
    {"crun", false},
    {"podman", true},
    {"docker", true},
};

#define RUNTIMES (sizeof(runtimes) / sizeof(runtimes[0]))

/* Copy a file, which can be run then. Returns 0, or -1. */
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

static void path_in(const struct container *container, char path[PATH_MAX], const char *name)
{
    snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 64, container->bundle, name);
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
        path_in(container, path, folders[i]);
        if (mkdir(path, 0755) && errno != EEXIST)
            return err_sys(err, ERR_FAILED, "%s", path);
    }
    path_in(container, path, "rootfs" PROGRAM);
    if (copy_program(program, path) && errno != EEXIST)
        return err_sys(err, ERR_FAILED, "%s to %s", program, path);
    return 0;
}

/* What a command says on its standard output, the first line. Returns 0, or -1. */
static int first_line(const char *const *argv, char *line, size_t size)
{
    int out = memfd_create("line", MFD_CLOEXEC), nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    pid_t pid = out < 0 || nowhere < 0 ? -1 : process_start(argv, out, nowhere);
    int status = -1;
    ssize_t got = 0;

    if (pid > 0) {
        waitpid(pid, &status, 0);
        got = pread(out, line, size - 1, 0);
    }
    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    close(out);
    close(nowhere);
    return status ? -1 : 0;
}

/* "runc version 1.1.5" and "Docker version 24.0.5, build x" as "runc 1.1.5" and so on. */
static void read_version(struct container *container)
{
    const char *const argv[] = {container->command, "--version", NULL};
    const char *version;
    char line[64];

    version = first_line(argv, line, sizeof(line)) ? NULL : strstr(line, "version ");
    snprintf(container->version, sizeof(container->version), "%s%s%.*s", container->runtime->name,
             version ? " " : "", version ? (int)strcspn(version + 8, ", ") : 0,
             version ? version + 8 : "");
}

static int make_image(struct container *container, int said)
{
    char tar[PATH_MAX], rootfs[PATH_MAX];
    const char *const pack[] = {"tar", "-cf", tar, "-C", rootfs, ".", NULL};
    const char *const import[] = {container->command, "import", tar, container->image, NULL};

    snprintf(container->image, sizeof(container->image), "virtcost-%d", (int)getpid());
    path_in(container, tar, "image.tar");
    path_in(container, rootfs, "rootfs");
    return process_run(pack, said) || process_run(import, said) ? -1 : 0;
}

/*
 * The end of what was written to a file, for a message: one line, and of what is logged as
 * 'time="..." level=error msg="..."' the message.
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

/* Whether a container with the program in it can be run. */
static int try(struct container *container, struct err *err)
{
    const struct container_limits limits = {.memory_bytes = 256ull << 20};
    json_t *argv = json_pack("[s, s]", PROGRAM, "--version"), *command = NULL, *text;
    const char *words[ARGUMENTS_MAX] = {NULL};
    int said = memfd_create("said", MFD_CLOEXEC), status;
    char line[512], id[64];
    size_t i;

    snprintf(id, sizeof(id), "virtcost-%d-try", (int)getpid());
    if (said < 0 || container_command(container, id, &limits, argv, &command, err)) {
        json_decref(argv);
        close(said);
        return -1;
    }
    json_array_foreach (command, i, text)
        words[i] = json_string_value(text);
    status = container->runtime->engine ? make_image(container, said) : 0;
    if (!status)
        status = process_run(words, said);
    last_line(said, line, sizeof(line));
    json_decref(argv);
    json_decref(command);
    close(said);
    return status ? err_set(err, ERR_CANNOT_RUN, "%s", *line ? line : "it fails") : 0;
}

/* The last part of a path. */
static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

int container_open(struct container *container, const char *asked, const char *program,
                   const char *folder, struct err *err)
{
    char why[360] = "";
    struct err found;

    *container = (struct container){0};
    if (make_files(container, program, folder, err))
        return -1;
    for (unsigned i = 0; i < RUNTIMES; i++) {
        if (asked && strcmp(name_of(asked), runtimes[i].name) != 0)
            continue;
        container->runtime = &runtimes[i];
        snprintf(container->command, sizeof(container->command), "%s",
                 asked ? asked : runtimes[i].name);
        if (!try(container, &found)) {
            read_version(container);
            return 0;
        }
        snprintf(why + strlen(why), sizeof(why) - strlen(why), "%s%s: %.75s", *why ? "; " : "",
                 runtimes[i].name, found.text);
    }
    container_close(container);
    if (!*why) {
        err_set(err, ERR_USAGE, "--runtime %s: not a runtime that is known", asked);
        return err_hint(err, "runc, crun, podman or docker");
    }
    err_set(err, ERR_CANNOT_RUN, "no container can be run: %s", why);
    return err_hint(err, "apt-get install runc, and root");
}

void container_close(struct container *container)
{
    const char *const argv[] = {container->command, "rmi", "-f", container->image, NULL};

    if (container->runtime && container->runtime->engine)
        process_run(argv, -1);
    if (*container->bundle)
        file_remove_tree(container->bundle);
    container->runtime = NULL;
}

bool container_has_overlay(const struct container *container)
{
    return container->runtime && !container->runtime->engine;
}

/* An engine's: everything is said on the command line. */
static json_t *engine_command(const struct container *container, const char *id,
                              const struct container_limits *limits, const json_t *argv)
{
    json_t *command = json_pack("[s, s, s, s, s, s, s, s, s, s, s, s, s]", container->command,
                                "run", "--rm", "--network=none", "--read-only", "--cap-drop=ALL",
                                "--security-opt=seccomp=unconfined", "--name", id, "--env",
                                "container=engine", "--tmpfs", "/tmp");

    json_array_append_new(command, json_sprintf("--memory=%" PRIu64, limits->memory_bytes));
    json_array_append_new(command, json_sprintf("--env=MINIVMM_T0=%" PRIu64, clock_mono_ns()));
    if (limits->cpus)
        json_array_append_new(command, json_sprintf("--cpuset-cpus=%s", limits->cpus));
    if (limits->folder)
        json_array_append_new(command,
                              json_sprintf("--volume=%s:%s", limits->folder, limits->folder));
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
        .folder = limits->folder,
    };
    char cgroup[PATH_MAX], path[PATH_MAX], empty[PATH_MAX], work[PATH_MAX];
    json_t *config;
    int failed;

    snprintf(cgroup, sizeof(cgroup), "%s/%s", limits->cgroup ? limits->cgroup : "", id);
    path_in(container, empty, "empty");
    path_in(container, work, "work");
    bundle.cgroup = cgroup;
    if (limits->overlay) {
        bundle.lower = empty;
        bundle.work = work;
    }
    config = bundle_config(&bundle);
    path_in(container, path, "config.json");
    failed = json_dump_file(config, path, JSON_COMPACT);
    json_decref(config);
    return failed ? err_sys(err, ERR_FAILED, "%s", path) : 0;
}

/* The file that holds the number of a container's first process. */
static void pid_path(const struct container *container, const char *id, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%.*s/state/%s.pid", PATH_MAX - 128, container->bundle, id);
}

pid_t container_pid(const struct container *container, const char *id)
{
    char path[PATH_MAX];
    uint64_t pid;

    pid_path(container, id, path);
    return file_read_u64(path, &pid) ? 0 : (pid_t)pid;
}

/* An OCI runtime's: it reads config.json in the bundle. */
static json_t *runtime_command(const struct container *container, const char *id,
                               const struct container_limits *limits)
{
    char state[PATH_MAX], path[PATH_MAX];
    json_t *command;

    path_in(container, state, "state");
    command = json_pack("[s, s, s, s, s, s]", container->command, "--root", state, "run",
                        "--bundle", container->bundle);
    if (limits->detached) {
        pid_path(container, id, path);
        json_array_append_new(command, json_string("--detach"));
        json_array_append_new(command, json_string("--pid-file"));
        json_array_append_new(command, json_string(path));
    }
    json_array_append_new(command, json_string(id));
    return command;
}

int container_command(const struct container *container, const char *id,
                      const struct container_limits *limits, const json_t *argv, json_t **command,
                      struct err *err)
{
    if (container->runtime->engine) {
        *command = engine_command(container, id, limits, argv);
        return 0;
    }
    *command = NULL;
    if (write_bundle(container, id, limits, argv, err))
        return -1;
    *command = runtime_command(container, id, limits);
    return 0;
}

void container_remove(const struct container *container, const char *id)
{
    char state[PATH_MAX];
    const char *const oci[] = {container->command, "--root", state, "delete", "--force", id, NULL};
    const char *const engine[] = {container->command, "rm", "--force", id, NULL};

    path_in(container, state, "state");
    process_run(container->runtime->engine ? engine : oci, -1);
}

void container_remove_all(const struct container *container)
{
    char state[PATH_MAX];
    struct dirent *entry;
    DIR *folder;

    if (!container->runtime || container->runtime->engine)
        return;
    path_in(container, state, "state");
    folder = opendir(state);
    /* The runtime keeps a folder for each; other files there are ours. */
    while (folder && (entry = readdir(folder)))
        if (entry->d_type == DT_DIR && *entry->d_name != '.')
            container_remove(container, entry->d_name);
    if (folder)
        closedir(folder);
}
