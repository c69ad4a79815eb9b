#ifndef GPCONF_BASE_STATUS_H
#define GPCONF_BASE_STATUS_H

/*
 * What a function answers when it cannot do what it was asked: 0 is success and
 * every failure is one of these negative numbers. The list is short on purpose.
 * An entry stands for something the *caller* can do about it, and so it also
 * knows the exit status that a program ends with; what exactly went wrong, and
 * where, is a diagnostic (base/diagnostic.h).
 *
 *    NAME           NUMBER  EXIT  TEXT
 */
#define GPCONF_STATUS_LIST(X)                                                          \
    X(GPCONF_ENOMEM, 1, 7, "out of memory")                                            \
    X(GPCONF_EINVAL, 2, 2, "invalid argument")                                         \
    X(GPCONF_EIO, 3, 3, "could not be read or written")                                \
    X(GPCONF_ENOTFOUND, 4, 3, "does not exist")                                        \
    X(GPCONF_ESYNTAX, 5, 3, "is not well formed")                                      \
    X(GPCONF_ELIMIT, 6, 3, "is over a limit")                                          \
    X(GPCONF_ERANGE, 7, 3, "is not an allowed value")                                  \
    X(GPCONF_EUNTRUSTED, 8, 3, "has an owner or mode that cannot be trusted")          \
    X(GPCONF_EPERM, 9, 4, "is not permitted")                                          \
    X(GPCONF_EPOLICY, 10, 5, "is decided by policy")                                   \
    X(GPCONF_ECLIENT, 11, 6, "was refused by the update client")                       \
    X(GPCONF_EDAMAGED, 12, 7, "is damaged")                                            \
    X(GPCONF_EINTERNAL, 13, 7, "internal error")                                       \
    X(GPCONF_EBUSY, 14, 8, "is in use")                                                \
    X(GPCONF_EWRITE, 15, 6, "could not be written")

enum gpconf_status {
#define X(name, number, exit_status, text) name = -(number),
    GPCONF_STATUS_LIST(X)
#undef X
};

/* Declared like everything else that the library shows (gpconf.h). */
#ifndef GPCONF_API
#if defined(__GNUC__)
#define GPCONF_API __attribute__((visibility("default")))
#else
#define GPCONF_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A sentence fragment for a status, "success" for 0. Static, never NULL. */
GPCONF_API const char *gpconf_status_text(int status);

/* The symbol, such as "GPCONF_EIO"; for JSON and logs. Static, never NULL. */
GPCONF_API const char *gpconf_status_name(int status);

/* The exit status (0 to 8) of a program that ends because of this status. */
GPCONF_API int gpconf_status_exit(int status);

#ifdef __cplusplus
}
#endif

#endif
