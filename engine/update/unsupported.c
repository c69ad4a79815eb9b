#include "engine/update/unsupported.h"

#include "base/registry/name.h"

#define WU "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate"
#define AU WU "\\AU"
#define OLD "Software\\Microsoft\\Windows\\CurrentVersion\\Policies"

/* Reasons that several values share. */
#define USER "user policies of Windows Update are shown and never applied"
#define DESKTOP "a headless server has no shutdown dialog"
#define NOTICES "a headless server shows no notifications"
#define ENGAGED "engaged restarts need somebody at the screen"
#define WSUS "the protocol of WSUS means nothing to a Linux update client"
#define CLASSES "Linux update clients take all classes of updates from the same sources"
#define LEGACY_DEADLINE "update.deadline has taken its place"
#define FEATURE "no Linux update client installs a new release by itself"
#define PREVIEW "there are no preview builds of a Linux distribution"
#define RELEASE "it names a version of Windows; update.target-release is the setting"

static const struct unsupported rows[] = {
    { OLD "\\Explorer", "NoAutoUpdate", USER },
    { OLD "\\WindowsUpdate", "DisableWindowsUpdateAccess", USER },
    { OLD "\\WindowsUpdate", "DisableWindowsUpdateAccessMode", USER },
    { AU, "NoAUShutdownOption", DESKTOP },
    { AU, "NoAUAsDefaultShutdownOption", DESKTOP },
    { AU, "UseWUServer", WSUS },
    { WU, "WUServer", WSUS },
    { WU, "WUStatusServer", WSUS },
    { WU, "UpdateServiceUrlAlternate", WSUS },
    { WU, "FillEmptyContentUrls", WSUS },
    { WU, "DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection", WSUS },
    { WU, "SetProxyBehaviorForUpdateDetection",
      "there is one proxy for the machine; update.proxy is the setting" },
    { AU, "UseUpdateClassPolicySource", CLASSES },
    { WU, "SetPolicyDrivenUpdateSourceForFeatureUpdates", CLASSES },
    { WU, "SetPolicyDrivenUpdateSourceForQualityUpdates", CLASSES },
    { WU, "SetPolicyDrivenUpdateSourceForDriverUpdates", CLASSES },
    { WU, "SetPolicyDrivenUpdateSourceForOtherUpdates", CLASSES },
    { WU, "ElevateNonAdmins", NOTICES },
    { AU, "AutoInstallMinorUpdates",
      "Linux update clients do not install updates apart by whether they restart" },
    { AU, "EnableFeaturedSoftware", "there is no featured software" },
    { AU, "RebootRelaunchTimeoutEnabled", NOTICES },
    { AU, "RebootRelaunchTimeout", NOTICES },
    { WU, "TargetGroupEnabled", "the group is for inventories and changes no update" },
    { WU, "TargetGroup", "the group is for inventories and changes no update" },
    { WU, "AcceptTrustedPublisherCerts",
      "which keys a source may be signed with stands beside the source" },
    { WU, "DoNotConnectToWindowsUpdateInternetLocations",
      "sources that somebody configured are never removed" },
    { WU, "TargetReleaseVersion", RELEASE },
    { WU, "ProductVersion", RELEASE },
    { WU, "TargetReleaseVersionInfo", RELEASE },
    { WU, "DisableWUfBSafeguards", FEATURE },
    { WU, "ManagePreviewBuildsPolicyValue", PREVIEW },
    { WU, "BranchReadinessLevel", PREVIEW },
    { WU, "DeferFeatureUpdates", FEATURE },
    { WU, "DeferFeatureUpdatesPeriodInDays", FEATURE },
    { WU, "PauseFeatureUpdatesStartTime", FEATURE },
    { WU, "SetAutoRestartDeadline", LEGACY_DEADLINE },
    { WU, "AutoRestartDeadlinePeriodInDays", LEGACY_DEADLINE },
    { WU, "AutoRestartDeadlinePeriodInDaysForFeatureUpdates", FEATURE },
    { WU, "SetAutoRestartRequiredNotificationDismissal", NOTICES },
    { WU, "AutoRestartRequiredNotificationDismissal", NOTICES },
    { WU, "SetAutoRestartNotificationConfig", NOTICES },
    { WU, "AutoRestartNotificationSchedule", NOTICES },
    { WU, "SetAutoRestartNotificationDisable", NOTICES },
    { WU, "SetRestartWarningSchd", NOTICES },
    { WU, "ScheduleRestartWarning", NOTICES },
    { WU, "ScheduleImminentRestartWarning", NOTICES },
    { WU, "SetEngagedRestartTransitionSchedule", ENGAGED },
    { WU, "EngagedRestartTransitionSchedule", ENGAGED },
    { WU, "EngagedRestartSnoozeSchedule", ENGAGED },
    { WU, "EngagedRestartDeadline", ENGAGED },
    { WU, "EngagedRestartTransitionScheduleForFeatureUpdates", ENGAGED },
    { WU, "EngagedRestartSnoozeScheduleForFeatureUpdates", ENGAGED },
    { WU, "EngagedRestartDeadlineForFeatureUpdates", ENGAGED },
    { WU, "AllowTemporaryEnterpriseFeatureControl",
      "no update of a Linux distribution brings features that are off" },
    { WU, "DisableDualScan", WSUS },
    { WU, "SetUpdateNotificationLevel", NOTICES },
    { WU, "UpdateNotificationLevel", NOTICES },
    { WU, "NoUpdateNotificationsDuringActiveHours", NOTICES },
    { WU, "SetComplianceDeadlineForFU", FEATURE },
    { WU, "ConfigureDeadlineForFeatureUpdates", FEATURE },
    { WU, "ConfigureDeadlineGracePeriodForFeatureUpdates", FEATURE },
    { WU, "ConfigureDeadlineNoAutoRebootForFeatureUpdates", FEATURE },
    /* No template of today writes these; old GPOs do. */
    { WU, "SetComplianceDeadline", LEGACY_DEADLINE },
    { WU, "ConfigureDeadlineNoAutoReboot", LEGACY_DEADLINE },
    { WU, "DeferUpgrade", "update.deferral has taken its place" },
    { WU, "DeferUpgradePeriod", "update.deferral has taken its place" },
    { WU, "DeferUpdatePeriod", "update.deferral has taken its place" },
    { WU, "PauseDeferrals", "update.pause-start has taken its place" },
};

const struct unsupported *unsupported_find(const char *key, const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (name_equal(rows[i].key, key) && name_equal(rows[i].name, name))
            return &rows[i];
    return NULL;
}

void unsupported_tell(const struct rsop *rsop, struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct slot *slot = rsop_find(rsop, rows[i].key, rows[i].name);
        const struct contribution *c = slot ? rsop_winner(rsop, slot) : NULL;
        if (!c || (c->operation->op != OP_SET && c->operation->op != OP_SOFTSET))
            continue;
        diagnostics_add(diagnostics, SEVERITY_NOTE, "setting-unsupported",
                        c->operation->origin,
                        "'%s' has no effect on this machine, because %s", rows[i].name,
                        rows[i].why);
    }
}
