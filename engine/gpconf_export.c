#include "engine/answers/export.h"
#include "engine/session.h"

/* The resultant set as a file, from the session's evaluation. */

int gpconf_export(struct gpconf *session, enum gpconf_format format,
                  enum gpconf_class class_, void **bytes, size_t *size,
                  struct gpconf_answer **answer)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : export_answer(e, format, class_, bytes, size, answer);
}
