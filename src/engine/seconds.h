/* engine/seconds.h: puts the seconds of several members together. A second is complete when every
 * member has reported a later one; then it is given out once. Owned by the run's thread. */
#ifndef WEIR_ENGINE_SECONDS_H
#define WEIR_ENGINE_SECONDS_H

#include "engine/sink.h"

struct open_second;

struct seconds {
    void (*emit)(void *owner, const struct second *row); /* valid during the call */
    void *owner;
    unsigned members;
    int64_t *latest;          /* of each member: the last second it reported; -1: none */
    int64_t closed;           /* all up to this one were given out */
    struct open_second *open; /* ascending */
};

void seconds_init(struct seconds *s, unsigned members,
                  void (*emit)(void *owner, const struct second *row), void *owner);

/* Adds one report. Calls that started in a second that was given out already become a row of their
 * own, which adds up with the first (struct second). */
void seconds_add(struct seconds *s, unsigned member, const struct recorder *r);

/* The run is over: gives out what is left, frees everything. */
void seconds_finish(struct seconds *s);

#endif
