/* cli/cmd_new.h: `weir new FILE.lua`. */
#ifndef WEIR_CLI_CMD_NEW_H
#define WEIR_CLI_CMD_NEW_H

#include "cli/command.h"

extern const struct command cmd_new;

#endif
