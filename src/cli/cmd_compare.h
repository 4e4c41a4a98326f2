/* cli/cmd_compare.h: weir compare A B. */
#ifndef WEIR_CLI_CMD_COMPARE_H
#define WEIR_CLI_CMD_COMPARE_H

#include "cli/command.h"

extern const struct command cmd_compare;

#endif
