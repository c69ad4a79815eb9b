#ifndef GPCONF_BASE_FILE_OPEN_H
#define GPCONF_BASE_FILE_OPEN_H

#include <sys/stat.h>

#include "base/file.h"

/*
 * Opening what base/file.h reads and lists: how far a path is trusted is decided here
 * and nowhere else. Not for others.
 */

/* Open path as the check demands; returns a descriptor or a negative status. */
int file_open_checked(int fd, const char *path, enum file_check check, int flags,
                      struct arena *arena, struct stat *ret_stat,
                      const char **reterr_why);

/* Open beneath fd, through no link; -1 with errno. */
int file_open_beneath(int fd, const char *path, uint64_t flags);

/* The status of an errno. */
int file_status(int error);

/* A failure and its sentence fragment: "PATH: WHY". Never NULL: there may be no
 * memory to say that there is no memory. Returns the status. */
int file_because(int status, struct arena *arena, const char *path, const char *why,
                 const char **reterr_why);
int file_because_errno(int error, struct arena *arena, const char *path,
                       const char **reterr_why);

#endif
