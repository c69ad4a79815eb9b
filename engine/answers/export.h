#ifndef GPCONF_ENGINE_ANSWERS_EXPORT_H
#define GPCONF_ENGINE_ANSWERS_EXPORT_H

#include "engine/answers/evaluation.h"
#include "engine/gpconf.h"

/*
 * The resultant set as a file for Windows machines: gpconf_export() without its session.
 * A policy file is only handed over when reading it gives the same file again.
 */
int export_answer(const struct evaluation *evaluation, enum gpconf_format format,
                  enum gpconf_class class_, void **ret_bytes, size_t *ret_size,
                  struct gpconf_answer **ret);

#endif
