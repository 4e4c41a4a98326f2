/* Body framing: data is passed through in runs, the lines around chunks are read byte by byte. */
#include "proto/http_body.h"

enum body_state {
    BODY_DONE,
    BODY_BROKEN,
    BODY_LENGTH,      /* data, `left` bytes of it */
    BODY_CLOSE,       /* data until the end of the stream */
    CHUNK_SIZE_FIRST, /* the first digit of a chunk's size */
    CHUNK_SIZE,       /* further digits */
    CHUNK_PAD,        /* white space behind the size, which some servers send */
    CHUNK_EXTENSION,  /* passed over */
    CHUNK_SIZE_LF,    /* the LF behind the size line's CR */
    CHUNK_DATA,       /* `left` bytes of it */
    CHUNK_END,        /* the line end behind the data */
    CHUNK_END_LF,     /* its LF */
    TRAILER_FIRST,    /* the first byte of a trailer line, or the blank line */
    TRAILER,          /* further bytes of it */
    TRAILER_LF,       /* the LF behind its CR */
    TRAILERS_END_LF,  /* the LF of the blank line */
};

static void broken(struct http_body *b, const char *why)
{
    b->state = BODY_BROKEN;
    b->why = why;
}

void http_body_start(struct http_body *b, const struct http_head *head)
{
    static const uint8_t first[] = {
        [HTTP_BODY_NONE] = BODY_DONE,
        [HTTP_BODY_LENGTH] = BODY_LENGTH,
        [HTTP_BODY_CHUNKED] = CHUNK_SIZE_FIRST,
        [HTTP_BODY_CLOSE] = BODY_CLOSE,
    };
    *b = (struct http_body){.left = head->length, .state = first[head->framing]};
    if (b->state == BODY_LENGTH && b->left == 0)
        b->state = BODY_DONE;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The LF of a size line was read. */
static void size_known(struct http_body *b)
{
    b->line = 0;
    b->state = b->left ? CHUNK_DATA : TRAILER_FIRST;
}

/* What may follow the digits: white space, an extension, the line end. */
static void size_tail(struct http_body *b, char c)
{
    if (c == '\n')
        size_known(b);
    else if (c == '\r')
        b->state = CHUNK_SIZE_LF;
    else if (c == ';')
        b->state = CHUNK_EXTENSION;
    else if (c == ' ' || c == '\t')
        b->state = CHUNK_PAD;
    else
        broken(b, "a chunk size that is not a number");
}

static void size_byte(struct http_body *b, char c)
{
    int digit = hex_digit(c);
    if (digit < 0)
        size_tail(b, c);
    else if (b->left >> 60)
        broken(b, "a chunk size beyond 64 bits");
    else
        b->left = b->left << 4 | (unsigned)digit;
}

static void size_first(struct http_body *b, char c)
{
    int digit = hex_digit(c);
    if (digit < 0) {
        broken(b, "a chunk size that is not a number");
        return;
    }
    b->left = (unsigned)digit;
    b->line = 1;
    b->state = CHUNK_SIZE;
}

static void extension_byte(struct http_body *b, char c)
{
    if (c == '\n' || c == '\r')
        size_tail(b, c);
    else if (c == 0)
        broken(b, "a NUL byte in a chunk extension");
}

static void chunk_end(struct http_body *b, char c)
{
    if (c == '\n')
        b->state = CHUNK_SIZE_FIRST;
    else if (c == '\r')
        b->state = CHUNK_END_LF;
    else
        broken(b, "a chunk longer than its size");
}

static void trailer_byte(struct http_body *b, char c)
{
    bool first = b->state == TRAILER_FIRST;
    if (c == '\n')
        b->state = first ? BODY_DONE : TRAILER_FIRST;
    else if (c == '\r')
        b->state = first ? TRAILERS_END_LF : TRAILER_LF;
    else if (c == 0)
        broken(b, "a NUL byte in a trailer");
    else
        b->state = TRAILER;
}

/* A CR was read; only LF may follow. */
static bool line_feed(struct http_body *b, char c)
{
    if (c != '\n')
        broken(b, "a CR without LF between chunks");
    return c == '\n';
}

static void chunk_byte(struct http_body *b, char c)
{
    switch (b->state) {
    case CHUNK_SIZE_FIRST:
        size_first(b, c);
        break;
    case CHUNK_SIZE:
        size_byte(b, c);
        break;
    case CHUNK_PAD:
        size_tail(b, c);
        break;
    case CHUNK_EXTENSION:
        extension_byte(b, c);
        break;
    case CHUNK_SIZE_LF:
        if (line_feed(b, c))
            size_known(b);
        break;
    case CHUNK_END:
        chunk_end(b, c);
        break;
    case CHUNK_END_LF:
        if (line_feed(b, c))
            b->state = CHUNK_SIZE_FIRST;
        break;
    case TRAILER_LF:
        if (line_feed(b, c))
            b->state = TRAILER_FIRST;
        break;
    case TRAILERS_END_LF:
        if (line_feed(b, c))
            b->state = BODY_DONE;
        break;
    default: /* TRAILER_FIRST, TRAILER */
        trailer_byte(b, c);
    }
}

/* Keeps a stream that never ends a line from being read for ever. */
static void count_line(struct http_body *b)
{
    b->line++;
    if (b->state >= TRAILER_FIRST && b->line > HTTP_TRAILERS_MAX)
        broken(b, "trailers over 64 KiB");
    else if (b->state < CHUNK_DATA && b->line > HTTP_CHUNK_LINE_MAX)
        broken(b, "a chunk extension over 16 KiB");
}

static bool is_data(uint8_t state)
{
    return state == BODY_LENGTH || state == BODY_CLOSE || state == CHUNK_DATA;
}

static str take_data(struct http_body *b, str *rest)
{
    str data = *rest;
    if (b->state != BODY_CLOSE) {
        if (data.n > b->left)
            data.n = (size_t)b->left;
        b->left -= data.n;
        if (b->left == 0)
            b->state = b->state == CHUNK_DATA ? CHUNK_END : BODY_DONE;
    }
    *rest = str_skip(*rest, data.n);
    return data;
}

enum http_step http_body_feed(struct http_body *b, str *rest, str *data)
{
    *data = (str){NULL, 0};
    while (rest->n && b->state > BODY_BROKEN && !is_data(b->state)) {
        char c = rest->p[0];
        *rest = str_skip(*rest, 1);
        count_line(b);
        if (b->state != BODY_BROKEN)
            chunk_byte(b, c);
    }
    if (rest->n && is_data(b->state))
        *data = take_data(b, rest);
    if (b->state == BODY_BROKEN)
        return HTTP_ERROR;
    return b->state == BODY_DONE ? HTTP_DONE : HTTP_MORE;
}

enum http_step http_body_eof(struct http_body *b)
{
    if (b->state == BODY_CLOSE)
        b->state = BODY_DONE;
    else if (b->state != BODY_DONE && b->state != BODY_BROKEN)
        broken(b, "the connection ended within the body");
    return b->state == BODY_DONE ? HTTP_DONE : HTTP_ERROR;
}
