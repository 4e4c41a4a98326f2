/* A comparison as a page: both runs as their own pages have them, but for failures, and what --json
 * has of the comparison (docs/page.md). */
#include "report/compare.h"

#include "base/json_out.h"
#include "base/list.h"
#include "report/json_parts.h"
#include "report/page_data.h"
#include "report/page_file.h"

enum { PAGE_VERSION = 1 };

/* Takes what a record tells. */
struct told {
    struct sink sink;
    struct page_data *page;
};

static void begin(struct sink *s, const struct run_info *info)
{
    page_data_begin(CONTAINER_OF(s, struct told, sink)->page, info);
}

static void second(struct sink *s, const struct second *row)
{
    page_data_second(CONTAINER_OF(s, struct told, sink)->page, row);
}

static void event(struct sink *s, const struct run_event *e)
{
    page_data_event(CONTAINER_OF(s, struct told, sink)->page, e);
}

static const struct sink_table table = {
    .name = "compared", .begin = begin, .second = second, .event = event};

static bool put_run(struct json_out *j, str key, struct compare_run *r, struct err *e)
{
    struct recorded *recorded = &r->recorded;
    struct told told = {.sink.table = &table, .page = page_data_make(PAGE_BESIDE)};
    struct buf page = {0};
    struct series_data total = {0};
    recorded_settings(recorded, page_data_setting, told.page);
    bool good = recorded_tell(recorded, &told.sink, e);
    if (good) {
        results_total(&recorded->results, &total);
        page_data_compared(told.page, &recorded->results, &total, &page);
        json_out_key(j, key);
        json_out_raw(j, buf_view(&page));
    }
    series_data_free(&total);
    buf_free(&page);
    page_data_free(told.page);
    return good;
}

bool comparison_html(struct comparison *c, struct output *out, struct err *e)
{
    struct buf json = {0}, comparison = {0};
    struct json_out j = {.out = &json};
    comparison_json(c, &comparison);
    json_out_object(&j);
    put_count(&j, STR("page"), PAGE_VERSION);
    json_out_key(&j, STR("comparison"));
    json_out_raw(&j, str_trim(buf_view(&comparison)));
    bool good = put_run(&j, STR("a"), &c->a, e) && put_run(&j, STR("b"), &c->b, e);
    json_out_end(&j);
    good = good && page_file_write(out, buf_view(&json), e);
    buf_free(&comparison);
    buf_free(&json);
    return good;
}
