/*
 * How long a folder of templates takes to become a catalogue, against a bare pass of
 * libxml2 (empty callbacks) over the same bytes, and how much memory that takes.
 *
 *   bench_templates [ROUNDS [FOLDER [LANGUAGE]]]
 *
 * Times are of the processor, each the best of all rounds. The memory is the peak of the process, with
 * its libraries and the bytes of the files themselves, before the first bare pass.
 */
#include <fcntl.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "admx/template_store.h"
#include "base/limits.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    (void)context, (void)name, (void)prefix, (void)uri, (void)n_namespaces;
    (void)namespaces, (void)n_attributes, (void)n_defaulted, (void)attributes;
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
    (void)context, (void)name, (void)prefix, (void)uri;
}

static void on_text(void *context, const xmlChar *text, int size)
{
    (void)context, (void)text, (void)size;
}

/* Not inlined: whoever counts its instructions asks for it by name. */
__attribute__((noinline)) static double bare_pass(const struct template_file *files,
                                                  size_t n)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
    };
    double start = now();
    for (size_t i = 0; i < n; i++) {
        int context = 0;
        xmlSAXUserParseMemory(&handler, &context, files[i].bytes, (int)files[i].size);
    }
    return now() - start;
}

static double build(const struct template_file *files, size_t n, const char *language,
                    size_t *ret_policies, size_t *ret_diagnostics)
{
    struct arena arena;
    struct diagnostics diagnostics;
    struct catalogue *catalogue;
    double start = now();
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    if (catalogue_build(files, n, language, &diagnostics, &catalogue)) {
        fprintf(stderr, "catalogue_build failed\n");
        exit(1);
    }
    double end = now();
    catalogue_policies(catalogue, ret_policies);
    *ret_diagnostics = diagnostics.n;
    catalogue_unref(catalogue);
    arena_done(&arena);
    return end - start;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 20;
    struct template_folder folder = { AT_FDCWD,
                                      argc > 2 ? argv[2]
                                               : GPCONF_SOURCE_DIR
                                          "/../shared/corpus/admx/win11-25h2-mxk",
                                      FILE_ANY };
    const char *language = argc > 3 ? argv[3] : "en-US";
    struct arena arena;
    struct template_file *files;
    struct rusage usage;
    size_t n, bytes = 0, policies = 0, told = 0;
    double best = 1e9, bare = 1e9, start = now();

    arena_init(&arena, LIMIT_ARENA);
    if (template_store_read(&folder, 1, language, &arena, NULL, &files, &n) || n == 0) {
        printf("nothing to measure in %s\n", folder.path);
        return 77;
    }
    double read = now() - start;
    for (size_t i = 0; i < n; i++)
        bytes += files[i].size;
    double once = build(files, n, language, &policies, &told);
    getrusage(RUSAGE_SELF, &usage);
    for (int i = 0; i < rounds; i++) {
        double a = build(files, n, language, &policies, &told);
        double b = bare_pass(files, n);
        best = a < best ? a : best;
        bare = b < bare ? b : bare;
    }
    printf("%zu files, %zu bytes, %zu policies, %zu diagnostics\n", n, bytes, policies,
           told);
    printf("read %.1f ms, first build %.1f ms\n", read * 1e3, once * 1e3);
    printf("catalogue %.2f ms, bare pass %.2f ms, ratio %.2f\n", best * 1e3, bare * 1e3,
           best / bare);
    printf("peak memory %.1f MB, %.2f of the bytes\n", (double)usage.ru_maxrss / 1e3,
           (double)usage.ru_maxrss * 1024 / (double)bytes);
    arena_done(&arena);
    return 0;
}
