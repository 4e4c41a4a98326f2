/* target/options.h: the flags of weir-target. */
#ifndef WEIR_TARGET_OPTIONS_H
#define WEIR_TARGET_OPTIONS_H

#include "base/arena.h"
#include "base/err.h"
#include "target/faults.h"
#include "target/stall.h"

/* The texts live in the arena. */
struct target_options {
    struct arena arena;
    str host;
    uint16_t port;           /* 0: a free one */
    str unix_path;           /* empty: host and port */
    str log_path;            /* empty: no log */
    const char *certificate; /* PEM files; NULL: no TLS */
    const char *key;
    struct fault_values faults;
    uint64_t seed;
    uint64_t close_after; /* answers on a connection, the last one says so; 0: never */
    uint64_t drop_after;  /* the same, without a word */
    struct stall *stalls;
    size_t n_stalls;
};

/* Starts as {0}. False with ERR_USAGE when it cannot be done so; *help: nothing shall be done, the
 * help was asked for and is printed. */
bool options_read(struct target_options *o, int argc, char **argv, bool *help, struct err *e);
void options_free(struct target_options *o);

#endif
