/* A lock-free stack (push one, take all) with an eventfd that wakes the receiver. */
#include "loop/mailbox.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool mailbox_open(struct mailbox *b, struct err *e)
{
    atomic_init(&b->newest, NULL);
    b->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (b->fd < 0)
        return err_set(e, ERR_RUN, "cannot make an event descriptor: %s", strerror(errno));
    return true;
}

void mailbox_close(struct mailbox *b)
{
    if (b->fd >= 0)
        close(b->fd);
    b->fd = -1;
}

void mailbox_post(struct mailbox *b, struct mail *m)
{
    struct mail *head = atomic_load_explicit(&b->newest, memory_order_relaxed);
    do {
        m->next = head;
    } while (!atomic_compare_exchange_weak_explicit(&b->newest, &head, m, memory_order_release,
                                                    memory_order_relaxed));
    if (head == NULL)
        eventfd_write(b->fd, 1); /* only the first mail in an empty box has to ring */
}

void mailbox_deliver(struct mailbox *b)
{
    eventfd_t rings;
    eventfd_read(b->fd, &rings); /* first the bell, then the box: a later mail rings again */
    struct mail *m = atomic_exchange_explicit(&b->newest, NULL, memory_order_acquire);
    struct mail *oldest = NULL;
    while (m) {
        struct mail *next = m->next;
        m->next = oldest;
        oldest = m;
        m = next;
    }
    while (oldest) {
        struct mail *next = oldest->next;
        oldest->deliver(oldest);
        oldest = next;
    }
}
