#include "engine/answers/lint.h"

#include "base/status.h"
#include "engine/gpo/lint.h"

int lint_answer(const char *const *paths, size_t n, const char *language, int64_t now,
                struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("lint", now);
    if (!a)
        return GPCONF_ENOMEM;
    struct lint_result result = { 0 };
    lint_paths(paths, n, language, &a->arena, &a->diagnostics, &result);
    struct gpconf_node *checked = answer_list(a, a->data, "checked");
    for (size_t i = 0; i < result.n; i++)
        answer_text(a, checked, NULL, result.files[i]);
    answer_number(a, a->data, "errors", (int64_t)a->diagnostics.errors);
    answer_number(a, a->data, "warnings", (int64_t)a->diagnostics.warnings);
    return answer_finish(a, ret);
}
