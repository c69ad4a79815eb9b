#ifndef GPCONF_TESTS_UNIT_SUPPORT_H
#define GPCONF_TESTS_UNIT_SUPPORT_H

#include <stddef.h>

/*
 * What several unit tests share: a scratch directory with files in it, and asking
 * another program. Whatever goes wrong here fails the running test. The directories
 * that a test leaves behind, because it failed half-way, are removed when the program
 * ends.
 */

/* A fresh directory below the build tree, mode 0755, owned by us whatever the
 * umask. Returns its absolute path, which scratch_remove() frees. */
char *scratch_new(void);

/* Write a file (mode 0644) below dir; the folders on the way (mode 0755) are made.
 * A file that exists is overwritten. */
void scratch_write(const char *dir, const char *path, const void *bytes, size_t size);
void scratch_text(const char *dir, const char *path, const char *text);

/* Make a folder below dir, and those on the way. One that exists is fine. */
void scratch_folder(const char *dir, const char *path);

/* dir and path in one string; the caller frees it. */
char *scratch_path(const char *dir, const char *path);

/* An O_PATH descriptor of dir, as file_read() takes it; the caller closes it. */
int scratch_open(const char *dir);

/* What a shell command prints, for tests that hold us against other programs. The
 * caller frees it. NULL when the shell does not find the program; any other failure
 * of the command fails the test. */
char *command_output(const char *command, size_t *ret_size);

/* Remove the directory and everything in it. NULL is fine. */
void scratch_remove(char *dir);

#endif
