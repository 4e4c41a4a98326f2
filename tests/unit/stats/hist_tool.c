/* hist_tool: the histogram's encoding for tests in other languages
 * (tests/flow/test_hist_python.py). hist_tool           values in ns from standard input, one a
 * line -> their histogram in base64 hist_tool decode    a histogram in base64 from standard input
 * -> its figures, "name value" lines Exit code 1 with the sentence on standard error when the
 * histogram is refused. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/mem.h"
#include "stats/hist_v2.h"

/* False when something else than a number stands there. */
static bool read_values(struct hist *h)
{
    uint64_t value;
    int fields;
    while ((fields = scanf("%" SCNu64, &value)) == 1)
        hist_record(h, value);
    return fields == EOF;
}

static int encode(void)
{
    struct hist h = {0};
    struct buf bytes = {0};
    bool good = read_values(&h);
    hist_v2_encode(&h, &bytes);
    unsigned char *text = mem_alloc(bytes.n / 3 * 4 + 5);
    EVP_EncodeBlock(text, (const unsigned char *)bytes.p, (int)bytes.n);
    puts((const char *)text);
    mem_free(text);
    buf_free(&bytes);
    hist_free(&h);
    return good ? 0 : 1;
}

static void read_text(struct buf *text)
{
    char piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, stdin)) > 0)
        buf_add(text, piece, n);
    while (text->n > 0 && (unsigned char)text->p[text->n - 1] <= ' ')
        text->n--;
}

/* EVP_DecodeBlock counts the padding as zero bytes. */
static size_t from_base64(const struct buf *text, unsigned char *bytes)
{
    int n = EVP_DecodeBlock(bytes, (const unsigned char *)text->p, (int)text->n);
    if (n < 0)
        return 0;
    for (size_t i = text->n; i > 0 && text->p[i - 1] == '='; i--)
        n--;
    return (size_t)n;
}

static void print_figures(const struct hist *h)
{
    static const double percentiles[] = {50, 75, 90, 95, 99, 99.9, 99.99, 100};
    printf("count %" PRIu64 "\noverflow %" PRIu64 "\n", h->count, h->overflow);
    printf("min %" PRIu64 "\nmax %" PRIu64 "\n", h->min, h->max);
    printf("mean %.17g\nstddev %.17g\n", hist_mean(h), hist_stddev(h));
    for (size_t i = 0; i < sizeof percentiles / sizeof *percentiles; i++)
        printf("p%g %" PRIu64 "\n", percentiles[i], hist_percentile(h, percentiles[i]));
}

static int decode(void)
{
    struct hist h = {0};
    struct buf text = {0};
    struct err e = {0};
    read_text(&text);
    unsigned char *bytes = mem_alloc(text.n / 4 * 3 + 3);
    str encoded = {(const char *)bytes, from_base64(&text, bytes)};
    bool good = hist_v2_decode(encoded, &h, &e);
    if (good)
        print_figures(&h);
    else
        fprintf(stderr, "%s\n", e.text);
    mem_free(bytes);
    buf_free(&text);
    hist_free(&h);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 1)
        return encode();
    if (argc == 2 && strcmp(argv[1], "decode") == 0)
        return decode();
    fprintf(stderr, "usage: hist_tool [decode]\n");
    return 2;
}
