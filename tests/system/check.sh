# shellcheck shell=sh
# What the tests of the command line share. The test sets gpconf, the program, and failed=0.

# Texts of the templates follow the language of the environment.
LC_ALL=C.UTF-8
export LC_ALL

# check STATUS PATTERN ARGUMENT...: the exit status, and an extended regular expression that
# the output (both streams) must contain; - for none. The output stays in $output.
check() {
    want=$1 pattern=$2
    shift 2
    output=$("$gpconf" "$@" 2>&1)
    status=$?
    if [ "$status" -ne "$want" ]; then
        echo "FAIL: gpconf $*: exit status $status, not $want"
        echo "$output" | head -5
        failed=1
    elif [ "$pattern" != - ] && ! echo "$output" | grep -Eq -e "$pattern"; then
        echo "FAIL: gpconf $*: nothing matches '$pattern' in"
        echo "$output" | head -5
        failed=1
    fi
}

# must WHAT COMMAND...: the command succeeds.
must() {
    what=$1
    shift
    if ! "$@"; then
        echo "FAIL: $what" >&2
        failed=1
    fi
}

# apt_root DIR SOURCE_DIR: a scratch root that looks like a Debian with apt, from this
# machine's own units and nothing else of it; the shipped templates are installed.
apt_root() {
    mkdir -p "$1/etc/apt/apt.conf.d" "$1/etc/gpconf" "$1/etc/systemd/system" \
        "$1/usr/bin" "$1/usr/lib/apt" "$1/usr/lib/systemd/system" "$1/usr/share/gpconf" \
        "$1/var/lib/dpkg"
    ln -s usr/lib "$1/lib"
    cp /etc/os-release "$1/etc/os-release"
    cp -r "$2/admx/PolicyDefinitions" "$1/usr/share/gpconf/"
    for unit in apt-daily apt-daily-upgrade; do
        printf '[Timer]\nOnCalendar=*-*-* 6:00\nPersistent=true\n' \
            >"$1/usr/lib/systemd/system/$unit.timer"
        printf '[Unit]\nConditionACPower=true\n[Service]\nType=oneshot\nExecStart=%s\n' \
            /usr/lib/apt/apt.systemd.daily >"$1/usr/lib/systemd/system/$unit.service"
    done
    touch "$1/usr/lib/apt/apt.systemd.daily" "$1/usr/bin/unattended-upgrade"
    for package in apt unattended-upgrades; do
        printf 'Package: %s\nStatus: install ok installed\nVersion: 2.6.1\n' "$package"
        printf 'Architecture: all\nMaintainer: x <x@example.test>\nDescription: x\n\n'
    done >"$1/var/lib/dpkg/status"
    printf 'APT::Periodic::Update-Package-Lists "1";\n' >"$1/etc/apt/apt.conf.d/20auto-upgrades"
    printf 'Unattended-Upgrade::Origins-Pattern { "origin=Debian"; };\n' \
        >"$1/etc/apt/apt.conf.d/50unattended-upgrades"
    chmod -R go-w "$1"
}
