/* Copies of replies, in a list by time and in a window from which they are drawn. */
#include "responder/hold.h"

#include <string.h>

#include "base/mem.h"

struct kept_reply {
    struct list link;
    uint64_t due_ns;
    struct reply reply;
    char bytes[]; /* key and value */
};

static str keep_text(char **to, str s)
{
    if (!s.p)
        return s;
    if (s.n)
        memcpy(*to, s.p, s.n);
    *to += s.n;
    return (str){*to - s.n, s.n};
}

static struct kept_reply *keep(struct reply *r)
{
    struct kept_reply *k = mem_alloc(sizeof *k + r->key.n + r->value.n + 1);
    char *to = k->bytes;
    k->reply = *r;
    k->reply.key = keep_text(&to, r->key);
    k->reply.value = keep_text(&to, r->value);
    r->headers = NULL;
    return k;
}

static void send_kept(struct hold *h, struct kept_reply *k)
{
    sender_send(h->sender, &k->reply);
    mem_free(k);
}

void hold_open(struct hold *h, struct sender *s, unsigned shuffle, uint64_t seed)
{
    *h = (struct hold){.sender = s, .room = shuffle, .rng = rng_make(seed, 1)};
    h->window = mem_array(shuffle, sizeof(struct kept_reply *));
    list_init(&h->delayed);
}

void hold_delay(struct hold *h, struct reply *r, uint64_t due_ns)
{
    struct kept_reply *k = keep(r);
    k->due_ns = due_ns;
    list_push_back(&h->delayed, &k->link);
}

void hold_send(struct hold *h, struct reply *r)
{
    if (h->room == 0) {
        sender_send(h->sender, r);
        return;
    }
    struct kept_reply *k = keep(r);
    if (h->n < h->room) {
        h->window[h->n++] = k;
        return;
    }
    uint64_t drawn = rng_below(&h->rng, h->room);
    send_kept(h, h->window[drawn]);
    h->window[drawn] = k;
}

void hold_send_due(struct hold *h, uint64_t now_ns)
{
    while (!list_empty(&h->delayed)) {
        struct kept_reply *k = CONTAINER_OF(h->delayed.next, struct kept_reply, link);
        if (k->due_ns > now_ns)
            return;
        list_remove(&k->link);
        send_kept(h, k);
    }
}

void hold_empty(struct hold *h)
{
    while (h->n) {
        uint64_t drawn = rng_below(&h->rng, h->n);
        send_kept(h, h->window[drawn]);
        h->window[drawn] = h->window[--h->n];
    }
}

bool hold_has_delayed(const struct hold *h)
{
    return !list_empty(&h->delayed);
}

uint64_t hold_close(struct hold *h)
{
    struct list *node;
    uint64_t left = 0;
    for (; (node = list_pop_front(&h->delayed)); left++) {
        struct kept_reply *k = CONTAINER_OF(node, struct kept_reply, link);
        if (k->reply.headers)
            rd_kafka_headers_destroy(k->reply.headers);
        mem_free(k);
    }
    mem_free(h->window);
    return left;
}
