#ifndef GPCONF_ENGINE_ANSWERS_LINT_H
#define GPCONF_ENGINE_ANSWERS_LINT_H

#include "engine/answers/tree.h"

/* What is wrong with the files of these paths: data.checked[], errors, warnings; the
 * findings are the answer's diagnostics. */
int lint_answer(const char *const *paths, size_t n, const char *language, int64_t now,
                struct gpconf_answer **ret);

#endif
