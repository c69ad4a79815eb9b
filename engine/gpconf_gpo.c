#include "engine/answers/gpo.h"
#include "engine/session.h"

/* The public questions about GPOs. */

int gpconf_gpo_list(struct gpconf *session, struct gpconf_answer **ret)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : gpo_list(e, ret);
}

int gpconf_gpo_show(struct gpconf *session, const char *what,
                    struct gpconf_answer **ret)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : gpo_show(e, what, ret);
}
