#include "engine/providers/apt/apt.h"

#include "engine/providers/apt/accept.h"
#include "engine/providers/apt/activate.h"
#include "engine/providers/apt/compare.h"
#include "engine/providers/apt/observe.h"
#include "engine/providers/apt/probe.h"
#include "engine/providers/apt/render.h"

const struct provider apt_provider = {
    .name = "apt",
    .summary = "apt's periodic job and unattended-upgrades",
    .files = apt_files,
    .probe = probe_apt,
    .render = apt_render,
    .accept = accept_apt,
    .activate = activate_apt,
    .observe = observe_apt,
    .compare = apt_compare,
};
