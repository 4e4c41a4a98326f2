/* The flags of other tools, from their own help and sources: wrk, wrk2, hey, oha, vegeta attack,
 * k6 run, Locust, ab, kcat, kafka-producer-perf-test. Only those that one would carry over. */
#include "cli/foreign.h"

#include <string.h>

#include "base/units.h"

static bool is_number(str value)
{
    double number;
    return str_double(value, &number) && number >= 0;
}

static bool is_no_number(str value)
{
    return !is_number(value);
}

static bool is_negative(str value)
{
    return str_starts(value, STR("-"));
}

static bool is_not_negative(str value)
{
    return !is_negative(value);
}

static bool is_zero(str value)
{
    double number;
    return str_double(value, &number) && number == 0;
}

static bool is_not_zero(str value)
{
    return !is_zero(value);
}

static bool is_duration(str value)
{
    struct err ignored;
    uint64_t ns;
    return units_duration(value, &ns, &ignored);
}

static bool is_url(str value)
{
    return str_starts(value, STR("http://")) || str_starts(value, STR("https://"));
}

static bool is_no_url(str value)
{
    return !is_url(value);
}

/* hey's, oha's and curl's -d. */
static bool is_body(str value)
{
    return value.n && (memchr("{[@", value.p[0], 3) || memchr(value.p, '=', value.n));
}

static bool is_script(str value)
{
    return str_ends(value, STR(".lua")) || str_ends(value, STR(".js")) ||
           str_ends(value, STR(".py"));
}

/* k6's "30s:100". */
static bool is_stage(str value)
{
    str time, target;
    return str_cut(value, ':', &time, &target) && is_duration(time) && is_number(target);
}

static bool is_credentials(str value)
{
    return memchr(value.p, ':', value.n) && !is_url(value);
}

static bool is_media_type(str value)
{
    return memchr(value.p, '/', value.n) && !is_url(value);
}

static bool is_host_and_port(str value)
{
    return memchr(value.p, ':', value.n) || memchr(value.p, '.', value.n);
}

static bool is_assignment(str value)
{
    return memchr(value.p, '=', value.n) != NULL;
}

static bool is_no_assignment(str value)
{
    return !is_assignment(value);
}

static bool is_false(str value)
{
    return str_eq(value, STR("false"));
}

/* "30s:100" → "0..100 users over 30s" */
static void from_k6_stage(str value, struct buf *out)
{
    str time, target;
    str_cut(value, ':', &time, &target);
    buf_printf(out, "0.." STR_FMT " users over " STR_FMT, STR_ARG(target), STR_ARG(time));
}

/* vegeta's "50/1s" → "50/s" */
static void from_vegeta_rate(str value, struct buf *out)
{
    str amount, per;
    bool has_per = str_cut(value, '/', &amount, &per);
    buf_str(out, amount);
    if (has_per && str_starts(per, STR("1")))
        per = str_skip(per, 1);
    if (has_per)
        buf_printf(out, "/" STR_FMT, STR_ARG(per));
}

static const char always_percentiles[] = "not needed: the percentiles are always printed";
static const char always_keeps_alive[] =
    "not needed: connections are kept alive (for curl's -k say --insecure)";
static const char waits_anyway[] =
    "not needed: what is in flight at the end is waited for (--drain)";
static const char no_compression[] = "not needed: weir does not ask for compression";
static const char two_outputs[] = "for the figures say --json FILE, for each call --log FILE";
static const char service_time[] = "not needed: service time is printed beside response time";
static const char starts_anyway[] = "not needed: weir starts at once";
static const char its_version[] = "the version is shown by weir --version";
static const char unix_url[] = "it is part of the URL: {unix:}:/";
static const char url_alone[] = "the URL stands alone: weir http {}";
static const char a_record_a_line[] = "weir reads a record per line: --lines FILE";
static const char a_property_each[] = "each property is an option: -X name=value";
static const char consumes_from[] = "weir kafka consume says --from {}";
static const char consumes_until[] = "weir kafka consume says --until end";
static const char consumes_as[] = "weir kafka consume says -g {}";
static const char perf_test[] = "kafka-producer-perf-test";
static const char closes[] = "-H 'Connection: close'";
static const char no_http2[] = "HTTP/2 is not in this version of weir";
static const char no_proxy[] = "weir goes straight to the target, not through a proxy";
static const char in_a_scenario[] =
    "scripts and lists of requests are scenarios here: weir new mine.lua writes one to begin with, "
    "weir run mine.lua runs it";
static const char no_fleet[] =
    "several machines need weir orchestrator and weir driver, which are not "
    "in this version of weir";
static const char no_own_certificates[] = "own certificates are not in this version of weir";

/* clang-format off: a row a line reads better here */
const struct foreign foreign_http[] = {
    {"-z", "T", "hey, oha", .says = "-d {}"},
    {"-q", "N", "hey, oha", .note = "for a rate say -r {} (in all; hey's is per worker)",
     .when = is_number},
    {"-d", "BODY", "hey, oha", .note = "for a body say --body {}", .when = is_body},
    {"-D", "FILE", "hey, oha", .says = "--body {@}"},
    {"-t", "N", "wrk", .says = "--threads {}", .when = is_number},
    {"-t", "T", "hey, oha", .says = "--timeout {}", .when = is_duration},
    {"-t", "T", "ab, Locust", .says = "-d {}", .when = is_duration},
    {"-A", "TYPE", "hey, oha", .says = "-H {Accept: }", .when = is_media_type},
    {"-A", "USER:PASSWORD", "ab", .says = "-u USER:PASSWORD", .when = is_credentials},
    {"-T", "TYPE", "hey, oha, ab", .says = "-H {Content-Type: }"},
    {"-a", "USER:PASSWORD", "hey, oha", .says = "-u USER:PASSWORD"},
    {"-U", "NAME", "hey", .says = "-H {User-Agent: }", .when = is_no_url},
    {"-x", "PROXY", "hey, oha", .note = no_proxy},
    {"-o", "FILE", "hey, oha, k6", .note = two_outputs},
    {"-h2", NULL, "hey", .note = no_http2},
    {"-host", "NAME", "hey", .says = "-H {Host: }"},
    {"-cpus", "N", "hey, vegeta", .says = "--threads {}"},
    {"-disable-compression", NULL, "hey", .note = no_compression},
    {"-disable-keepalive", NULL, "hey", .says = closes},
    {"-disable-redirects", NULL, "hey",
     .note = "not needed: redirects are followed with --follow N only"},

    {"-p", "N", "oha", .note = no_http2, .when = is_number},
    {"-F", "NAME=VALUE", "oha", .says = "--form {}", .when = is_assignment},
    {"-Z", "FILE", "oha", .note = in_a_scenario, .when = is_no_url},
    {"-w", NULL, "oha", .note = waits_anyway},
    {"--wait-ongoing-requests-after-deadline", NULL, "oha", .note = waits_anyway},
    {"-j", NULL, "oha", .says = "--json -"},
    {"--json", "FILE", "oha, Locust",
     .note = "weir wants a file after it, or - for standard output: --json - {}", .when = is_url},
    {"--output", "FILE", "oha", .says = "--json {}"},
    {"--latency-correction", NULL, "oha",
     .note = "not needed: response time always counts from when a call was due"},
    {"--no-tui", NULL, "oha", .note = "not needed: weir shows that only with --tui"},
    {"--burst-rate", "N", "oha", .says = "--stages '{} at once, pause 1s, {} at once'"},
    {"--burst-delay", "T", "oha", .says = "--stages '100 at once, pause {}, 100 at once'"},
    {"--rand-regex-url", NULL, "oha", .note = in_a_scenario},
    {"--urls-from-file", NULL, "oha", .note = in_a_scenario},
    {"--connect-timeout", "T", "oha", .says = "--timeout {}"},
    {"--redirect", "N", "oha", .says = "--follow {}"},
    {"--disable-keepalive", NULL, "oha", .says = closes},
    {"--disable-compression", NULL, "oha", .note = no_compression},
    {"--disable-color", NULL, "oha", .says = "--no-color"},
    {"--http2", NULL, "oha", .note = no_http2},
    {"--http-version", "V", "oha", .note = no_http2},
    {"--host", "URL", "Locust", .note = url_alone, .when = is_url},
    {"--host", "NAME", "oha", .says = "-H {Host: }", .when = is_no_url},
    {"--unix-socket", "PATH", "oha", .note = unix_url},
    {"--cacert", "FILE", "oha", .note = no_own_certificates},
    {"--cert", "FILE", "oha", .note = no_own_certificates},
    {"--key", "FILE", "oha", .note = no_own_certificates},

    {"-s", "FILE", "wrk", .note = in_a_scenario, .when = is_script},
    {"-s", "T:N", "k6", .says = "--stages {}", .when = is_stage, .rewrite = from_k6_stage},
    {"-s", "T", "ab", .says = "--timeout {}", .when = is_duration},
    {"-s", "T", "Locust", .says = "--drain {}", .when = is_duration},
    {"--script", "FILE", "wrk", .note = in_a_scenario},
    {"--connections", "N", "wrk", .says = "-c {}"},
    {"--latency", NULL, "wrk", .note = always_percentiles},
    {"-L", NULL, "wrk2", .note = always_percentiles},
    {"-U", NULL, "wrk2", .note = service_time, .when = is_url},
    {"--u_latency", NULL, "wrk2", .note = service_time},
    {"-R", "N", "wrk2", .says = "-r {}"},
    {"-v", "N", "ab", .says = "--show {}", .when = is_number},
    {"-v", NULL, "wrk", .note = its_version, .when = is_no_number},
    {"--version", NULL, "wrk, oha", .note = its_version},

    {"-rate", "N/T", "vegeta", .says = "-r {}", .when = is_not_zero, .rewrite = from_vegeta_rate},
    {"-rate", "0", "vegeta", .note = "not needed: without -r users go as fast as they can",
     .when = is_zero},
    {"-duration", "T", "vegeta", .says = "-d {}"},
    {"-connections", "N", "vegeta", .says = "-c {}"},
    {"-max-connections", "N", "vegeta", .says = "-c {}"},
    {"-workers", "N", "vegeta",
     .note = "not needed: weir opens connections as the rate asks for them"},
    {"-max-workers", "N", "vegeta", .says = "--max-in-flight {}"},
    {"-targets", "FILE", "vegeta", .note = in_a_scenario},
    {"-format", "F", "vegeta", .note = in_a_scenario},
    {"-lazy", NULL, "vegeta", .note = in_a_scenario},
    {"-body", "FILE", "vegeta", .says = "--body {@}"},
    {"-redirects", "N", "vegeta", .says = "--follow {}", .when = is_not_negative},
    {"-redirects", "N", "vegeta", .note = "not needed: redirects are not followed",
     .when = is_negative},
    {"-keepalive", "false", "vegeta", .says = closes, .when = is_false},
    {"-output", "FILE", "vegeta", .says = "--log {}"},
    {"-h2c", NULL, "vegeta", .note = no_http2},
    {"-http2", NULL, "vegeta", .note = no_http2},
    {"-cert", "FILE", "vegeta", .note = no_own_certificates},
    {"-key", "FILE", "vegeta", .note = no_own_certificates},
    {"-root-certs", "FILE", "vegeta", .note = no_own_certificates},
    {"-unix-socket", "PATH", "vegeta", .note = unix_url},

    {"--vus", "N", "k6", .says = "-c {}"},
    {"-u", "N", "k6, Locust", .says = "-c {}", .when = is_number},
    {"--iterations", "N", "k6", .says = "-n {}"},
    {"-i", "N", "k6", .says = "-n {}", .when = is_number},
    {"-i", NULL, "ab", .says = "-m HEAD", .when = is_no_number},
    {"--stage", "T:N", "k6", .says = "--stages {}", .when = is_stage, .rewrite = from_k6_stage},
    {"--rps", "N", "k6", .says = "-r {}"},
    {"--max-redirects", "N", "k6", .says = "--follow {}"},
    {"--user-agent", "NAME", "k6", .says = "-H {User-Agent: }"},
    {"--insecure-skip-tls-verify", NULL, "k6", .says = "--insecure"},
    {"--out", "FILE", "k6", .note = two_outputs},
    {"--summary-export", "FILE", "k6", .says = "--json {}"},
    {"--summary-trend-stats", NULL, "k6", .note = always_percentiles},
    {"--http-debug", NULL, "k6", .says = "--show 10"},
    {"--no-connection-reuse", NULL, "k6", .says = closes},
    {"--no-vu-connection-reuse", NULL, "k6", .says = closes},
    {"--discard-response-bodies", NULL, "k6", .note = "not needed: bodies are read and dropped"},
    {"--execution-segment", "S", "k6", .note = no_fleet},

    {"-f", "FILE", "Locust", .note = in_a_scenario, .when = is_script},
    {"--locustfile", "FILE", "Locust", .note = in_a_scenario},
    {"-H", "URL", "Locust", .note = url_alone, .when = is_url},
    {"--run-time", "T", "Locust", .says = "-d {}"},
    {"--spawn-rate", "N", "Locust", .note = "for a ramp say --stages '0..50 users over 1m'"},
    {"--headless", NULL, "Locust", .note = starts_anyway},
    {"--autostart", NULL, "Locust", .note = starts_anyway},
    {"--autoquit", "T", "Locust", .note = "not needed: weir ends with its plan"},
    {"--stop-timeout", "T", "Locust", .says = "--drain {}"},
    {"--only-summary", NULL, "Locust", .says = "-q"},
    {"--print-stats", NULL, "Locust", .note = "not needed: progress is printed unless you say -q"},
    {"--csv-full-history", NULL, "Locust",
     .note = "not needed: --csv PREFIX writes the history, too"},
    {"--processes", "N", "Locust", .says = "--threads {}"},
    {"--master", NULL, "Locust", .note = no_fleet},
    {"--worker", NULL, "Locust", .note = no_fleet},
    {"--expect-workers", "N", "Locust", .note = no_fleet},
    {"--web-host", "HOST", "Locust", .says = "--ui={}:8089"},
    {"--web-port", "PORT", "Locust", .says = "--ui=:{}"},
    {"-P", "PORT", "Locust", .says = "--ui=:{}", .when = is_number},

    {"-k", NULL, "ab", .note = always_keeps_alive},
    {"-p", "FILE", "ab", .says = "--body {@}", .when = is_no_number},
    {"-C", "NAME=VALUE", "ab", .says = "-H {Cookie: }"},
    {"-P", "USER:PASSWORD", "ab", .note = no_proxy, .when = is_credentials},
    {"-X", "HOST:PORT", "ab", .note = no_proxy, .when = is_host_and_port},
    {"-g", "FILE", "ab", .says = "--log {}"},
    {"-e", "FILE", "ab", .says = "--csv PREFIX", .when = is_no_assignment},
    {"-l", NULL, "ab", .note = "not needed: replies may differ in length"},
    {"-V", NULL, "ab, Locust", .note = its_version},
    {.flag = NULL},
};

const struct foreign foreign_kafka[] = {
    {"-P", NULL, "kcat", .note = "to produce say weir kafka produce"},
    {"-C", NULL, "kcat", .note = "to consume say weir kafka consume"},
    {"-L", NULL, "kcat", .note = "for the topics and their partitions say weir kafka topics"},
    {"-l", "FILE", "kcat", .says = "--lines {}"},
    {"-o", "OFFSET", "kcat", .note = consumes_from},
    {"-e", NULL, "kcat", .note = consumes_until, .when = is_no_assignment},
    {"-G", "GROUP", "kcat", .note = consumes_as},
    {"-f", "FORMAT", "kcat", .says = "--show N"},
    {"-J", NULL, "kcat", .says = "--show N"},
    {"-D", "DELIMITER", "kcat", .note = a_record_a_line},

    {"--topic", "T", perf_test, .says = "-t {}"},
    {"--num-records", "N", perf_test, .says = "-n {}"},
    {"--throughput", "N", perf_test, .says = "-r {}", .when = is_not_negative},
    {"--throughput", "-1", perf_test,
     .note = "not needed: without -r records go as fast as the client takes them",
     .when = is_negative},
    {"--record-size", "N", perf_test, .says = "--size {}"},
    {"--payload-file", "FILE", perf_test, .says = "--lines {}"},
    {"--payload-delimiter", "D", perf_test, .note = a_record_a_line},
    {"--producer-props", "NAME=VALUE", perf_test, .says = "-X {}"},
    {"--command-property", "NAME=VALUE", perf_test, .says = "-X {}"},
    {"--producer.config", "FILE", perf_test, .note = a_property_each},
    {"--command-config", "FILE", perf_test, .note = a_property_each},
    {"--bootstrap-server", "BROKERS", perf_test, .says = "-b {}"},
    {"--broker-list", "BROKERS", "kafka-consumer-perf-test", .says = "-b {}"},
    {"--messages", "N", "kafka-consumer-perf-test", .says = "-n {}"},
    {"--print-metrics", NULL, perf_test,
     .note = "not needed: the client's figures are always in the report"},
    {"--transactional-id", "ID", perf_test,
     .says = "-X transactional.id={} beside --transaction-every"},
    {"--transaction-duration-ms", "MS", perf_test, .says = "--transaction-every {}ms"},
    {.flag = NULL},
};
/* clang-format on */
