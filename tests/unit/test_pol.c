#include "tests/unit/pol_fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/status.h"

/* ---- the format ---- */

static void a_header_alone_is_a_file_without_records(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    assert_int_equal(parse(b, &pol), 0);
    assert_int_equal(pol.n, 0);
    assert_int_equal(b->diagnostics.n, 0);
}

static void a_file_of_no_bytes_is_empty_with_a_warning(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    assert_int_equal(pol_parse("", 0, "f", &b->arena, &b->diagnostics, &pol), 0);
    assert_int_equal(pol.n, 0);
    assert_string_equal(last_code(b), "pol-empty");
    assert_int_equal(b->diagnostics.errors, 0);
}

static void another_signature_or_version_is_refused(void **state)
{
    struct bench *b = *state;
    struct pol pol = { .n = 9 };
    number(b, "K", "n", 1);
    b->file.data[4] = 2;
    assert_int_equal(parse(b, &pol), GPCONF_ESYNTAX);
    assert_int_equal(pol.n, 0);
    assert_string_equal(last_code(b), "pol-broken");
    b->file.data[4] = 1;
    b->file.data[3] = 'G';
    assert_int_equal(parse(b, &pol), GPCONF_ESYNTAX);
    assert_int_equal(b->diagnostics.errors, 2);
}

static void data_may_hold_what_ends_a_record(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    words(b, "K;[", "n;]", "a];[b;\n];");
    number(b, "K", "z", 0x005D005D);
    assert_int_equal(parse(b, &pol), 0);
    assert_int_equal(pol.n, 2);
    assert_string_equal(pol.records[0].key, "K;[");
    assert_string_equal(pol.records[0].name, "n;]");
    assert_string_equal(value_text(&pol.records[0].value, &b->arena), "a];[b;\n];");
    assert_string_equal(pol.records[1].name, "z");
}

static void unfit_data_costs_its_record_alone(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    record(b, "K", "ten", VALUE_DWORD, "0123456789", 10);
    number(b, "K", "four", 4);
    assert_int_equal(parse(b, &pol), 0);
    assert_int_equal(pol.n, 2);
    assert_int_equal(b->diagnostics.warnings, 1);
    assert_string_equal(last_code(b), "pol-unfit-data");
    assert_int_equal(b->diagnostics.last->origin.at, 1);
    uint64_t n;
    assert_false(value_number(&pol.records[0].value, &n));
    assert_true(value_number(&pol.records[1].value, &n));
    assert_int_equal(pol.records[0].value.size, 10);
}

static void fixture_g_brackets_in_data_ten_bytes_a_duplicate_a_new_key_and_a_late_clear(
    void **state)
{
    struct bench *b = *state;
    struct operations operations;
    struct pol pol;
    words(b, "K", "text", "a];[b");
    record(b, "K", "ten", VALUE_DWORD, "0123456789", 10);
    number(b, "K", "twice", 1);
    number(b, "K", "TWICE", 2);
    record(b, "New", "", 0, "", 0);
    words(b, "K", "**delvals.", " ");
    number(b, "K", "after", 3);
    assert_string_equal(operations_of(b, &operations),
                        "set K|text=a];[b\n"
                        "set K|ten=30313233343536373839\n"
                        "set K|twice=1\n"
                        "set K|TWICE=2\n"
                        "create-key New\n"
                        "clear-values K\n"
                        "set K|after=3\n");
    assert_int_equal(parse(b, &pol), 0);
    assert_int_equal(pol.n, 7);
    assert_int_equal(pol.records[1].value.size, 10);
    struct buffer out;
    buffer_init(&out, 1 << 16);
    assert_int_equal(pol_format(&pol, &out), 0);
    assert_int_equal(out.size, b->file.size);
    assert_memory_equal(out.data, b->file.data, out.size);
    buffer_done(&out);
}

static void one_extra_nul_behind_a_name_is_accepted(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    number(b, "K", "name", 7);
    struct buffer with;
    buffer_init(&with, 1 << 16);
    /* "PReg" 1, '[' K NUL ';' name NUL: 8 + 2 + 4 + 2 + 10 bytes, then one more NUL. */
    buffer_append(&with, b->file.data, 26);
    buffer_u16le(&with, 0);
    buffer_append(&with, b->file.data + 26, b->file.size - 26);
    assert_int_equal(
        pol_parse(with.data, with.size, "f", &b->arena, &b->diagnostics, &pol), 0);
    assert_int_equal(pol.n, 1);
    assert_string_equal(pol.records[0].name, "name");
    struct buffer out;
    buffer_init(&out, 1 << 16);
    assert_int_equal(pol_format(&pol, &out), 0);
    assert_int_equal(out.size, b->file.size);
    assert_memory_equal(out.data, b->file.data, out.size);
    buffer_done(&out);
    buffer_done(&with);
}

static void unpaired_surrogates_are_written_back(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    number(b, "K\xED\xA0\x80z", "\xED\xBF\xBF\xED\xA0\x80", 1);
    number(b, "K", "\xF0\x9F\x92\xA9", 1);
    assert_int_equal(parse(b, &pol), 0);
    assert_string_equal(pol.records[0].key, "K\xED\xA0\x80z");
    struct buffer out;
    buffer_init(&out, 1 << 16);
    assert_int_equal(pol_format(&pol, &out), 0);
    assert_int_equal(out.size, b->file.size);
    assert_memory_equal(out.data, b->file.data, out.size);
    buffer_done(&out);
}

static void every_truncation_is_refused_or_ends_at_a_record(void **state)
{
    struct bench *b = *state;
    size_t ends[4] = { b->file.size };
    words(b, "Software\\A", "text", "];");
    ends[1] = b->file.size;
    number(b, "Software\\A", "number", 4);
    ends[2] = b->file.size;
    record(b, "Software\\B", "", 0, "", 0);
    ends[3] = b->file.size;
    for (size_t size = 1; size < b->file.size; size++) {
        unsigned char *copy = malloc(size); /* exact, for AddressSanitizer */
        memcpy(copy, b->file.data, size);
        struct pol pol = { 0 };
        size_t errors = b->diagnostics.errors;
        int status = pol_parse(copy, size, "f", &b->arena, &b->diagnostics, &pol);
        size_t whole = 0, at_end = 0;
        for (size_t i = 0; i < 4; i++) {
            whole += i > 0 && ends[i] <= size;
            at_end += ends[i] == size;
        }
        assert_int_equal(status, at_end ? 0 : GPCONF_ESYNTAX);
        assert_int_equal(pol.n, whole);
        assert_int_equal(b->diagnostics.errors, errors + !at_end);
        free(copy);
    }
}

static void bytes_behind_the_last_record_are_refused(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    number(b, "K", "n", 1);
    buffer_u16le(&b->file, 0);
    assert_int_equal(parse(b, &pol), GPCONF_ESYNTAX);
    assert_int_equal(pol.n, 1);
    assert_int_equal(b->diagnostics.last->origin.at, 2);
    assert_int_equal(b->diagnostics.last->origin.unit, ORIGIN_RECORD);
    assert_non_null(strstr(b->diagnostics.last->message, "byte 40"));
}

static void sizes_over_the_limits_are_refused(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    size_t header = b->file.size;
    char *large = calloc(1, LIMIT_POL_DATA + 2);
    record(b, "K", "n", VALUE_BINARY, large, LIMIT_POL_DATA);
    assert_int_equal(parse(b, &pol), 0);
    record(b, "K", "n", VALUE_BINARY, large, LIMIT_POL_DATA + 1);
    assert_int_equal(parse(b, &pol), GPCONF_ELIMIT);
    assert_int_equal(pol.n, 1);
    assert_string_equal(last_code(b), "pol-limit");

    memset(large, 'k', LIMIT_KEY_UNITS + 1);
    large[LIMIT_KEY_UNITS] = '\0';
    b->file.size = header;
    number(b, large, "n", 1);
    assert_int_equal(parse(b, &pol), 0);
    large[LIMIT_KEY_UNITS] = 'k';
    large[LIMIT_KEY_UNITS + 1] = '\0';
    number(b, large, "n", 1);
    assert_int_equal(parse(b, &pol), GPCONF_ELIMIT);

    b->file.size = header;
    number(b, "K", large + LIMIT_KEY_UNITS + 1 - LIMIT_NAME_UNITS, 1);
    assert_int_equal(parse(b, &pol), 0);
    number(b, "K", large + LIMIT_KEY_UNITS - LIMIT_NAME_UNITS, 1);
    assert_int_equal(parse(b, &pol), GPCONF_ELIMIT);
    free(large);
}

static void a_million_records_are_the_limit(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    for (uint32_t i = 0; i < LIMIT_POL_RECORDS; i++)
        record(b, "K", "n", 0, "", 0);
    assert_int_equal(parse(b, &pol), 0);
    assert_int_equal(pol.n, LIMIT_POL_RECORDS);
    record(b, "K", "n", 0, "", 0);
    assert_int_equal(parse(b, &pol), GPCONF_ELIMIT);
}

static void memory_that_runs_out_is_no_smaller_file(void **state)
{
    struct bench *b = *state;
    for (unsigned i = 0; i < 50; i++)
        number(b, arena_format(&b->arena, "Key %u", i), "name", i);
    for (size_t limit = 0; limit < 40000; limit += 512) {
        struct arena small;
        arena_init(&small, limit);
        struct pol pol = { .n = 4711 };
        int status = pol_parse(b->file.data, b->file.size, "f", &small, NULL, &pol);
        if (status == 0)
            assert_int_equal(pol.n, 50);
        else {
            assert_int_equal(status, GPCONF_ENOMEM);
            assert_int_equal(pol.n, 4711);
        }
        arena_done(&small);
    }
}

/* ---- order ---- */

static void sorting_puts_directives_before_the_values_they_spare(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    number(b, "b", "!first", 1);
    number(b, "A", "z", 1);
    words(b, "a\\", "**DelVals.", " ");
    number(b, "B", "**soft.x", 1);
    words(b, "B", "**del.y", " ");
    number(b, "a\\c", "n", 1);
    number(b, "A", "Z", 2);
    assert_int_equal(parse(b, &pol), 0);
    pol_sort(&pol, &b->arena);
    static const char *const want[] = { "**DelVals.", "z",        "Z",     "n",
                                        "**del.y",    "**soft.x", "!first" };
    assert_int_equal(pol.n, 7);
    for (size_t i = 0; i < pol.n; i++)
        assert_string_equal(pol.records[i].name, want[i]);
}

static void names_that_are_numbers_stand_in_the_order_of_the_numbers(void **state)
{
    static const char *const want[] = {
        "**del.2",
        "**del.10",
        "**DeleteValues",
        "**soft.9",
        "**soft.11",
        "",
        "01",
        "1",
        "002",
        "2",
        "9",
        "10",
        "20000000000000000000",
        "!",
        "1a",
        "2b",
        "a10",
        "a2",
        "B",
    };
    enum { N = sizeof want / sizeof *want };
    struct bench *b = *state;
    struct pol pol;
    /* Every start gives the one order, so the comparison has no circle. */
    for (size_t step = 1; step < N; step++) {
        b->file.size = 8;
        for (size_t i = 0; i < N; i++)
            words(b, "K", want[(i * step + step / 2) % N], "x");
        assert_int_equal(parse(b, &pol), 0);
        pol_sort(&pol, &b->arena);
        for (size_t i = 0; i < N; i++)
            assert_string_equal(pol.records[i].name, want[i]);
    }
}

/* ---- real files ---- */

static struct {
    struct bench *bench;
    FILE *list; /* for the judge */
    struct buffer ours;
    size_t n, whole;
} corpus;

static void same_after_another_round(struct bench *b, struct pol *pol)
{
    struct buffer first, second;
    struct pol again;
    buffer_init(&first, LIMIT_POL_FILE);
    buffer_init(&second, LIMIT_POL_FILE);
    pol_sort(pol, &b->arena);
    assert_int_equal(pol_format(pol, &first), 0);
    assert_int_equal(
        pol_parse(first.data, first.size, "again", &b->arena, NULL, &again), 0);
    assert_int_equal(again.n, pol->n);
    pol_sort(&again, &b->arena);
    assert_int_equal(pol_format(&again, &second), 0);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    buffer_done(&first);
    buffer_done(&second);
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)walk;
    size_t length = strlen(path);
    if (type != FTW_F || length < 4 || strcasecmp(path + length - 4, ".pol") != 0)
        return 0;
    struct bench *b = corpus.bench;
    struct file file;
    struct pol pol = { 0 };
    assert_int_equal(
        file_read(AT_FDCWD, path, FILE_ANY, LIMIT_POL_FILE, &b->arena, &file, NULL), 0);
    size_t errors = b->diagnostics.errors;
    int status =
        pol_parse(file.bytes, file.size, file.path, &b->arena, &b->diagnostics, &pol);
    assert_int_equal(b->diagnostics.errors, errors + (status != 0));
    corpus.n++;
    buffer_format(&corpus.ours, "%zu %s %s\n", pol.n, status ? "broken" : "whole",
                  path);
    fprintf(corpus.list, "%s%c", path, '\0');
    if (status)
        return 0;
    corpus.whole++;
    struct buffer out;
    buffer_init(&out, LIMIT_POL_FILE);
    assert_int_equal(pol_format(&pol, &out), 0);
    if (file.size) {
        assert_int_equal(out.size, file.size);
        assert_memory_equal(out.data, file.bytes, file.size);
    }
    buffer_done(&out);
    struct operations operations;
    pol_operations(&pol, file.path, &b->arena, &b->diagnostics, &operations);
    pol_lint(&pol, file.path, &b->arena, &b->diagnostics);
    struct pol written;
    assert_int_equal(pol_from_operations(&operations, &b->arena, &written, NULL), 0);
    same_after_another_round(b, &pol);
    return 0;
}

static void real_files_survive_and_broken_ones_are_refused(void **state)
{
    const char *folder = GPCONF_SOURCE_DIR "/../shared/corpus";
    if (access(folder, R_OK) != 0) {
        print_message("%s is absent\n", folder);
        skip();
    }
    corpus.bench = *state;
    buffer_init(&corpus.ours, 1 << 20);
    char list[] = "/tmp/gpconf-pol-XXXXXX";
    int fd = mkstemp(list);
    corpus.list = fdopen(fd, "w");
    assert_non_null(corpus.list);
    assert_int_equal(nftw(folder, visit, 16, FTW_PHYS), 0);
    fclose(corpus.list);
    print_message("%zu files, %zu of them whole\n", corpus.n, corpus.whole);
    assert_in_range(corpus.n, 200, 10000);
    assert_in_range(corpus.whole, 100, corpus.n - 50);

    /* The judge counts on its own. */
    const char *command = arena_format(&corpus.bench->arena,
                                       "python3 '%s/tests/unit/pol_count.py' < '%s'",
                                       GPCONF_SOURCE_DIR, list);
    if (system("python3 -c '' 2>/dev/null") == 0) {
        FILE *judge = popen(command, "r");
        assert_non_null(judge);
        struct buffer theirs;
        buffer_init(&theirs, 1 << 20);
        char chunk[4096];
        for (size_t n; (n = fread(chunk, 1, sizeof chunk, judge)) > 0;)
            buffer_append(&theirs, chunk, n);
        assert_int_equal(pclose(judge), 0);
        assert_string_equal(theirs.data, corpus.ours.data);
        buffer_done(&theirs);
    } else {
        print_message("no python3: nobody judges the counts\n");
    }
    unlink(list);
    buffer_done(&corpus.ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_header_alone_is_a_file_without_records),
        T(a_file_of_no_bytes_is_empty_with_a_warning),
        T(another_signature_or_version_is_refused),
        T(data_may_hold_what_ends_a_record),
        T(unfit_data_costs_its_record_alone),
        T(fixture_g_brackets_in_data_ten_bytes_a_duplicate_a_new_key_and_a_late_clear),
        T(one_extra_nul_behind_a_name_is_accepted),
        T(unpaired_surrogates_are_written_back),
        T(every_truncation_is_refused_or_ends_at_a_record),
        T(bytes_behind_the_last_record_are_refused),
        T(sizes_over_the_limits_are_refused),
        T(a_million_records_are_the_limit),
        T(memory_that_runs_out_is_no_smaller_file),
        T(sorting_puts_directives_before_the_values_they_spare),
        T(names_that_are_numbers_stand_in_the_order_of_the_numbers),
        T(real_files_survive_and_broken_ones_are_refused),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
