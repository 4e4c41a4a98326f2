/* Workers that ask and answer for each other: who still waits for what, and replies by mail. */
#include <stdatomic.h>

#include "base/mem.h"
#include "proto/kafka_rpc_client.h"

/* The worker alone writes. */
struct seat {
    _Atomic uint64_t issued, answered;
    atomic_bool resting;
    struct kafka_rpc *client; /* the worker's thread */
    struct mailbox *box;      /* set before any request is made */
    char apart[CACHE_LINE];   /* from what another worker writes */
};

struct kafka_rpc_crew {
    unsigned n;
    struct seat *seats;
};

struct kafka_rpc_crew *kafka_rpc_crew_make(unsigned clients)
{
    struct kafka_rpc_crew *crew = mem_zero(sizeof *crew);
    crew->n = clients;
    crew->seats = mem_array(clients, sizeof *crew->seats);
    return crew;
}

void kafka_rpc_crew_free(struct kafka_rpc_crew *crew)
{
    if (crew)
        mem_free(crew->seats);
    mem_free(crew);
}

void kafka_rpc_crew_join(struct kafka_rpc_crew *crew, unsigned i, struct kafka_rpc *c,
                         struct mailbox *box)
{
    crew->seats[i].client = c;
    crew->seats[i].box = box;
}

/* ---- who waits ---- */

void kafka_rpc_crew_note(struct kafka_rpc_crew *crew, unsigned i, uint64_t issued,
                         uint64_t answered)
{
    atomic_store_explicit(&crew->seats[i].issued, issued, memory_order_release);
    atomic_store_explicit(&crew->seats[i].answered, answered, memory_order_release);
}

uint64_t kafka_rpc_crew_answered(const struct kafka_rpc_crew *crew)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < crew->n; i++)
        sum += atomic_load(&crew->seats[i].answered);
    return sum;
}

bool kafka_rpc_crew_waits(struct kafka_rpc_crew *crew, unsigned i)
{
    uint64_t issued = 0;
    atomic_store(&crew->seats[i].resting, true);
    for (unsigned k = 0; k < crew->n; k++) {
        if (!atomic_load(&crew->seats[k].resting))
            return true;
        issued += atomic_load(&crew->seats[k].issued); /* it does not grow any more */
    }
    return kafka_rpc_crew_answered(crew) < issued;
}

/* ---- mail ---- */

struct passed {
    struct mail mail;
    struct kafka_rpc_crew *crew;
    unsigned to;
    struct kafka_rpc_arrived arrived;
    struct reply reply;
    struct buf text;
};

static void deliver(struct mail *mail)
{
    struct passed *p = CONTAINER_OF(mail, struct passed, mail);
    struct kafka_rpc *c = p->crew->seats[p->to].client;
    p->arrived.reply = &p->reply;
    p->arrived.text = buf_view(&p->text);
    if (c) {
        kafka_rpc_take(c, &p->arrived);
        kafka_rpc_changed(c);
    }
    buf_free(&p->reply.bytes);
    buf_free(&p->text);
    mem_free(p);
}

/* What it holds is copied. */
void kafka_rpc_crew_pass(struct kafka_rpc_crew *crew, unsigned to,
                         const struct kafka_rpc_arrived *a)
{
    struct passed *p = mem_zero(sizeof *p);
    struct outcome ignored;
    p->mail.deliver = deliver;
    p->crew = crew;
    p->to = to;
    p->arrived = *a;
    p->arrived.m = NULL;
    p->arrived.passed++;
    p->reply.most = SIZE_MAX;
    buf_str(&p->text, a->text);
    if (a->m) {
        kafka_reply_keep(a->m, &p->reply, &ignored);
    } else {
        buf_str(&p->reply.bytes, buf_view(&a->reply->bytes));
        p->reply.head_n = a->reply->head_n;
    }
    mailbox_post(crew->seats[to].box, &p->mail);
}
