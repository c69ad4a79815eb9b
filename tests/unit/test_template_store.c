#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admx/adml.h"
#include "admx/template_store.h"
#include "base/limits.h"
#include "base/utf16.h"

#define CORPUS GPCONF_SOURCE_DIR "/../shared/corpus/admx"

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    char root[64];
    struct template_file *files;
    size_t n;
};

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *walk)
{
    (void)st, (void)type, (void)walk;
    return remove(path);
}

static int setup(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof fixture);
    arena_init(&fixture.arena, LIMIT_ARENA);
    diagnostics_init(&fixture.diagnostics, &fixture.arena);
    strcpy(fixture.root, "/tmp/gpconf-test-XXXXXX");
    *state = &fixture;
    return mkdtemp(fixture.root) ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    return nftw(f->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Make a file and the folders above it. It holds its own path. */
static void touch(struct fixture *f, const char *path)
{
    char *full = arena_format(&f->arena, "%s/%s", f->root, path);
    for (char *slash = full + strlen(f->root) + 1; (slash = strchr(slash, '/'));
         slash++) {
        *slash = '\0';
        mkdir(full, 0755);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    assert_non_null(file);
    fputs(path, file);
    fclose(file);
    assert_int_equal(chmod(full, 0644), 0);
}

static void read_folders(struct fixture *f, const char *const *folders, size_t n,
                         const char *language)
{
    struct template_folder list[4];
    for (size_t i = 0; i < n; i++)
        list[i] = (struct template_folder){
            AT_FDCWD, arena_format(&f->arena, "%s/%s", f->root, folders[i]), FILE_ANY
        };
    diagnostics_init(&f->diagnostics, &f->arena);
    assert_int_equal(template_store_read(list, n, language, &f->arena, &f->diagnostics,
                                         &f->files, &f->n),
                     0);
}

/* What was read, in order, by content. */
static void assert_read(const struct fixture *f, const char *const *paths, size_t n)
{
    for (size_t i = 0; i < n && i < f->n; i++)
        assert_string_equal(f->files[i].bytes, paths[i]);
    assert_int_equal(f->n, n);
}
#define ASSERT_READ(f, ...)                                                            \
    do {                                                                               \
        const char *const paths[] = { __VA_ARGS__ };                                   \
        assert_read(f, paths, sizeof paths / sizeof *paths);                           \
    } while (0)

static void only_the_languages_that_are_wanted_are_read(void **state)
{
    struct fixture *f = *state;
    static const char *const folders[] = { "a" };
    touch(f, "a/x.admx");
    touch(f, "a/Y.ADMX");
    touch(f, "a/readme.txt");
    touch(f, "a/en-US/X.adml");
    touch(f, "a/en-US/y.adml");
    touch(f, "a/en-US/z.adml");
    touch(f, "a/it-IT/x.adml");
    touch(f, "a/it-CH/x.adml");
    touch(f, "a/de-DE/x.adml");
    touch(f, "a/backup/x.adml");
    read_folders(f, folders, 1, "it-IT");
    ASSERT_READ(f, "a/Y.ADMX", "a/x.admx", "a/en-US/y.adml", "a/it-IT/x.adml",
                "a/it-CH/x.adml", "a/en-US/X.adml");
    assert_null(f->files[0].language);
    assert_string_equal(f->files[0].name, "Y.ADMX");
    assert_string_equal(f->files[3].language, "it-IT");
    read_folders(f, folders, 1, NULL);
    ASSERT_READ(f, "a/Y.ADMX", "a/x.admx", "a/en-US/y.adml", "a/en-US/X.adml");
    read_folders(f, folders, 1, CATALOGUE_NO_TEXTS);
    ASSERT_READ(f, "a/Y.ADMX", "a/x.admx");
}

static void each_language_that_is_there_is_told_once(void **state)
{
    struct fixture *f = *state;
    touch(f, "a/x.admx");
    touch(f, "a/de-DE/x.adml");
    touch(f, "a/en-US/x.adml");
    touch(f, "a/backup/x.adml");
    touch(f, "b/EN-us/x.adml");
    touch(f, "b/it-IT/x.adml");
    const struct template_folder folders[] = {
        { AT_FDCWD, arena_format(&f->arena, "%s/a", f->root), FILE_ANY },
        { AT_FDCWD, arena_format(&f->arena, "%s/b", f->root), FILE_ANY },
        { AT_FDCWD, arena_format(&f->arena, "%s/absent", f->root), FILE_ANY },
    };
    assert_string_equal(template_store_languages(folders, 3, &f->arena),
                        "en-US, de-DE, it-IT");
    assert_null(template_store_languages(folders + 2, 1, &f->arena));
}

static void without_a_wanted_language_the_first_of_the_others_is_read(void **state)
{
    struct fixture *f = *state;
    static const char *const folders[] = { "a" };
    touch(f, "a/x.admx");
    touch(f, "a/y.admx");
    touch(f, "a/fr-FR/x.adml");
    touch(f, "a/de-DE/x.adml");
    touch(f, "a/fr-FR/y.adml");
    read_folders(f, folders, 1, "it-IT");
    ASSERT_READ(f, "a/x.admx", "a/y.admx", "a/de-DE/x.adml", "a/fr-FR/y.adml");
}

static void an_adml_beside_its_admx_is_read(void **state)
{
    struct fixture *f = *state;
    static const char *const folders[] = { "a" };
    touch(f, "a/x.admx");
    touch(f, "a/x.adml");
    touch(f, "a/fr-FR/x.adml");
    read_folders(f, folders, 1, NULL);
    ASSERT_READ(f, "a/x.admx", "a/x.adml");
    assert_string_equal(f->files[1].language, "");
}

static void the_first_folder_comes_first(void **state)
{
    struct fixture *f = *state;
    static const char *const folders[] = { "site", "missing", "shipped" };
    touch(f, "shipped/a.admx");
    touch(f, "shipped/b.admx");
    touch(f, "shipped/en-US/a.adml");
    touch(f, "shipped/en-US/b.adml");
    touch(f, "site/B.admx");
    touch(f, "site/en-us/B.adml");
    read_folders(f, folders, 3, NULL);
    ASSERT_READ(f, "site/B.admx", "shipped/a.admx", "shipped/b.admx",
                "site/en-us/B.adml", "shipped/en-US/b.adml", "shipped/en-US/a.adml");
    assert_int_equal(f->diagnostics.n, 0);
}

static void what_cannot_be_trusted_is_told_and_left_out(void **state)
{
    struct fixture *f = *state;
    touch(f, "a/x.admx");
    touch(f, "a/y.admx");
    char *path = arena_format(&f->arena, "%s/a/y.admx", f->root);
    assert_int_equal(chmod(path, 0666), 0);
    int fd = open(f->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct template_folder folder = { fd, "a", FILE_TRUSTED };
    assert_int_equal(template_store_read(&folder, 1, NULL, &f->arena, &f->diagnostics,
                                         &f->files, &f->n),
                     0);
    close(fd);
    ASSERT_READ(f, "a/x.admx");
    assert_int_equal(f->diagnostics.errors, 1);
    assert_string_equal(f->diagnostics.first->code, "template-unreadable");
    assert_string_equal(f->diagnostics.first->origin.file, "a/y.admx");
}

/* ---- The corpus, with a judge that knows nothing of XML ---- */

static const struct {
    const char *folder;
    size_t policies;
} sets[] = {
    { "activclient-nsacyber", 109 },
    { "adobereader-nsacyber", 44 },
    { "chrome-nsacyber", 307 },
    { "firefox-mozilla", 412 },
    { "fslogix-admxgen", 12 },
    { "lithnet-idlelogoff", 2 },
    { "mdatp-devicecontrol", 131 },
    { "policyplusplus-testassets", 8 },
    { "powershell7", 6 },
    { "samba", 373 },
    { "security-harvester57", 140 },
    { "tailscale", 32 },
    { "terminal", 2 },
    { "ubuntu-adsys-all", 81 },
    { "win10-1809-ms-mxkhist", 3317 },
    { "win10-2019-multilang-josbraden", 67 },
    { "win11-25h2-mxk", 4730 },
    { "win11-25h2-mxk.gitraw-misdeclared", 878 },
    { "winget", 22 },
    { "winget-localized", 0 },
};

static bool read_set(struct fixture *f, const char *folder, const char *language)
{
    struct template_folder list = { AT_FDCWD,
                                    arena_format(&f->arena, CORPUS "/%s", folder),
                                    FILE_ANY };
    if (access(CORPUS, R_OK) != 0)
        return false;
    diagnostics_init(&f->diagnostics, &f->arena);
    assert_int_equal(template_store_read(&list, 1, language, &f->arena, &f->diagnostics,
                                         &f->files, &f->n),
                     0);
    return true;
}

/* The text of a file as UTF-8, comments blanked out. */
static char *plain_text(struct arena *arena, const struct template_file *file)
{
    const unsigned char *bytes = file->bytes;
    bool wide =
        file->size >= 2 && (bytes[1] == 0 || (bytes[0] == 0xFF && bytes[1] == 0xFE));
    char *text = wide ? utf16_decode(arena, bytes, file->size, NULL)
                      : arena_string_n(arena, file->bytes, file->size);
    assert_non_null(text);
    for (char *at = text; (at = strstr(at, "<!--"));) {
        char *end = strstr(at, "-->");
        assert_non_null(end);
        memset(at, ' ', (size_t)(end + 3 - at));
    }
    return text;
}

/* Start tags of this name, those with the attribute ("id=") where one is given. */
static size_t count_tags(const char *text, const char *name, const char *attribute)
{
    size_t n = 0, size = strlen(name);
    for (const char *at = text; (at = strchr(at, '<')); at++) {
        if (strncmp(at + 1, name, size) != 0 || !strchr(" \t\r\n>/", at[1 + size]))
            continue;
        const char *end = strchr(at, '>'), *found = at;
        assert_non_null(end);
        while (attribute && (found = memmem(found + 1, (size_t)(end - found - 1),
                                            attribute, strlen(attribute))))
            if (strchr(" \t\r\n", found[-1]))
                break;
        n += found != NULL;
    }
    return n;
}

static void every_set_has_its_policies(void **state)
{
    struct fixture *f = *state;
    size_t total = 0;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct catalogue *c;
        size_t n, counted = 0;
        if (!read_set(f, sets[i].folder, NULL)) {
            print_message("no corpus at " CORPUS ", skipping\n");
            skip();
        }
        assert_int_equal(catalogue_build(f->files, f->n, NULL, &f->diagnostics, &c), 0);
        catalogue_policies(c, &n);
        assert_int_equal(n, sets[i].policies);
        assert_int_equal(f->diagnostics.errors, 0);
        for (const struct diagnostic *d = f->diagnostics.first; d; d = d->next) {
            assert_non_null(d->origin.file);
            assert_true(d->origin.at > 0 || strcmp(d->code, "admx-no-texts") == 0 ||
                        strcmp(d->code, "admx-duplicate-file") == 0);
        }
        for (size_t k = 0; k < f->n; k++)
            if (!f->files[k].language)
                counted +=
                    count_tags(plain_text(&f->arena, &f->files[k]), "policy", NULL);
        assert_int_equal(counted, n);
        total += n;
        catalogue_unref(c);
        arena_done(&f->arena);
    }
    assert_int_equal(total, 10673);
}

static size_t count_elements(const char *text)
{
    static const char *const names[] = { "boolean",   "decimal", "longDecimal", "text",
                                         "multiText", "enum",    "list" };
    size_t n = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        n += count_tags(text, names[i], "id=");
    return n;
}

static void elements_choices_and_strings_are_all_there(void **state)
{
    static const char *const folders[] = { "win11-25h2-mxk",  "win10-1809-ms-mxkhist",
                                           "samba",           "firefox-mozilla",
                                           "chrome-nsacyber", "security-harvester57" };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct catalogue *c;
        size_t elements = 0, choices = 0, controls = 0, n, found_elements = 0,
               found_choices = 0;
        if (!read_set(f, folders[i], NULL)) {
            print_message("no corpus at " CORPUS ", skipping\n");
            skip();
        }
        for (size_t k = 0; k < f->n; k++) {
            const char *text = plain_text(&f->arena, &f->files[k]);
            struct adml adml;
            if (!f->files[k].language) {
                elements += count_elements(text);
                choices += count_tags(text, "item", "displayName=");
                continue;
            }
            assert_int_equal(adml_parse(f->files[k].bytes, f->files[k].size, "a",
                                        &f->arena, NULL, &adml),
                             0);
            assert_int_equal(adml.n_strings, count_tags(text, "string", "id="));
            assert_int_equal(adml.n_presentations,
                             count_tags(text, "presentation", "id="));
            controls =
                count_tags(text, "checkBox", NULL) +
                count_tags(text, "decimalTextBox", NULL) +
                count_tags(text, "textBox", NULL) + count_tags(text, "comboBox", NULL) +
                count_tags(text, "dropdownList", NULL) +
                count_tags(text, "listBox", NULL) +
                count_tags(text, "multiTextBox", NULL) + count_tags(text, "text", NULL);
            assert_int_equal(adml.n_controls, controls);
        }
        assert_int_equal(catalogue_build(f->files, f->n, NULL, NULL, &c), 0);
        const struct cat_policy *p = catalogue_policies(c, &n);
        for (size_t k = 0; k < n; k++)
            for (uint32_t e = 0; e < p[k].n_elements; e++) {
                found_elements++;
                found_choices +=
                    catalogue_elements(c)[p[k].first_element + e].n_choices;
            }
        assert_int_equal(found_elements, elements);
        assert_int_equal(found_choices, choices);
        catalogue_unref(c);
        arena_done(&f->arena);
    }
}

static void every_policy_is_found_by_its_name_and_its_values(void **state)
{
    struct fixture *f = *state;
    struct catalogue *c;
    size_t n;
    if (!read_set(f, "win11-25h2-mxk", NULL)) {
        print_message("no corpus at " CORPUS ", skipping\n");
        skip();
    }
    assert_int_equal(catalogue_build(f->files, f->n, NULL, NULL, &c), 0);
    const struct cat_policy *p = catalogue_policies(c, &n), *found[256];
    for (size_t i = 0; i < n; i++) {
        bool there = false;
        assert_int_equal(catalogue_find(c, catalogue_text(c, p[i].id), &found[0]), 0);
        assert_ptr_equal(found[0], &p[i]);
        if (!p[i].value_name)
            continue;
        size_t k = catalogue_find_value(c, catalogue_text(c, p[i].key),
                                        catalogue_text(c, p[i].value_name), found, 256);
        assert_true(k <= 256);
        while (k-- > 0)
            there = there || found[k] == &p[i];
        assert_true(there);
    }
    /* What the report rules say of one well-known policy. */
    assert_int_equal(
        catalogue_find(c, "Microsoft.Policies.WindowsUpdate:AutoUpdateCfg", &found[0]),
        0);
    assert_string_equal(catalogue_text(c, found[0]->title),
                        "Configure Automatic Updates");
    assert_string_equal(catalogue_text(c, found[0]->key),
                        "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU");
    assert_int_not_equal(found[0]->category, CAT_NONE);
    assert_int_not_equal(found[0]->supported_on, CAT_NONE);
    catalogue_unref(c);
}

static void other_languages_are_chosen(void **state)
{
    static const struct {
        const char *asked, *chosen, *title;
    } cases[] = {
        { "it-IT", "it-it", "Configura Aggiornamenti automatici" },
        { "de-DE", "de-de", "Automatische Updates konfigurieren" },
        { "fr-FR", "en-us", "Configure Automatic Updates" },
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct catalogue *c;
        const struct cat_policy *p;
        size_t n;
        if (!read_set(f, "win10-2019-multilang-josbraden", cases[i].asked)) {
            print_message("no corpus at " CORPUS ", skipping\n");
            skip();
        }
        assert_int_equal(catalogue_build(f->files, f->n, cases[i].asked, NULL, &c), 0);
        assert_int_equal(catalogue_find(c, "AutoUpdateCfg", &p), 0);
        assert_string_equal(catalogue_text(c, catalogue_files(c, &n)[p->file].language),
                            cases[i].chosen);
        assert_string_equal(catalogue_text(c, p->title), cases[i].title);
        catalogue_unref(c);
    }
}

/* What a plan needs is in the ADMX. */
static void without_texts_the_registry_is_the_same(void **state)
{
    struct fixture *f = *state;
    struct catalogue *full, *bare;
    size_t n, n_bare;
    if (!read_set(f, "win10-1809-ms-mxkhist", NULL)) {
        print_message("no corpus at " CORPUS ", skipping\n");
        skip();
    }
    assert_int_equal(catalogue_build(f->files, f->n, NULL, NULL, &full), 0);
    assert_true(read_set(f, "win10-1809-ms-mxkhist", CATALOGUE_NO_TEXTS));
    assert_int_equal(
        catalogue_build(f->files, f->n, CATALOGUE_NO_TEXTS, &f->diagnostics, &bare), 0);
    for (const struct diagnostic *d = f->diagnostics.first; d; d = d->next)
        assert_null(strstr(d->code, "dangling-string"));
    const struct cat_policy *a = catalogue_policies(full, &n),
                            *b = catalogue_policies(bare, &n_bare);
    assert_int_equal(n, n_bare);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(catalogue_text(full, a[i].id),
                            catalogue_text(bare, b[i].id));
        assert_string_equal(catalogue_text(full, a[i].key),
                            catalogue_text(bare, b[i].key));
        assert_int_equal(a[i].n_elements, b[i].n_elements);
        assert_non_null(strstr(catalogue_text(bare, b[i].title), "$(string."));
    }
    catalogue_unref(full);
    catalogue_unref(bare);
}

/* Flipped and cut bytes: any answer will do, as long as there is one. */
static void damaged_files_do_no_harm(void **state)
{
    static const char *const folders[] = { "terminal", "policyplusplus-testassets",
                                           "fslogix-admxgen", "lithnet-idlelogoff" };
    struct fixture *f = *state;
    uint32_t random = 12345;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (!read_set(f, folders[i], NULL)) {
            print_message("no corpus at " CORPUS ", skipping\n");
            skip();
        }
        for (unsigned round = 0; round < 150; round++) {
            struct arena arena;
            struct diagnostics diagnostics;
            struct catalogue *c;
            struct template_file files[16];
            arena_init(&arena, LIMIT_ARENA);
            diagnostics_init(&diagnostics, &arena);
            size_t n = f->n < 16 ? f->n : 16;
            for (size_t k = 0; k < n; k++) {
                files[k] = f->files[k];
                unsigned char *bytes =
                    arena_copy(&arena, files[k].bytes, files[k].size);
                for (unsigned flips = 0; flips < 3; flips++) {
                    random = random * 1664525u + 1013904223u;
                    bytes[(random >> 4) % files[k].size] ^=
                        (unsigned char)(1u << random % 8);
                }
                if (random >> 28 == 0)
                    files[k].size = (random >> 4) % files[k].size;
                files[k].bytes = bytes;
            }
            assert_int_equal(catalogue_build(files, n, NULL, &diagnostics, &c), 0);
            catalogue_unref(c);
            arena_done(&arena);
        }
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(only_the_languages_that_are_wanted_are_read),
        T(each_language_that_is_there_is_told_once),
        T(without_texts_the_registry_is_the_same),
        T(without_a_wanted_language_the_first_of_the_others_is_read),
        T(an_adml_beside_its_admx_is_read),
        T(the_first_folder_comes_first),
        T(what_cannot_be_trusted_is_told_and_left_out),
        T(every_set_has_its_policies),
        T(elements_choices_and_strings_are_all_there),
        T(every_policy_is_found_by_its_name_and_its_values),
        T(other_languages_are_chosen),
        T(damaged_files_do_no_harm),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
