#include "base/syntax/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/status.h"
#include "base/syntax/xml_text.h"
#include "base/utf16.h"

/* Bytes between two looks of the search for overlong tags; see check_tags(). */
enum { WINDOW = LIMIT_XML_TAG / 2, DECLARATION = 256 };

struct xml {
    const struct xml_handler *handler;
    void *context;
    const char *path;
    struct diagnostics *diagnostics;
    xmlParserCtxtPtr parser;
    int rc; /* the first failure */
    unsigned depth;
    bool closed;   /* the end of the root element was seen */
    char *scratch; /* attribute values that had to be changed */
    size_t scratch_capacity;
    struct xml_attribute attributes[LIMIT_XML_ATTRIBUTES];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Only the first failure is told; what follows from it helps nobody. */
static void fail(struct xml *xml, int rc, const char *code, uint32_t line,
                 const char *message)
{
    if (xml->rc)
        return;
    xml->rc = rc;
    diagnostics_add(xml->diagnostics, SEVERITY_ERROR, code,
                    line ? origin_line(xml->path, line) : origin_file(xml->path),
                    "%s, ignoring the file", message);
}

static void fail_limit(struct xml *xml, uint32_t line, const char *what, unsigned limit)
{
    if (xml->rc)
        return;
    xml->rc = GPCONF_ELIMIT;
    diagnostics_add(xml->diagnostics, SEVERITY_ERROR, "xml-limit",
                    line ? origin_line(xml->path, line) : origin_file(xml->path),
                    "%s (the limit is %u), ignoring the file", what, limit);
}

static void stop(struct xml *xml)
{
    if (xml->parser)
        xmlStopParser(xml->parser);
}

/* ---- What libxml2 calls ---- */

static uint32_t line_now(const struct xml *xml)
{
    const xmlParserInput *input = xml->parser->input;
    return input && input->line > 0 ? (uint32_t)input->line : 0;
}

/* libxml2 calls us at the end of the tag. An attribute value cannot hold '<', so the
 * last '<' is where the tag began. */
static uint32_t line_of_tag(const struct xml *xml)
{
    const xmlParserInput *input = xml->parser->input;
    uint32_t line = line_now(xml);
    const char *base = (const char *)input->base, *cur = (const char *)input->cur;
    const char *tag = memrchr(base, '<', (size_t)(cur - base));
    while (tag && line > 1 && (tag = memchr(tag, '\n', (size_t)(cur - tag)))) {
        tag++;
        line--;
    }
    return line;
}

/* Without entity replacement libxml2 hands '&' in an attribute value over as "&#38;",
 * always and only then. */
static size_t unescape(const char *value, size_t size, char *to)
{
    static const char escape[] = "&#38;";
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        to[n++] = value[i];
        if (value[i] == '&' && size - i >= sizeof escape - 1 &&
            memcmp(value + i, escape, sizeof escape - 1) == 0)
            i += sizeof escape - 2;
    }
    return n;
}

static bool has_escape(const struct xml *xml, const struct xml_attribute *a)
{
    /* A value that lies in the input was taken over as it is. */
    const xmlParserInput *input = xml->parser->input;
    const xmlChar *value = (const xmlChar *)a->value;
    return (value < input->base || value >= input->end) &&
           memchr(a->value, '&', a->value_size);
}

static void unescape_all(struct xml *xml, size_t n)
{
    size_t need = 0;
    for (size_t i = 0; i < n; i++)
        if (has_escape(xml, &xml->attributes[i]))
            need += xml->attributes[i].value_size;
    if (need == 0)
        return;
    if (need > xml->scratch_capacity) {
        char *larger = realloc(xml->scratch, need);
        if (!larger) {
            fail(xml, GPCONF_ENOMEM, "xml-memory", 0, "out of memory");
            stop(xml);
            return;
        }
        xml->scratch = larger;
        xml->scratch_capacity = need;
    }
    char *at = xml->scratch;
    for (size_t i = 0; i < n; i++) {
        struct xml_attribute *a = &xml->attributes[i];
        if (!has_escape(xml, a))
            continue;
        size_t size = unescape(a->value, a->value_size, at);
        a->value = at;
        a->value_size = size;
        at += size;
    }
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct xml *xml = data;
    (void)prefix, (void)uri, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (xml->rc)
        return;
    if (++xml->depth > LIMIT_XML_DEPTH) {
        fail_limit(xml, line_of_tag(xml), "the elements are nested too deep",
                   LIMIT_XML_DEPTH);
        stop(xml);
        return;
    }
    if (n_attributes < 0 || (unsigned)n_attributes > LIMIT_XML_ATTRIBUTES) {
        fail_limit(xml, line_of_tag(xml), "an element has too many attributes",
                   LIMIT_XML_ATTRIBUTES);
        stop(xml);
        return;
    }
    size_t n = 0;
    for (int i = 0; i < n_attributes; i++) {
        /* local name, prefix, URI, first byte, byte behind the last */
        const xmlChar **a = attributes + 5 * i;
        if (a[1])
            continue;
        xml->attributes[n++] = (struct xml_attribute){
            .name = (const char *)a[0],
            .name_size = strlen((const char *)a[0]),
            .value = (const char *)a[3],
            .value_size = (size_t)(a[4] - a[3]),
        };
    }
    unescape_all(xml, n);
    if (xml->rc || !xml->handler->start)
        return;
    struct xml_start start = {
        .name = (const char *)name,
        .name_size = strlen((const char *)name),
        .attributes = xml->attributes,
        .n = n,
        .line = line_of_tag(xml),
    };
    xml->handler->start(xml->context, &start);
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct xml *xml = data;
    (void)name, (void)prefix, (void)uri;
    if (xml->rc)
        return;
    if (--xml->depth == 0)
        xml->closed = true;
    if (xml->handler->end)
        xml->handler->end(xml->context);
}

static void on_text(void *data, const xmlChar *text, int size)
{
    struct xml *xml = data;
    if (!xml->rc && size > 0 && xml->handler->text)
        xml->handler->text(xml->context, (const char *)text, (size_t)size);
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    struct xml *xml = data;
    (void)name, (void)external, (void)system;
    fail(xml, GPCONF_ESYNTAX, "xml-doctype", line_now(xml),
         "a DOCTYPE is not allowed here");
    stop(xml);
}

/* Namespaces do not matter to us, so what is wrong with them is a note. */
#if LIBXML_VERSION >= 21200
static void on_error(void *data, const xmlError *error)
#else
static void on_error(void *data, xmlErrorPtr error)
#endif
{
    /* What older versions say with the code of any unfit character. */
    static const char not_utf8[] = "Input is not proper UTF-8";
    struct xml *xml = data;
    const char *message = error->message ? error->message : "unknown error";
    size_t size = strcspn(message, "\n");
    uint32_t line = error->line > 0 ? (uint32_t)error->line : 0;
    if (xml->rc || error->code == XML_ERR_USER_STOP)
        return;
    if (error->code == XML_ERR_NO_MEMORY) {
        fail(xml, GPCONF_ENOMEM, "xml-memory", 0, "out of memory");
    } else if (error->code == XML_ERR_INVALID_ENCODING ||
               strncmp(message, not_utf8, strlen(not_utf8)) == 0) {
        fail(xml, GPCONF_ESYNTAX, "xml-syntax", line,
             "the bytes are no UTF-8 and nothing says what else they are");
    } else if (error->level == XML_ERR_FATAL) {
        xml->rc = GPCONF_ESYNTAX;
        diagnostics_add(xml->diagnostics, SEVERITY_ERROR, "xml-syntax",
                        origin_line(xml->path, line), "%.*s, ignoring the file",
                        (int)size, message);
    } else {
        diagnostics_add(xml->diagnostics, SEVERITY_NOTE, "xml-namespace",
                        origin_line(xml->path, line), "%.*s, ignoring that", (int)size,
                        message);
    }
}

/* ---- The bytes ---- */

/* The encoding that the XML declaration names, "" without one. */
static void declared_encoding(const char *text, size_t size, char ret[64])
{
    char head[DECLARATION + 1];
    size_t n = size < DECLARATION ? size : DECLARATION;
    ret[0] = '\0';
    memcpy(head, text, n);
    head[n] = '\0';
    char *end = strstr(head, "?>");
    if (strncmp(head, "<?xml", 5) != 0 || !end)
        return;
    *end = '\0';
    const char *name = strstr(head, "encoding");
    if (!name)
        return;
    name += strlen("encoding");
    name += strspn(name, " \t\r\n=");
    if (*name != '"' && *name != '\'')
        return;
    size_t length = strcspn(name + 1, "\"'");
    if (length >= 64)
        length = 63;
    memcpy(ret, name + 1, length);
    ret[length] = '\0';
}

/* Should libxml2 decode by the declaration? Warns where that lies. */
static bool obey_declaration(struct xml *xml, const char *text, size_t size,
                             enum xml_encoding encoding)
{
    char declared[64];
    declared_encoding(text, size, declared);
    bool wide =
        strncasecmp(declared, "utf-16", 6) == 0 || strcasecmp(declared, "utf16") == 0;
    if (!declared[0] || (encoding != XML_8BIT && wide))
        return false;
    if (encoding == XML_8BIT &&
        (strcasecmp(declared, "utf-8") == 0 || strcasecmp(declared, "us-ascii") == 0))
        return false;
    if (encoding == XML_8BIT && !wide && !utf8_valid(text, size))
        return true;
    diagnostics_add(xml->diagnostics, SEVERITY_WARNING, "xml-encoding",
                    origin_line(xml->path, 1),
                    "the declaration names the encoding '%s' but the bytes are %s, "
                    "ignoring the declaration",
                    declared, encoding == XML_8BIT ? "UTF-8" : "UTF-16");
    return false;
}

/* Is there a start tag that is too long from at on? Comments, CDATA sections and
 * processing instructions may be of any length. */
static bool tag_too_long(const char *at, const char *end)
{
    char quote = '\0';
    if (at + 1 < end && (at[1] == '!' || at[1] == '?'))
        return false;
    for (const char *c = at; c < end && c - at <= (ptrdiff_t)LIMIT_XML_TAG; c++) {
        if (quote ? *c == quote : *c == '>') {
            if (!quote)
                return false;
            quote = '\0';
        } else if (!quote && (*c == '"' || *c == '\'')) {
            quote = *c;
        }
    }
    return end - at > (ptrdiff_t)LIMIT_XML_TAG;
}

/* libxml2 compares every attribute of a tag with every other before it tells us of
 * them, so overlong tags are searched for first. A tag that is too long covers at
 * least one window whole, and no '<' can stand in it: only windows without '<', of
 * which real files have none, need a closer look. */
static void check_tags(struct xml *xml, const char *text, size_t size)
{
    for (size_t at = 0; size - at >= WINDOW; at += WINDOW) {
        if (memchr(text + at, '<', WINDOW))
            continue;
        const char *tag = memrchr(text, '<', at);
        if (!tag || !tag_too_long(tag, text + size))
            continue;
        uint32_t line = 1;
        for (const char *c = text; c < tag; c++)
            line += *c == '\n';
        fail_limit(xml, line, "a tag has too many bytes", LIMIT_XML_TAG);
        return;
    }
}

/* ---- The pass ---- */

static const xmlSAXHandler callbacks = {
    .initialized = XML_SAX2_MAGIC,
    .internalSubset = on_doctype,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_text,
    .serror = on_error,
};

static void run(struct xml *xml, const char *text, size_t size, bool obey)
{
    check_tags(xml, text, size);
    if (xml->rc)
        return;
    if (size == 0 || memchr(text, '\0', size)) {
        fail(xml, GPCONF_ESYNTAX, "xml-syntax", 0,
             size ? "the bytes are no text" : "the file is empty");
        return;
    }
    xmlParserCtxtPtr parser = xmlCreateMemoryParserCtxt(text, (int)size);
    if (!parser) {
        fail(xml, GPCONF_ENOMEM, "xml-memory", 0, "out of memory");
        return;
    }
    xml->parser = parser;
    *parser->sax = callbacks;
    parser->userData = xml;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | (obey ? 0 : XML_PARSE_IGNORE_ENC));
    xmlParseDocument(parser);
    /* wellFormed stays 1 after xmlStopParser(), and errNo is set by mere notes: so
     * the root must also have been closed, and no fatal error been told. */
    if (!xml->closed || !parser->wellFormed || parser->errNo == XML_ERR_NO_MEMORY ||
        parser->errNo == XML_ERR_USER_STOP)
        fail(xml, parser->errNo == XML_ERR_NO_MEMORY ? GPCONF_ENOMEM : GPCONF_ESYNTAX,
             "xml-syntax", 0, "the document is not complete");
    xml->parser = NULL;
    xmlFreeDoc(parser->myDoc);
    xmlFreeParserCtxt(parser);
}

int xml_parse(const void *bytes, size_t size, size_t limit, const char *path,
              const struct xml_handler *handler, void *context,
              struct diagnostics *diagnostics)
{
    struct xml xml;
    size_t mark;
    char *narrowed = NULL;

    pthread_once(&once, xmlInitParser);
    memset(&xml, 0, offsetof(struct xml, attributes));
    xml.handler = handler;
    xml.context = context;
    xml.path = path;
    xml.diagnostics = diagnostics;
    if (size > limit || size > INT_MAX / 4) {
        fail_limit(&xml, 0, "the file has too many bytes", (unsigned)limit);
        return xml.rc;
    }
    enum xml_encoding encoding = xml_encoding_of(bytes, size, &mark);
    const char *text = (const char *)bytes + mark;
    size -= mark;
    if (encoding != XML_8BIT) {
        uint32_t line;
        narrowed = xml_narrow((const unsigned char *)text, size,
                              encoding == XML_UTF16BE, &size, &line);
        if (!narrowed) {
            fail(&xml, line ? GPCONF_ESYNTAX : GPCONF_ENOMEM,
                 line ? "xml-syntax" : "xml-memory", line,
                 line ? "the bytes are no text" : "out of memory");
            return xml.rc;
        }
        text = narrowed;
    }
    bool obey = obey_declaration(&xml, text, size, encoding);
    run(&xml, text, size, obey);
    free(narrowed);
    free(xml.scratch);
    return xml.rc;
}
