/*
 * A root for benchmarks: GPOs by the number, all linked to one container.
 *
 *   make_root GPOS VALUES DIRECTORY
 *
 * A third of the values are those that every GPO sets, a third are shared by some, a third
 * are a GPO's own; the first GPO says what the update client is to do, so that there is
 * something to write for it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "policies/pol.h"
#include "tests/unit/support.h"

#define POLICIES "etc/gpconf/policies/"
#define GUID "{%08X-0000-4000-8000-000000000000}"
#define AU "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU"

static void set(struct operations *list, struct arena *arena, const char *key,
                const char *name, uint32_t number)
{
    struct operation operation = { .op = OP_SET, .key = key, .name = name };
    operation.value = value_from_number(arena, VALUE_DWORD, number);
    operations_add(list, arena, &operation);
}

static void fill(struct operations *list, unsigned gpo, unsigned values,
                 struct arena *arena)
{
    if (gpo == 0) {
        set(list, arena, AU, "NoAutoUpdate", 0);
        set(list, arena, AU, "AUOptions", 4);
        set(list, arena, AU, "ScheduledInstallDay", 3);
        set(list, arena, AU, "ScheduledInstallTime", 3);
        set(list, arena, AU, "ScheduledInstallEveryWeek", 1);
    }
    for (unsigned i = 0; i < values; i++) {
        unsigned group = i % 3 == 0 ? 0 : i % 3 == 1 ? gpo % 25 + 1 : gpo + 100;
        set(list, arena, arena_format(arena, "Software\\Policies\\Example\\G%u", group),
            arena_format(arena, "Value%u", i), gpo);
    }
}

static void write_gpo(const char *directory, unsigned gpo, unsigned values)
{
    struct arena arena;
    struct buffer bytes;
    struct operations operations = { 0 };
    struct pol pol = { 0 };
    arena_init(&arena, LIMIT_ARENA);
    buffer_init(&bytes, LIMIT_POL_FILE);
    fill(&operations, gpo, values, &arena);
    if (pol_from_operations(&operations, &arena, &pol, NULL) ||
        pol_format(&pol, &bytes) || buffer_failed(&bytes))
        abort();
    scratch_write(directory,
                  arena_format(&arena, POLICIES GUID "/Machine/Registry.pol", gpo + 1),
                  bytes.data, bytes.size);
    scratch_text(directory, arena_format(&arena, POLICIES GUID "/gpt.ini", gpo + 1),
                 arena_format(&arena,
                              "[General]\r\nVersion=1\r\ndisplayName=GPO %u\r\n",
                              gpo + 1));
    buffer_done(&bytes);
    arena_done(&arena);
}

static void write_links(const char *directory, unsigned gpos)
{
    struct buffer text;
    buffer_init(&text, LIMIT_INI_FILE);
    buffer_format(&text, "[machine]\ncontainer = example.test\n"
                         "[container example.test]\n");
    for (unsigned i = 1; i <= gpos; i++)
        buffer_format(&text, "link %u = " GUID "\n", i, i);
    if (buffer_failed(&text))
        abort();
    scratch_text(directory, POLICIES "links.ini", text.data);
    buffer_done(&text);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: make_root GPOS VALUES DIRECTORY\n");
        return 2;
    }
    unsigned gpos = (unsigned)strtoul(argv[1], NULL, 10);
    unsigned values = (unsigned)strtoul(argv[2], NULL, 10);
    for (unsigned i = 0; i < gpos; i++)
        write_gpo(argv[3], i, values);
    write_links(argv[3], gpos);
    return 0;
}
