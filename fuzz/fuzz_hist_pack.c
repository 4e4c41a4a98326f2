/* Unpacking histograms: what is accepted must be consistent and survive packing and unpacking. */
#include <stdlib.h>

#include "stats/hist_pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_again(const struct hist *h)
{
    struct hist again = {0};
    struct buf bytes = {0};
    struct err e = {0};
    hist_pack(h, &bytes);
    must(hist_unpack(buf_view(&bytes), &again, &e));
    must(h->count == again.count && h->overflow == again.overflow);
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS; b = hist_next(h, b + 1))
        must(hist_bucket_count(h, b) == hist_bucket_count(&again, b));
    hist_free(&again);
    buf_free(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hist h = {0};
    struct err e = {0};
    if (hist_unpack((str){(const char *)data, size}, &h, &e))
        check_again(&h);
    else
        must(e.kind == ERR_RUN && h.count == 0);
    hist_free(&h);
    return 0;
}
