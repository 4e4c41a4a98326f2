/* cli/reference.h: the reference of commands and options, made from the tables: docs/options.md and
 * the man page weir.1 are written by it and never by hand. */
#ifndef WEIR_CLI_REFERENCE_H
#define WEIR_CLI_REFERENCE_H

#include "base/buf.h"

void reference_markdown(struct buf *out);
void reference_man(struct buf *out); /* roff with the man macros (man(7)) */

#endif
