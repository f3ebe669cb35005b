#!/usr/bin/env bash
# Swift for a machine that has none: Debian 13 with its package `swiftlang`, in a folder. Made once, then kept; needs root.
#   rootfs.sh           makes it where it is not there yet
#   rootfs.sh --where   says where it is, and makes nothing
# It stands outside the clone, so that a fresh clone does not make it again: $MINZHENG_SWIFT_ROOT, else the cache folder of the
# user. A change of what is put into it changes the number at the end of its name.
set -euo pipefail

root=${MINZHENG_SWIFT_ROOT:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/minzheng/swift-debian13-1}
[ "${1:-}" = --where ] && { echo "$root"; exit 0; }
missing() { echo "missing: $1" >&2; exit 1; }

mkdir -p "$(dirname "$root")"
# two runs make it once: the second waits for the first
exec 9> "$root.lock"
flock 9
[ -e "$root" ] && exit 0

[ "$(id -u)" = 0 ] || missing "Swift 6 (swift.org/install), or root to put one into $root"
command -v unshare > /dev/null || missing "unshare (Debian: apt-get install util-linux)"
if ! command -v debootstrap > /dev/null; then
  command -v apt-get > /dev/null || missing "Swift 6 (swift.org/install), or Debian's debootstrap to put one into $root"
  apt-get install -y -qq debootstrap > /dev/null 2>&1 || { apt-get update -qq; apt-get install -y -qq debootstrap > /dev/null; } ||
    missing "debootstrap (Debian: apt-get install debootstrap)"
fi
free=$(df --output=avail -k "$(dirname "$root")" | tail -1)
[ "$free" -gt 3500000 ] || missing "3.5 GB of disk below $(dirname "$root")"

# from where this machine takes its packages; without an answer debootstrap knows
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2> /dev/null | head -1)
[ -n "$mirror" ] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\(http[^ ]*\/debian\/\?\) .*/\2/p' /etc/apt/sources.list 2> /dev/null | head -1)

# it gets its name when it is whole
part=$root.part
rm -rf --one-file-system "$part"
trap 'rm -rf --one-file-system "$part"' EXIT
echo "making $root: 530 MB to load, 1.6 GB on disk, a few minutes" >&2
debootstrap --variant=minbase trixie "$part" ${mirror:+"$mirror"} > "$root.log" 2>&1 ||
  { tail -5 "$root.log" >&2; missing "Debian 13 from the package source of this machine ($root.log)"; }
cp /etc/resolv.conf "$part/etc/resolv.conf"
# half of the package is for editors, debuggers and other machines: 2.3 GB become 1.1 GB
for path in lib/swift/embedded lib/swift_static lib/swift/FrameworkABIBaseline lib/libsourcekitdInProc.so 'lib/liblldb.so*' \
            bin/sourcekit-lsp bin/clangd 'bin/lldb*' bin/repl_swift bin/docc bin/swift-format; do
  printf 'path-exclude=/usr/libexec/swift/%s\n' "$path"
  case $path in *.so | bin/* | *\*) ;; *) printf 'path-exclude=/usr/libexec/swift/%s/*\n' "$path" ;; esac
done > "$part/etc/dpkg/dpkg.cfg.d/slim"
printf 'path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\n' >> "$part/etc/dpkg/dpkg.cfg.d/slim"
# what is mounted is seen by this command alone, and gone with it
unshare -m --propagation private bash -euc '
  mount -t proc proc "$1/proc"
  mount --bind /dev "$1/dev"
  export DEBIAN_FRONTEND=noninteractive LC_ALL=C
  chroot "$1" apt-get update -qq
  # libc6-dev and libstdc++-14-dev are only recommended, yet nothing links without them; SwiftPM calls git
  chroot "$1" apt-get install -y -qq --no-install-recommends swiftlang libc6-dev libstdc++-14-dev git
  chroot "$1" apt-get clean
  rm -rf "$1"/var/lib/apt/lists/*
  chroot "$1" swiftc --version
' _ "$part" >> "$root.log" 2>&1 || { tail -5 "$root.log" >&2; missing "swiftlang of Debian 13 ($root.log)"; }
mv "$part" "$root"
