/* cli/cmd_run.h: `weir run FILE.lua`. */
#ifndef WEIR_CLI_CMD_RUN_H
#define WEIR_CLI_CMD_RUN_H

#include "cli/command.h"

extern const struct command cmd_run;

#endif
