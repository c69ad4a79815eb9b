#ifndef GPCONF_ENGINE_UPDATE_SETTINGS_H
#define GPCONF_ENGINE_UPDATE_SETTINGS_H

#include "engine/update/config.h"
#include "engine/update/grammar.h"

/*
 * The settings table: each setting of updating, by the name a person uses, bound to a
 * registry value and so to every policy that writes it, and to a field of the update
 * configuration. It drives projection, lowering, get and set, the menu and the manual.
 * Policies are found through the catalogue by key and value name, never by their own
 * name, so that Microsoft's template and ours mean the same setting. Ranges and help
 * text come from the template; the bounds here are what a client could carry at all.
 */
enum setting_kind {
    KIND_BOOL,   /* DWORD 0 or 1 */
    KIND_NUMBER, /* DWORD from min to max; choices name some of the numbers */
    KIND_CHOICE, /* DWORD, one of choices */
    KIND_BITS,   /* several DWORDs of 0 or 1, one per choice: raw is not used */
    KIND_TEXT,   /* SZ of a grammar */
    KIND_LIST,   /* every SZ below a key, each of a grammar; value_name is NULL */
};

/* A word that a person uses. Some words mean a state and an element value together:
 * mode "manual" is the policy Disabled, "automatic" is Enabled with AUOptions 4. */
struct choice {
    const char *word;
    const char *value_name; /* of KIND_BITS: its own value; else NULL */
    uint32_t raw;           /* in the registry */
    uint32_t value;         /* in the field; of KIND_BITS: its bit */
    bool is_disabled;       /* the policy is Disabled; raw is not used */
};

/* The value that must be `on` for the setting to have an effect: what its policy writes
 * when Enabled. rule is the dependency rule that idles the setting otherwise. */
struct setting_gate {
    const char *key, *name;
    uint32_t on, off;
    uint16_t rule; /* 0: an absent gate counts as on */
};

struct setting {
    const char *id;
    enum setting_kind kind;
    enum grammar grammar;
    size_t offset; /* in struct update_config */
    const char *key, *value_name;
    struct setting_gate gate;     /* name NULL: none */
    const struct choice *choices; /* ends with a NULL word; NULL */
    uint32_t min, max, fallback;  /* of numbers, in registry terms */
    bool is_inverted;             /* KIND_BOOL: 1 in the registry is false */
    bool is_sensitive;            /* shown as redacted */
    const char *unit;             /* "hours"; NULL */
    const char *example;          /* of a text, for messages; NULL */
};

extern const struct setting settings[SETTING_COUNT];

/* The index of a setting id, without case; -1 when there is none, and then *ret_near
 * (may be NULL) is the id that it looks like, or NULL. */
int settings_find(const char *id, const char **ret_near);

/* The setting that a registry value belongs to, as its value, one of its bits, a member
 * of its list, or its gate; the first in the table. -1 when there is none. */
int settings_of_value(const char *key, const char *name);

/* Must the value never be shown, whatever file it is in? name NULL: of the key itself, which never holds one. */
bool settings_hides(const char *key, const char *name);

/* Is (key, name) the setting's own: its value, one of its bits, anything in its list
 * (name NULL: the list itself), or the value that switches its policy on? */
bool settings_uses(const struct setting *setting, const char *key, const char *name);

/* A value as a person wrote it. Numbers accept their words, hours "03:00", booleans
 * yes, no, true, false, on, off, 1 and 0; bits and lists are separated by commas,
 * origins (which hold commas) by semicolons. */
struct setting_value {
    uint32_t number;             /* registry terms; of KIND_BITS: the bits */
    const struct choice *choice; /* that was named; NULL */
    const char *text;            /* KIND_TEXT */
    struct config_list list;     /* KIND_LIST */
};

/* Returns 0, or GPCONF_ERANGE with *reterr_why, to follow "'text' ". Owned by the
 * arena. */
int settings_parse(const struct setting *setting, const char *text, struct arena *arena,
                   struct setting_value *ret, const char **reterr_why);

/* The words that a setting takes, for messages: "automatic, download-only, …". */
const char *settings_words(const struct setting *setting, struct arena *arena);

/* The field as settings_parse() would take it back. NULL when it is not set (text,
 * lists) or memory is out. Owned by the arena. */
const char *settings_print(const struct update_config *config, enum setting_index index,
                           struct arena *arena);

#endif
