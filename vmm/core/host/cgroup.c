/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/core/base/words.h"
#include "vmm/core/host/cgroup.h"

/* Prefix of a path above the root of the cgroup namespace, once per level. */
#define ABOVE        "/.."
#define ABOVE_LENGTH (sizeof(ABOVE) - 1)

struct walk {
    const char *root, *controller;
    char *group[2]; /* this process's group, by version - 1; NULL: none or unknown */
    void (*visit)(void *ctx, const struct cgroup_group *group);
    void *ctx;
};

static FILE *open_below(const char *root, const char *path)
{
    char whole[PATH_MAX];

    return snprintf(whole, sizeof(whole), "%s%s", root, path) < PATH_MAX ? fopen(whole, "re")
                                                                         : NULL;
}

/* Lines "0::/path" for version 2, "N:controllers:/path" for version 1. */
static void find_groups(struct walk *walk)
{
    FILE *file = open_below(walk->root, "/proc/self/cgroup");
    char *line = NULL;
    size_t room = 0;

    while (file && getline(&line, &room, file) > 0) {
        char *controllers = strchr(line, ':'), *path;
        int version;

        path = controllers ? strchr(++controllers, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        version = *controllers ? 1 : 2;
        if (*path != '/' || walk->group[version - 1] ||
            (version == 1 && !words_have(controllers, walk->controller)))
            continue;
        walk->group[version - 1] = strdup(path);
    }
    free(line);
    if (file)
        fclose(file);
}

/* Decode octal escapes such as "\040" in place. Returns `text`. */
static char *unescape(char *text)
{
    char *out = text;

    for (const char *in = text; *in; out++) {
        if (in[0] == '\\' && isdigit(in[1]) && isdigit(in[2]) && isdigit(in[3])) {
            *out = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
            in += 4;
        } else {
            *out = *in++;
        }
    }
    *out = '\0';
    return text;
}

/* Skip leading "/.." in *path. Returns their number, the levels above the namespace's root. */
static unsigned skip_above(const char **path)
{
    unsigned count = 0;

    for (; !strncmp(*path, ABOVE, ABOVE_LENGTH) &&
           ((*path)[ABOVE_LENGTH] == '/' || !(*path)[ABOVE_LENGTH]);
         *path += ABOVE_LENGTH)
        count++;
    return count;
}

/* Whether this process is a member of a group. */
static bool is_member(const char *folder)
{
    char path[PATH_MAX], *line = NULL;
    size_t room = 0;
    bool found = false;
    FILE *file;

    if (snprintf(path, sizeof(path), "%s/cgroup.procs", folder) >= PATH_MAX)
        return false;
    file = fopen(path, "re");
    while (file && !found && getline(&line, &room, file) > 0)
        found = strtol(line, NULL, 10) == getpid();
    free(line);
    if (file)
        fclose(file);
    return found;
}

/*
 * Find the group of this process `depth` levels below `folder`, through directories of unknown
 * names, and then along the path `rest`. Returns whether it was found, with its path in `folder`.
 */
static bool find_member(char folder[PATH_MAX], unsigned depth, const char *rest)
{
    size_t length = strlen(folder);
    struct dirent *entry;
    bool found = false;
    DIR *dir;

    if (!depth) {
        found = length + strlen(rest) < PATH_MAX && is_member(strcat(folder, rest));
        folder[found ? strlen(folder) : length] = '\0';
        return found;
    }
    dir = opendir(folder);
    while (dir && !found && (entry = readdir(dir))) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
            length + 1 + strlen(entry->d_name) >= PATH_MAX)
            continue;
        sprintf(folder + length, "/%s", entry->d_name);
        found = find_member(folder, depth - 1, rest);
        if (!found)
            folder[length] = '\0';
    }
    if (dir)
        closedir(dir);
    return found;
}

bool cgroup_locate(char folder[PATH_MAX], const char *top, const char *path)
{
    unsigned above_top = skip_above(&top), above_path = skip_above(&path);
    size_t length = strcmp(top, "/") ? strlen(top) : 0;

    if (above_path > above_top)
        return false;
    if (above_path < above_top)
        return !length &&
               find_member(folder, above_top - above_path, strcmp(path, "/") ? path : "");
    if (strncmp(path, top, length) || (path[length] && path[length] != '/'))
        return false;
    path += length;
    if (!strcmp(path, "/"))
        path = "";
    if (strlen(folder) + strlen(path) >= PATH_MAX)
        return false;
    strcat(folder, path);
    return true;
}

/* Visit the group and its ancestors in the hierarchy mounted at `mount`. */
static void visit_mount(const struct walk *walk, int version, const char *top, const char *mount)
{
    struct cgroup_group group = {.version = version};
    char folder[PATH_MAX];
    size_t least;

    if (snprintf(folder, sizeof(folder), "%s%s", walk->root, mount) >= PATH_MAX)
        return;
    least = strlen(folder);
    if (!cgroup_locate(folder, top, walk->group[version - 1]))
        return;
    group.folder = folder;
    for (;;) {
        walk->visit(walk->ctx, &group);
        if (strlen(folder) <= least)
            return;
        *strrchr(folder, '/') = '\0';
    }
}

/* "36 35 98:0 /root /mount options shared:1 - fstype source superoptions" */
static void look_at_mount(const struct walk *walk, char *line)
{
    char *kind = strstr(line, " - "), *word[5], *type, *source, *options;
    int version;

    if (!kind)
        return;
    *kind = '\0';
    kind += strlen(" - ");
    for (unsigned i = 0; i < 5; i++)
        if (!(word[i] = strsep(&line, " ")))
            return;
    type = strsep(&kind, " ");
    source = strsep(&kind, " ");
    options = kind ? strsep(&kind, " \n") : NULL;
    version = !strcmp(type, "cgroup2") ? 2 : 1;
    if (!source || !options || (version == 1 && strcmp(type, "cgroup")) ||
        (version == 1 && !words_have(options, walk->controller)) || !walk->group[version - 1])
        return;
    visit_mount(walk, version, unescape(word[3]), unescape(word[4]));
}

/* The cgroup lines of mountinfo, which the caller frees; or NULL. */
static char *read_mounts(const char *root)
{
    FILE *file = open_below(root, "/proc/self/mountinfo"), *out;
    char *line = NULL, *text = NULL;
    size_t room = 0, bytes;

    out = file ? open_memstream(&text, &bytes) : NULL;
    while (out && getline(&line, &room, file) > 0)
        if (strstr(line, " - cgroup"))
            fputs(line, out);
    free(line);
    if (out)
        fclose(out);
    if (file)
        fclose(file);
    return text;
}

/* The same, cached: reading mountinfo is slow. */
static const char *own_mounts(void)
{
    static char *mounts;

    if (!mounts)
        mounts = read_mounts("");
    return mounts;
}

void cgroup_each(const char *root, const char *controller,
                 void (*visit)(void *ctx, const struct cgroup_group *group), void *ctx)
{
    struct walk walk = {.root = root, .controller = controller, .visit = visit, .ctx = ctx};
    char *mounts = NULL, *rest, *line;

    find_groups(&walk);
    if (walk.group[0] || walk.group[1])
        mounts = *root ? read_mounts(root) : own_mounts() ? strdup(own_mounts()) : NULL;
    rest = mounts;
    while (rest && (line = strsep(&rest, "\n")))
        look_at_mount(&walk, line);
    free(mounts);
    free(walk.group[0]);
    free(walk.group[1]);
}
