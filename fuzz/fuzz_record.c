/* Reading run records: whatever the bytes of the file are, it is told again or refused with a
 * sentence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "report/record_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "w");
    if (!f || fwrite(data, 1, size, f) != size)
        abort();
    fclose(f);
}

static bool tell(struct recorded *r, struct err *e)
{
    return (recorded_has_end(r) || recorded_repair(r, e)) && recorded_play(r, NULL, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct recorded *r = mem_alloc(sizeof *r);
    struct err e = {0};
    snprintf(path, sizeof path, "/dev/shm/weir-fuzz-%d.weir", getpid());
    write_file(path, data, size);
    if (recorded_open(r, path, &e)) {
        if (!tell(r, &e) && !e.kind)
            abort();
        recorded_close(r);
    } else if (e.kind != ERR_RUN || !e.text[0]) {
        abort();
    }
    unlink(path);
    mem_free(r);
    return 0;
}
