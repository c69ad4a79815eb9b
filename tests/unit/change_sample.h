#ifndef GPCONF_TESTS_UNIT_CHANGE_SAMPLE_H
#define GPCONF_TESTS_UNIT_CHANGE_SAMPLE_H

/* Changes that tests commit, and a client that can refuse, meddle and count. */
#include "tests/unit/change_fixture.h"

#include "engine/change/commit.h"
#include "engine/change/label.h"

static const char *const sample_owners[] = { "apt" };

static inline void sample_lock(struct fixture *f, struct lock *ret)
{
    assert_int_equal(lock_take(f->root, "test", 0, &f->diagnostics, ret), 0);
}

/* Want a file with a label at a path. */
static inline struct step *sample_want(struct fixture *f, struct change *change,
                                       const char *target, const char *body)
{
    struct step *step = change_add(change, &f->arena, STEP_FILE);
    step->target = target;
    step->owner = "apt";
    if (body)
        step->after = label_add("# ", body, strlen(body), &f->arena, &step->after_size);
    step->mode = 0644;
    step->uid = geteuid();
    step->gid = getegid();
    return step;
}

static inline struct change sample_change(void)
{
    return (struct change){ .at = 1700000000,
                            .verb = "apply",
                            .author = "root",
                            .owner = "gpconf",
                            .complete = sample_owners,
                            .n_complete = 1 };
}

/* Commit a change under the lock. */
static inline int sample_commit(struct fixture *f, struct change *change,
                                const struct change_table *table)
{
    struct lock lock;
    sample_lock(f, &lock);
    int status = change_commit(&lock, change, table, &f->arena, &f->diagnostics);
    lock_drop(&lock);
    return status;
}

/* Commit one file of the owner apt. */
static inline int sample_apply(struct fixture *f, const char *target, const char *body)
{
    struct change change = sample_change();
    sample_want(f, &change, target, body);
    return sample_commit(f, &change, NULL);
}

/* The body of a file of ours; NULL when it is absent or not ours. */
static inline const char *sample_body(struct fixture *f, const char *path)
{
    size_t size = 0;
    char *text = fixture_read(f, path, &size);
    if (!text || label_check(text, size) != LABEL_OURS)
        return NULL;
    return strchr(text, '\n') + 1;
}

static int sample_litter;
static inline int sample_count(const char *path, const struct stat *st, int type,
                               struct FTW *walk)
{
    (void)st, (void)type;
    const char *name = path + walk->base;
    if (strstr(name, ".gpconf-") || strncmp(name, "txn.", 4) == 0 ||
        strncmp(name, "new-", 4) == 0)
        sample_litter++;
    return 0;
}

/* Nothing is left of a transaction anywhere. */
static inline void sample_assert_clean(struct fixture *f)
{
    sample_litter = 0;
    assert_int_equal(nftw(f->path, sample_count, 16, FTW_PHYS), 0);
    assert_int_equal(sample_litter, 0);
}

static inline size_t sample_entries(struct fixture *f, const char *path)
{
    size_t n = 0;
    int fd = openat(f->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    assert_non_null(dir);
    for (const struct dirent *d; (d = readdir(dir));)
        n += d->d_name[0] != '.' || strlen(d->d_name) > 2;
    closedir(dir);
    return n;
}

#endif
