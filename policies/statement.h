#ifndef GPCONF_POLICIES_STATEMENT_H
#define GPCONF_POLICIES_STATEMENT_H

#include <stddef.h>

#include "base/diagnostic.h"

/*
 * What a person said about a policy or a setting, in words: not yet about the
 * registry. The engine lowers statements to operations once the templates are known.
 *
 *    IN local.ini                                  SUBJECT        ELEMENT     TEXT
 *    [update] mode = automatic                     update.mode    NULL        automatic
 *    [policy AutoUpdateCfg] state = enabled        AutoUpdateCfg  NULL        enabled
 *    [policy AutoUpdateCfg] AUOptions = 4          AutoUpdateCfg  AUOptions   4
 *
 * A section of policies may say its half: [policy user NS:Name]; without, machine.
 * A list element takes one entry per key: Element.1 = text, Element.name = data.
 */
enum statement_kind { STATEMENT_SETTING, STATEMENT_POLICY };
enum statement_half { HALF_MACHINE, HALF_USER };

struct statement {
    enum statement_kind kind;
    enum statement_half half;
    const char *subject; /* setting id, or policy id or bare name, as written */
    const char *element; /* element id of a policy; NULL: the state itself */
    const char *entry;   /* of a list element: what follows the dot; else NULL */
    const char *text;    /* the value as written, quotes removed */
    struct origin origin;
};

struct statements {
    struct statement *items; /* in file order, files in layer order */
    size_t n, capacity;
};

#endif
