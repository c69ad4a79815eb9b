/*
 * The main of a fuzz target that was built without libFuzzer: it feeds each file named
 * on the command line, and each file below each folder, to the target once. So the
 * corpus is an ordinary test on any compiler, and a crash that was once found stays
 * fixed.
 *
 * It does not search for anything new; for that, build with -DGPCONF_FUZZ=ON.
 */
#include <errno.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replayed; /* nftw() has no room for a context */

static int complain(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return 1;
}

/* The copy ends exactly where the input ends, so that AddressSanitizer sees a read
 * behind it. An empty file is a valid input: malloc(0) is not read from. */
static int replay_file(const char *path, size_t size)
{
    uint8_t *data = malloc(size);
    FILE *file = fopen(path, "rb");
    int rc = 0;

    if (!file || (!data && size > 0) || fread(data, 1, size, file) != size)
        rc = complain(path);
    else {
        /* Named before it runs: the last line before a crash says which input it was.
         */
        printf("%s (%zu bytes)\n", path, size);
        fflush(stdout);
        LLVMFuzzerTestOneInput(data, size);
        replayed++;
    }
    if (file)
        fclose(file);
    free(data);
    return rc;
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)walk;
    if (type == FTW_F && S_ISREG(st->st_mode))
        return replay_file(path, (size_t)st->st_size);
    if (type == FTW_DNR || type == FTW_NS)
        return complain(path);
    return 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int rc = nftw(argv[i], visit, 16, 0);

        if (rc < 0)
            complain(argv[i]);
        if (rc != 0)
            return 1;
    }
    if (replayed == 0) {
        fprintf(stderr,
                "nothing was replayed: name the files or folders of a corpus\n");
        return 1;
    }
    printf("%zu inputs replayed\n", replayed);
    return 0;
}
