/* The head of a request: first its end is looked for, then it is taken apart line by line. */
#include "target/request.h"

#include <string.h>

enum seen {
    SEEN_HOST = 1,
    SEEN_LENGTH = 2,
    SEEN_CHUNKED = 4,
    SEEN_CLOSE = 8,
    SEEN_KEEP_ALIVE = 16,
};

static enum http_step refuse(struct request *r, uint16_t status, const char *why)
{
    r->status = status;
    r->why = why;
    return HTTP_ERROR;
}

/* ---- fields: each reader gives NULL, or what is wrong with the value ---- */

static const char *read_host(struct request *r, str value)
{
    (void)value;
    if (r->seen & SEEN_HOST)
        return "more than one Host";
    r->seen |= SEEN_HOST;
    return NULL;
}

/* Equal values may be repeated, "5, 5" or in several lines (RFC 9110 section 8.6). */
static const char *read_length(struct request *r, str value)
{
    str item;
    uint64_t length;
    unsigned items = 0;
    for (; http_list_next(&value, &item); items++) {
        if (!str_u64(item, &length))
            return "a Content-Length that is not a number";
        if (r->seen & SEEN_LENGTH && r->length != length)
            return "several different Content-Lengths";
        r->length = length;
        r->seen |= SEEN_LENGTH;
    }
    return items ? NULL : "a Content-Length that is not a number";
}

static const char *read_coding(struct request *r, str value)
{
    if (!str_eq_nocase(value, STR("chunked"))) {
        r->status = 501;
        return "a transfer coding other than chunked";
    }
    if (r->seen & SEEN_CHUNKED)
        return "more than one Transfer-Encoding";
    r->seen |= SEEN_CHUNKED;
    return NULL;
}

static const char *read_connection(struct request *r, str value)
{
    str item;
    while (http_list_next(&value, &item))
        if (str_eq_nocase(item, STR("close")))
            r->seen |= SEEN_CLOSE;
        else if (str_eq_nocase(item, STR("keep-alive")))
            r->seen |= SEEN_KEEP_ALIVE;
    return NULL;
}

static const char *read_expect(struct request *r, str value)
{
    r->expects = str_eq_nocase(value, STR("100-continue"));
    return NULL;
}

static const char *read_accept(struct request *r, str value)
{
    str item, media, parameters;
    while (http_list_next(&value, &item)) {
        str_cut(item, ';', &media, &parameters);
        if (str_eq_nocase(str_trim(media), STR("application/json")))
            r->wants_json = true;
    }
    return NULL;
}

static const char *read_type(struct request *r, str value)
{
    r->type = value;
    return NULL;
}

static const struct {
    str name;
    const char *(*read)(struct request *r, str value);
} fields[] = {
    {{"Host", 4}, read_host},
    {{"Accept", 6}, read_accept},
    {{"Expect", 6}, read_expect},
    {{"Connection", 10}, read_connection},
    {{"Content-Type", 12}, read_type},
    {{"Content-Length", 14}, read_length},
    {{"Transfer-Encoding", 17}, read_coding},
};

/* A continued line begins with white space, so it fails here, as it must (RFC 9112 section 5.2). */
static enum http_step field_line(struct request *r, str line)
{
    str name, value;
    const char *why = NULL;
    if (!str_cut(line, ':', &name, &value) || !http_is_token(name))
        return refuse(r, 400, "a header line without a proper name");
    if (memchr(value.p, 0, value.n) || memchr(value.p, '\r', value.n))
        return refuse(r, 400, "a NUL or CR byte in a header");
    value = str_trim(value);
    r->status = 400;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && !why; i++)
        if (str_eq_nocase(name, fields[i].name))
            why = fields[i].read(r, value);
    return why ? refuse(r, r->status, why) : HTTP_DONE;
}

/* ---- the request line ---- */

/* Path and query of "/path?query" and of "http://authority/path?query" (RFC 9112 section 3.2). */
static void split_target(struct request *r)
{
    str rest = r->target, scheme;
    if (!str_starts(rest, STR("/")) && str_cut_at(rest, STR("://"), &scheme, &rest)) {
        const char *slash = memchr(rest.p, '/', rest.n);
        rest = slash ? str_skip(rest, (size_t)(slash - rest.p)) : STR("/");
    } else {
        rest = r->target;
    }
    str_cut(rest, '?', &r->path, &r->query);
}

static bool is_target(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
            return false;
    return s.n > 0;
}

static enum http_step read_version(struct request *r, str version)
{
    if (version.n != 8 || !str_starts(version, STR("HTTP/")) || version.p[6] != '.' ||
        version.p[5] < '0' || version.p[5] > '9' || version.p[7] < '0' || version.p[7] > '9')
        return refuse(r, 400, "a request line that does not end in HTTP/1.1");
    if (version.p[5] != '1')
        return refuse(r, 505, "not HTTP/1.0 or HTTP/1.1");
    r->minor = (uint8_t)(version.p[7] - '0');
    return HTTP_DONE;
}

static enum http_step request_line(struct request *r, str line)
{
    str rest, version;
    str_cut(line, ' ', &r->method, &rest);
    str_cut(rest, ' ', &r->target, &version);
    if (!http_is_token(r->method))
        return refuse(r, 400, "a request line without a method");
    if (!is_target(r->target))
        return refuse(r, 400, "a request line without a target");
    split_target(r);
    return read_version(r, version);
}

/* ---- the whole ---- */

/* Behind the blank line; 0 while it has not come. */
static size_t head_end(struct request *r, str bytes)
{
    size_t at = r->scanned, n;
    const char *lf;
    while ((lf = memchr(bytes.p + at, '\n', bytes.n - at))) {
        n = (size_t)(lf - bytes.p);
        at = n + 1;
        n -= n > r->start && bytes.p[n - 1] == '\r';
        if (n > r->start && bytes.p[n - 1] == '\n')
            return at;
    }
    r->scanned = (uint32_t)bytes.n;
    return 0;
}

static str next_line(str *rest)
{
    str line;
    str_cut(*rest, '\n', &line, rest);
    if (str_ends(line, STR("\r")))
        line.n--;
    return line;
}

/* RFC 9112 sections 3.2 (Host), 6.1 and 6.3 (framing), 9.3 (keep-alive). */
static enum http_step conclude(struct request *r)
{
    bool chunked = r->seen & SEEN_CHUNKED, length = r->seen & SEEN_LENGTH;
    if (r->minor > 0 && !(r->seen & SEEN_HOST))
        return refuse(r, 400, "no Host");
    if (chunked && length)
        return refuse(r, 400, "both Transfer-Encoding and Content-Length");
    if (chunked && r->minor == 0)
        return refuse(r, 400, "Transfer-Encoding in HTTP/1.0");
    r->framing = chunked ? HTTP_BODY_CHUNKED : length ? HTTP_BODY_LENGTH : HTTP_BODY_NONE;
    r->keep_alive = !(r->seen & SEEN_CLOSE) && (r->minor > 0 || r->seen & SEEN_KEEP_ALIVE);
    return HTTP_DONE;
}

static enum http_step take_apart(struct request *r, str head)
{
    enum http_step step = request_line(r, next_line(&head));
    for (str line; step == HTTP_DONE && (line = next_line(&head)).n;)
        step = field_line(r, line);
    return step == HTTP_DONE ? conclude(r) : step;
}

/* The head goes on, but a bad request line is refused at once: its sender may wait for that. */
static enum http_step unfinished(struct request *r, str bytes)
{
    str rest = str_skip(bytes, r->start);
    if (memchr(rest.p, '\n', rest.n) && request_line(r, next_line(&rest)) == HTTP_ERROR)
        return HTTP_ERROR;
    return bytes.n < REQUEST_HEAD_MAX ? HTTP_MORE : refuse(r, 431, "a head over 64 KiB");
}

/* Empty lines before a request are passed over (RFC 9112 section 2.2); what begins otherwise than
 * with a method (TLS, say) is refused without waiting for a line end that may never come. */
enum http_step request_parse(struct request *r, str bytes)
{
    if (bytes.n > REQUEST_HEAD_MAX)
        bytes.n = REQUEST_HEAD_MAX;
    while (r->start < bytes.n && (bytes.p[r->start] == '\r' || bytes.p[r->start] == '\n'))
        r->start++;
    if (r->start == bytes.n)
        return bytes.n < REQUEST_HEAD_MAX ? HTTP_MORE : refuse(r, 431, "a head over 64 KiB");
    if (!http_is_token((str){bytes.p + r->start, 1}))
        return refuse(r, 400, "not HTTP");
    if (r->scanned < r->start)
        r->scanned = r->start;
    size_t end = head_end(r, bytes);
    if (end == 0)
        return unfinished(r, bytes);
    r->n = (uint32_t)end;
    return take_apart(r, (str){bytes.p + r->start, end - r->start});
}
