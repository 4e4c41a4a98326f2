/* cli/cmd_help.h: `weir help`. */
#ifndef WEIR_CLI_CMD_HELP_H
#define WEIR_CLI_CMD_HELP_H

#include "cli/command.h"

extern const struct command cmd_help;

#endif
