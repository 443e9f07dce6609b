#!/usr/bin/env bash
# Installs a hub or a box: users, folders, programs from the lock file, settings, units.
set -euo pipefail

usage() {
    cat <<'HELP'
Cài trung tâm hoặc trạm trên Debian 12 trở lên, Raspberry Pi OS 64 bit.
Installs a hub or a box on Debian 12 or newer, Raspberry Pi OS 64 bit.

  sudo deploy/install.sh hub      the centre: hub, authority, broker, backups
  sudo deploy/install.sh agent    a box at its cameras

  --dry-run       show what would be done, do nothing
  --root DIR      put everything under DIR and start nothing: a trial, no root needed
  --python FILE   a Python 3.11 or newer; default: python3
  --venv DIR      use this environment, which has ioc, instead of making one (with --root only)
  --help          this page

Safe to run again, and how a new version is installed: settings, keys and data are left alone,
programs and units are brought to this checkout.  Without internet: PIP_NO_INDEX=1 and
PIP_FIND_LINKS=DIR with the wheels of deploy/locks and hatchling.  docs/administrator.md goes on from here.
HELP
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
role='' root='' python=python3 venv='' dry=no

die() { echo "install.sh: $*" >&2; exit 1; }
say() { echo "== $*"; }

run() { # everything that changes anything goes through here
    if [ "$dry" = yes ]; then
        printf 'would:'; printf ' %q' "$@"; echo
    else
        "$@"
    fi
}

parse() {
    while [ $# -gt 0 ]; do
        case $1 in
            hub | agent) [ -z "$role" ] || die 'one role only'; role=$1 ;;
            --dry-run) dry=yes ;;
            --root | --python | --venv)
                [ $# -ge 2 ] || die "$1 needs a value"
                case $1 in --root) root=$2 ;; --python) python=$2 ;; --venv) venv=$2 ;; esac
                shift ;;
            --help | -h) usage; exit 0 ;;
            *) usage >&2; die "what is '$1'?" ;;
        esac
        shift
    done
    [ -n "$role" ] || { usage >&2; die 'name a role: hub or agent'; }
    [ -z "$venv" ] || [ -n "$root" ] || die '--venv goes with --root only'
    case $root in '' | /*) ;; *) root=$PWD/$root ;; esac
}

check_machine() {
    case $(uname -m) in x86_64 | aarch64) ;; *) die "$(uname -m): a 64 bit system is needed" ;; esac
    [ -n "$root" ] || [ "$dry" = yes ] || [ "$(id -u)" -eq 0 ] || die 'run it with sudo, or try --dry-run'
    [ -n "$root" ] || command -v apt-get >/dev/null || die 'Debian or Raspberry Pi OS is needed'
    [ -n "$root" ] || command -v systemctl >/dev/null || die 'systemd is needed'
}

check_python() {
    [ -z "$venv" ] || return 0
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
        || { [ "$dry" = yes ] && return 0; die "$python: Python 3.11 or newer is needed; --python FILE names one"; }
}

install_packages() {
    [ -z "$root" ] || return 0
    local wanted=(python3-venv) missing=() each
    [ "$role" = agent ] || wanted+=(mosquitto mosquitto-clients postgresql-client openssl)
    for each in "${wanted[@]}"; do
        dpkg-query --show --showformat='${db:Status-Status}' "$each" 2>/dev/null | grep -q '^installed' \
            || missing+=("$each")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "packages: ${missing[*]}"
    run apt-get update -qq
    run env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}"
}

make_user() { # NAME HOME
    [ -z "$root" ] || return 0
    getent passwd "$1" >/dev/null \
        || run useradd --system --user-group --home-dir "$2" --no-create-home --shell /usr/sbin/nologin "$1"
}

folder() { # MODE OWNER PATH: made, or brought to its owner and mode
    if [ -n "$root" ]; then
        run install -d -m "$1" "$root$3"
    else
        run install -d -m "$1" -o "${2%:*}" -g "${2#*:}" "$3"
    fi
}

make_folders() {
    folder 0755 root:root /opt/ioc
    folder 0755 root:root /usr/local/bin
    folder 0750 ioc:ioc /etc/ioc
    folder 0700 ioc:ioc /etc/ioc/secrets
    folder 0700 ioc:ioc /etc/ioc/certs
    folder 0755 root:root /var/lib
    folder 0700 ioc:ioc /var/lib/ioc
    [ "$role" = hub ] || return 0
    folder 0700 ioc-ca:ioc-ca /etc/ioc-ca
    folder 0700 ioc-ca:ioc-ca /var/lib/ioc-ca
    folder 0755 root:root /var/lib/ioc-backup
    folder 0700 ioc:ioc /var/lib/ioc-backup/hub
    folder 0700 ioc-ca:ioc-ca /var/lib/ioc-backup/ca
    # The authority's user writes lists here, the broker reads them.
    folder 2770 mosquitto:mosquitto /etc/mosquitto/ioc
    [ -z "$root" ] || folder 0755 root:root /var/lib/mosquitto
}

install_programs() {
    local there=$root/opt/ioc
    if [ -n "$venv" ]; then
        folder 0755 root:root /opt/ioc/bin
        run ln -sfn "$(cd "$venv" && pwd)/bin/ioc" "$there/bin/ioc"
    else
        say "programs: $there (minutes, on a Raspberry Pi)"
        [ -x "$there/bin/python" ] || run "$python" -m venv "$there"
        run "$there/bin/python" -m pip install --quiet --disable-pip-version-check \
            --require-hashes --requirement "$here/deploy/locks/$role.lock"
        run "$there/bin/python" -m pip install --quiet --disable-pip-version-check \
            --no-deps --force-reinstall "$here"
    fi
    folder 0755 root:root /opt/ioc/share/docs
    run cp -R "$here/docs/." "$there/share/docs/"
    run ln -sfn "$there/bin/ioc" "$root/usr/local/bin/ioc"
}

place() { # MODE OWNER SOURCE TARGET: a file of ours, as it is in this checkout
    if [ -n "$root" ]; then
        run install -D -m "$1" "$3" "$root$4"
    else
        run install -D -m "$1" -o "${2%:*}" -g "${2#*:}" "$3" "$4"
    fi
}

settle() { # MODE OWNER SOURCE TARGET: settings to start from; what is there belongs to people
    [ ! -e "$root$4" ] || { say "left alone: $root$4"; return 0; }
    place "$1" "$2" "$3" "$4"
    # A trial names its own folders.
    [ -z "$root" ] || run sed -i "s#\"/var/lib/ioc/#\"$root/var/lib/ioc/#" "$root$4"
}

install_settings() {
    if [ "$role" = hub ]; then
        settle 0640 root:ioc "$here/deploy/hub.toml" /etc/ioc/hub.toml
        settle 0640 root:ioc-ca "$here/deploy/enrol.env" /etc/ioc-ca/enrol.env
    else
        settle 0640 root:ioc "$here/deploy/agent.toml" /etc/ioc/agent.toml
    fi
}

install_units() {
    local units=(ioc-agent.service) each
    if [ "$role" = hub ]; then
        units=(ioc-hub.service ioc-enrol.service ioc-backup.service ioc-backup.timer
            ioc-ca-backup.service ioc-ca-backup.timer mosquitto.service.d/ioc.conf)
    fi
    for each in "${units[@]}"; do
        place 0644 root:root "$here/deploy/systemd/$each" "/etc/systemd/system/$each"
    done
    place 0644 root:root "$here/deploy/systemd/journald.conf.d/ioc.conf" /etc/systemd/journald.conf.d/ioc.conf
    [ -z "$root" ] || return 0
    run systemctl daemon-reload
    run systemctl restart systemd-journald
    # Started by hand the first time, when settings and certificates are there.
    if [ "$role" = hub ]; then
        run systemctl enable --quiet mosquitto ioc-hub ioc-enrol
        run systemctl enable --quiet --now ioc-backup.timer ioc-ca-backup.timer
    else
        run systemctl enable --quiet ioc-agent
    fi
}

restart_if_running() {
    [ -z "$root" ] || return 0
    local each
    for each in ioc-hub ioc-enrol ioc-agent; do
        if systemctl is-active --quiet "$each"; then
            say "a new version: $each is started anew"
            run systemctl restart "$each"
        fi
    done
}

parse "$@"
check_machine
install_packages
check_python
make_user ioc /var/lib/ioc
[ "$role" = agent ] || make_user ioc-ca /var/lib/ioc-ca
make_folders
install_programs
install_settings
install_units
restart_if_running
say "done: $role; next: $root/opt/ioc/share/docs/$([ "$role" = hub ] && echo administrator || echo field-engineer).md"
