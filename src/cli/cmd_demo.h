/* cli/cmd_demo.h: `weir demo [stall]`. */
#ifndef WEIR_CLI_CMD_DEMO_H
#define WEIR_CLI_CMD_DEMO_H

#include "cli/command.h"

extern const struct command cmd_demo;

#endif
