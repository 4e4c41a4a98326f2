/* stats/fate.h: what can become of a call. Exactly one of these, for ever, once it has settled
 * (spec/measure.md, "Fates"). */
#ifndef WEIR_STATS_FATE_H
#define WEIR_STATS_FATE_H

enum fate {
    FATE_OK,
    FATE_FAILED_CHECK, /* a complete reply, but not the one that was expected */
    FATE_ERROR,        /* no complete reply */
    FATE_TIMEOUT,      /* nothing by due + timeout */
    FATE_ABANDONED,    /* the run or its iteration ended first */
    FATES,
};

/* "ok", "failed_check", ... : the name in every machine format. Static text. */
const char *fate_name(enum fate f);

#endif
