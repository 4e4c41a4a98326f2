/* Held bytes with the times of their arrival. */
#include "target/inbox.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

void inbox_add(struct inbox *in, str bytes, uint64_t stamp_ns)
{
    if (bytes.n == 0)
        return;
    buf_str(&in->bytes, bytes);
    if (in->n_marks && in->marks[in->n_marks - 1].stamp_ns == stamp_ns) {
        in->marks[in->n_marks - 1].n += bytes.n;
        return;
    }
    in->marks = mem_room(in->marks, in->n_marks, &in->capacity, sizeof *in->marks);
    in->marks[in->n_marks++] = (struct inbox_mark){bytes.n, stamp_ns};
}

uint64_t inbox_stamp(const struct inbox *in, size_t offset)
{
    size_t i = 0;
    assert(offset < in->bytes.n);
    while (offset >= in->marks[i].n)
        offset -= in->marks[i++].n;
    return in->marks[i].stamp_ns;
}

void inbox_drop(struct inbox *in, size_t first)
{
    size_t gone = 0;
    assert(first <= in->bytes.n);
    if (first == in->bytes.n) {
        inbox_free(in);
        return;
    }
    buf_drop(&in->bytes, first);
    while (first >= in->marks[gone].n)
        first -= in->marks[gone++].n;
    in->marks[gone].n -= first;
    in->n_marks -= gone;
    memmove(in->marks, in->marks + gone, in->n_marks * sizeof *in->marks);
}

void inbox_free(struct inbox *in)
{
    buf_free(&in->bytes);
    mem_free(in->marks);
    *in = (struct inbox){0};
}
