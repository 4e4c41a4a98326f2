/* web/web.h: the live page and the metrics for Prometheus as one sink: it serves while the run
 * lives. */
#ifndef WEIR_WEB_WEB_H
#define WEIR_WEB_WEB_H

#include "base/args.h"
#include "engine/sink.h"

/* Addresses as web/address.h reads them; p NULL: not wanted. They live as long as the sink. */
struct web_options {
    str page;                    /* --ui */
    str token;                   /* for it; empty: one is drawn where one is needed */
    str metrics;                 /* --prometheus */
    const struct args *settings; /* that the page shows */
};

/* Listens at once and says where on standard error. NULL with a sentence. */
struct sink *web_sink(const struct web_options *options, struct err *e);

/* Is it an address? False with a sentence (ERR_USAGE). */
bool web_check_address(str text, struct err *e);

#endif
