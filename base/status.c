#include "base/status.h"

const char *gpconf_status_text(int status)
{
    switch (status) {
    case 0:
        return "success";
#define X(name, number, exit_status, text)                                             \
    case name:                                                                         \
        return text;
        GPCONF_STATUS_LIST(X)
#undef X
    default:
        return "unknown status";
    }
}

const char *gpconf_status_name(int status)
{
    switch (status) {
    case 0:
        return "OK";
#define X(name, number, exit_status, text)                                             \
    case name:                                                                         \
        return #name;
        GPCONF_STATUS_LIST(X)
#undef X
    default:
        return "GPCONF_E?";
    }
}

int gpconf_status_exit(int status)
{
    switch (status) {
    case 0:
        return 0;
#define X(name, number, exit_status, text)                                             \
    case name:                                                                         \
        return exit_status;
        GPCONF_STATUS_LIST(X)
#undef X
    default:
        return 7;
    }
}
