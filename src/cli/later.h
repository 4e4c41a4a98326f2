/* cli/later.h: what the documentation names and this version has not: such a command or option is
 * answered with "not in this version" instead of "unknown". One table (later.c); pure. */
#ifndef WEIR_CLI_LATER_H
#define WEIR_CLI_LATER_H

#include "base/err.h"
#include "base/str.h"

/* The names; ends with NULL. */
extern const char *const later_commands[];

/* Do these words begin with a command that comes later ("driver")? Then the sentence is in *e. */
bool later_command(const str *words, size_t n, struct err *e);
bool later_flag(str flag, struct err *e); /* "--orchestrator"; the same */

/* Is this long name a setting of a command that comes later, and of no command that is here? A file
 * shared between machines may hold it. */
bool later_elsewhere(str name);

#endif
