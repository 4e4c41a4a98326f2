/* cli/options_consume.h: the options of `weir kafka consume`. */
#ifndef WEIR_CLI_OPTIONS_CONSUME_H
#define WEIR_CLI_OPTIONS_CONSUME_H

#include "base/args.h"

extern const struct option options_consume[];

#endif
