#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/gpconf.h"
#include "tests/unit/bench.h"

#define LOCAL "etc/gpconf/local.ini"
#define APT "etc/apt/apt.conf.d/99-gpconf.conf"

static struct gpconf_answer *answer;

static int set_up(void **state)
{
    int failed = bench_set_up_session(state);
    if (!failed)
        bench_put_apt(*state);
    return failed;
}

static int tear_down(void **state)
{
    gpconf_answer_unref(answer);
    answer = NULL;
    return bench_tear_down(state);
}

static int explain(struct bench *b, const char *what)
{
    gpconf_answer_unref(answer);
    answer = NULL;
    return gpconf_explain(b->session, what, &answer);
}

static const struct gpconf_node *told(const char *name)
{
    return gpconf_node_get(gpconf_answer_data(answer), name);
}

static const char *text(const char *name)
{
    return gpconf_node_text(told(name));
}

static const struct gpconf_node *nth(const char *list, size_t i)
{
    const struct gpconf_node *n = gpconf_node_first(told(list));
    while (n && i--)
        n = gpconf_node_next(n);
    return n;
}

/* The member of a list whose member name is that text; NULL. */
static const struct gpconf_node *with(const char *list, const char *name,
                                      const char *value)
{
    const struct gpconf_node *n = gpconf_node_first(told(list));
    while (n &&
           (!gpconf_get_text(n, name) || strcmp(gpconf_get_text(n, name), value) != 0))
        n = gpconf_node_next(n);
    return n;
}

/* Does the answer, as programs get it, hold the text? */
static bool says(const char *what)
{
    char *json;
    size_t size;
    assert_int_equal(gpconf_answer_json(answer, &json, &size), 0);
    bool found = strstr(json, what) != NULL;
    free(json);
    return found;
}

static void apply(struct bench *b)
{
    struct gpconf_answer *done = NULL;
    assert_int_equal(gpconf_apply(b->session, 0, &done), 0);
    gpconf_answer_unref(done);
}

static void a_setting_shows_the_chain_and_the_lines_that_come_of_it(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[update]\nmode = automatic\n", "");
    bench_put(b, LOCAL, "[update]\nmode = manual\n");
    assert_int_equal(explain(b, "UPDATE.mode"), 0);
    assert_string_equal(text("about"), "setting");
    assert_string_equal(text("setting"), "update.mode");
    assert_string_equal(text("value"), "automatic");
    assert_string_equal(text("state"), "policy");
    const struct gpconf_node *first = nth("chain", 0), *second = nth("chain", 1);
    assert_string_equal(gpconf_get_text(first, "fate"), "in-effect");
    assert_string_equal(gpconf_get_text(gpconf_node_get(first, "origin"), "name"),
                        "Patching");
    assert_string_equal(gpconf_get_text(second, "why"), "local policy is the weakest");
    const struct gpconf_node *line =
        with("written", "key", "APT::Periodic::Unattended-Upgrade");
    assert_string_equal(gpconf_get_text(line, "file"), APT);
    assert_string_equal(gpconf_get_text(line, "setting"), "update.mode");
    assert_string_equal(gpconf_get_text(line, "fidelity"), "exact");
    assert_true(gpconf_node_number(gpconf_node_get(line, "line")) > 1);
    assert_int_equal(gpconf_node_kind(gpconf_node_get(line, "applied")), GPCONF_BOOL);
    assert_false(gpconf_node_bool(gpconf_node_get(line, "applied")));
}

static void a_line_is_applied_when_the_disk_has_the_file_that_policy_wants(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL, "[update]\nmode = automatic\nmail = first\n");
    apply(b);
    assert_int_equal(explain(b, "update.mail"), 0);
    const struct gpconf_node *line = nth("written", 0);
    assert_true(gpconf_node_bool(gpconf_node_get(line, "applied")));
    assert_null(gpconf_node_get(line, "drifted"));

    /* Policy has moved on: nobody drifted, it is just not applied. */
    bench_put(b, LOCAL, "[update]\nmode = automatic\nmail = second\n");
    assert_int_equal(gpconf_set_root(b->session, b->root), 0); /* look anew */
    assert_int_equal(explain(b, "update.mail"), 0);
    line = nth("written", 0);
    assert_string_equal(gpconf_get_text(line, "value"), "second");
    assert_false(gpconf_node_bool(gpconf_node_get(line, "applied")));
    assert_null(gpconf_node_get(line, "drifted"));
    assert_false(says("first"));

    /* Somebody edited it: its text is nobody's business here. */
    struct file ours;
    assert_int_equal(file_read(b->machine.root_fd, APT, FILE_BENEATH, LIMIT_INI_FILE,
                               &b->arena, &ours, NULL),
                     0);
    bench_put(b, APT,
              arena_format(&b->arena, "%sUnattended-Upgrade::Mail \"foreign\";\n",
                           (const char *)ours.bytes));
    assert_int_equal(gpconf_set_root(b->session, b->root), 0);
    assert_int_equal(explain(b, "update.mail"), 0);
    assert_true(gpconf_node_bool(gpconf_node_get(nth("written", 0), "drifted")));
    assert_false(says("foreign"));
    assert_int_equal(explain(b, "99-gpconf.conf:1"), 0);
    assert_true(gpconf_node_bool(told("drifted")));
    assert_false(says("foreign"));
}

static void what_is_applied_is_not_said_when_nobody_knows(void **state)
{
    struct bench *b = *state;
    const struct gpconf_diagnostic *list;
    bench_put(b, LOCAL, "[update]\nmail = root\n");
    bench_put(b, APT, "Unattended-Upgrade::Mail \"canary\";\n");
    assert_int_equal(explain(b, "update.mail"), 0);
    assert_string_equal(gpconf_get_text(nth("written", 0), "value"), "root");
    assert_null(gpconf_node_get(nth("written", 0), "applied"));
    assert_true(gpconf_answer_diagnostics(answer, &list) > 0);
    assert_false(says("canary"));
}

static void a_policy_shows_its_state_and_every_value_that_it_can_write(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[update]\nmode = automatic\ninstall-day = tuesday\n", "");
    bench_put(b, LOCAL, "[update]\nmode = manual\n");
    assert_int_equal(explain(b, "autoupdatecfg"), 0);
    assert_string_equal(text("about"), "policy");
    const struct gpconf_node *policy = told("policy");
    assert_string_equal(gpconf_get_text(policy, "state"), "enabled");
    assert_true(gpconf_node_count(gpconf_node_get(policy, "elements")) > 3);
    assert_non_null(with("chain", "name", "AUOptions"));
    assert_non_null(with("chain", "name", "NoAutoUpdate"));
    assert_non_null(with("chain", "name", "ScheduledInstallDay"));
    assert_non_null(with("chain", "why", "local policy is the weakest"));
    assert_non_null(with("written", "setting", "update.mode"));
    assert_int_equal(explain(b, "Gpconf.Policies.UpdateClient:AutoUpdateCfg"), 0);
    assert_string_equal(text("about"), "policy");
}

static void nothing_is_twice_in_a_chain(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[policy ExcludedPackages]\nstate = disabled\n", "");
    bench_put(b, LOCAL,
              "[policy ExcludedPackages]\nExcludedPackages.1 = a\n"
              "ExcludedPackages.2 = b\n");
    assert_int_equal(explain(b, "ExcludedPackages"), 0);
    size_t named = 0, whole = 0;
    for (const struct gpconf_node *n = gpconf_node_first(told("chain")); n;
         n = gpconf_node_next(n)) {
        named += gpconf_get_text(n, "name") != NULL;
        whole += gpconf_get_text(n, "name") == NULL;
    }
    assert_int_equal(named, 2);
    assert_int_equal(whole, 1); /* the GPO empties the list */
}

static void a_name_of_several_policies_lists_them(void **state)
{
    struct bench *b = *state;
    static const char admx[] =
        "<policyDefinitions revision='1.0' schemaVersion='1.0'><policyNamespaces>"
        "<target prefix='o' namespace='Other'/></policyNamespaces>"
        "<resources minRequiredRevision='1.0'/><policies>"
        "<policy name='AutoUpdateCfg' class='Machine' displayName='x' key='K' "
        "valueName='V'><parentCategory ref='C'/></policy></policies>"
        "</policyDefinitions>";
    bench_put(b, "more/Other.admx", admx);
    assert_int_equal(gpconf_add_templates(b->session, bench_at(b, "more")), 0);
    assert_int_equal(explain(b, "AutoUpdateCfg"), GPCONF_ERANGE);
    assert_int_equal(gpconf_node_count(told("candidates")), 2);
    assert_non_null(with("candidates", "id", "Other:AutoUpdateCfg"));
    assert_int_equal(explain(b, "other:autoupdatecfg"), 0);
    assert_int_equal(gpconf_node_count(told("chain")), 0);
}

static void a_line_of_ours_is_traced_back_to_its_setting(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL, "[update]\nmode = automatic\nmail = root\n");
    assert_int_equal(explain(b, "update.mail"), 0);
    int line = (int)gpconf_node_number(gpconf_node_get(nth("written", 0), "line"));
    const char *const spellings[] = { "99-gpconf.conf", APT, ("/" APT),
                                      "apt.conf.d/99-gpconf.conf" };
    for (size_t i = 0; i < 4; i++) {
        const char *place = arena_format(&b->arena, "%s:%d", spellings[i], line);
        assert_int_equal(explain(b, place), 0);
        assert_string_equal(text("about"), "line");
        assert_string_equal(text("file"), APT);
        assert_string_equal(text("owner"), "apt");
        assert_int_equal(gpconf_node_count(told("written")), 1);
        assert_string_equal(gpconf_get_text(nth("written", 0), "value"), "root");
        assert_string_equal(gpconf_get_text(nth("chain", 0), "name"), "Mail");
    }
    assert_int_equal(
        explain(b, arena_format(&b->arena, "%s/" APT ":%d", b->root, line)), 0);
    assert_string_equal(text("file"), APT);
    /* The label makes no claim, and behind the end there is nothing. */
    assert_int_equal(explain(b, "99-gpconf.conf:1"), 0);
    assert_int_equal(gpconf_node_count(told("written")), 0);
    assert_int_equal(explain(b, "99-gpconf.conf:999"), 0);
    int64_t lines = gpconf_node_number(told("lines"));
    assert_true(lines >= line && lines < 999);
}

/* The sentence at a place of data.means[]. */
static const char *means(struct bench *b, const char *place, size_t at)
{
    assert_int_equal(explain(b, place), 0);
    assert_string_equal(text("about"), "line");
    const char *sentence = gpconf_node_text(nth("means", at));
    return sentence ? sentence : "";
}

static void a_line_of_the_limits_says_what_it_refuses(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL, "[update]\nmode = automatic\ndeferral = 9\n");
    bench_put(b, "etc/gpconf/limits.ini",
              "; ours\n[limits]\nsecurity updates = required\nsources = fixed\n"
              "greatest deferral = 3\nrestart hours = 22-05\n");
    assert_non_null(strstr(means(b, "limits.ini:1", 0), "a comment"));
    assert_non_null(strstr(means(b, "limits.ini:2", 0), "follows"));
    assert_non_null(strstr(means(b, "limits.ini:3", 0), "leave security updates out"));
    assert_non_null(strstr(means(b, "limits.ini:4", 0), "where updates come from"));
    assert_non_null(strstr(means(b, "limits.ini:4", 1), "refuses nothing"));
    assert_non_null(strstr(means(b, "limits.ini:5", 0), "more than 3 days"));
    assert_non_null(strstr(means(b, "limits.ini:5", 1), "update.deferral"));
    assert_true(gpconf_node_count(told("chain")) > 0);
    assert_string_equal(text("owner"), "limits");
    assert_non_null(strstr(means(b, "/etc/gpconf/limits.ini:6", 0), "22:00 to 05:00"));
    assert_non_null(strstr(means(b, "limits.ini:7", 0), "not there"));
    gpconf_refresh(b->session);
    bench_put(b, "etc/gpconf/limits.ini", "[limits]\nsources = fixed\nnonsense = 1\n");
    assert_non_null(strstr(means(b, "limits.ini:2", 0), "damaged; line 3: "));
    assert_non_null(strstr(means(b, "limits.ini:3", 0), "unknown limit 'nonsense'"));
}

#define SERVERS "{6F0B5D3E-52C1-4E0B-9A57-3D1C8E4B7A20}"
#define ABSENT "{9C4E17A8-0B6D-4F52-8C3A-71E5D2F0B946}"

static void a_line_of_the_links_says_whether_it_counts(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/" SERVERS "/Machine/Registry.pol",
              "PReg\1\0\0\0");
    bench_put(b, "etc/gpconf/policies/links.ini",
              "[machine]\ncontainer = a.test/B\nsite = Milan\n"
              "[container a.test]\nlink 1 = " ABSENT "\n"
              "[container a.test/B]\nlink 1 = " SERVERS " enforced\n"
              "block inheritance = yes\n"
              "[container a.test/C]\nlink 2 = " SERVERS " disabled\n"
              "[gpo " SERVERS "]\nname = Servers\ndisabled = user\n"
              "[site Milan]\nblock inheritance = no\n");
    assert_non_null(strstr(means(b, "links.ini:1", 0), "stands follows"));
    assert_non_null(strstr(means(b, "links.ini:2", 0), "in the container a.test/B"));
    assert_non_null(strstr(means(b, "links.ini:3", 0), "at the site Milan"));
    assert_non_null(strstr(means(b, "links.ini:4", 0), "linked to a.test follows"));
    assert_non_null(strstr(means(b, "links.ini:5", 0), "links " ABSENT " to a.test"));
    assert_non_null(strstr(means(b, "links.ini:5", 1), "not count here: "));
    assert_non_null(strstr(means(b, "links.ini:5", 1), "a.test/B."));
    assert_non_null(strstr(means(b, "links.ini:7", 0),
                           "links Servers to a.test/B, link order 1, enforced."));
    assert_non_null(strstr(means(b, "links.ini:8", 0), "but for enforced links"));
    assert_non_null(strstr(means(b, "links.ini:10", 0), "link order 2, disabled."));
    assert_non_null(strstr(means(b, "links.ini:10", 1), "not stand in a.test/C"));
    assert_non_null(strstr(means(b, "links.ini:11", 0), "GPO " SERVERS " follows"));
    assert_non_null(strstr(means(b, "links.ini:12", 0), "is called Servers"));
    assert_non_null(strstr(means(b, "links.ini:13", 0), "user half of Servers"));
    assert_non_null(strstr(means(b, "links.ini:14", 0), "the site Milan follows"));
    assert_string_equal(text("owner"), "links");
    gpconf_refresh(b->session);
    bench_put(b, "etc/gpconf/policies/links.ini", "[machine]\ncontainer = a.test\nx\n");
    assert_non_null(strstr(means(b, "links.ini:2", 0), "damaged; line 3: "));
}

static void a_file_of_another_folder_or_of_somebody_else_is_not_ours(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL, "[update]\nmode = automatic\n");
    static const char *const places[] = { "/etc/99-gpconf.conf:3", "9-gpconf.conf:3",
                                          "/99-gpconf.conf:3",
                                          "/etc/apt/apt.conf.d/20auto-upgrades:1" };
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(explain(b, places[i]), GPCONF_ENOTFOUND);
        assert_non_null(text("file"));
        assert_int_equal(gpconf_node_kind(told("suggestions")), GPCONF_LIST);
    }
    /* These name no line at all. */
    static const char *const others[] = { "99-gpconf.conf:", "99-gpconf.conf:0",
                                          "99-gpconf.conf:3x", ":3",
                                          "99-gpconf.conf:99999999999" };
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(explain(b, others[i]), GPCONF_ENOTFOUND);
        assert_null(told("file"));
    }
}

static void drop_ins_that_are_called_alike_are_listed(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL,
              "[update]\nmode = automatic\ninstall-day = tuesday\n"
              "install-time = 03:00\n");
    assert_int_equal(explain(b, "50-gpconf.conf:4"), GPCONF_ERANGE);
    assert_int_equal(gpconf_node_count(told("candidates")), 2);
    const char *id =
        arena_string(&b->arena, gpconf_get_text(nth("candidates", 0), "id"));
    assert_int_equal(explain(b, id), 0);
    assert_string_equal(text("about"), "line");
}

static void a_line_of_local_policy_says_whether_it_counts(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[update]\nmode = automatic\n", "");
    bench_put(b, LOCAL,
              "; ours\n[update]\nmode = manual\nmail = root\nnonsense = 1\n"
              "[policy ExcludedPackages]\nExcludedPackages.1 = a\n");
    assert_int_equal(explain(b, "local.ini:3"), 0);
    assert_string_equal(text("file"), LOCAL);
    const struct gpconf_node *said = nth("says", 0);
    assert_string_equal(gpconf_get_text(said, "setting"), "update.mode");
    assert_string_equal(gpconf_get_text(said, "text"), "manual");
    assert_false(gpconf_node_bool(gpconf_node_get(said, "counts")));
    assert_string_equal(gpconf_get_text(said, "why"), "local policy is the weakest");
    assert_non_null(with("chain", "fate", "in-effect"));

    assert_int_equal(explain(b, "/" LOCAL ":4"), 0);
    assert_true(gpconf_node_bool(gpconf_node_get(nth("says", 0), "counts")));
    assert_string_equal(gpconf_get_text(nth("written", 0), "value"), "root");

    assert_int_equal(explain(b, "local.ini:5"), 0);
    said = nth("says", 0);
    assert_false(gpconf_node_bool(gpconf_node_get(said, "counts")));
    assert_non_null(strstr(gpconf_get_text(said, "why"), "nonsense"));

    assert_int_equal(explain(b, "local.ini:7"), 0);
    said = nth("says", 0);
    assert_string_equal(gpconf_get_text(said, "policy"), "ExcludedPackages");
    assert_string_equal(gpconf_get_text(said, "entry"), "1");
    assert_true(gpconf_node_bool(gpconf_node_get(said, "counts")));
    assert_true(gpconf_node_count(told("chain")) > 0);

    assert_int_equal(explain(b, "local.ini:1"), 0);
    assert_int_equal(gpconf_node_count(told("says")), 0);
}

static void a_line_that_a_later_one_replaces_names_it(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL, "[update]\nmail = one\n[policy Proxy]\nstate = disabled\n");
    bench_put(b, "etc/gpconf/local.d/10-site.ini",
              "[policy Mail]\nMail = two\n[policy Proxy]\nstate = not-configured\n"
              "[policy Mail]\nMailReport = 0\n");
    bench_put(b, "etc/gpconf/local.d/20-site.ini", "[update]\nmail = three\n");
    assert_int_equal(explain(b, "local.ini:2"), 0);
    assert_non_null(strstr(gpconf_get_text(nth("says", 0), "why"), "20-site.ini:2 "));
    assert_int_equal(explain(b, "local.ini:4"), 0);
    assert_non_null(strstr(gpconf_get_text(nth("says", 0), "why"), "10-site.ini:4 "));
    assert_int_equal(explain(b, "20-site.ini:2"), 0);
    const struct gpconf_node *said = nth("says", 0);
    assert_true(gpconf_node_bool(gpconf_node_get(said, "counts")));
    assert_int_equal(explain(b, "10-site.ini:2"), 0);
    said = nth("says", 0);
    assert_false(gpconf_node_bool(gpconf_node_get(said, "counts")));
    assert_string_equal(gpconf_get_text(said, "why"),
                        "a later file of local policy says otherwise");
}

static void a_line_of_a_damaged_file_tells_what_is_wrong_with_the_file(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL, "[update]\nmail = one\nmail = two\n");
    assert_int_equal(explain(b, "local.ini:2"), 0);
    assert_int_equal(gpconf_node_count(told("says")), 0);
    assert_non_null(strstr(text("unreadable"), "stands in line 2 already"));
    assert_int_equal(explain(b, "local.ini:3"), 0);
    assert_non_null(strstr(text("why"), "stands in line 2 already"));
}

static void what_the_machine_refuses_does_not_count(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/limits.ini", "[limits]\nrestart hours = 22-05\n");
    bench_put(b, LOCAL,
              "[update]\nmode = automatic\nreboot = yes\nreboot-time = 12:00\n");
    assert_int_equal(explain(b, "local.ini:4"), 0);
    const struct gpconf_node *said = nth("says", 0);
    assert_string_equal(gpconf_get_text(said, "setting"), "update.reboot-time");
    assert_false(gpconf_node_bool(gpconf_node_get(said, "counts")));
    assert_non_null(gpconf_get_text(said, "why"));
}

static void an_option_of_the_client_leads_to_the_settings_behind_it(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL,
              "[update]\nmode = automatic\nmail = root\nexcluded-packages = a, b\n");
    assert_int_equal(explain(b, "unattended-upgrade::MAIL"), 0);
    assert_string_equal(text("about"), "option");
    assert_string_equal(text("option"), "Unattended-Upgrade::Mail");
    assert_int_equal(gpconf_node_count(told("written")), 1);
    assert_string_equal(gpconf_get_text(nth("chain", 0), "name"), "Mail");
    /* As apt writes a member of a list, too. */
    assert_int_equal(explain(b, "Unattended-Upgrade::Package-Blacklist::"), 0);
    assert_int_equal(gpconf_node_count(told("written")), 3);
    assert_int_equal(explain(b, "Unattended-Upgrade::Mai"), GPCONF_ENOTFOUND);
    assert_non_null(strstr(gpconf_node_text(nth("suggestions", 0)), "::Mail"));
}

static void a_registry_value_shows_both_halves_and_its_lines(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL, "[update]\nmail = root\n");
    assert_int_equal(explain(b, "software\\policies\\gpconf\\update\\mail"), 0);
    assert_string_equal(text("about"), "value");
    assert_string_equal(gpconf_get_text(nth("chain", 0), "class"), "machine");
    assert_string_equal(gpconf_get_text(nth("written", 0), "setting"), "update.mail");
    assert_int_equal(explain(b, "Software\\Nobody\\Name"), 0);
    assert_string_equal(text("state"), "default");
    assert_int_equal(gpconf_node_count(told("chain")), 0);
}

static void the_chain_is_there_when_nothing_can_be_planned(void **state)
{
    struct bench *b = *state;
    const struct gpconf_diagnostic *list;
    bench_put(b, LOCAL, "[update]\nmode = automatic\nmail = root\n");
    assert_int_equal(explain(b, "update.mail"), 0);
    assert_true(gpconf_node_bool(told("complete")));
    bench_put(b, "etc/gpconf/limits.ini", "nonsense\n");
    assert_int_equal(gpconf_set_root(b->session, b->root), 0); /* look anew */
    assert_int_equal(explain(b, "update.mail"), 0);
    assert_string_equal(gpconf_get_text(nth("chain", 0), "name"), "Mail");
    assert_null(told("written"));
    assert_true(gpconf_answer_diagnostics(answer, &list) > 0);
    assert_int_equal(explain(b, "local.ini:3"), 0);
    assert_true(gpconf_node_bool(gpconf_node_get(nth("says", 0), "counts")));
    /* Nobody knows then which files are ours. */
    assert_int_equal(explain(b, "99-gpconf.conf:3"), GPCONF_ENOTFOUND);
    assert_true(gpconf_node_bool(told("incomplete")));
}

static void a_gpo_that_could_not_be_read_leaves_the_answer_incomplete(void **state)
{
    struct bench *b = *state;
    const struct gpconf_diagnostic *list;
    bench_link_gpo(b, "[update]\nmail = root\n", "");
    bench_put(b, "etc/gpconf/policies/" BENCH_GPO "/Machine/Registry.pol", "junk");
    assert_int_equal(explain(b, "update.mail"), 0);
    assert_int_equal(gpconf_node_kind(told("complete")), GPCONF_BOOL);
    assert_false(gpconf_node_bool(told("complete")));
    assert_true(gpconf_answer_diagnostics(answer, &list) > 0);
}

static void what_must_not_be_shown_is_in_no_meaning_of_it(void **state)
{
    struct bench *b = *state;
    static const char *const questions[] = {
        "update.mail",
        "Mail",
        "local.ini:3",
        "Unattended-Upgrade::Mail",
        "update.proxy",
        "Proxy",
        "local.ini:4",
        "Acquire::http::Proxy",
        "99-gpconf.conf",
        "update.moed",
        "99-gpconf.conf:12",
        "Software\\Policies\\gpconf\\Update\\Mail",
        "Software\\Policies\\gpconf\\Update\\Proxy",
    };
    bench_put(b, LOCAL,
              "[update]\nmode = automatic\nmail = canary\n"
              "proxy = http://canary.example.test:3128\n");
    assert_int_equal(explain(b, "update.mail"), 0);
    assert_true(says("canary"));
    assert_int_equal(explain(b, "local.ini:4"), 0);
    assert_false(says("canary"));
    /* The same said of the policy, where the value alone knows that it is sensitive. */
    bench_put(b, "etc/gpconf/local.d/1.ini",
              "[policy Proxy]\nProxy = http://canary.example.test:3128\n");
    assert_int_equal(gpconf_set_root(b->session, b->root), 0); /* look anew */
    assert_int_equal(explain(b, "1.ini:2"), 0);
    assert_int_equal(gpconf_node_count(told("says")), 1);
    assert_false(says("canary"));
    chmod(bench_at(b, LOCAL), 0600);
    assert_int_equal(gpconf_set_root(b->session, b->root), 0);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        explain(b, questions[i]);
        assert_false(says("canary"));
    }
    assert_int_equal(explain(b, "update.mail"), 0);
    assert_true(gpconf_node_bool(told("redacted")));
    assert_true(gpconf_node_bool(gpconf_node_get(nth("written", 0), "redacted")));
}

static void what_nobody_knows_gets_the_nearest_setting_and_policy(void **state)
{
    struct bench *b = *state;
    assert_int_equal(explain(b, "update.moed"), GPCONF_ENOTFOUND);
    assert_string_equal(gpconf_node_text(nth("suggestions", 0)), "update.mode");
    assert_null(told("file"));
    assert_int_equal(explain(b, "AutoUpdteCfg"), GPCONF_ENOTFOUND);
    assert_string_equal(gpconf_node_text(nth("suggestions", 0)), "AutoUpdateCfg");
    assert_int_equal(explain(b, "zzzzzzzzzzzz"), GPCONF_ENOTFOUND);
    assert_int_equal(gpconf_node_count(told("suggestions")), 0);
    assert_int_equal(explain(b, ""), GPCONF_ENOTFOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_setting_shows_the_chain_and_the_lines_that_come_of_it),
        TEST(a_line_is_applied_when_the_disk_has_the_file_that_policy_wants),
        TEST(what_is_applied_is_not_said_when_nobody_knows),
        TEST(a_policy_shows_its_state_and_every_value_that_it_can_write),
        TEST(nothing_is_twice_in_a_chain),
        TEST(a_name_of_several_policies_lists_them),
        TEST(a_line_of_ours_is_traced_back_to_its_setting),
        TEST(a_line_of_the_limits_says_what_it_refuses),
        TEST(a_line_of_the_links_says_whether_it_counts),
        TEST(a_file_of_another_folder_or_of_somebody_else_is_not_ours),
        TEST(drop_ins_that_are_called_alike_are_listed),
        TEST(a_line_of_local_policy_says_whether_it_counts),
        TEST(a_line_that_a_later_one_replaces_names_it),
        TEST(a_line_of_a_damaged_file_tells_what_is_wrong_with_the_file),
        TEST(what_the_machine_refuses_does_not_count),
        TEST(an_option_of_the_client_leads_to_the_settings_behind_it),
        TEST(a_registry_value_shows_both_halves_and_its_lines),
        TEST(the_chain_is_there_when_nothing_can_be_planned),
        TEST(a_gpo_that_could_not_be_read_leaves_the_answer_incomplete),
        TEST(what_must_not_be_shown_is_in_no_meaning_of_it),
        TEST(what_nobody_knows_gets_the_nearest_setting_and_policy),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
