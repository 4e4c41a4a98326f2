/* The head of a response, line by line. The scan for line ends takes eight bytes at a step; a name
 * is compared only when its length fits one of the three that matter. */
#include "proto/http_parse.h"

#include <endian.h>
#include <string.h>

enum seen {
    SEEN_LENGTH = 1,         /* Content-Length */
    SEEN_CODING = 2,         /* Transfer-Encoding */
    SEEN_CODING_CHUNKED = 4, /* its last coding so far is chunked */
    SEEN_CLOSE = 8,          /* Connection: close */
    SEEN_KEEP_ALIVE = 16,    /* Connection: keep-alive */
};

/* RFC 9110 section 5.6.2: letters, digits and !#$%&'*+-.^_`|~ */
static const bool token_byte[256] = {
    ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true,
    ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true,
    ['`'] = true, ['|'] = true, ['~'] = true, ['0'] = true, ['1'] = true, ['2'] = true,
    ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true,
    ['9'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true,
    ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true,
    ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true,
    ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true,
    ['X'] = true, ['Y'] = true, ['Z'] = true, ['a'] = true, ['b'] = true, ['c'] = true,
    ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true,
    ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true,
    ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true,
    ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
};

/* The branches of eight bytes are told apart by their place, so that the processor learns the
 * lengths of the names that come again with each response: a third faster than one loop. */
static size_t token_length(str s)
{
    enum { STEP = 8 };
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n = 0;
    for (; n + STEP <= s.n; n += STEP)
#pragma GCC unroll 8
        for (size_t i = 0; i < STEP; i++)
            if (!token_byte[p[n + i]])
                return n + i;
    while (n < s.n && token_byte[p[n]])
        n++;
    return n;
}

bool http_is_token(str s)
{
    return s.n > 0 && token_length(s) == s.n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static enum http_step fail(struct http_head *h, const char *why)
{
    h->why = why;
    return HTTP_ERROR;
}

static uint64_t load8(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* The first byte below 14 (NUL, tab, LF, CR are among them), or end. The lowest byte that the
 * subtraction marks is always a true one ("Bit Twiddling Hacks", S. E. Anderson, hasless). */
static const char *find_control(const char *p, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    while (end - p >= 8) {
        uint64_t word = le64toh(load8(p));
        uint64_t marks = (word - ones * 14) & ~word & ones * 128;
        if (marks)
            return p + __builtin_ctzll(marks) / 8;
        p += 8;
    }
    while (p < end && (unsigned char)*p >= 14)
        p++;
    return p;
}

/* Finds the end of the line that starts at h->at, from h->scanned on; *text is the line from there
 * on without its end. A header goes on when the next line begins with white space (RFC 9112
 * section 5.2), so that its end is known one byte later. */
static enum http_step line_end(struct http_head *h, str bytes, bool folds, size_t from, str *text)
{
    const char *p = bytes.p + h->scanned, *end = bytes.p + bytes.n;
    while ((p = find_control(p, end)) < end) {
        const char *stop = p;
        if (*p == 0)
            return fail(h, "a NUL byte in the head");
        if (*p == '\r' && ++p < end && *p != '\n')
            return fail(h, "a CR without LF in the head");
        if (p == end || (*p == '\n' && folds && p + 1 == end)) {
            p = stop; /* only the next byte will tell */
            break;
        }
        if (*p++ == '\n' && !(folds && is_blank(*p))) {
            *text = (str){bytes.p + from, (size_t)(stop - bytes.p) - from};
            h->at = h->scanned = (uint32_t)(p - bytes.p);
            return HTTP_DONE;
        }
    }
    h->scanned = (uint32_t)(p - bytes.p);
    return HTTP_MORE;
}

/* "HTTP/1.1 200 OK"; the phrase and the space before it may be missing. */
static enum http_step status_line(struct http_head *h, str line)
{
    const char *p = line.p;
    if (line.n < 12 || p[7] < '0' || p[7] > '9' || p[8] != ' ')
        return fail(h, "a broken status line");
    unsigned status = 0;
    for (int i = 9; i < 12; i++) {
        if (p[i] < '0' || p[i] > '9')
            return fail(h, "a status that is not a number of three digits");
        status = status * 10 + (unsigned)(p[i] - '0');
    }
    if (status < 100 || (line.n > 12 && p[12] != ' '))
        return fail(h, "a status that is not a number of three digits");
    h->minor = (uint8_t)(p[7] - '0');
    h->status = (uint16_t)status;
    h->fields_at = h->at;
    return HTTP_DONE;
}

/* Says "not HTTP" at the first wrong byte, without waiting for a line end that may never come. */
static enum http_step read_status_line(struct http_head *h, str bytes)
{
    static const char expected[] = "HTTP/1.";
    size_t n = bytes.n < 7 ? bytes.n : 7;
    str line;
    if (memcmp(bytes.p, expected, n) != 0)
        return fail(h, n > 5 && memcmp(bytes.p, expected, 5) == 0 ? "not HTTP/1.0 or HTTP/1.1"
                                                                  : "not HTTP");
    enum http_step step = line_end(h, bytes, false, 0, &line);
    return step == HTTP_DONE ? status_line(h, line) : step;
}

/* What stands where a header's name should go on or its colon be. */
static enum http_step broken_name(struct http_head *h, char c)
{
    if (c == 0)
        return fail(h, "a NUL byte in the head");
    if (c == '\r' || c == '\n')
        return fail(h, "a header line without a colon");
    return fail(h, is_blank(c) ? "white space in a header's name"
                               : "a header's name that is not a token");
}

/* Walks to the colon and over it; h->name_n is the name's length then. HTTP_DONE with a length of
 * 0: the line begins like a blank one. */
static enum http_step read_name(struct http_head *h, str bytes)
{
    size_t p = h->scanned;
    p += token_length((str){bytes.p + p, bytes.n - p});
    h->scanned = (uint32_t)p;
    if (p == bytes.n)
        return HTTP_MORE;
    char c = bytes.p[p];
    if (p == h->at && (c == '\r' || c == '\n'))
        return HTTP_DONE;
    if (c != ':' || p == h->at)
        return broken_name(h, c);
    h->name_n = (uint32_t)p - h->at;
    h->scanned++;
    return HTTP_DONE;
}

/* Eight bytes at a time, the last eight perhaps twice. `lower` has at least eight bytes, small
 * letters and '-'; among token bytes setting bit 5 maps nothing but their capitals onto them. */
static bool is_name(str name, str lower)
{
    const uint64_t bit5 = UINT64_C(0x2020202020202020);
    uint64_t differs = 0;
    if (name.n != lower.n)
        return false;
    for (size_t i = 0; i < lower.n; i += 8) {
        size_t at = i + 8 <= lower.n ? i : lower.n - 8;
        differs |= (load8(name.p + at) | bit5) ^ load8(lower.p + at);
    }
    return differs == 0;
}

static bool is_space(char c)
{
    return is_blank(c) || c == '\r' || c == '\n';
}

bool http_list_next(str *rest, str *item)
{
    if (rest->n == 0) /* there may be no bytes at all */
        return false;
    const char *p = rest->p, *end = rest->p + rest->n;
    while (p < end && (*p == ',' || is_space(*p)))
        p++;
    const char *start = p;
    while (p < end && *p != ',')
        p++;
    *rest = (str){p, (size_t)(end - p)};
    while (p > start && is_space(p[-1]))
        p--;
    *item = (str){start, (size_t)(p - start)};
    return item->n > 0;
}

/* Equal values may be repeated, "5, 5" or in several lines (RFC 9110 section 8.6). */
static void read_length(struct http_head *h, str value)
{
    str item;
    uint64_t length;
    bool any = false;
    while (http_list_next(&value, &item)) {
        any = true;
        if (!str_u64(item, &length))
            h->length_why = "a Content-Length that is not a number";
        else if (h->seen & SEEN_LENGTH && h->length != length)
            h->length_why = "several different Content-Lengths";
        else
            h->length = length;
        h->seen |= SEEN_LENGTH;
    }
    if (!any)
        h->length_why = "a Content-Length that is not a number";
    h->seen |= SEEN_LENGTH;
}

/* Only the last coding of the last line counts. */
static void read_coding(struct http_head *h, str value)
{
    str item;
    h->seen |= SEEN_CODING;
    while (http_list_next(&value, &item))
        if (str_eq_nocase(item, STR("chunked")))
            h->seen |= SEEN_CODING_CHUNKED;
        else
            h->seen &= (uint8_t)~SEEN_CODING_CHUNKED;
}

static void read_connection(struct http_head *h, str value)
{
    str item;
    while (http_list_next(&value, &item))
        if (str_eq_nocase(item, STR("close")))
            h->seen |= SEEN_CLOSE;
        else if (str_eq_nocase(item, STR("keep-alive")))
            h->seen |= SEEN_KEEP_ALIVE;
}

static void use_header(struct http_head *h, str name, str value)
{
    if (is_name(name, STR("connection")))
        read_connection(h, value);
    else if (is_name(name, STR("content-length")))
        read_length(h, value);
    else if (is_name(name, STR("transfer-encoding")))
        read_coding(h, value);
}

/* RFC 9112 section 6.3, in its order. */
static enum http_framing framing(const struct http_head *h)
{
    if (h->to_head || h->status < 200 || h->status == 204 || h->status == 304)
        return HTTP_BODY_NONE;
    if (h->seen & SEEN_CODING)
        return h->seen & SEEN_CODING_CHUNKED ? HTTP_BODY_CHUNKED : HTTP_BODY_CLOSE;
    return h->seen & SEEN_LENGTH ? HTTP_BODY_LENGTH : HTTP_BODY_CLOSE;
}

/* RFC 9112 section 9.3; and framing that others may read otherwise is not trusted with a second
 * response: both lengths (6.3), a transfer coding in HTTP/1.0 (6.1). */
static bool keeps_alive(const struct http_head *h)
{
    if (h->seen & SEEN_CLOSE || h->framing == HTTP_BODY_CLOSE)
        return false;
    if (h->seen & SEEN_CODING && (h->seen & SEEN_LENGTH || h->minor == 0))
        return false;
    return h->minor >= 1 || h->seen & SEEN_KEEP_ALIVE;
}

static enum http_step finish(struct http_head *h, str bytes, size_t fields_end)
{
    h->framing = (uint8_t)framing(h);
    h->keep_alive = keeps_alive(h);
    if (h->framing == HTTP_BODY_LENGTH && h->length_why)
        return fail(h, h->length_why);
    if (h->framing != HTTP_BODY_LENGTH)
        h->length = 0;
    h->n = h->at;
    h->reason = str_trim((str){bytes.p + 12, h->fields_at - 12});
    h->fields = (str){bytes.p + h->fields_at, fields_end - h->fields_at};
    if (h->status / 100 == 3)
        h->location = http_header_find(h->fields, STR("Location"));
    return HTTP_DONE;
}

static enum http_step read_blank_line(struct http_head *h, str bytes)
{
    str nothing;
    size_t fields_end = h->at;
    enum http_step step = line_end(h, bytes, false, h->at, &nothing);
    return step == HTTP_DONE ? finish(h, bytes, fields_end) : step;
}

static enum http_step read_header(struct http_head *h, str bytes)
{
    str name = {bytes.p + h->at, h->name_n}, value;
    enum http_step step = line_end(h, bytes, true, h->at + h->name_n + 1, &value);
    if (step == HTTP_DONE) {
        h->name_n = 0;
        use_header(h, name, value);
    }
    return step;
}

static enum http_step read_fields(struct http_head *h, str bytes)
{
    for (;;) {
        enum http_step step = h->name_n ? HTTP_DONE : read_name(h, bytes);
        if (step != HTTP_DONE)
            return step;
        if (h->name_n == 0)
            return read_blank_line(h, bytes);
        step = read_header(h, bytes);
        if (step != HTTP_DONE)
            return step;
    }
}

enum http_step http_head_parse(struct http_head *h, str bytes)
{
    if (bytes.n > HTTP_HEAD_MAX)
        bytes.n = HTTP_HEAD_MAX;
    if (bytes.n == 0)
        return HTTP_MORE;
    enum http_step step = h->fields_at ? HTTP_DONE : read_status_line(h, bytes);
    if (step == HTTP_DONE)
        step = read_fields(h, bytes);
    if (step == HTTP_MORE && bytes.n == HTTP_HEAD_MAX)
        return fail(h, "headers over 1 MiB");
    return step;
}

bool http_header_next(str *rest, struct http_header *out)
{
    if (rest->n == 0)
        return false;
    const char *start = rest->p, *end = rest->p + rest->n, *lf = start;
    while ((lf = memchr(lf, '\n', (size_t)(end - lf))) && lf + 1 < end && is_blank(lf[1]))
        lf++;
    size_t n = lf ? (size_t)(lf - start) : rest->n;
    *rest = str_skip(*rest, n + 1);
    str_cut((str){start, n}, ':', &out->name, &out->value);
    out->value = str_trim(out->value);
    return true;
}

str http_header_find(str fields, str name)
{
    struct http_header header;
    while (http_header_next(&fields, &header))
        if (str_eq_nocase(header.name, name))
            return header.value;
    return (str){NULL, 0};
}
