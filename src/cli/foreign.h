/* cli/foreign.h: people come from wrk, hey, oha, vegeta, k6, Locust, ab, kcat or
 * kafka-producer-perf-test and type their flags. Those that weir has not are answered with weir's:
 * "-z 10s: weir says -d 10s". One table (foreign_flags.c); pure. */
#ifndef WEIR_CLI_FOREIGN_H
#define WEIR_CLI_FOREIGN_H

#include "base/buf.h"
#include "base/err.h"

/* Which commands a flag may turn up at. */
enum family { FAMILY_NONE, FAMILY_HTTP = 1, FAMILY_KAFKA = 2 };

/* In `says` and `note`, {} stands for the value that was typed, {@} for the same with an "@" before
 * it, {Accept: } likewise; what is put in is quoted for the shell where it must be. */
struct foreign {
    const char *flag;        /* as typed: "-z", "--vus", "-rate" */
    const char *argument;    /* what its value is called; NULL: it takes none */
    const char *tools;       /* "hey, oha" */
    const char *says;        /* weir's way: "-d {}" … */
    const char *note;        /* … or a sentence: "not needed: …" */
    bool (*when)(str value); /* MAY: values it is known by; MUST for a flag that weir has, too */
    void (*rewrite)(str value, struct buf *out); /* MAY: the value in weir's notation */
};

/* All flags, by family; each list ends with a flagless one. */
extern const struct foreign foreign_http[];
extern const struct foreign foreign_kafka[];

/* Writes `says` or `note` with the value put in; an empty value stands for no value. */
void foreign_fill(const struct foreign *f, str value, struct buf *out);

/* Is this flag, with the text behind it (perhaps none), another tool's? Then the answer is in *e.
 * `known`: weir has a flag of this name, so the value must tell. */
bool foreign_answer(enum family family, str flag, str value, bool known, struct err *e);

#endif
