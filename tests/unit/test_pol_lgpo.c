#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/utf16.h"
#include "policies/pol.h"

/*
 * Policy files beside the text that Microsoft's LGPO.exe made of them: four lines for each
 * record (half, key, value name, action). Nobody here wrote either. Two more pairs lie
 * there whose texts were made of other files: they have more records.
 */
static const char folder[] = GPCONF_SOURCE_DIR "/../shared/corpus/gpo/vdot-lgpo/";
static const char *const pairs[][2] = {
    { "1909/LGPO/DomainSysvol/GPO/User/", "user" },
    { "2004/LGPO/DomainSysvol/GPO/Machine/", "machine" },
    { "2004/LGPO/DomainSysvol/GPO/User/", "user" },
    { "2009/LGPO/DomainSysvol/GPO/User/", "user" },
    { "Configurations/2004/LGPO/DomainSysvol/GPO/Machine/", "machine" },
    { "Configurations/2004/LGPO/DomainSysvol/GPO/User/", "user" },
};

/* LGPO's text as one line a record, "key|name|action". */
static void read_theirs(const char *text, struct buffer *to)
{
    unsigned field = 0;
    while (*text) {
        size_t size = strcspn(text, "\r\n");
        bool comment = size > 0 && text[0] == ';' && field == 0;
        if (field > 0 || (size > 0 && !comment)) {
            if (field > 0)
                buffer_append(to, text, size);
            if (field > 0)
                buffer_char(to, field == 3 ? '\n' : '|');
            field = (field + 1) % 4;
        }
        text += size;
        text += *text == '\r';
        text += *text == '\n';
    }
}

static void show_action(const struct operation *operation, struct arena *arena,
                        struct buffer *to)
{
    const struct value *value = &operation->value;
    uint64_t number;
    size_t n;
    if (operation->op == OP_DELETE) {
        buffer_string(to, "DELETE");
    } else if (value_number(value, &number)) {
        buffer_format(to, "DWORD:%llu", (unsigned long long)number);
    } else if (value->type == VALUE_MULTI_SZ) {
        const char *const *lines = value_lines(value, arena, &n);
        assert_non_null(lines);
        buffer_string(to, n ? "MULTISZ:" : "MULTISZ:\\0"); /* how it says "none" */
        for (size_t i = 0; i < n; i++)
            buffer_format(to, "%s%s", i ? "\\0" : "", lines[i]);
    } else {
        const char *text = value_text(value, arena);
        assert_non_null(text);
        buffer_string(to, value->type == VALUE_SZ ? "SZ:" : "EXSZ:");
        for (; *text; text++) {
            if (*text == '\\')
                buffer_char(to, '\\');
            buffer_char(to, *text);
        }
    }
}

static void show_ours(const struct operations *operations, struct arena *arena,
                      struct buffer *to)
{
    for (size_t i = 0; i < operations->n; i++) {
        const struct operation *operation = &operations->items[i];
        assert_non_null(operation->name);
        buffer_format(to, "%s|%s|", operation->key, operation->name);
        show_action(operation, arena, to);
        buffer_char(to, '\n');
    }
}

static size_t compare(const char *const pair[2], struct arena *arena)
{
    struct file pol_file, text_file;
    struct pol pol;
    struct operations operations;
    struct buffer ours, theirs;
    const char *pol_path = arena_format(arena, "%s%sregistry.pol", folder, pair[0]);
    const char *text_path = arena_format(arena, "%s%slgpo_parsed_%s_settings.txt",
                                         folder, pair[0], pair[1]);
    assert_int_equal(
        file_read(AT_FDCWD, pol_path, FILE_ANY, LIMIT_POL_FILE, arena, &pol_file, NULL),
        0);
    assert_int_equal(file_read(AT_FDCWD, text_path, FILE_ANY, LIMIT_POL_FILE, arena,
                               &text_file, NULL),
                     0);
    assert_int_equal(
        pol_parse(pol_file.bytes, pol_file.size, pol_path, arena, NULL, &pol), 0);
    pol_operations(&pol, pol_path, arena, NULL, &operations);
    buffer_init(&ours, LIMIT_POL_FILE);
    buffer_init(&theirs, LIMIT_POL_FILE);
    buffer_string(&ours, "");
    buffer_string(&theirs, "");
    show_ours(&operations, arena, &ours);
    /* The text is UTF-16 behind a byte order mark. */
    read_theirs(
        utf16_decode(arena, (char *)text_file.bytes + 2, text_file.size - 2, NULL),
        &theirs);
    assert_string_equal(ours.data, theirs.data);
    buffer_done(&ours);
    buffer_done(&theirs);
    return operations.n;
}

static void lgpo_reads_the_same_operations(void **state)
{
    (void)state;
    struct arena arena;
    size_t n = 0;
    if (access(folder, R_OK) != 0) {
        print_message("%s is absent\n", folder);
        skip();
    }
    arena_init(&arena, LIMIT_ARENA);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        n += compare(pairs[i], &arena);
    print_message("%zu operations\n", n);
    assert_in_range(n, 400, 100000);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lgpo_reads_the_same_operations),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
