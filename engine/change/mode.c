#include "engine/change/mode.h"

#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "engine/change/lock.h"

enum { LONGEST = 64 };

static const char path[] = STATE_DIR "/mode";

static const struct {
    const char *text;
    struct mode_state state;
} texts[] = {
    { "audit\n", { MODE_AUDIT, MODE_AUDIT } },
    { "enforcing\n", { MODE_ENFORCING, MODE_ENFORCING } },
    { "held audit\n", { MODE_HELD, MODE_AUDIT } },
    { "held enforcing\n", { MODE_HELD, MODE_ENFORCING } },
};
enum { N_TEXTS = sizeof texts / sizeof *texts };

const char *mode_name(enum mode mode)
{
    static const char *const names[] = { "audit", "enforcing", "held" };
    return names[mode];
}

int mode_read(int root, struct arena *arena, struct diagnostics *diagnostics,
              struct mode_state *ret)
{
    struct file file;
    const char *why = "is none of the modes";
    int status = file_read(root, path, FILE_TRUSTED, LONGEST, arena, &file, &why);
    if (status == GPCONF_ENOTFOUND) {
        *ret = texts[0].state;
        return 0;
    }
    for (size_t i = 0; !status && i < N_TEXTS; i++)
        if (file.size == strlen(texts[i].text) &&
            memcmp(file.bytes, texts[i].text, file.size) == 0) {
            *ret = texts[i].state;
            return 0;
        }
    diagnostics_add(diagnostics, SEVERITY_ERROR, "mode-damaged", origin_file(path),
                    "%s, not writing; set it with \"gpconf enforce\"", why);
    return status && status != GPCONF_ELIMIT ? status : GPCONF_EDAMAGED;
}

int mode_step(struct change *change, struct mode_state mode, struct arena *arena)
{
    struct step *step = change_add(change, arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    change->mode = mode_name(mode.mode);
    step->target = path;
    step->owner = "gpconf";
    step->mode = 0644;
    step->gate = mode.mode == MODE_ENFORCING ? GATE_OPENS : GATE_CLOSES;
    for (size_t i = 0; i < N_TEXTS; i++)
        if (texts[i].state.mode == mode.mode &&
            (mode.mode != MODE_HELD || texts[i].state.resumes == mode.resumes)) {
            step->after = texts[i].text;
            step->after_size = strlen(texts[i].text);
        }
    return step->after ? 0 : GPCONF_EINVAL;
}

int mode_hold(int root, struct change *change, struct arena *arena,
              struct diagnostics *diagnostics)
{
    struct mode_state now;
    int status = mode_read(root, arena, diagnostics, &now);
    if (status || now.mode == MODE_HELD)
        return status;
    return mode_step(change, (struct mode_state){ MODE_HELD, now.mode }, arena);
}

int mode_resume(int root, struct change *change, struct arena *arena,
                struct diagnostics *diagnostics)
{
    struct mode_state now;
    int status = mode_read(root, arena, diagnostics, &now);
    if (status || now.mode != MODE_HELD)
        return status;
    return mode_step(change, (struct mode_state){ now.resumes, now.resumes }, arena);
}
