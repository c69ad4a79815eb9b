#include "tests/unit/pol_fixture.h"

#include "base/status.h"

/* ---- records to operations ---- */

static void every_directive_becomes_its_operations(void **state)
{
    struct bench *b = *state;
    struct operations operations;
    number(b, "\\Software\\K\\", "n", 4);
    record(b, "Software\\New", "", 0, "", 0);
    number(b, "Software\\K", "**Soft.s", 1);
    words(b, "Software\\K", "**del.gone", " ");
    number(b, "Software\\K", "**del.", 32);
    words(b, "Software\\K", "**delvals.", " ");
    words(b, "Software\\K", "**DELVALS", "");
    words(b, "Software\\K", "**DeleteValues", "A; B;;C D;");
    words(b, "Software\\K", "**DeleteKeys",
          "Sub;software\\k\\Deep\\Er;Software\\Other;A\\B");
    number(b, "Software\\K", "**SecureKey", 1);
    words(b, "Software\\K", "**Comment:why", "because");
    number(b, "Software\\K", "**what.ever", 1);
    words(b, "Software\\K", "", "default");
    assert_string_equal(operations_of(b, &operations),
                        "set Software\\K|n=4\n"
                        "create-key Software\\New\n"
                        "soft-set Software\\K|s=1\n"
                        "delete Software\\K|gone\n"
                        "delete Software\\K|\n"
                        "clear-values Software\\K\n"
                        "clear-values Software\\K\n"
                        "delete Software\\K|A\n"
                        "delete Software\\K|B\n"
                        "delete Software\\K|C D\n"
                        "delete-key Software\\K\\Sub\n"
                        "delete-key software\\k\\Deep\\Er\n"
                        "delete-key Software\\Other\n"
                        "delete-key Software\\K\\A\\B\n"
                        "set Software\\K|=default\n");
    assert_int_equal(operations.items[9].origin.at, 8);
    assert_int_equal(operations.items[14].origin.at, 13);
    assert_ptr_equal(operations.items[2].key, operations.items[3].key);
    assert_int_equal(b->diagnostics.n, 2);
    assert_string_equal(b->diagnostics.first->code, "pol-securekey");
    assert_string_equal(last_code(b), "pol-unknown-directive");
    assert_int_equal(b->diagnostics.last->origin.at, 12);
}

static void a_list_directive_without_text_is_ignored_aloud(void **state)
{
    struct bench *b = *state;
    struct operations operations;
    number(b, "K", "**DeleteValues", 32);
    assert_string_equal(operations_of(b, &operations), "");
    assert_string_equal(last_code(b), "pol-directive-data");
}

/* Else the key itself, or at the root all keys, would be deleted by it. */
static void a_subkey_without_a_name_is_none(void **state)
{
    struct bench *b = *state;
    struct operations operations;
    words(b, "K", "**DeleteKeys", "A;\\;\\\\;B\\");
    words(b, "", "**DeleteKeys", "\\");
    assert_string_equal(operations_of(b, &operations), "delete-key K\\A\n"
                                                       "delete-key K\\B\n");
}

static void directives_are_kept_when_a_file_is_written(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    words(b, "K", "**Comment:why", "because");
    number(b, "K", "**what.ever", 1);
    assert_int_equal(parse(b, &pol), 0);
    struct buffer out;
    buffer_init(&out, 1 << 16);
    assert_int_equal(pol_format(&pol, &out), 0);
    assert_int_equal(out.size, b->file.size);
    assert_memory_equal(out.data, b->file.data, out.size);
    buffer_done(&out);
}

/* ---- operations to records ---- */

/* Through records and back: what stays of the operations of this file. */
static const char *folded(struct bench *b)
{
    struct operations operations, again;
    struct pol pol;
    operations_of(b, &operations);
    assert_int_equal(pol_from_operations(&operations, &b->arena, &pol, NULL), 0);
    pol_operations(&pol, "f", &b->arena, &b->diagnostics, &again);
    return show(b, &again);
}

static void all_kinds_of_operations_can_be_written(void **state)
{
    struct bench *b = *state;
    words(b, "Software", "**DeleteKeys", "Software\\Old;Software\\Older\\Key");
    words(b, "Software\\K", "**delvals.", " ");
    words(b, "Software\\K", "**del.gone", " ");
    number(b, "Software\\K", "**soft.s", 1);
    number(b, "Software\\K", "n", 4);
    record(b, "Software\\New", "", 0, "", 0);
    assert_string_equal(folded(b), "delete-key Software\\Old\n"
                                   "clear-values Software\\K\n"
                                   "delete Software\\K|gone\n"
                                   "soft-set Software\\K|s=1\n"
                                   "set Software\\K|n=4\n"
                                   "create-key Software\\New\n"
                                   "delete-key Software\\Older\\Key\n");
}

static void what_a_later_operation_undoes_is_not_written(void **state)
{
    struct bench *b = *state;
    number(b, "K", "set then deleted", 1);
    words(b, "K", "**del.SET then deleted", " ");
    words(b, "K", "**del.deleted then set", " ");
    number(b, "K", "deleted then set", 2);
    number(b, "L", "cleared", 1);
    words(b, "l", "**delvals.", " ");
    number(b, "L", "after", 1);
    number(b, "L", "after", 2);
    number(b, "L", "**soft.after", 3);
    number(b, "S", "**soft.s", 1);
    number(b, "S", "**soft.s", 2);
    words(b, "S", "**del.d", " ");
    number(b, "S", "**soft.d", 3);
    assert_string_equal(folded(b), "delete K|SET then deleted\n"
                                   "set K|deleted then set=2\n"
                                   "clear-values l\n"
                                   "set L|after=2\n"
                                   "delete S|d\n"
                                   "soft-set S|d=3\n"
                                   "soft-set S|s=1\n");
}

static void a_deleted_key_takes_all_below_it(void **state)
{
    struct bench *b = *state;
    number(b, "A\\B\\C", "gone", 1);
    record(b, "A\\B", "", 0, "", 0);
    number(b, "A\\Bee", "stays", 1);
    words(b, "A", "**deletekeys", "A\\B\\C;A\\B");
    number(b, "a\\b\\C", "new", 2);
    assert_string_equal(folded(b), "delete-key A\\B\n"
                                   "set A\\Bee|stays=1\n"
                                   "set a\\b\\C|new=2\n");
}

static void what_no_file_can_say_is_refused(void **state)
{
    struct bench *b = *state;
    struct operation operation = { .op = OP_SET, .key = "K", .name = "**del.x" };
    struct operations operations = { &operation, 1, 1 };
    struct pol pol = { .n = 4711 };
    size_t bad = 99;
    assert_int_equal(pol_from_operations(&operations, &b->arena, &pol, &bad),
                     GPCONF_ERANGE);
    assert_int_equal(bad, 0);
    assert_int_equal(pol.n, 4711);
    operation = (struct operation){ .op = OP_DELKEY, .key = "A\\B;C" };
    assert_int_equal(pol_from_operations(&operations, &b->arena, &pol, &bad),
                     GPCONF_ERANGE);
    operation = (struct operation){ .op = OP_SET, .key = "K", .name = "" };
    assert_int_equal(pol_from_operations(&operations, &b->arena, &pol, NULL),
                     GPCONF_ERANGE);
}

static void a_directive_counts_for_the_length_of_a_name(void **state)
{
    struct bench *b = *state;
    char *name = arena_alloc(&b->arena, LIMIT_NAME_UNITS + 2, 1);
    char *key = arena_alloc(&b->arena, LIMIT_KEY_UNITS + 2, 1);
    memset(name, 'n', LIMIT_NAME_UNITS);
    memset(key, 'k', LIMIT_KEY_UNITS);
    struct operation operation = {
        .op = OP_SET, .key = key, .name = name, .value = { .type = VALUE_BINARY }
    };
    assert_true(pol_can_say(&operation));
    operation.op = OP_DELETE;
    assert_false(pol_can_say(&operation));
    name[LIMIT_NAME_UNITS - strlen("**del.")] = '\0';
    assert_true(pol_can_say(&operation));
    operation.op = OP_SOFTSET;
    assert_false(pol_can_say(&operation));
    operation = (struct operation){ .op = OP_MKKEY, .key = key };
    assert_true(pol_can_say(&operation));
    key[LIMIT_KEY_UNITS] = 'k';
    assert_false(pol_can_say(&operation));
}

static void settled_operations_keep_their_order(void **state)
{
    struct bench *b = *state;
    struct operations operations, settled;
    number(b, "B", "twice", 1);
    number(b, "B", "once", 1);
    words(b, "A", "**del.x", " ");
    number(b, "b", "TWICE", 2);
    number(b, "A", "**soft.x", 3);
    operations_of(b, &operations);
    assert_int_equal(pol_settle(&operations, &b->arena, &settled), 0);
    assert_string_equal(show(b, &settled), "set B|once=1\n"
                                           "delete A|x\n"
                                           "set b|TWICE=2\n"
                                           "soft-set A|x=3\n");
}

/* ---- lint ---- */

static void lint_tells_of_duplicates_and_late_directives(void **state)
{
    struct bench *b = *state;
    struct pol pol;
    number(b, "K", "twice", 1);
    number(b, "k", "Twice", 2);
    number(b, "L", "v", 1);
    words(b, "L", "**delvals.", " ");
    number(b, "M", "v", 1);
    words(b, "M", "**del.v", " ");
    words(b, "N", "**del.v", " ");
    number(b, "N", "v", 1);
    assert_int_equal(parse(b, &pol), 0);
    assert_int_equal(b->diagnostics.n, 0);
    pol_lint(&pol, "f", &b->arena, &b->diagnostics);
    assert_int_equal(b->diagnostics.n, 3);
    const struct diagnostic *d = b->diagnostics.first;
    assert_string_equal(d->code, "pol-duplicate");
    assert_int_equal(d->origin.at, 2);
    assert_string_equal(d->next->code, "pol-directive-after-set");
    assert_int_equal(d->next->origin.at, 4);
    assert_int_equal(d->next->next->origin.at, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(every_directive_becomes_its_operations),
        T(a_list_directive_without_text_is_ignored_aloud),
        T(a_subkey_without_a_name_is_none),
        T(directives_are_kept_when_a_file_is_written),
        T(all_kinds_of_operations_can_be_written),
        T(what_a_later_operation_undoes_is_not_written),
        T(a_deleted_key_takes_all_below_it),
        T(what_no_file_can_say_is_refused),
        T(a_directive_counts_for_the_length_of_a_name),
        T(settled_operations_keep_their_order),
        T(lint_tells_of_duplicates_and_late_directives),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
