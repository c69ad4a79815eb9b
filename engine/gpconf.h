#ifndef GPCONF_H
#define GPCONF_H

#include <stddef.h>
#include <stdint.h>

/*
 * gpconf: Group Policy for the update clients of headless servers.
 *
 * A session looks at one machine (a root) and answers questions about it: which
 * policies its templates define, what is in effect and why. An answer is a tree of
 * named values that never changes; the same tree is what --json prints, so its names
 * are those of the JSON schemas. The library never prints, never exits, and keeps no
 * state outside the session. A session belongs to one thread at a time; an answer may
 * be read by any thread.
 *
 * Questions are answered from what was read at the first of them, until
 * gpconf_refresh(). Functions return 0 or a negative GPCONF_E… of gpconf/status.h; no
 * pointer may be NULL where it is not said. Text is UTF-8.
 */

#ifdef __cplusplus
extern "C" {
#endif

#ifndef GPCONF_API
#if defined(__GNUC__)
#define GPCONF_API __attribute__((visibility("default")))
#else
#define GPCONF_API
#endif
#endif

/* --- Session ---------------------------------------------------------------- */

struct gpconf;

/* A session for the root "/". The caller frees it with gpconf_free(). */
GPCONF_API int gpconf_new(struct gpconf **ret);
GPCONF_API void gpconf_free(struct gpconf *session); /* NULL is fine */

/* Set before the first question; the text is copied. Of a folder that is not there:
 * GPCONF_ENOTFOUND. */
GPCONF_API int gpconf_set_root(struct gpconf *session, const char *directory);
/* Replace the template folders; may be called again, the strongest folder first. */
GPCONF_API int gpconf_add_templates(struct gpconf *session, const char *directory);
/* "it-IT", or a locale's name such as "it_IT.UTF-8"; NULL: en-US. A text that is not
 * there is shown in another region's language, else in en-US; that no template has the
 * language is a warning. */
GPCONF_API int gpconf_set_language(struct gpconf *session, const char *language);
/* The same for the language of the user's environment, and no warning. */
GPCONF_API int gpconf_set_locale(struct gpconf *session, const char *locale);
/* Seconds since the epoch that replace the clock; for tests. GPCONF_EINVAL before it. */
GPCONF_API int gpconf_set_now(struct gpconf *session, int64_t now);
/* Who changes the machine, as history tells it; else the caller's user name. */
GPCONF_API int gpconf_set_author(struct gpconf *session, const char *author);

/* Forget what was read: the next question looks at the machine, and the clock, anew. What
 * changes the machine does so by itself. */
GPCONF_API void gpconf_refresh(struct gpconf *session);

/* What a call may be told besides; one that does not know a flag is GPCONF_EINVAL. */
enum gpconf_flag {
    GPCONF_FORCE = 1,     /* also files of ours that somebody edited; a copy is kept */
    GPCONF_SET_KEEP = 2,  /* store a choice that a GPO decides: it waits */
    GPCONF_SET_USER = 4,  /* the user half of a policy that has both */
    GPCONF_SET_APPLY = 8, /* then gpconf_apply(): data.apply, and its status */
};

/* --- Answers ---------------------------------------------------------------- */

struct gpconf_answer; /* counted; immutable */
struct gpconf_node;   /* a value in it; borrowed until the answer is freed */

enum gpconf_kind {
    GPCONF_NULL,
    GPCONF_BOOL,
    GPCONF_NUMBER,
    GPCONF_TEXT,
    GPCONF_LIST,
    GPCONF_OBJECT,
};

GPCONF_API struct gpconf_answer *gpconf_answer_ref(struct gpconf_answer *answer);
GPCONF_API void gpconf_answer_unref(struct gpconf_answer *answer); /* NULL is fine */

/* What the answer is of ("policy-list"), and its data. */
GPCONF_API const char *gpconf_answer_kind(const struct gpconf_answer *answer);
GPCONF_API const struct gpconf_node *
gpconf_answer_data(const struct gpconf_answer *answer);

/* Every question minds a NULL node: it is absent, has no members and no value. */
GPCONF_API enum gpconf_kind gpconf_node_kind(const struct gpconf_node *node);
GPCONF_API const struct gpconf_node *gpconf_node_get(const struct gpconf_node *object,
                                                     const char *name);
GPCONF_API const struct gpconf_node *gpconf_node_first(const struct gpconf_node *node);
GPCONF_API const struct gpconf_node *gpconf_node_next(const struct gpconf_node *node);
GPCONF_API size_t gpconf_node_count(const struct gpconf_node *node);
GPCONF_API const char *gpconf_node_name(const struct gpconf_node *node);
GPCONF_API const char *gpconf_node_text(const struct gpconf_node *node); /* else NULL */
GPCONF_API int64_t gpconf_node_number(const struct gpconf_node *node);   /* else 0 */
GPCONF_API int gpconf_node_bool(const struct gpconf_node *node);         /* else 0 */
/* gpconf_node_text(gpconf_node_get(object, name)) */
GPCONF_API const char *gpconf_get_text(const struct gpconf_node *object,
                                       const char *name);

/* Diagnostics that belong to the answer, and live as long. */
struct gpconf_diagnostic {
    const char *severity; /* "note", "warning", "error" */
    const char *code;     /* stable: "admx-dangling-category" */
    const char *file;     /* NULL when it is about no file */
    const char *unit;     /* "line", "record"; NULL with at 0 */
    uint32_t at;
    const char *message;
};
GPCONF_API size_t gpconf_answer_diagnostics(const struct gpconf_answer *answer,
                                            const struct gpconf_diagnostic **ret);

/* The answer as one JSON document (the envelope of --json). The caller frees *ret
 * with free(). */
GPCONF_API int gpconf_answer_json(const struct gpconf_answer *answer, char **ret,
                                  size_t *ret_size);

/* --- Questions -------------------------------------------------------------- */

/* Every policy of the templates with its state here: data.policies[]. */
GPCONF_API int gpconf_policy_list(struct gpconf *session, struct gpconf_answer **ret);

/* The policies that match words in title, help, name, key or value, best first. */
GPCONF_API int gpconf_policy_search(struct gpconf *session, const char *words,
                                    struct gpconf_answer **ret);

/* One policy, by id or unambiguous name, with everything known: data.policy. A name
 * that several policies have is GPCONF_ERANGE and *ret lists them as data.candidates;
 * an unknown one is GPCONF_ENOTFOUND and *ret holds data.suggestions. */
GPCONF_API int gpconf_policy_show(struct gpconf *session, const char *name,
                                  struct gpconf_answer **ret);

/* What is wrong with the templates or policy files of these names (folders too). */
GPCONF_API int gpconf_lint(struct gpconf *session, const char *const *files, size_t n,
                           struct gpconf_answer **ret);

/* What updating comes to: data.settings[], next_runs[], problems[]. all is not 0: also
 * the settings that nobody configured. */
GPCONF_API int gpconf_status(struct gpconf *session, int all,
                             struct gpconf_answer **ret);

/* One setting by its id ("update.mode"): data.setting. An unknown id is
 * GPCONF_ENOTFOUND and *ret holds data.suggestions. */
GPCONF_API int gpconf_get(struct gpconf *session, const char *id,
                          struct gpconf_answer **ret);

/* Why something is what it is: a setting, a policy, a line of a file ("FILE:LINE", of a
 * client's file that is ours or of local policy), a client's option
 * ("Unattended-Upgrade::Mail") or a registry value written KEY\NAME. data.about says
 * which; data.chain[] is what was said, the one in effect first; data.written[] the lines
 * of the update clients that come of it, absent when that could not be worked out (the
 * diagnostics tell why). A name of several things is GPCONF_ERANGE with
 * data.candidates[], an unknown one GPCONF_ENOTFOUND with data.suggestions[], and with
 * data.file when it is a line of a file that is not ours. */
GPCONF_API int gpconf_explain(struct gpconf *session, const char *what,
                              struct gpconf_answer **ret);

/* The whole resultant set with its origins: data.gpos[], policies[], values[]. */
GPCONF_API int gpconf_result(struct gpconf *session, struct gpconf_answer **ret);

/* --- Export ------------------------------------------------------------------- */

enum gpconf_format {
    GPCONF_FORMAT_REG, /* for Windows' registry editor: UTF-16LE text */
    GPCONF_FORMAT_POL, /* a Registry.pol in canonical order */
};
enum gpconf_class { GPCONF_CLASS_MACHINE, GPCONF_CLASS_USER };

/* One half of the resultant set as a file for Windows machines. The caller frees *bytes
 * with free(); there is something in it even where nothing is configured. What is in
 * effect and not in the file is named in the answer's diagnostics: values that must not
 * be shown, and what the format cannot say. data.operations counts what is in effect,
 * data.left_out what is not in the file, data.other_class what is in effect in the half
 * that was not asked for. GPCONF_ELIMIT, or GPCONF_ENOMEM:
 * the file would be too large. */
GPCONF_API int gpconf_export(struct gpconf *session, enum gpconf_format format,
                             enum gpconf_class class_, void **bytes, size_t *size,
                             struct gpconf_answer **answer);

/* --- Local policy ------------------------------------------------------------- */

/*
 * Local policy is what local.ini says. A choice is held to the template before it is
 * written, and a change like any other: recorded, and undone. The answer holds
 * data.changed, said[] and gone[] (what the file says now and said before, without what
 * must not be shown), in_effect with what decides otherwise, and change, the number in
 * the history. A status comes with an answer that tells why.
 *
 * Returns 0; GPCONF_EPOLICY when a GPO decides and nothing was written;
 * GPCONF_ENOTFOUND for a name that nobody knows; GPCONF_ERANGE for a value that does not
 * fit; GPCONF_EINVAL; GPCONF_ESYNTAX while local.ini or limits.ini is damaged;
 * GPCONF_ECLIENT when somebody else edited the file meanwhile; GPCONF_EPERM;
 * GPCONF_EBUSY.
 */
/* Set a setting ("update.mode") to one word, or a policy (id or name) to the words
 * "enabled", "disabled" or "not-configured" and "ELEMENT=VALUE" or
 * "ELEMENT.ENTRY=VALUE". What is said already changes nothing. */
GPCONF_API int gpconf_set(struct gpconf *session, const char *what,
                          const char *const *words, size_t n, unsigned flags,
                          struct gpconf_answer **ret);

/* Take out a setting, a policy, or its element ("ELEMENT", "ELEMENT.ENTRY"; NULL: the
 * whole policy). What is not set is no failure: data.changed is false. */
GPCONF_API int gpconf_unset(struct gpconf *session, const char *what,
                            const char *element, unsigned flags,
                            struct gpconf_answer **ret);

/* --- GPOs ------------------------------------------------------------------- */

/* The GPOs that are deployed or linked here: data.gpos[], each with its version, the
 * state of its halves, its links, and whether it counts on this machine. */
GPCONF_API int gpconf_gpo_list(struct gpconf *session, struct gpconf_answer **ret);

/* One GPO by itself: data.gpo, policies[], values[]. what is the GUID or the unambiguous
 * name of a deployed one; or, where it holds a slash or no GPO is called so, the path of
 * a folder (a GPT, or a backup of a GPO) or of a Registry.pol. GPCONF_ESYNTAX: such a
 * file is damaged, and *ret has what could be read. An ambiguous name is GPCONF_ERANGE
 * with data.candidates[], an unknown one GPCONF_ENOTFOUND with data.suggestions[]. */
GPCONF_API int gpconf_gpo_show(struct gpconf *session, const char *what,
                               struct gpconf_answer **ret);

/*
 * Changes of GPOs. Each takes the lock, is recorded and can be taken back; the answer has
 * data.change (its number; absent when there was nothing to do), changes, steps[], gpo
 * {"id","name"}, and links[], those that the GPO had before. On failure nothing has been
 * changed and the diagnostics tell why; an ambiguous or unknown GPO is answered as by
 * gpconf_gpo_show(). GPCONF_EPERM, GPCONF_EUNTRUSTED, GPCONF_EBUSY as for every change.
 */

/* Copy a folder (a GPT, or a backup) whole into the machine's store. A GPO that is
 * deployed is replaced: what is not in the folder goes. GPCONF_EINVAL: nothing says which
 * GPO it is; GPCONF_ESYNTAX: no GPO, or a damaged one; GPCONF_ERANGE, GPCONF_ELIMIT,
 * GPCONF_EUNTRUSTED: names, sizes, or links that no GPO has. */
struct gpconf_gpo_deployment {
    const char *folder;
    const char *as; /* a GUID with braces, or "local"; NULL: the backup's or folder's */
    const char *name; /* to be shown; NULL: a backup's, or as it is */
};
GPCONF_API int gpconf_gpo_deploy(struct gpconf *session,
                                 const struct gpconf_gpo_deployment *deployment,
                                 struct gpconf_answer **ret);

/* Link a GPO to a container, or link it there in another way: a link is exactly what is
 * said here. One that is not deployed is linked with a warning. GPCONF_ERANGE: no name of
 * a container; GPCONF_ESYNTAX: links.ini is damaged. */
struct gpconf_gpo_link {
    const char *gpo;       /* GUID or unambiguous name */
    const char *container; /* "example.test/Servers"; or the site's bare name */
    int is_site;
    unsigned order; /* from 1, the strongest; 0: the weakest, or where it is already */
    int enforced, disabled;
    int here; /* this machine stands in this container: say that in links.ini too */
};
GPCONF_API int gpconf_gpo_link(struct gpconf *session,
                               const struct gpconf_gpo_link *link,
                               struct gpconf_answer **ret);

/* Take a link away; those behind it move up. GPCONF_ENOTFOUND: there is none. */
GPCONF_API int gpconf_gpo_unlink(struct gpconf *session, const char *gpo,
                                 const char *container, int is_site,
                                 struct gpconf_answer **ret);

/* Remove a deployed GPO, its links wherever they are, and its name. */
GPCONF_API int gpconf_gpo_remove(struct gpconf *session, const char *gpo,
                                 struct gpconf_answer **ret);

/* --- Changes ------------------------------------------------------------------ */

/* What an apply would change: data.steps[], each with its claims. Nothing is written.
 * When it cannot be planned the status says so and *ret tells why. */
GPCONF_API int gpconf_plan(struct gpconf *session, struct gpconf_answer **ret);

/* What the update clients say now, against what policy wants: as gpconf_plan(), and
 * data.providers[] with a state and findings[]. Nothing is written. */
GPCONF_API int gpconf_verify(struct gpconf *session, struct gpconf_answer **ret);

/* What was done: data.changes[], the newest first. number 0: all of them. */
GPCONF_API int gpconf_history(struct gpconf *session, uint64_t number,
                              struct gpconf_answer **ret);

/* Each of these takes the lock (GPCONF_EBUSY names its holder), finishes or takes back
 * what a crash left behind, and then does all or nothing. GPCONF_EWRITE: a file, or our
 * own records, could not be written (a full or a read-only disk, a mount point). The answer is as that of
 * gpconf_plan(), with data.change, the number in the history. */

/* Write what policy wants into the update clients and verify it: data.providers[].
 * GPCONF_ECLIENT: a client refused, and nothing was changed. */
GPCONF_API int gpconf_apply(struct gpconf *session, unsigned flags,
                            struct gpconf_answer **ret);

/* Take a change back; number 0: the newest one. Files that are not as it left them stay
 * as they are (data.drifted counts them). The machine is held afterwards. Nothing is done,
 * and the status is 0, when a newer change builds on it (data.built_on_by is its number;
 * GPCONF_FORCE overrides that) or it was taken back already (data.undone_by). */
GPCONF_API int gpconf_undo(struct gpconf *session, uint64_t number, unsigned flags,
                           struct gpconf_answer **ret);

/* Whether this machine is written to without being asked: data.mode. */
GPCONF_API int gpconf_enforce(struct gpconf *session, int on,
                              struct gpconf_answer **ret);

/* Finish or take back what a crash left behind, and take back provisional changes whose
 * time is over; at boot also those that nobody confirmed. */
GPCONF_API int gpconf_recover(struct gpconf *session, int at_boot,
                              struct gpconf_answer **ret);

#ifdef __cplusplus
}
#endif

#endif
