/* cli/version.h: `weir --version`. */
#ifndef WEIR_CLI_VERSION_H
#define WEIR_CLI_VERSION_H

#include "base/buf.h"

/* "weir 0.1.0" and, a line each, the libraries in use with the versions that were loaded. */
void version_describe(struct buf *out);

#endif
