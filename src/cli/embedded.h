/* cli/embedded.h: texts of the tree that the program carries with it. */
#ifndef WEIR_CLI_EMBEDDED_H
#define WEIR_CLI_EMBEDDED_H

extern const char embedded_new[];  /* examples/new.lua: what weir new writes */
extern const char embedded_demo[]; /* examples/demo.lua: what weir demo runs */

extern const char embedded_completion[]; /* completion_bash.sh: behind the tables */

#endif
