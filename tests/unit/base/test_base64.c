/* Base64: the vectors of RFC 4648 section 10, and all 64 letters. */
#include "unit.h"

#include "base/base64.h"

static void encodes(const char *bytes, size_t n, const char *want)
{
    struct buf out = {0};
    base64_add(&out, (str){bytes, n});
    buf_char(&out, 0);
    assert_string_equal(out.p, want);
    buf_free(&out);
}

static void gives_what_the_rfc_shows(void **state)
{
    (void)state;
    encodes("", 0, "");
    encodes("f", 1, "Zg==");
    encodes("fo", 2, "Zm8=");
    encodes("foo", 3, "Zm9v");
    encodes("foob", 4, "Zm9vYg==");
    encodes("fooba", 5, "Zm9vYmE=");
    encodes("foobar", 6, "Zm9vYmFy");
    encodes("Aladdin:open sesame", 19, "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

static void high_bytes_are_not_negative(void **state)
{
    (void)state;
    encodes("\xff\xff\xff", 3, "////");
    encodes("\xfb\xef\xbe", 3, "++++");
    encodes("\xff", 1, "/w==");
    encodes("\xff\x80", 2, "/4A=");
    encodes("\0\0", 2, "AAA=");
}

static void every_letter_has_its_place(void **state)
{
    (void)state;
    char bytes[48];
    uint32_t value = 0, bits = 0;
    size_t n = 0;
    for (uint32_t letter = 0; letter < 64; letter++) {
        value = value << 6 | letter;
        bits += 6;
        if (bits >= 8)
            bytes[n++] = (char)(value >> (bits -= 8));
    }
    assert_int_equal(n, sizeof bytes);
    encodes(bytes, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

static void adds_behind_what_is_there(void **state)
{
    (void)state;
    struct buf out = {0};
    buf_str(&out, STR("Basic "));
    base64_add(&out, STR("a:b"));
    assert_true(str_eq(buf_view(&out), STR("Basic YTpi")));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_the_rfc_shows),
        cmocka_unit_test(high_bytes_are_not_negative),
        cmocka_unit_test(every_letter_has_its_place),
        cmocka_unit_test(adds_behind_what_is_there),
    };
    return UNIT_RUN(tests);
}
