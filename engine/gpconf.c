#include "engine/gpconf.h"

#include <time.h>

#include "base/limits.h"
#include "engine/answers/lint.h"
#include "engine/answers/policy.h"
#include "engine/answers/result.h"
#include "engine/answers/status.h"
#include "engine/session.h"

/* The public questions: each evaluates and asks the room that answers. */

int gpconf_policy_list(struct gpconf *session, struct gpconf_answer **ret)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : policy_list(e, ret);
}

int gpconf_policy_search(struct gpconf *session, const char *words,
                         struct gpconf_answer **ret)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : policy_search(e, words, ret);
}

int gpconf_policy_show(struct gpconf *session, const char *name,
                       struct gpconf_answer **ret)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : policy_show(e, name, ret);
}

int gpconf_result(struct gpconf *session, struct gpconf_answer **ret)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : result_answer(e, ret);
}

int gpconf_lint(struct gpconf *session, const char *const *files, size_t n,
                struct gpconf_answer **ret)
{
    int64_t now = session->has_now ? session->now : (int64_t)time(NULL);
    return lint_answer(files, n, session->language, now, ret);
}

int gpconf_get(struct gpconf *session, const char *id, struct gpconf_answer **ret)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : status_setting(e, id, ret);
}
