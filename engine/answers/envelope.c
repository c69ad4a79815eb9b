#include "engine/answers/tree.h"

#include <time.h>

#include "base/limits.h"
#include "base/status.h"
#include "base/syntax/json.h"

/*
 * The JSON of an answer: one envelope for every question.
 *
 *    {"schema_version":1,"kind":…,"tool_version":…,"generated_at":…,"data":…,
 *     "diagnostics":[{"severity","code","file","line" or "record","message"}]}
 */

static struct json *to_json(struct json_document *d, const struct gpconf_node *node)
{
    struct json *json = NULL;
    switch (node->kind) {
    case GPCONF_NULL:
        return json_new_null(d);
    case GPCONF_BOOL:
        return json_new_bool(d, node->u.boolean);
    case GPCONF_NUMBER:
        return json_new_number(d, node->u.number);
    case GPCONF_TEXT:
        return json_new_text(d, node->u.text);
    case GPCONF_LIST:
        json = json_new_array(d);
        for (const struct gpconf_node *n = node->first; n; n = n->next)
            json_push(d, json, to_json(d, n));
        break;
    case GPCONF_OBJECT:
        json = json_new_object(d);
        for (const struct gpconf_node *n = node->first; n; n = n->next)
            json_add(d, json, n->name, to_json(d, n));
        break;
    }
    return json;
}

static struct json *diagnostics_json(struct json_document *d,
                                     const struct gpconf_answer *answer)
{
    const struct gpconf_diagnostic *list;
    size_t n = gpconf_answer_diagnostics(answer, &list);
    struct json *array = json_new_array(d);
    for (size_t i = 0; i < n; i++) {
        struct json *entry = json_new_object(d);
        json_add_text(d, entry, "severity", list[i].severity);
        json_add_text(d, entry, "code", list[i].code);
        json_add_text(d, entry, "file", list[i].file);
        if (list[i].unit)
            json_add_number(d, entry, list[i].unit, list[i].at);
        json_add_text(d, entry, "message", list[i].message);
        json_push(d, array, entry);
    }
    return array;
}

int gpconf_answer_json(const struct gpconf_answer *answer, char **ret, size_t *ret_size)
{
    char when[32];
    time_t at = (time_t)answer->generated_at;
    struct tm utc;
    if (!gmtime_r(&at, &utc) ||
        !strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc))
        return GPCONF_EINTERNAL;

    struct json_document d = { 0 };
    struct json *envelope = json_new_object(&d);
    json_add_number(&d, envelope, "schema_version", 1);
    json_add_text(&d, envelope, "kind", answer->kind);
    json_add_text(&d, envelope, "tool_version", GPCONF_VERSION);
    json_add_text(&d, envelope, "generated_at", when);
    json_add(&d, envelope, "data", to_json(&d, answer->data));
    json_add(&d, envelope, "diagnostics", diagnostics_json(&d, answer));

    struct buffer text;
    buffer_init(&text, LIMIT_ARENA);
    int status = json_print(&d, envelope, &text);
    json_free(envelope);
    if (status) {
        buffer_done(&text);
        return status;
    }
    *ret = text.data;
    *ret_size = text.size;
    return 0;
}
