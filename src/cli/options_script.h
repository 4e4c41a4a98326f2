/* cli/options_script.h: the options of the commands that read a scenario file. */
#ifndef WEIR_CLI_OPTIONS_SCRIPT_H
#define WEIR_CLI_OPTIONS_SCRIPT_H

#include "base/args.h"

extern const struct option options_script[];

#endif
