/* loop/offload.h: a thread for calls that block (getaddrinfo, Kafka's flush, close and metadata),
 * so that no loop ever waits for them. Jobs run one after the other in the order of submission. */
#ifndef WEIR_LOOP_OFFLOAD_H
#define WEIR_LOOP_OFFLOAD_H

#include "loop/mailbox.h"

struct offload;

struct job {
    struct mail mail;              /* the offload's */
    struct mailbox *reply;         /* where `done` is delivered: the submitter's own box */
    void (*work)(struct job *job); /* on the offload thread; may block */
    void (*done)(struct job *job); /* on the submitter's thread; may free the job */
};

/* `name`: its thread's (base/thread.h). NULL with a sentence. */
struct offload *offload_open(const char *name, struct err *e);

/* Any thread. The job belongs to the offload until `done` is called. */
void offload_submit(struct offload *o, struct job *job);

/* Ends the thread; before the boxes that its jobs reply to are closed. Jobs that are not done by
 * now never are, and belong to their submitters again: all but one that is still running (then it
 * gives true). That one, the first of those, keeps its memory, and its thread, to the end of the
 * process: a dead name server cannot hold up the exit. */
bool offload_close(struct offload *o);

#endif
