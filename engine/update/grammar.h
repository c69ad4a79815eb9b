#ifndef GPCONF_ENGINE_UPDATE_GRAMMAR_H
#define GPCONF_ENGINE_UPDATE_GRAMMAR_H

#include <stdbool.h>

/*
 * What the text of a setting may look like. Whoever may edit a GPO chooses these texts,
 * and they end up in files that root's programs read; so each kind of text has a
 * grammar, narrow enough that no client's syntax can be broken out of, and what does
 * not fit is refused whole, never repaired.
 */
enum grammar {
    GRAMMAR_ANY,      /* numbers and choices; text has always one of the others */
    GRAMMAR_TIME,     /* 03:30 */
    GRAMMAR_DATE,     /* 2026-11-24, a day that exists */
    GRAMMAR_PACKAGE,  /* a package name; * and ? stand for any characters, any one */
    GRAMMAR_ORIGIN,   /* origin=Debian,codename=${distro_codename} */
    GRAMMAR_MAIL,     /* root, or somebody@example.test */
    GRAMMAR_URL,      /* http or https, without a user name or password */
    GRAMMAR_CODENAME, /* bookworm */
    GRAMMAR_NAME,     /* apt */
    GRAMMAR_UNIT,     /* nginx.service */
};

/* Does the text fit? When not, *ret_why is what is wrong, to follow "because it ". */
bool grammar_fits(enum grammar grammar, const char *text, const char **ret_why);

#endif
