#ifndef GPCONF_ENGINE_PROVIDERS_APT_RENDER_PARTS_H
#define GPCONF_ENGINE_PROVIDERS_APT_RENDER_PARTS_H

#include "engine/providers/apt/render.h"
#include "engine/providers/draft.h"

/*
 * What the files of apt's render share: the file in work and its syntax. Not for
 * others.
 */
struct apt_render {
    const struct update_config *config;
    const struct client *client;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct draft conf;    /* 99-gpconf.conf */
    struct draft private; /* 99-gpconf.private.conf */
};

/* KEY "value"; with its claim. A value that apt's syntax cannot carry is refused with a
 * diagnostic that names the setting. Returns whether it was written. */
bool apt_set(struct apt_render *r, const char *key, const char *value, int setting,
             enum fidelity fidelity, const char *why);

/* Empty a list that other files add to, claiming that nothing else is in it, and add a
 * member to it. */
void apt_clear(struct apt_render *r, const char *key, int setting);
bool apt_item(struct apt_render *r, const char *key, const char *value, int setting,
              enum fidelity fidelity, const char *why);

/* The setting becomes no line: told in a diagnostic and as a claim. */
void apt_unsupported(struct apt_render *r, enum setting_index setting, const char *why);

/* An anchored regular expression that matches what the package pattern does. */
const char *apt_regex(const char *pattern, struct arena *arena);

/* The parts of the file. */
void apt_render_origins(struct apt_render *r);
void apt_render_exclusions(struct apt_render *r);
void apt_render_restart(struct apt_render *r);

#endif
