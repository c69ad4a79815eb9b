/*
 * Make the binary files of policies/samples: what no editor shows and no diff explains is
 * kept as a table here.
 *
 *   make-samples DIR            write them below DIR
 *   make-samples --check DIR    compare; exit status 1 when a file is missing or differs
 *
 * The records are those that a Group Policy editor would write for the shipped templates:
 * an enabled policy writes all of its elements, and an unchecked box is a **del.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "policies/gpt.h"
#include "policies/pol.h"

#define WU "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate"
#define AU WU "\\AU"
#define OWN "Software\\Policies\\gpconf"

struct line {
    enum op op;
    const char *key, *name;
    uint32_t number;  /* of a SET without text */
    const char *text; /* of a SET */
};

/* Configure automatic updates: notify, any day at three. */
static const struct line domain[] = {
    { OP_SET, AU, "NoAutoUpdate", 0, NULL },
    { OP_SET, AU, "AUOptions", 2, NULL },
    { OP_SET, AU, "ScheduledInstallDay", 0, NULL },
    { OP_SET, AU, "ScheduledInstallTime", 3, NULL },
    { OP_SET, AU, "ScheduledInstallEveryWeek", 1, NULL },
    { OP_DELETE, AU, "ScheduledInstallFirstWeek", 0, NULL },
    { OP_DELETE, AU, "ScheduledInstallSecondWeek", 0, NULL },
    { OP_DELETE, AU, "ScheduledInstallThirdWeek", 0, NULL },
    { OP_DELETE, AU, "ScheduledInstallFourthWeek", 0, NULL },
    { OP_DELETE, AU, "AutomaticMaintenanceEnabled", 0, NULL },
    { OP_DELETE, AU, "AllowMUUpdateService", 0, NULL },
    { 0 },
};

/* Install on the second Tuesday at three; restart when that is needed, but wait for users
 * and for the evening; two packages are left to people. */
static const struct line servers[] = {
    { OP_SET, AU, "NoAutoUpdate", 0, NULL },
    { OP_SET, AU, "AUOptions", 4, NULL },
    { OP_SET, AU, "ScheduledInstallDay", 3, NULL },
    { OP_SET, AU, "ScheduledInstallTime", 3, NULL },
    { OP_DELETE, AU, "ScheduledInstallEveryWeek", 0, NULL },
    { OP_DELETE, AU, "ScheduledInstallFirstWeek", 0, NULL },
    { OP_SET, AU, "ScheduledInstallSecondWeek", 1, NULL },
    { OP_DELETE, AU, "ScheduledInstallThirdWeek", 0, NULL },
    { OP_DELETE, AU, "ScheduledInstallFourthWeek", 0, NULL },
    { OP_DELETE, AU, "AutomaticMaintenanceEnabled", 0, NULL },
    { OP_DELETE, AU, "AllowMUUpdateService", 0, NULL },
    { OP_SET, AU, "NoAutoRebootWithLoggedOnUsers", 1, NULL },
    { OP_SET, WU, "SetActiveHours", 1, NULL },
    { OP_SET, WU, "ActiveHoursStart", 8, NULL },
    { OP_SET, WU, "ActiveHoursEnd", 17, NULL },
    { OP_SET, OWN "\\Update", "Restart", 1, NULL },
    { OP_SET, OWN "\\Update\\ExcludedPackages", "docker-ce", 0, "docker-ce" },
    { OP_SET, OWN "\\Update\\ExcludedPackages", "postgresql-15", 0, "postgresql-15" },
    { 0 },
};

/* Allow local overrides: of one listed setting. */
static const struct line overrides[] = {
    { OP_SET, OWN, "AllowLocalOverrides", 1, NULL },
    { OP_SET, OWN, "AllowLocalOverridesScope", 2, NULL },
    { OP_CLEARVALS, OWN "\\AllowLocalOverrides", NULL, 0, NULL },
    { OP_SET, OWN "\\AllowLocalOverrides", "update.reboot-with-users", 0,
      "update.reboot-with-users" },
    { 0 },
};

static const struct sample {
    const char *gpo;
    uint32_t version;
    const struct line *machine;
} samples[] = {
    { "{31B2F340-016D-11D2-945F-00C04FB984F9}", 1, domain },
    { "{6F0B5D3E-52C1-4E0B-9A57-3D1C8E4B7A20}", 5, servers },
    { "{9C4E17A8-0B6D-4F52-8C3A-71E5D2F0B946}", 2, overrides },
};

static void make_pol(const struct line *lines, struct arena *arena, struct buffer *to)
{
    struct operations operations = { 0 };
    struct pol pol = { 0 };
    for (; lines->key; lines++) {
        struct operation operation = { .op = lines->op,
                                       .key = lines->key,
                                       .name = lines->name };
        if (lines->op == OP_SET && lines->text)
            operation.value = value_from_text(arena, VALUE_SZ, lines->text);
        else if (lines->op == OP_SET)
            operation.value = value_from_number(arena, VALUE_DWORD, lines->number);
        operations_add(&operations, arena, &operation);
    }
    if (pol_from_operations(&operations, arena, &pol, NULL) || pol_format(&pol, to))
        to->failed = true;
}

/* The folders above the file, too. */
static int write_file(char *path, const struct buffer *bytes)
{
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        int failed = mkdir(path, 0755) < 0 && errno != EEXIST;
        *slash = '/';
        if (failed)
            return -1;
    }
    FILE *file = fopen(path, "wb");
    if (!file)
        return -1;
    size_t n = fwrite(bytes->data, 1, bytes->size, file);
    return fclose(file) == 0 && n == bytes->size ? 0 : -1;
}

static int check_file(const char *path, const struct buffer *bytes)
{
    int differs = 0;
    FILE *file = fopen(path, "rb");
    if (!file)
        return -1;
    for (size_t i = 0; i < bytes->size && !differs; i++)
        differs = fgetc(file) != (unsigned char)bytes->data[i];
    differs = differs || fgetc(file) != EOF;
    fclose(file);
    if (differs)
        errno = EILSEQ;
    return differs ? -1 : 0;
}

static int put(const char *folder, const struct sample *sample, const char *name,
               const struct buffer *bytes, int check)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/policies/%s/%s", folder, sample->gpo, name);
    int failed = buffer_failed(bytes) ||
                 (check ? check_file(path, bytes) : write_file(path, bytes));
    if (failed && check)
        fprintf(stderr, "%s: is not what make-samples makes\n", path);
    else if (failed)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return failed ? 1 : 0;
}

static int make(const char *folder, const struct sample *sample, int check)
{
    struct arena arena;
    struct buffer bytes;
    arena_init(&arena, LIMIT_ARENA);
    buffer_init(&bytes, LIMIT_POL_FILE);
    gpt_format(&(struct gpt){ .version = sample->version }, &bytes);
    int failed = put(folder, sample, "gpt.ini", &bytes, check);
    buffer_clear(&bytes);
    make_pol(sample->machine, &arena, &bytes);
    failed |= put(folder, sample, "Machine/Registry.pol", &bytes, check);
    buffer_done(&bytes);
    arena_done(&arena);
    return failed;
}

int main(int argc, char **argv)
{
    int check = argc == 3 && strcmp(argv[1], "--check") == 0, failed = 0;
    if (argc != 2 + check || argv[1 + check][0] == '-') {
        fprintf(stderr, "usage: make-samples [--check] DIR\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        failed |= make(argv[1 + check], &samples[i], check);
    return failed;
}
