#ifndef GPCONF_TESTS_UNIT_BENCH_H
#define GPCONF_TESTS_UNIT_BENCH_H

#include "admx/catalogue.h"
#include "base/diagnostic.h"
#include "base/machine.h"
#include "engine/gpconf.h"
#include "policies/store.h"

/*
 * The bench that many unit tests work at: an arena, the diagnostics of what is being
 * tested, and, for those that need one, a scratch root with a machine that looks at it.
 */
struct bench {
    struct arena arena;
    struct diagnostics diagnostics;
    char *root; /* bench_set_up_root() only */
    struct machine machine;
    struct gpconf *session;   /* bench_set_up_session() only: of the root */
    struct snapshot snapshot; /* the test's */
    struct store store;       /* the test's */
};

/* For cmocka_unit_test_setup_teardown(); *state is the bench. */
int bench_set_up(void **state);
int bench_set_up_root(void **state);
int bench_set_up_session(
    void **state);                 /* with a root, and the templates of this tree */
int bench_tear_down(void **state); /* of any of them */

/* Forget the diagnostics that were met so far. */
void bench_forget(struct bench *bench);

/* The path below the root, owned by the arena; and writing there (support.h). */
const char *bench_at(struct bench *bench, const char *path);
void bench_put(struct bench *bench, const char *path, const char *text);
void bench_put_n(struct bench *bench, const char *path, const void *bytes, size_t size);

/* A Registry.pol that says what these lines of a local.ini would; and such a file as
 * that of the GPO 'Patching', linked (how: "", "enforced") where the machine stands. */
#define BENCH_GPO "{A1000000-0000-0000-0000-00000000000A}"
void bench_put_pol(struct bench *bench, const char *path, const char *lines);
void bench_link_gpo(struct bench *bench, const char *lines, const char *how);

/* apt and unattended-upgrades are installed below the root. */
void bench_put_apt(struct bench *bench);

/* The templates of this tree, in English; the caller holds the reference. What is wrong
 * with them is the business of test_shipped_templates. */
struct catalogue *bench_shipped_catalogue(void);

#endif
