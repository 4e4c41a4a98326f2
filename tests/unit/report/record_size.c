/* record_size FILE SERIES CALLS SECONDS: writes a run record of that many series, each of them with
 * so many calls in each second, and says what it took. For bench/record.sh. */
#include "unit.h"

#include "report/record_load.h"

int main(int argc, char **argv)
{
    struct record_load *l = mem_alloc(sizeof *l);
    if (argc != 5)
        return 2;
    unsigned series = (unsigned)atoi(argv[2]), calls = (unsigned)atoi(argv[3]);
    if (series > RECORD_LOAD_MOST)
        return 2;
    record_load_open(l, argv[1], series, calls);
    uint64_t writing_ns = 0, longest_ns = 0;
    for (int64_t s = 0; s < atoll(argv[4]); s++) {
        struct results delta = {0};
        record_load_fill(l, &delta, calls);
        uint64_t start_ns = clock_cpu_ns();
        record_writer_second(&l->writer, s, &delta, 1);
        record_writer_commit(&l->writer);
        uint64_t ns = clock_cpu_ns() - start_ns;
        writing_ns += ns;
        longest_ns = ns > longest_ns ? ns : longest_ns;
        results_free(&delta);
    }
    double bytes = record_load_close(l);
    printf("%.0f %.6f %.6f\n", bytes, (double)writing_ns / 1e9, (double)longest_ns / 1e9);
    mem_free(l);
    return 0;
}
