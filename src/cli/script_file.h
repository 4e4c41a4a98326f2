/* cli/script_file.h: from options_script and the file's name to a program that was read. */
#ifndef WEIR_CLI_SCRIPT_FILE_H
#define WEIR_CLI_SCRIPT_FILE_H

#include "base/args.h"
#include "scenario/lua_scenario.h"

/* Reads the file, runs its top level, and looks whether each -e was read by it. `text`: of the
 * file, when it is none but part of this program; else NULL. The program is the caller's in any
 * case. */
bool script_file_read(struct program *p, const struct args *a, const char *text, uint64_t seed,
                      struct err *e);

#endif
