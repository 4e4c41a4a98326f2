/* What the replies of a run were. */
#include "stats/replies.h"

const char *reply_class_name(enum reply_class c)
{
    static const char *const names[REPLY_CLASSES] = {"matched", "late", "duplicate", "orphan",
                                                     "malformed"};
    return names[c];
}

uint64_t reply_book_received(const struct reply_book *b)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < REPLY_CLASSES; i++)
        sum += b->classes[i];
    return sum;
}

void reply_book_merge(struct reply_book *into, const struct reply_book *from)
{
    for (unsigned i = 0; i < REPLY_CLASSES; i++)
        into->classes[i] += from->classes[i];
    hist_merge(&into->late, &from->late);
}

void reply_book_clear(struct reply_book *b)
{
    for (unsigned i = 0; i < REPLY_CLASSES; i++)
        b->classes[i] = 0;
    hist_clear(&b->late);
}

void reply_book_free(struct reply_book *b)
{
    hist_free(&b->late);
    *b = (struct reply_book){.classes = {0}};
}
