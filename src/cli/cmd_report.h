/* cli/cmd_report.h: weir report FILE. */
#ifndef WEIR_CLI_CMD_REPORT_H
#define WEIR_CLI_CMD_REPORT_H

#include "cli/command.h"

extern const struct command cmd_report;

#endif
