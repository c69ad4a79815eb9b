#ifndef GPCONF_BASE_PROCESS_H
#define GPCONF_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * Run a program and collect what it says. A child gets an absolute path, the working
 * directory /, a standard input that is empty or what the request gives, no terminal to ask on, no descriptor of
 * ours, default signal handling and exactly this environment: PATH, LC_ALL=C.UTF-8
 * and what the request adds; APT_CONFIG or PYTHONPATH of the caller never reach it.
 * It has a time limit, after which its process group is killed. It has ended when
 * both its streams have and it has, so a background process that keeps a stream
 * counts too. No child gains rights by what it executes.
 *
 * A confined one reads what somebody else wrote, who must not come to run a program
 * through it. The kernel lets it start no process and no thread. Where we are root it
 * is nobody, keeps of root's rights only the one to read every file (an image may lie
 * in a private folder, and its files may be private), and so writes none of root's.
 *
 * The caller must leave SIGCHLD alone: where it is ignored, or where somebody else
 * waits for every child, an exit status cannot be had and the answer is GPCONF_EIO.
 */
struct process {
    const char *const *arguments;   /* [0] is the absolute path; NULL-terminated */
    const char *const *environment; /* additions, "NAME=value"; may be NULL. At most
                                       LIMIT_PROCESS_ENVIRONMENT, not PATH or LC_ALL */
    const void *input; /* standard input, as a regular file; NULL: /dev/null */
    size_t input_size;
    int seconds;   /* time limit; 0: 60 */
    bool confined; /* as above */
};

struct process_result {
    int exit_status; /* 0 to 255; 128 + n when signal n ended it */
    char *output;    /* standard output, NUL-terminated; owned by the arena */
    size_t output_size;
    char *errors; /* standard error, likewise */
    size_t errors_size;
};

/* Returns 0 when the program ran, whatever its exit status. GPCONF_ENOTFOUND: there
 * is no such program, or not its interpreter. GPCONF_EPERM: it may not be executed.
 * GPCONF_ELIMIT: it ran too long or said too much (*ret holds what it said until
 * then). GPCONF_EINVAL: the request breaks the rules above. GPCONF_EIO,
 * GPCONF_ENOMEM. */
int process_run(const struct process *process, struct arena *arena,
                struct process_result *ret);

#endif
