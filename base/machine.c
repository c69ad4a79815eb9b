#include "base/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/status.h"

static int run_here(struct machine *machine, const struct process *process,
                    struct arena *arena, struct process_result *ret)
{
    (void)machine;
    return process_run(process, arena, ret);
}

int machine_open(const char *root, struct machine *ret)
{
    int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? GPCONF_ENOTFOUND
               : errno == EACCES                   ? GPCONF_EPERM
                                                   : GPCONF_EIO;
    *ret = (struct machine){
        .root = root,
        .root_fd = fd,
        .is_image = strcmp(root, "/") != 0,
        .now = time(NULL),
        .caller = geteuid(),
        .run = run_here,
    };
    return 0;
}

const char *machine_path(const struct machine *machine, struct arena *arena)
{
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", machine->root_fd);
    ssize_t size = readlink(link, path, sizeof path);
    if (size <= 0 || (size_t)size == sizeof path || path[0] != '/')
        return NULL;
    return arena_string_n(arena, path, (size_t)size);
}

void machine_done(struct machine *machine)
{
    if (machine->root_fd >= 0)
        close(machine->root_fd);
    machine->root_fd = -1;
}
