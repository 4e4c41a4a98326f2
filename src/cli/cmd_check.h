/* cli/cmd_check.h: `weir check FILE.lua`. */
#ifndef WEIR_CLI_CMD_CHECK_H
#define WEIR_CLI_CMD_CHECK_H

#include "cli/command.h"

extern const struct command cmd_check;

#endif
