/* term/model.h: all that the terminal view shows, gathered from what a run tells its sinks. Pure:
 * no terminal, no clock. Owned by the run's thread. */
#ifndef WEIR_TERM_MODEL_H
#define WEIR_TERM_MODEL_H

#include "engine/sink.h"

/* What is kept of each second. */
enum track {
    TRACK_ASKED,    /* starts per second, open model */
    TRACK_ACHIEVED, /* starts per second; of a plan that reads: records */
    TRACK_P50,      /* response times, ns; NAN: nothing ended */
    TRACK_P99,
    TRACK_MAX,
    TRACKS,
};

enum {
    HISTORY = 512,   /* seconds kept */
    EVENTS = 64,     /* the last ones */
    MESSAGES = 64,   /* likewise */
    LINE_MOST = 240, /* bytes of one */
};

/* The last lines of something, the oldest first. */
struct lines {
    struct line {
        uint64_t at_ns; /* of the plan; messages: 0 */
        char text[LINE_MOST];
    } list[EVENTS];
    unsigned n;
};

struct model {
    const struct run_info *info;
    const struct run_words *words;
    bool open; /* any load asks for a rate */
    /* What was measured. */
    struct results all;       /* so far */
    struct series_data total; /* of them: calls, or records where the plan reads */
    struct series_data last;  /* in the newest second */
    double tracks[TRACKS][HISTORY];
    unsigned n;     /* seconds in each track */
    int64_t newest; /* second; -1: none */
    struct lines events, messages;
    struct standing standing; /* as it stands, made anew each second */
    /* What is shown, set before each drawing. */
    struct control_state now; /* phase, time, what can be asked for */
    unsigned width;           /* columns of the whole */
    bool keys;                /* there is a keyboard */
    bool help;                /* on top of all */
    unsigned scroll;          /* of the table of series: its first row; the drawing sets it right */
};

void model_open(struct model *m, const struct run_info *info);
void model_close(struct model *m);

void model_second(struct model *m, const struct second *row);
/* Cut to LINE_MOST, without paint (ECMA-48, SGR) that was meant for a terminal. */
void lines_add(struct lines *l, uint64_t at_ns, str text);

/* Calls or records that have begun and not ended. */
uint64_t model_in_flight(const struct model *m);
/* Users that the plan wants now; 0 in the open model. */
uint64_t model_users(const struct model *m);

#endif
