/* cli/sinks.h: what the commands that write results share: lists of sinks, paths of options, and
 * who has standard output. */
#ifndef WEIR_CLI_SINKS_H
#define WEIR_CLI_SINKS_H

#include "base/args.h"
#include "engine/sink.h"

/* Appends a sink; *end is where the next one goes. False: it could not be opened (NULL). */
bool sinks_add(struct sink ***end, struct sink *s);
/* It is told before all others: what it says is in all other outputs. */
void sinks_put_first(struct sink **list, struct sink *s);
void sinks_close(struct sink **list); /* when no run will */

/* What the option says, in the arena; NULL: it is not given. */
const char *output_path(const struct args *a, const char *option, struct arena *arena);

struct output_wish {
    const char *option, *path; /* path NULL: is not wanted */
};

/* The option whose output owns standard output ("-"), where people then read on standard error;
 * NULL: none. False with a sentence: there are two. */
bool output_owner(const struct output_wish *list, size_t n, const char **owner, struct err *e);

#endif
