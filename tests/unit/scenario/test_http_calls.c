/* Calls of HTTP as scripts say them, as the bytes that one call sends. */
#include "values.h"

#include <stdio.h>
#include <string.h>

#include "scenario/http_calls.h"

#define AGENT    "User-Agent: weir/" WEIR_VERSION "\r\n"
#define ACCEPT   "Accept: */*\r\n"
#define HEAD     "Host: h:81\r\n" AGENT ACCEPT
#define PAIRS(a) ((struct text_pairs){(a), sizeof(a) / sizeof *(a)})

static struct program p;
static struct http_client_definition client;
static struct call_room room;
static unsigned n_keys;

static int open_all(void **state)
{
    (void)state;
    program_init(&p);
    client = (struct http_client_definition){.base = STR("http://h:81/api")};
    client.client.spec.protocol = &http_protocol;
    room = (struct call_room){0};
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    buf_free(&room.bytes);
    buf_free(&room.body);
    program_free(&p);
    return 0;
}

static struct http_call_parts parts(const char *method, const char *url)
{
    return (struct http_call_parts){.key = arena_printf(&p.arena, "%u", ++n_keys),
                                    .method = str_from(method),
                                    .url = str_from(url)};
}

static struct call_definition *defined(const struct http_call_parts *parts)
{
    struct err e;
    struct call_definition *d = http_call_define(&p, &client, parts, &e);
    if (!d)
        fail_msg("%s", e.text);
    return d;
}

static void assert_refused(const struct http_call_parts *parts, const char *sentence)
{
    struct err e;
    assert_null(http_call_define(&p, &client, parts, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, sentence);
}

static const struct http_message *rendered(const struct http_call_parts *parts, struct values v)
{
    const struct call_definition *d = defined(parts);
    const void *request;
    struct err e;
    if (!d->kind->render(d, &v.scope, &room, &request, &e))
        fail_msg("%s", e.text);
    return request;
}

static void assert_not_rendered(const struct http_call_parts *parts, struct values v,
                                const char *sentence)
{
    const struct call_definition *d = defined(parts);
    const void *request;
    struct err e;
    assert_false(d->kind->render(d, &v.scope, &room, &request, &e));
    assert_string_equal(e.text, sentence);
}

static void assert_sent_with(const struct http_call_parts *parts, struct values v, const char *want)
{
    const struct http_message *m = rendered(parts, v);
    str got = m->prepared.bytes;
    if (!str_eq(got, str_from(want)))
        fail_msg("got '" STR_FMT "', want '%s'", STR_ARG(got), want);
    assert_true(str_ends((str){got.p, m->prepared.head_n}, STR("\r\n\r\n")));
}

static void assert_sent(const struct http_call_parts *parts, const char *want)
{
    assert_sent_with(parts, values_of(NULL, NULL), want);
}

static void assert_target(const char *url, const char *target)
{
    struct http_call_parts c = parts("GET", url);
    char want[300];
    snprintf(want, sizeof want, "GET %s HTTP/1.1\r\n" HEAD "\r\n", target);
    assert_sent(&c, want);
}

/* ---- where it goes ---- */

static void paths_stand_behind_the_base(void **state)
{
    (void)state;
    assert_target("/users", "/api/users");
    assert_target("users", "/api/users");
    assert_target("?a=b", "/api?a=b");
    assert_target("/", "/api/");
    client.base = STR("http://h:81/api/");
    assert_target("/users", "/api/users");
    client.base = STR("h:81");
    assert_target("/x?y=z", "/x?y=z");
    assert_target("?a=b", "/?a=b");
}

static void a_url_within_a_path_is_no_other_host(void **state)
{
    (void)state;
    assert_target("/go?to=http://other/x", "/api/go?to=http://other/x");
    struct http_call_parts c = parts("GET", "/go?to=http://other/x");
    assert_string_equal(defined(&c)->name.p, "GET /go?to=http://other/x");
}

static void absolute_urls_have_places_of_their_own(void **state)
{
    (void)state;
    struct http_call_parts a = parts("GET", "http://h:81/x"), b = parts("GET", "http://other/x"),
                           c = parts("GET", "/y"), d = parts("GET", "HTTP://OTHER:80/z");
    assert_int_equal(rendered(&a, values_of(NULL, NULL))->definition->origin, 0);
    assert_int_equal(rendered(&b, values_of(NULL, NULL))->definition->origin, 1);
    assert_int_equal(rendered(&c, values_of(NULL, NULL))->definition->origin, 0);
    assert_int_equal(rendered(&d, values_of(NULL, NULL))->definition->origin, 1);
    assert_int_equal(client.config.n_origins, 2);
    assert_string_equal(defined(&b)->name.p, "GET /x");
    p.sealed = true; /* users run: connections to others are made when they are needed */
    struct http_call_parts late = parts("GET", "http://third/x");
    const struct http_definition *definition = rendered(&late, values_of(NULL, NULL))->definition;
    assert_true(str_eq(definition->elsewhere->host, STR("third")));
    assert_int_equal(client.config.n_origins, 2);
}

static void a_path_without_a_base_is_said(void **state)
{
    (void)state;
    client.base = STR("");
    struct http_call_parts c = parts("GET", "/ping");
    assert_refused(&c, "'/ping' is a path, and the client has no base: weir.http { base = "
                       "\"http://127.0.0.1:8081\" }");
    c = parts("GET", "http://h:81/ping");
    assert_sent(&c, "GET /ping HTTP/1.1\r\n" HEAD "\r\n");
}

static void hosts_are_known_when_the_file_is_read(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://${host}/x", "http://h:${port}/x", "http://a.${b}"};
    for (unsigned i = 0; i < 3; i++) {
        struct http_call_parts c = parts("GET", urls[i]);
        struct err e;
        assert_null(http_call_define(&p, &client, &c, &e));
        assert_true(strstr(e.text, "the host must be known when the file is read") != NULL);
    }
}

static void unix_sockets_are_a_base_too(void **state)
{
    (void)state;
    static const char *const bases[] = {
        "unix:/run/s.sock", "unix:/run/s.sock:", "unix:/run/s.sock:/", "http://unix:/run/s.sock"};
    for (unsigned i = 0; i < 4; i++) {
        client.base = str_from(bases[i]);
        client.config = (struct http_config){.n_origins = 0};
        struct http_call_parts c = parts("GET", "/ping");
        assert_sent(&c, "GET /ping HTTP/1.1\r\nHost: localhost\r\n" AGENT ACCEPT "\r\n");
        assert_string_equal(client.config.origins[0].url.unix_path.p, "/run/s.sock");
    }
    client.base = STR("unix:/run/s.sock:/api");
    struct http_call_parts c = parts("GET", "/ping");
    assert_sent(&c, "GET /api/ping HTTP/1.1\r\nHost: localhost\r\n" AGENT ACCEPT "\r\n");
}

static void tls_is_known_when_the_file_is_read(void **state)
{
    (void)state;
    p.sealed = true;
    struct http_call_parts c = parts("GET", "https://h/x"), d = parts("GET", "/x");
    d.follow = 1;
    assert_refused(&c, "a call with https or follow must be made at the top level of the file");
    assert_refused(&d, "a call with https or follow must be made at the top level of the file");
    p.sealed = false;
    assert_int_equal(rendered(&d, values_of(NULL, NULL))->definition->follow, 1);
    p.sealed = true;
    assert_non_null(defined(&c)); /* TLS is set up, for that one */
}

/* ---- what stands in the target ---- */

static const struct value vars[] = {{"sku", "a/b ä"},    {"n", "7"},      {"line", "x\r\ny"},
                                    {"q", "say \"hi\""}, {"token", "t0"}, {"vu.id", "3"},
                                    {NULL, NULL}};

static void values_in_the_target_are_percent_encoded(void **state)
{
    (void)state;
    struct text_pair query[] = {{STR("q"), STR("${q}")}, {STR("a b"), STR("x&${n}")}};
    struct http_call_parts c = parts("GET", "/goods/${sku}?n=${n}");
    c.query = PAIRS(query);
    assert_sent_with(&c, values_of(vars, NULL),
                     "GET /api/goods/a%2Fb%20%C3%A4?n=7&q=say%20%22hi%22&a%20b=x%267 "
                     "HTTP/1.1\r\n" HEAD "\r\n");
    c = parts("GET", "/x");
    c.query = PAIRS(query);
    assert_sent_with(&c, values_of(vars, NULL),
                     "GET /api/x?q=say%20%22hi%22&a%20b=x%267 HTTP/1.1\r\n" HEAD "\r\n");
}

static void a_plain_brace_stays_one(void **state)
{
    (void)state;
    struct text_pair pairs[] = {{STR("q"), STR("$${n}")}};
    struct http_call_parts c = parts("POST", "/x");
    c.query = c.form = PAIRS(pairs);
    c.body_kind = HTTP_CALL_FORM;
    assert_sent_with(&c, values_of(vars, NULL),
                     "POST /api/x?q=%24%7Bn%7D HTTP/1.1\r\n" HEAD
                     "Content-Type: application/x-www-form-urlencoded\r\n"
                     "Content-Length: 12\r\n\r\nq=%24%7Bn%7D");
}

static void what_is_the_same_each_time_has_plain_braces_too(void **state)
{
    (void)state;
    struct text_pair headers[] = {{STR("X-A"), STR("$${n}")}};
    struct http_call_parts c = parts("POST", "/$${x}");
    c.headers = PAIRS(headers);
    c.has_headers = true;
    c.body_kind = HTTP_CALL_TEXT;
    c.body = STR("$${y}");
    assert_sent(&c,
                "POST /api/${x} HTTP/1.1\r\n" HEAD "X-A: ${n}\r\nContent-Length: 4\r\n\r\n${y}");
}

static void what_is_not_set_is_said(void **state)
{
    (void)state;
    struct http_call_parts c = parts("GET", "/goods/${nobody}");
    assert_not_rendered(&c, values_of(vars, NULL), "${nobody} is not set");
}

/* ---- headers ---- */

static void headers_of_the_call_replace_those_of_the_client(void **state)
{
    (void)state;
    struct text_pair of_client[] = {{STR("X-A"), STR("client")}, {STR("X-B"), STR("${n}")}};
    struct text_pair of_call[] = {{STR("accept"), STR("text/html")}, {STR("x-a"), STR("call")}};
    client.headers = PAIRS(of_client);
    struct http_call_parts c = parts("GET", "/x");
    c.headers = PAIRS(of_call);
    c.has_headers = true;
    assert_sent_with(&c, values_of(vars, NULL),
                     "GET /api/x HTTP/1.1\r\nHost: h:81\r\n" AGENT
                     "X-B: 7\r\naccept: text/html\r\nx-a: call\r\n\r\n");
}

static void values_of_headers_have_no_line_breaks(void **state)
{
    (void)state;
    struct text_pair headers[] = {{STR("X-A"), STR("${line}")}};
    struct http_call_parts c = parts("GET", "/x");
    c.headers = PAIRS(headers);
    c.has_headers = true;
    assert_not_rendered(&c, values_of(vars, NULL), "the value of header '${…}' holds a line break");
}

static void headers_left_out_are_the_variable(void **state)
{
    (void)state;
    static const struct value headers[] = {{"X-A", "a"}, {"X-C", "c"}, {NULL, NULL}};
    struct text_pair of_client[] = {{STR("x-a"), STR("client")}};
    client.headers = PAIRS(of_client);
    struct http_call_parts c = parts("GET", "/x");
    assert_sent_with(&c, values_of(vars, headers),
                     "GET /api/x HTTP/1.1\r\n" HEAD "X-A: a\r\nX-C: c\r\n\r\n");
    assert_sent_with(&c, values_of(vars, NULL),
                     "GET /api/x HTTP/1.1\r\n" HEAD "x-a: client\r\n\r\n");
    c.has_headers = true; /* written down, also when there are none */
    c.key = STR("other");
    assert_sent_with(&c, values_of(vars, headers),
                     "GET /api/x HTTP/1.1\r\n" HEAD "x-a: client\r\n\r\n");
}

static void weirs_own_headers_can_be_replaced_and_taken_out(void **state)
{
    (void)state;
    static const struct value headers[] = {
        {"user-agent", "me"}, {"ACCEPT", NULL}, {"Host", "other"}, {NULL, NULL}};
    struct http_call_parts c = parts("GET", "/x");
    assert_sent_with(&c, values_of(vars, headers),
                     "GET /api/x HTTP/1.1\r\nuser-agent: me\r\nHost: other\r\n\r\n");
}

static void a_variable_header_can_end_the_connection(void **state)
{
    (void)state;
    static const struct value headers[] = {{"Connection", "close"}, {NULL, NULL}};
    struct http_call_parts c = parts("GET", "/x");
    assert_true(rendered(&c, values_of(vars, headers))->prepared.closes);
    assert_false(rendered(&c, values_of(vars, NULL))->prepared.closes);
}

static void headers_that_would_break_the_request_are_refused(void **state)
{
    (void)state;
    static const struct value length[] = {{"content-length", "5"}, {NULL, NULL}};
    static const struct value coding[] = {{"Transfer-Encoding", "chunked"}, {NULL, NULL}};
    static const struct value broken[] = {{"X-A", "x\ny"}, {NULL, NULL}};
    static const struct value name[] = {{"X A", "x"}, {NULL, NULL}};
    struct http_call_parts c = parts("POST", "/x");
    assert_not_rendered(
        &c, values_of(vars, length),
        "content-length cannot be set: weir sends bodies with their Content-Length");
    assert_not_rendered(
        &c, values_of(vars, coding),
        "Transfer-Encoding cannot be set: weir sends bodies with their Content-Length");
    assert_not_rendered(&c, values_of(vars, broken),
                        "the value of header 'X-A' holds a line break");
    assert_not_rendered(&c, values_of(vars, name),
                        "'X A' is not a header's name; write it like 'X-Name: value'");
}

static void credentials_become_a_header(void **state)
{
    (void)state;
    client.credentials = STR("joe:pass");
    struct http_call_parts c = parts("GET", "/x");
    assert_sent(&c, "GET /api/x HTTP/1.1\r\n" HEAD "Authorization: Basic am9lOnBhc3M=\r\n\r\n");
}

/* ---- bodies ---- */

static void a_text_is_sent_with_its_length(void **state)
{
    (void)state;
    struct http_call_parts c = parts("PUT", "/x"), d = parts("PUT", "/x");
    c.body_kind = d.body_kind = HTTP_CALL_TEXT;
    c.body = STR("fixed");
    assert_sent(&c, "PUT /api/x HTTP/1.1\r\n" HEAD "Content-Length: 5\r\n\r\nfixed");
    d.body = STR("${q}!${n}");
    assert_sent_with(&d, values_of(vars, NULL),
                     "PUT /api/x HTTP/1.1\r\n" HEAD "Content-Length: 10\r\n\r\nsay \"hi\"!7");
}

static void json_is_escaped_and_has_its_type(void **state)
{
    (void)state;
    struct http_call_parts c = parts("POST", "/x");
    c.body_kind = HTTP_CALL_JSON;
    c.body = STR("{\"q\":\"${q}\",\"j\":${json:q}}");
    assert_sent_with(
        &c, values_of(vars, NULL),
        "POST /api/x HTTP/1.1\r\n" HEAD "Content-Type: application/json\r\n"
        "Content-Length: 35\r\n\r\n{\"q\":\"say \\\"hi\\\"\",\"j\":\"say \\\"hi\\\"\"}");
    struct text_pair headers[] = {{STR("content-type"), STR("text/json")}};
    c.headers = PAIRS(headers);
    c.has_headers = true;
    c.key = STR("other");
    c.body = STR("{}");
    assert_sent(&c, "POST /api/x HTTP/1.1\r\n" HEAD
                    "content-type: text/json\r\nContent-Length: 2\r\n\r\n{}");
}

static void forms_are_encoded_and_have_their_type(void **state)
{
    (void)state;
    struct text_pair form[] = {{STR("a b"), STR("${sku}")}, {STR("c"), STR("d&e")}};
    struct http_call_parts c = parts("POST", "/x");
    c.form = PAIRS(form);
    c.body_kind = HTTP_CALL_FORM;
    assert_sent_with(&c, values_of(vars, NULL),
                     "POST /api/x HTTP/1.1\r\n" HEAD
                     "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                     "28\r\n\r\na%20b=a%2Fb%20%C3%A4&c=d%26e");
}

static void a_body_left_out_is_the_variable(void **state)
{
    (void)state;
    static const struct value body[] = {{"body", "${n} as it is"}, {NULL, NULL}};
    static const struct value null[] = {{"body", NULL}, {NULL, NULL}};
    struct http_call_parts post = parts("POST", "/x"), get = parts("GET", "/x");
    assert_sent_with(&post, values_of(body, NULL),
                     "POST /api/x HTTP/1.1\r\n" HEAD "Content-Length: 13\r\n\r\n${n} as it is");
    assert_sent(&post, "POST /api/x HTTP/1.1\r\n" HEAD "Content-Length: 0\r\n\r\n");
    assert_sent_with(&post, values_of(null, NULL),
                     "POST /api/x HTTP/1.1\r\n" HEAD "Content-Length: 0\r\n\r\n");
    assert_sent_with(&get, values_of(body, NULL), "GET /api/x HTTP/1.1\r\n" HEAD "\r\n");
}

static void the_request_can_be_looked_at(void **state)
{
    (void)state;
    struct http_call_parts c = parts("PUT", "/${n}");
    struct sent_view sent = {.partition = -1};
    c.body_kind = HTTP_CALL_TEXT;
    c.body = STR("n is ${n}");
    const struct call_definition *d = defined(&c);
    d->kind->view(d, rendered(&c, values_of(vars, NULL)), &sent);
    assert_true(str_eq(sent.body, STR("n is 7")));
    assert_int_equal(sent.partition, -1);
    assert_null(sent.key.p);
}

/* ---- definitions ---- */

static void a_definition_is_known_by_its_key(void **state)
{
    (void)state;
    struct http_call_parts a = parts("GET", "/a"), b = parts("GET", "/b");
    struct call_definition *first = defined(&a);
    assert_ptr_equal(defined(&a), first);
    assert_ptr_not_equal(defined(&b), first);
    assert_int_equal(p.calls_by_key.used, 2);
}

static void users_may_make_up_only_so_many(void **state)
{
    (void)state;
    struct err e;
    p.sealed = true;
    for (unsigned i = 0; i < PROGRAM_LATE_MOST; i++) {
        struct http_call_parts c = parts("GET", arena_printf(&p.arena, "/%u", i).p);
        assert_non_null(defined(&c));
    }
    struct http_call_parts more = parts("GET", "/more");
    assert_null(http_call_define(&p, &client, &more, &e));
    assert_string_equal(e.text, "users have made up 1000 different calls: write what differs as "
                                "${name}, and give its value as a variable");
}

static void names_and_tags_say_what_it_is(void **state)
{
    (void)state;
    struct text_pair tags[] = {{STR("page"), STR("home")}};
    struct http_call_parts c = parts("GET", "/goods/${sku}");
    assert_string_equal(defined(&c)->name.p, "GET /goods/${sku}");
    c = parts("GET", "http://h:81");
    assert_string_equal(defined(&c)->name.p, "GET /");
    c = parts("GET", "/x");
    c.name = STR("look");
    c.tags = PAIRS(tags);
    c.timeout_ns = 5;
    const struct call_definition *d = defined(&c);
    assert_string_equal(d->name.p, "look");
    assert_int_equal(d->timeout_ns, 5);
    assert_int_equal(d->n_tags, 2);
    assert_true(str_eq(d->tags[0].value, STR("http")));
    assert_true(str_eq(d->tags[1].name, STR("page")));
}

static void what_http_cannot_say_is_refused(void **state)
{
    (void)state;
    struct text_pair headers[] = {{STR("bad name"), STR("x")}};
    struct http_call_parts c = parts("GET", "/a b");
    assert_refused(&c, "URL 'http://h:81/api/a b': a space in the path or query; write %20");
    c = parts("GET", "/x");
    c.headers = PAIRS(headers);
    assert_refused(&c, "'bad name' is not a header's name; write it like 'X-Name: value'");
    c = parts("GET", "/${open");
    assert_refused(&c, "'${open' is not closed; write ${name}, or $${ for a plain ${");
}

int main(void)
{
#define CALL_TEST(f) cmocka_unit_test_setup_teardown(f, open_all, free_all)
    const struct CMUnitTest tests[] = {
        CALL_TEST(paths_stand_behind_the_base),
        CALL_TEST(a_url_within_a_path_is_no_other_host),
        CALL_TEST(absolute_urls_have_places_of_their_own),
        CALL_TEST(a_path_without_a_base_is_said),
        CALL_TEST(hosts_are_known_when_the_file_is_read),
        CALL_TEST(unix_sockets_are_a_base_too),
        CALL_TEST(tls_is_known_when_the_file_is_read),
        CALL_TEST(values_in_the_target_are_percent_encoded),
        CALL_TEST(a_plain_brace_stays_one),
        CALL_TEST(what_is_the_same_each_time_has_plain_braces_too),
        CALL_TEST(what_is_not_set_is_said),
        CALL_TEST(headers_of_the_call_replace_those_of_the_client),
        CALL_TEST(values_of_headers_have_no_line_breaks),
        CALL_TEST(headers_left_out_are_the_variable),
        CALL_TEST(weirs_own_headers_can_be_replaced_and_taken_out),
        CALL_TEST(a_variable_header_can_end_the_connection),
        CALL_TEST(headers_that_would_break_the_request_are_refused),
        CALL_TEST(credentials_become_a_header),
        CALL_TEST(a_text_is_sent_with_its_length),
        CALL_TEST(json_is_escaped_and_has_its_type),
        CALL_TEST(forms_are_encoded_and_have_their_type),
        CALL_TEST(a_body_left_out_is_the_variable),
        CALL_TEST(the_request_can_be_looked_at),
        CALL_TEST(a_definition_is_known_by_its_key),
        CALL_TEST(users_may_make_up_only_so_many),
        CALL_TEST(names_and_tags_say_what_it_is),
        CALL_TEST(what_http_cannot_say_is_refused),
    };
    return UNIT_RUN(tests);
}
