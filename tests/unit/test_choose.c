#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "engine/update/choose.h"
#include "engine/update/settings.h"
#include "policies/local.h"
#include "tests/unit/bench.h"

/* A template with what the shipped one has not. */
static const char odd_template[] =
    "<policyDefinitions revision='1.0' schemaVersion='1.0'>"
    "<policyNamespaces><target prefix='t' namespace='T'/></policyNamespaces>"
    "<resources minRequiredRevision='1.0'/>"
    "<categories><category name='C' displayName='C'/></categories><policies>"
    "<policy name='Odd' class='Both' displayName='Odd' key='K' valueName='On'>"
    "<parentCategory ref='C'/><elements>"
    "<text id='Text' valueName='Text'/>"
    "<text id='Dot.Id' valueName='DotId'/>"
    "<text id='State' valueName='State'/>"
    "<multiText id='Lines' valueName='Lines'/>"
    "<list id='Named' key='K\\Named' explicitValue='true'/>"
    "<list id='Listed' key='K\\Listed'/>"
    "</elements></policy>"
    "<policy name='Person' class='User' displayName='Person' key='K' valueName='P'>"
    "<parentCategory ref='C'/></policy>"
    "<policy name='Strict' class='Machine' displayName='Strict' key='K'>"
    "<parentCategory ref='C'/><elements>"
    "<decimal id='Number' valueName='N' minValue='3' maxValue='9' required='true'/>"
    "</elements></policy>"
    "</policies></policyDefinitions>";

static struct catalogue *shipped, *odd;

static int load(void **state)
{
    (void)state;
    struct template_file file = { .path = "odd.admx",
                                  .name = "odd.admx",
                                  .bytes = odd_template,
                                  .size = sizeof odd_template - 1 };
    shipped = bench_shipped_catalogue();
    return catalogue_build(&file, 1, NULL, NULL, &odd);
}

static int drop(void **state)
{
    (void)state;
    catalogue_unref(shipped);
    catalogue_unref(odd);
    return 0;
}

/* The result of the last wish. */
static struct chosen chosen;

enum how { SET, SET_USER, UNSET };

/* What the file is afterwards; the name of the status when it fails. file NULL: there is
 * none yet. The words are a NULL-terminated list. */
static const char *wish(struct bench *b, const struct catalogue *catalogue,
                        const char *file, enum how how, const char *what, ...)
{
    const char *words[8];
    size_t n = 0;
    va_list list;
    va_start(list, what);
    for (const char *word; (word = va_arg(list, const char *)) && n < 8;)
        words[n++] = word;
    va_end(list);
    const struct choose_request request = { .what = what,
                                            .words = words,
                                            .n = n,
                                            .user = how == SET_USER,
                                            .is_unset = how == UNSET };
    bench_forget(b);
    chosen = (struct chosen){ 0 };
    int status = choose(file, file ? strlen(file) : 0, "local.ini", &request, catalogue,
                        &b->arena, &b->diagnostics, &chosen);
    if (status) {
        assert_null(chosen.bytes);
        return gpconf_status_name(status);
    }
    return arena_string_n(&b->arena, chosen.bytes, chosen.size);
}

#define WISH(...) wish(*state, __VA_ARGS__, (const char *)NULL)
#define GIVES(after, ...) assert_string_equal(WISH(__VA_ARGS__), after)

/* It was refused, and the first error says so in these words. */
static void said(void **state, const char *words)
{
    const struct bench *b = *state;
    for (const struct diagnostic *d = b->diagnostics.first; d; d = d->next)
        if (strstr(d->message, words))
            return;
    fail_msg("nobody says '%s': %s", words,
             b->diagnostics.first ? b->diagnostics.first->message : "nothing is said");
}

static void a_setting_goes_into_its_section_and_the_rest_stays(void **state)
{
    GIVES("; mine\n[update]\nmode = manual ; why\nmail = root\n", shipped,
          "; mine\n[update]\nmode = automatic ; why\nmail = root\n", SET, "update.mode",
          "manual");
    assert_true(chosen.changed);
    assert_int_equal(chosen.setting, SETTING_MODE);
    assert_int_equal(chosen.said.n, 1);
    assert_int_equal(chosen.said.items[0].origin.at, 3);
    assert_int_equal(chosen.gone.n, 1);
    assert_string_equal(chosen.gone.items[0].text, "automatic");
    GIVES("[Update]\nMode = manual\n", shipped, "[Update]\nMode = notify\n", SET,
          "UPDATE.mode", "manual");
}

static void a_new_file_says_what_it_is(void **state)
{
    const char *text = WISH(shipped, NULL, SET, "update.mail", "root");
    assert_true(strncmp(text, "; Local policy of this machine", 30) == 0);
    assert_non_null(strstr(text, "\n\n[update]\nmail = root\n"));
    assert_int_equal(chosen.gone.n, 0);
}

static void what_the_file_says_already_is_not_written_again(void **state)
{
    static const char file[] = "[update]\nmode='manual'\n"
                               "[policy AutoUpdateCfg]\nstate = disabled\n";
    GIVES(file, shipped, file, SET, "update.mode", "manual");
    assert_false(chosen.changed);
    assert_int_equal(chosen.said.n, 1);
    assert_int_equal(chosen.said.items[0].origin.at, 2);
    GIVES(file, shipped, file, SET, "AutoUpdateCfg", "disabled");
    assert_false(chosen.changed);
    GIVES(file, shipped, file, UNSET, "update.mail");
    assert_false(chosen.changed);
    assert_int_equal(chosen.gone.n, 0);
}

static void a_bad_value_is_refused_with_what_fits(void **state)
{
    GIVES("GPCONF_ERANGE", shipped, "", SET, "update.mode", "manul");
    said(state, "automatic, download-only, notify, manual");
    said(state, "did you mean 'manual'?, nothing was written");
    GIVES("GPCONF_ERANGE", shipped, "", SET, "update.reboot-delay", "181");
    said(state, "15 to 180 (minutes), nothing was written");
    GIVES("GPCONF_ERANGE", shipped, "", SET, "AutoUpdateCfg", "enabled", "AUOptions=9");
    said(state, "4 (");
    GIVES("GPCONF_ERANGE", odd, "", SET, "Strict", "Number=10");
    said(state, "between 3 and 9, nothing was written");
    GIVES("GPCONF_ERANGE", odd, "", SET, "Strict", "enabled");
    said(state, "required but not set, nothing was written");
    GIVES("GPCONF_ERANGE", shipped, "", SET, "AutoUpdateCfg", "enabeld");
    said(state, "did you mean 'enabled'?");
}

static void a_misspelt_name_gets_a_suggestion(void **state)
{
    GIVES("GPCONF_ENOTFOUND", shipped, "", SET, "update.moed", "manual");
    said(state, "no setting or policy 'update.moed'; did you mean 'update.mode'?, "
                "nothing was written");
    GIVES("GPCONF_ENOTFOUND", shipped, "", SET, "mode", "manual");
    said(state, "did you mean 'update.mode'?");
    GIVES("GPCONF_ENOTFOUND", shipped, "", SET, "AutoUpdteCfg", "enabled");
    said(state, "did you mean 'AutoUpdateCfg'?");
    GIVES("GPCONF_ERANGE", shipped, "", SET, "AutoUpdateCfg", "enabled", "AUOption=4");
    said(state, "did you mean 'AUOptions'?");
    GIVES("GPCONF_ENOTFOUND", shipped, "", UNSET, "AutoUpdateCfg", "AUOption");
    said(state, "did you mean 'AUOptions'?");
    GIVES("GPCONF_ENOTFOUND", shipped, "", UNSET, "update.moed");
}

static void a_policy_keeps_the_name_that_the_file_calls_it(void **state)
{
    GIVES("[policy T:strict]\nNumber = 5\n", odd, "[policy T:strict]\nNumber = 4\n",
          SET, "Strict", "number=5");
    GIVES("[policy Strict]\nstate = enabled\nNumber = 4\n", odd, "[policy Strict]\n",
          SET, "strict", "enabled", "Number=4");
    GIVES("[policy T:Strict]\nNumber = 4\n", odd, "[policy T:Strict]\n", SET,
          "T:Strict", "Number=4");
    /* The other half is another thing. */
    GIVES("[policy Odd]\nText = a\n\n[policy user Odd]\nText = b\n", odd,
          "[policy Odd]\nText = a\n", SET_USER, "Odd", "Text=b");
    GIVES("[a]\n\n[policy user Person]\nstate = enabled\n", odd, "[a]\n", SET, "Person",
          "enabled");
    GIVES("GPCONF_ERANGE", odd, "", SET_USER, "Strict", "Number=4");
    said(state, "machine half, nothing was written");
}

static void lists_and_lines_are_replaced_whole_or_entry_by_entry(void **state)
{
    static const char file[] = "[policy Odd]\nListed.1 = a ; first\nListed.2 = b\n"
                               "Listed.3 = c\nText = t\n";
    GIVES("[policy Odd]\nListed.1 = x ; first\nListed.2 = y\nText = t\n", odd, file,
          SET, "Odd", "Listed=x\ny");
    assert_int_equal(chosen.gone.n, 3);
    GIVES("[policy Odd]\nListed.1 = a ; first\nListed.2 = b\n"
          "Listed.3 = z\nText = t\nListed.4 = w\n",
          odd, file, SET, "Odd", "Listed.3=z", "Listed.4=w");
    /* Those that stand in another order do not stay where they are. */
    GIVES("[policy Odd]\nListed.1 = x\nListed.2 = y\n", odd,
          "[policy Odd]\nListed.2 = b\nListed.1 = a\n", SET, "Odd", "Listed=x\ny");
    GIVES("[policy Odd]\nLines.1 = a\nLines.2 = b\n", odd,
          "[policy Odd]\nLines = old\n", SET, "Odd", "Lines=a\r\nb");
    GIVES("[policy Odd]\nLines = new\n", odd,
          "[policy Odd]\nLines.1 = a\nLines.2 = b\n", SET, "Odd", "Lines=new");
    GIVES("[policy Odd]\nNamed.key = data=1\n", odd, "[policy Odd]\n", SET, "Odd",
          "Named.key=data=1");
    GIVES("GPCONF_ERANGE", odd, "", SET, "Odd", "Named=data");
    said(state, "each needs one");
    GIVES("[policy Odd]\nDot.Id = x\n", odd, "[policy Odd]\nDot.Id = y\n", SET, "Odd",
          "dot.id=x");
    GIVES("GPCONF_EINVAL", odd, "", SET, "Odd", "Text=a", "text=b");
    said(state, "given twice");
}

static void disabled_takes_the_options_with_it(void **state)
{
    static const char file[] =
        "[policy Odd]\nstate = enabled\nListed.1 = a\nText = t\n[update]\nmail=root\n";
    GIVES("[policy Odd]\nstate = disabled\n[update]\nmail=root\n", odd, file, SET,
          "Odd", "Disabled");
    assert_int_equal(chosen.gone.n, 3);
    GIVES("[policy Odd]\n[update]\nmail=root\n", odd, file, SET, "Odd",
          "not-configured");
    GIVES("GPCONF_EINVAL", odd, file, SET, "Odd", "disabled", "Text=a");
    GIVES("GPCONF_ERANGE", odd, "[policy Odd]\nstate = disabled\n", SET, "Odd",
          "Text=a");
    said(state, "say 'enabled' with them");
    GIVES("[policy Odd]\nstate = enabled\nText = a\n", odd,
          "[policy Odd]\nstate = disabled\n", SET, "Odd", "enabled", "Text=a");
}

static void unset_takes_out_as_much_as_it_is_told(void **state)
{
    static const char file[] = "[update]\nmode = manual\nmail = root\n"
                               "[policy T:Odd]\nstate = enabled\nListed.1 = a\n"
                               "Listed.2 = b\nText = t\n"
                               "[policy Gone]\nstate = enabled\n"
                               "[policy user Odd]\nText = u\n"
                               "[old]\nname = x\n";
    const char *text = WISH(odd, file, UNSET, "update.mode");
    assert_null(strstr(text, "mode"));
    assert_non_null(strstr(text, "mail"));
    text = WISH(odd, file, UNSET, "Odd", "Listed");
    assert_null(strstr(text, "Listed"));
    assert_int_equal(chosen.gone.n, 2);
    text = WISH(odd, file, UNSET, "Odd", "listed.2");
    assert_non_null(strstr(text, "Listed.1"));
    assert_null(strstr(text, "Listed.2"));
    text = WISH(odd, file, UNSET, "Odd");
    assert_null(strstr(text, "Listed"));
    assert_null(strstr(text, "Text = t"));
    assert_non_null(strstr(text, "Text = u"));
    /* What no template knows any more can go, too. */
    assert_null(strstr(WISH(odd, file, UNSET, "gone"), "Gone]\nstate"));
    assert_null(strstr(WISH(odd, file, UNSET, "old.name"), "name = x"));
    GIVES("GPCONF_EINVAL", odd, file, UNSET, "update.mode", "x");
    GIVES("GPCONF_EINVAL", odd, file, UNSET, "Odd", "Text", "Lines");
}

static void what_stays_without_a_needed_option_is_told(void **state)
{
    GIVES("[policy Strict]\nstate = enabled\n", odd,
          "[policy Strict]\nstate = enabled\nNumber = 4\n", UNSET, "Strict", "Number");
    said(state, "required but not set, leaving the policy out");
}

static void what_ini_cannot_carry_is_refused_and_the_local_gpo_named(void **state)
{
    static const char *const words[] = {
        "Text=both \" and '; quotes",
        "Text=ends with \\",
        "Text=a\nb",
        "Text=\x1b[31m",
        "Text=\xff\xfe",
        "State=x",
        "Named.a;b=x",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        GIVES("GPCONF_ERANGE", odd, "[policy Odd]\n", SET, "Odd", words[i]);
        said(state, "the local GPO can");
        said(state, ", nothing was written");
    }
    GIVES("[policy Odd]\nText = \"; # \"\n", odd, "[policy Odd]\n", SET, "Odd",
          "Text=; # ");
}

static void a_damaged_file_is_never_written(void **state)
{
    GIVES("GPCONF_ESYNTAX", shipped, "[update]\nmode = manual\nnonsense\n", SET,
          "update.mode", "notify");
    const struct bench *b = *state;
    assert_int_equal(b->diagnostics.first->origin.at, 3);
    said(state, "local.ini must be mended by hand first, nothing was written");
    GIVES("GPCONF_ESYNTAX", shipped, "nonsense\n", UNSET, "update.mode");
}

static void every_setting_takes_its_example_and_reads_it_back(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *s = &settings[i];
        const char *value = s->example             ? s->example
                            : s->kind == KIND_BOOL ? "yes"
                            : s->choices           ? s->choices->word
                                         : arena_format(&b->arena, "%u", s->min);
        const char *text = WISH(shipped, NULL, SET, s->id, value);
        struct statements back = { 0 };
        if (!chosen.bytes)
            fail_msg("%s: '%s' is refused: %s", s->id, value, text);
        assert_int_equal(local_parse(text, strlen(text), "f", &b->arena, NULL, &back),
                         0);
        assert_int_equal(back.n, 1);
        assert_string_equal(back.items[0].text, value);
        assert_string_equal(back.items[0].subject, s->id);
    }
}

/* Two hundred hostile values for each setting and for an element: refused, or read back
 * as they were said. */
static void no_value_is_stored_that_does_not_come_back(void **state)
{
    struct bench *b = *state;
    static const char *const pieces[] = {
        "\"", "'",  "\n",     "\r",   "[",    "]",   "[update]", "=",   ";",
        "#",  "\\", "\t",     "\x01", "\x1b", " ",   "\xc2\x85", ",",   "\xff",
        "$(", "%n", "**del.", "root", "3",    "yes", "03:30",    "a.b",
    };
    enum { N = sizeof pieces / sizeof *pieces, CASES = 200 };
    static char longest[1200];
    uint32_t random = 1;
    size_t stored = 0;
    memset(longest, 'x', sizeof longest - 1);
    for (int i = 0; i <= SETTING_COUNT; i++)
        for (int n = 0; n < CASES; n++) {
            const char *value = n == 0 ? longest : "";
            for (int part = 0; n && part < 1 + n % 4; part++) {
                random = random * 1664525u + 1013904223u;
                value =
                    arena_format(&b->arena, "%s%s", value, pieces[(random >> 16) % N]);
            }
            bool setting = i < SETTING_COUNT;
            const char *word =
                setting ? value : arena_format(&b->arena, "Text=%s", value);
            const char *text = WISH(setting ? shipped : odd, "[a]\nb = c\n", SET,
                                    setting ? settings[i].id : "Odd", word);
            if (!chosen.bytes) {
                said(state, ", nothing was written");
                continue;
            }
            struct statements back = { 0 };
            assert_int_equal(
                local_parse(text, strlen(text), "f", &b->arena, NULL, &back), 0);
            assert_int_equal(back.n, 2);
            assert_string_equal(back.items[0].text, "c");
            assert_string_equal(back.items[1].text, value);
            stored++;
        }
    assert_true(stored > CASES / 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_setting_goes_into_its_section_and_the_rest_stays),
        TEST(a_new_file_says_what_it_is),
        TEST(what_the_file_says_already_is_not_written_again),
        TEST(a_bad_value_is_refused_with_what_fits),
        TEST(a_misspelt_name_gets_a_suggestion),
        TEST(a_policy_keeps_the_name_that_the_file_calls_it),
        TEST(lists_and_lines_are_replaced_whole_or_entry_by_entry),
        TEST(disabled_takes_the_options_with_it),
        TEST(unset_takes_out_as_much_as_it_is_told),
        TEST(what_stays_without_a_needed_option_is_told),
        TEST(what_ini_cannot_carry_is_refused_and_the_local_gpo_named),
        TEST(a_damaged_file_is_never_written),
        TEST(every_setting_takes_its_example_and_reads_it_back),
        TEST(no_value_is_stored_that_does_not_come_back),
    };
    return !!cmocka_run_group_tests(tests, load, drop);
}
