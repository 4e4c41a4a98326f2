/* cli/options_rr.h: the options of `weir kafka rr` alone. */
#ifndef WEIR_CLI_OPTIONS_RR_H
#define WEIR_CLI_OPTIONS_RR_H

#include "base/args.h"

extern const struct option options_rr[];

#endif
