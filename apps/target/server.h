/* target/server.h: the server of one process: everything its connections share. One thread. */
#ifndef WEIR_TARGET_SERVER_H
#define WEIR_TARGET_SERVER_H

#include "loop/signals.h"
#include "loop/sock.h"
#include "target/access_log.h"
#include "target/metrics.h"
#include "target/options.h"

struct server {
    struct loop *loop;
    struct target_options *options;
    struct listener listener;
    struct tls_context *tls; /* NULL: plain */
    struct signals signals;  /* SIGINT and SIGTERM, blocked otherwise */
    struct list connections; /* open ones */
    struct faults faults;
    struct metrics metrics;
    struct access_log log;
    struct buf ping; /* the whole answer to a ping without a fault; empty: too long for that */
    bool ending;     /* a signal has come */
};

/* Serves until a signal, then closes everything. The options stay the caller's. */
bool server_run(struct target_options *o, struct err *e);

#endif
