/* The names of the fates in every machine format. */
#include "stats/fate.h"

const char *fate_name(enum fate f)
{
    static const char *const names[FATES] = {"ok", "failed_check", "error", "timeout", "abandoned"};
    return names[f];
}
