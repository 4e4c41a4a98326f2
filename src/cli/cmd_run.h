/* cli/cmd_run.h: `weir run FILE.lua`. */
#ifndef WEIR_CLI_CMD_RUN_H
#define WEIR_CLI_CMD_RUN_H

#include "cli/command.h"

extern const struct command cmd_run;

/* The same with the text of a file that is part of this program; NULL: it is read. */
int cmd_run_text(const struct args *settings, const char *text, struct err *e);

#endif
