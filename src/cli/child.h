/* cli/child.h: a program that this process starts beside itself and ends again: the target of the
 * demo, the other tools it is compared with. */
#ifndef WEIR_CLI_CHILD_H
#define WEIR_CLI_CHILD_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

struct child {
    pid_t pid;
    int output; /* its standard output, to be read; standard error goes where ours goes, or nowhere
                 */
};

/* Starts argv[0] (a path, or a name that PATH finds). It ends at the latest with this process. */
bool child_start(struct child *c, const char *const *argv, bool quiet, struct err *e);

/* The next line of its output without the line end; false at the end. The line is in the arena. */
bool child_line(struct child *c, struct arena *arena, str *line);
/* All that is left of its output, up to its end. */
str child_rest(struct child *c, struct arena *arena);

/* Asks it to end (SIGTERM) and waits; its exit code, or -1. */
int child_end(struct child *c);
/* Waits until it ends by itself. */
int child_wait(struct child *c);

/* A program that is installed beside this one: its path, or its bare name for PATH. */
str child_beside(const char *name, struct arena *arena);
/* Whether PATH has a program of that name. */
bool child_exists(const char *name);

#endif
