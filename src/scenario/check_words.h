/* scenario/check_words.h: a check as a command line says it: "echo", "contains TEXT",
 * "json /state == PAID", "size < 100". Pure. */
#ifndef WEIR_SCENARIO_CHECK_WORDS_H
#define WEIR_SCENARIO_CHECK_WORDS_H

#include "scenario/checks.h"

/* Everything but name and number, which are the caller's; copied into the arena. A value is a
 * number, true, false or null where it reads as one, else a text; in double quotes it is a text
 * whatever it reads as. False with a sentence (ERR_USAGE). */
bool check_words_read(str text, struct arena *arena, struct check *out, struct err *e);

#endif
