#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/syntax/xml.h"
#include "base/utf16.h"

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    struct buffer seen;
};

static void on_start(void *context, const struct xml_start *start)
{
    struct buffer *seen = context;
    buffer_format(seen, "<%.*s@%u", (int)start->name_size, start->name, start->line);
    for (size_t i = 0; i < start->n; i++)
        buffer_format(seen, " %.*s=%.*s", (int)start->attributes[i].name_size,
                      start->attributes[i].name, (int)start->attributes[i].value_size,
                      start->attributes[i].value);
    buffer_string(seen, ">");
}

static void on_end(void *context)
{
    buffer_string(context, "</>");
}

static void on_text(void *context, const char *text, size_t size)
{
    buffer_append(context, text, size);
}

static const struct xml_handler handler = { on_start, on_end, on_text };

static int setup(void **state)
{
    static struct fixture fixture;
    arena_init(&fixture.arena, LIMIT_ARENA);
    diagnostics_init(&fixture.diagnostics, &fixture.arena);
    buffer_init(&fixture.seen, 64u << 20);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    buffer_done(&f->seen);
    return 0;
}

static int parse(struct fixture *f, const void *bytes, size_t size)
{
    /* A copy that ends where the input ends: the sanitizer sees a read behind it. */
    void *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    buffer_clear(&f->seen);
    diagnostics_init(&f->diagnostics, &f->arena);
    int rc = xml_parse(copy, size, LIMIT_TEMPLATE_FILE, "a.admx", &handler, &f->seen,
                       &f->diagnostics);
    free(copy);
    return rc;
}

static int parse_text(struct fixture *f, const char *text)
{
    return parse(f, text, strlen(text));
}

static void assert_diagnostic(const struct fixture *f, const char *code, uint32_t line)
{
    assert_int_equal(f->diagnostics.n, 1);
    assert_string_equal(f->diagnostics.first->code, code);
    assert_string_equal(f->diagnostics.first->origin.file, "a.admx");
    assert_int_equal(f->diagnostics.first->origin.at, line);
}

static void elements_attributes_and_text_arrive_in_order(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse_text(f, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                                   "<a b='1'\n  c='2'><d/>x<![CDATA[<y>]]></a>\n"),
                     0);
    assert_string_equal(f->seen.data, "<a@2 b=1 c=2><d@3></>x<y></>");
    assert_int_equal(f->diagnostics.n, 0);
}

static void the_five_entities_and_character_references_are_replaced(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse_text(f,
                   "<a b='&amp;&lt;&#38;#38;&amp;amp;' c='&quot;'>&amp;&gt;&#233;</a>"),
        0);
    assert_string_equal(f->seen.data, "<a@1 b=&<&#38;&amp; c=\">&>\xC3\xA9</>");
    assert_int_equal(parse_text(f, "<a>&nbsp;</a>"), GPCONF_ESYNTAX);
}

static void names_are_local_names(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse_text(f, "<p:a xmlns:p='not a URI' xml:space='preserve' p:x='1' y='2'/>"),
        0);
    assert_string_equal(f->seen.data, "<a@1 y=2></>");
    assert_int_equal(f->diagnostics.errors + f->diagnostics.warnings, 0);
    assert_int_equal(parse_text(f, "<a q:x='1' y='2'/>"), 0);
    assert_int_equal(f->diagnostics.errors, 0);
}

static void encode(struct buffer *to, const char *text, bool big, bool mark)
{
    struct buffer little;
    buffer_init(&little, 1u << 20);
    if (mark)
        buffer_u16le(&little, 0xFEFF);
    utf16_encode(&little, text, strlen(text));
    for (size_t i = 0; i < little.size; i++)
        buffer_char(to, little.data[big ? i ^ 1 : i]);
    buffer_done(&little);
}

static void utf16_is_found_with_and_without_a_mark(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++) {
        struct buffer bytes;
        buffer_init(&bytes, 1u << 20);
        encode(&bytes, "<a b='\xC3\xA9\xE2\x82\xAC'>0123456789\xF0\x9F\x98\x80.</a>",
               i & 1, i & 2);
        assert_int_equal(parse(f, bytes.data, bytes.size), 0);
        assert_string_equal(
            f->seen.data, "<a@1 b=\xC3\xA9\xE2\x82\xAC>0123456789\xF0\x9F\x98\x80.</>");
        assert_int_equal(f->diagnostics.n, 0);
        assert_int_equal(parse(f, bytes.data, bytes.size - 1), GPCONF_ESYNTAX);
        buffer_done(&bytes);
    }
}

static void an_unpaired_surrogate_is_no_text(void **state)
{
    struct fixture *f = *state;
    static const char bytes[] = "<\0a\0>\0\n\0\x00\xD8<\0/\0a\0>";
    assert_int_equal(parse(f, bytes, sizeof bytes), GPCONF_ESYNTAX);
    assert_diagnostic(f, "xml-syntax", 2);
}

/* As Windows' own Search.admx declares itself, in UTF-8 and in UTF-16. */
static void fixture_h_an_encoding_called_unicode_is_read(void **state)
{
    static const char text[] =
        "<?xml version='1.0' encoding='unicode'?><a>\xC3\xA9</a>";
    struct fixture *f = *state;
    assert_int_equal(parse_text(f, text), 0);
    assert_string_equal(f->seen.data, "<a@1>\xC3\xA9</>");
    assert_diagnostic(f, "xml-encoding", 1);
    struct buffer bytes;
    buffer_init(&bytes, 1u << 20);
    encode(&bytes, text, false, true);
    assert_int_equal(parse(f, bytes.data, bytes.size), 0);
    assert_string_equal(f->seen.data, "<a@1>\xC3\xA9</>");
    buffer_done(&bytes);
}

static void a_contradicting_declaration_is_ignored_with_a_warning(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse_text(f, "<?xml version='1.0' encoding='utf-16'?><a>\xC3\xA9</a>"), 0);
    assert_string_equal(f->seen.data, "<a@1>\xC3\xA9</>");
    assert_diagnostic(f, "xml-encoding", 1);
    struct buffer bytes;
    buffer_init(&bytes, 1u << 20);
    encode(&bytes, "<?xml version='1.0' encoding='utf-8' standalone='yes'?><a>x</a>",
           false, true);
    assert_int_equal(parse(f, bytes.data, bytes.size), 0);
    assert_string_equal(f->seen.data, "<a@1>x</>");
    assert_diagnostic(f, "xml-encoding", 1);
    buffer_done(&bytes);
}

static void bytes_that_are_no_utf8_are_read_as_declared(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse_text(f, "<?xml version='1.0' encoding='iso-8859-1'?><a>\xE9</a>"), 0);
    assert_string_equal(f->seen.data, "<a@1>\xC3\xA9</>");
    assert_int_equal(parse_text(f, "<?xml version='1.0' encoding='utf-8'?><a>\xE9</a>"),
                     GPCONF_ESYNTAX);
    assert_int_equal(parse_text(f, "<a>\n\xE9</a>"), GPCONF_ESYNTAX);
    assert_diagnostic(f, "xml-syntax", 2);
    assert_string_equal(f->diagnostics.first->message,
                        "the bytes are no UTF-8 and nothing says what else they are, "
                        "ignoring the file");
}

static void a_doctype_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse_text(f, "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY e 'x'>]>\n"
                      "<a>&e;</a>"),
        GPCONF_ESYNTAX);
    assert_diagnostic(f, "xml-doctype", 2);
    assert_int_equal(f->seen.size, 0);
    assert_int_equal(parse_text(f, "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"),
                     GPCONF_ESYNTAX);
}

static void nuls_and_nothing_are_refused(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "<a></a>\0<b", 10), GPCONF_ESYNTAX);
    assert_int_equal(parse(f, "", 0), GPCONF_ESYNTAX);
    assert_int_equal(parse(f, "\xEF\xBB\xBF", 3), GPCONF_ESYNTAX);
    assert_int_equal(parse(f, "\xFF\xFE", 2), GPCONF_ESYNTAX);
    assert_int_equal(parse_text(f, "<a/><b/>"), GPCONF_ESYNTAX);
}

static void depth_is_limited(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    buffer_init(&text, 1u << 20);
    for (unsigned depth = LIMIT_XML_DEPTH; depth <= LIMIT_XML_DEPTH + 1; depth++) {
        buffer_clear(&text);
        for (unsigned i = 0; i < depth; i++)
            buffer_string(&text, "<a>\n");
        for (unsigned i = 0; i < depth; i++)
            buffer_string(&text, "</a>");
        int rc = parse(f, text.data, text.size);
        assert_int_equal(rc, depth <= LIMIT_XML_DEPTH ? 0 : GPCONF_ELIMIT);
    }
    assert_diagnostic(f, "xml-limit", LIMIT_XML_DEPTH + 1);
    buffer_done(&text);
}

static void attributes_are_limited(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    buffer_init(&text, 1u << 20);
    for (unsigned n = LIMIT_XML_ATTRIBUTES; n <= LIMIT_XML_ATTRIBUTES + 1; n++) {
        buffer_clear(&text);
        buffer_string(&text, "<a");
        for (unsigned i = 0; i < n; i++)
            buffer_format(&text, " a%u='%u'", i, i);
        buffer_string(&text, "/>");
        int rc = parse(f, text.data, text.size);
        assert_int_equal(rc, n <= LIMIT_XML_ATTRIBUTES ? 0 : GPCONF_ELIMIT);
    }
    assert_diagnostic(f, "xml-limit", 1);
    buffer_done(&text);
}

/* A tag of so many bytes, at this distance from the start. */
static void long_tag(struct buffer *text, size_t before, size_t size, bool closed)
{
    buffer_clear(text);
    buffer_string(text, "<r>\n");
    while (text->size < before)
        buffer_char(text, ' ');
    size_t start = text->size;
    buffer_string(text, "<a b='>");
    while (text->size - start < size - 3)
        buffer_char(text, '>');
    buffer_string(text, closed ? "'/></r>" : "");
}

static void the_bytes_of_a_tag_are_limited(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    buffer_init(&text, 1u << 20);
    for (size_t before = 4; before < 2 * LIMIT_XML_TAG; before += 9973) {
        long_tag(&text, before, LIMIT_XML_TAG, true);
        assert_int_equal(parse(f, text.data, text.size), 0);
        long_tag(&text, before, LIMIT_XML_TAG + 8, true);
        assert_int_equal(parse(f, text.data, text.size), GPCONF_ELIMIT);
        assert_diagnostic(f, "xml-limit", 2);
        long_tag(&text, before, 3 * LIMIT_XML_TAG, false);
        assert_int_equal(parse(f, text.data, text.size), GPCONF_ELIMIT);
    }
    buffer_done(&text);
}

static void text_and_comments_may_be_long(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    buffer_init(&text, 4u << 20);
    buffer_string(&text, "<a><!-- ");
    for (size_t i = 0; i < 4 * LIMIT_XML_TAG; i++)
        buffer_char(&text, 'x');
    buffer_string(&text, " -->");
    for (size_t i = 0; i < 4 * LIMIT_XML_TAG; i++)
        buffer_char(&text, 'y');
    buffer_string(&text, "</a>");
    assert_int_equal(parse(f, text.data, text.size), 0);
    assert_int_equal(f->seen.size, strlen("<a@1></>") + 4 * LIMIT_XML_TAG);
    buffer_done(&text);
}

static void the_size_of_a_file_is_limited(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        xml_parse("<a/>", 4, 3, "a.admx", &handler, &f->seen, &f->diagnostics),
        GPCONF_ELIMIT);
    assert_diagnostic(f, "xml-limit", 0);
    diagnostics_init(&f->diagnostics, &f->arena);
    assert_int_equal(
        xml_parse("<a/>", 4, 4, "a.admx", &handler, &f->seen, &f->diagnostics), 0);
}

static void lines_are_right_beyond_65535(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    buffer_init(&text, 1u << 20);
    buffer_string(&text, "<a>");
    for (unsigned i = 0; i < 70000; i++)
        buffer_char(&text, '\n');
    buffer_string(&text, "<b\n\n/>\n<c/>");
    assert_int_equal(parse(f, text.data, text.size), GPCONF_ESYNTAX);
    assert_non_null(strstr(f->seen.data, "<b@70001>"));
    assert_non_null(strstr(f->seen.data, "<c@70004>"));
    assert_diagnostic(f, "xml-syntax", 70004);
    buffer_done(&text);
}

static void every_truncation_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char text[] =
        "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><!-- c -->"
        "<a b=\"1\">t<c d='&lt;\xC3\xA9'/><![CDATA[x]]>&amp;</a>";
    struct buffer wide;
    buffer_init(&wide, 1u << 20);
    encode(&wide, text, false, false);
    assert_int_equal(parse(f, text, sizeof text - 1), 0);
    assert_int_equal(parse(f, wide.data, wide.size), 0);
    for (size_t size = 0; size < sizeof text - 1; size++) {
        assert_int_equal(parse(f, text, size), GPCONF_ESYNTAX);
        assert_int_equal(f->diagnostics.errors, 1);
    }
    for (size_t size = 0; size < wide.size; size++) {
        assert_int_equal(parse(f, wide.data, size), GPCONF_ESYNTAX);
        assert_int_equal(f->diagnostics.errors, 1);
    }
    buffer_done(&wide);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(elements_attributes_and_text_arrive_in_order),
        T(the_five_entities_and_character_references_are_replaced),
        T(names_are_local_names),
        T(utf16_is_found_with_and_without_a_mark),
        T(an_unpaired_surrogate_is_no_text),
        T(fixture_h_an_encoding_called_unicode_is_read),
        T(a_contradicting_declaration_is_ignored_with_a_warning),
        T(bytes_that_are_no_utf8_are_read_as_declared),
        T(a_doctype_is_refused),
        T(nuls_and_nothing_are_refused),
        T(depth_is_limited),
        T(attributes_are_limited),
        T(the_bytes_of_a_tag_are_limited),
        T(text_and_comments_may_be_long),
        T(the_size_of_a_file_is_limited),
        T(lines_are_right_beyond_65535),
        T(every_truncation_is_refused),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
