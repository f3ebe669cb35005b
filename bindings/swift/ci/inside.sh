#!/usr/bin/env bash
# Runs a command in bindings/swift where `swift` is: on this machine, or else in the root that rootfs.sh made.
#   inside.sh swift test -Xlinker -L…
# The repository stands at the same path in both. Variables that begin with MINZHENG_ go along.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
cd "$repository/bindings/swift"

command -v swift > /dev/null && exec "$@"

root=$("$here/rootfs.sh" --where)
# where it is being made it is waited for
[ ! -e "$root.lock" ] || flock "$root.lock" true
if [ ! -e "$root" ] || [ "$(id -u)" != 0 ]; then
  echo "missing: Swift 6 (swift.org/install; or as root on Debian: bindings/swift/ci/rootfs.sh)" >&2
  exit 1
fi
mkdir -p "$root$repository"
kept=()
while IFS= read -r -d '' pair; do
  case $pair in MINZHENG_* | CI=*) kept+=("$pair") ;; esac
done < <(env -0)
# what is mounted is seen by this command alone, and gone with it
exec unshare -m --propagation private bash -euc '
  root=$1 repository=$2; shift 2
  mount -t proc proc "$root/proc"
  mount --bind /dev "$root/dev"
  mount --bind "$repository" "$root$repository"
  exec chroot "$root" "$@"
' _ "$root" "$repository" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "${kept[@]}" \
  bash -c 'cd "$1" && shift && exec "$@"' _ "$repository/bindings/swift" "$@"
