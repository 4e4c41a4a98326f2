/* Calls in full: both directions, masked, cut, escaped. */
#include "unit.h"

#include "report/fixture.h"
#include "report/show.h"

static const struct series ping = {.name = {"GET /ping", 9}};

static void assert_shown(const struct shown_call *call, const char *want)
{
    struct page p = {.paper = {.utf8 = true, .width = 100}};
    show_call(&p, call, 1);
    buf_char(&p.text, 0);
    assert_string_equal(p.text.p, want);
    buf_free(&p.text);
}

static struct shown_call call_of(str request, str head, str body)
{
    return (struct shown_call){
        .record = {.series = &ping,
                   .due_ns = 5000000,
                   .response_ns = 1200000,
                   .service_ns = 1100000,
                   .status = 200,
                   .fate = FATE_OK},
        .request = request,
        .head = head,
        .body = body,
        .request_bytes = request.n,
        .body_bytes = body.n,
    };
}

static void a_call_is_shown_with_times_fate_and_both_directions(void **state)
{
    (void)state;
    struct shown_call call =
        call_of(STR("POST /ping HTTP/1.1\r\nHost: a\r\n\r\nx=1"),
                STR("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n"), STR("{\"a\":\n\t\"b\"}\n"));
    assert_shown(&call, "call 1: GET /ping · ok (200) · response 1.20 ms, service 1.10 ms, due at "
                        "5.00 ms\n"
                        "> POST /ping HTTP/1.1\n"
                        "> Host: a\n"
                        "> \n"
                        "> x=1\n"
                        "< HTTP/1.1 200 OK\n"
                        "< Content-Length: 18\n"
                        "< \n"
                        "< {\"a\":\n"
                        "<     \"b\"}\n"
                        "\n");
}

static void a_call_without_an_answer_tells_why(void **state)
{
    (void)state;
    struct shown_call call = call_of(STR(""), STR(""), STR(""));
    call.record.fate = FATE_ERROR;
    call.record.cause = "connection refused";
    call.record.service_ns = 0;
    call.record.status = 0;
    assert_shown(&call,
                 "call 1: GET /ping · connection refused · response 1.20 ms, due at 5.00 ms\n"
                 "\n");
}

static void secrets_are_masked_in_both_directions(void **state)
{
    (void)state;
    struct shown_call call = call_of(
        STR("GET / HTTP/1.1\r\nauthorization: Basic c2VjcmV0\r\nCookie: id=secret\r\n\r\n"),
        STR("HTTP/1.1 200 OK\r\nSet-Cookie: id=secret; Path=/\r\n\r\n"), STR("Cookie: shown\n"));
    struct page p = {.paper = {.utf8 = true, .width = 100}};
    show_call(&p, &call, 1);
    str text = buf_view(&p.text);
    assert_false(str_contains(text, STR("secret")));
    assert_false(str_contains(text, STR("c2VjcmV0")));
    assert_true(str_contains(text, STR("> authorization: ***\n")));
    assert_true(str_contains(text, STR("< Cookie: shown\n")));
    buf_free(&p.text);
}

static void bodies_are_cut_and_the_rest_is_counted(void **state)
{
    (void)state;
    static char body[5000];
    memset(body, 'x', sizeof body);
    struct shown_call call = call_of(STR("GET / HTTP/1.1\r\n\r\n"), STR("HTTP/1.1 200 OK\r\n\r\n"),
                                     (str){body, sizeof body});
    call.body_bytes = 1000000;
    struct page p = {.paper = {.utf8 = true, .width = 100}};
    show_call(&p, &call, 1);
    assert_true(str_ends(buf_view(&p.text), STR("xxx\n< … 995 904 bytes more\n\n")));
    assert_true(p.text.n < 4096 + 300);
    call = call_of(STR("POST / HTTP/1.1\r\n\r\nabc"), STR(""), STR(""));
    call.request_bytes += 7;
    p.text.n = 0;
    show_call(&p, &call, 1);
    assert_true(str_ends(buf_view(&p.text), STR("> abc\n> … 7 bytes more\n\n")));
    buf_free(&p.text);
}

static void whatever_is_not_text_is_escaped(void **state)
{
    (void)state;
    struct shown_call call =
        call_of(STR("GET /\x1b[31m HTTP/1.1\r\n\r\n"),
                STR("HTTP/1.1 200 OK\r\nX: \x1b]0;title\x07\r\n\r\n"), STR("\x89PNG\r\n\x1a\n\0"));
    struct page p = {.paper = {.utf8 = true, .width = 100}};
    show_call(&p, &call, 1);
    for (size_t i = 0; i < p.text.n; i++)
        assert_true((unsigned char)p.text.p[i] >= ' ' || p.text.p[i] == '\n');
    assert_true(str_contains(buf_view(&p.text), STR("< \\x89PNG\n< \\x1a\n< \\x00\n")));
    buf_free(&p.text);
}

static void the_sink_numbers_the_calls(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    struct shown_call call = call_of(STR("GET / HTTP/1.1\r\n\r\n"), STR(""), STR(""));
    fixture_open(&f);
    const char *path = fixture_path(&f, "show.txt");
    FILE *out = fopen(path, "w");
    struct sink *s = show_sink((struct paper){.out = out, .utf8 = true, .width = 100});
    s->table->shown(s, &call);
    s->table->shown(s, &call);
    assert_true(s->table->finish(s, fixture_summary(&f), &e));
    s->table->close(s);
    fclose(out);
    str text = fixture_read(&f, path);
    assert_true(str_starts(text, STR("call 1: ")));
    assert_true(str_contains(text, STR("\ncall 2: ")));
    fixture_remove(path);
    fixture_close(&f);
}

static void a_full_disk_is_an_error_of_the_end(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    struct shown_call call = call_of(STR("GET / HTTP/1.1\r\n\r\n"), STR(""), STR(""));
    fixture_open(&f);
    FILE *out = fopen("/dev/full", "w");
    struct sink *s = show_sink((struct paper){.out = out, .utf8 = true, .width = 100});
    s->table->shown(s, &call);
    s->table->shown(s, &call);
    assert_false(s->table->finish(s, fixture_summary(&f), &e));
    assert_non_null(strstr(e.text, "No space left on device"));
    s->table->close(s);
    fclose(out);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_is_shown_with_times_fate_and_both_directions),
        cmocka_unit_test(a_call_without_an_answer_tells_why),
        cmocka_unit_test(secrets_are_masked_in_both_directions),
        cmocka_unit_test(bodies_are_cut_and_the_rest_is_counted),
        cmocka_unit_test(whatever_is_not_text_is_escaped),
        cmocka_unit_test(the_sink_numbers_the_calls),
        cmocka_unit_test(a_full_disk_is_an_error_of_the_end),
    };
    return UNIT_RUN(tests);
}
