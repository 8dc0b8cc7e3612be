#!/bin/bash
# Builds libremapcore.so: libjpeg-turbo with what Java calls, the search for blocks, the maxima of regions.
# Nothing to do takes a few hundredths of a second. Needs (Debian): gcc libjpeg62-turbo-dev, and a JDK.
#
# usage: build.sh <folder for classes> <folder for objects> <java home>
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$1/dev/remap/core/natives/linux-x86_64
objects=$2
java_home=$3
library=$out/libremapcore.so

fail() {
  echo "build.sh: $*" >&2
  exit 1
}

command -v gcc > /dev/null || fail "no gcc: install the Debian package g++"
[[ -f $java_home/include/jni.h ]] || fail "no $java_home/include/jni.h: java home must be a JDK"
jpeg=$(gcc -print-file-name=libjpeg.a)
[[ -f $jpeg ]] || fail "no libjpeg.a: install the Debian package libjpeg62-turbo-dev"

# No product and sum in one instruction: results are those of Java, to the bit. Roots by an instruction, not by
# libm, which the library must not need. Maxima are integers where they are compared and numbers where they are summed.
flags=(-std=c11 -O2 -ffp-contract=off -fno-math-errno -fno-strict-aliasing -fPIC -fvisibility=hidden -ffunction-sections -Wall -Wextra -Werror
  "-ffile-prefix-map=$here=." "-isystem$java_home/include" "-isystem$java_home/include/linux")
link=(-shared -Wl,--gc-sections,-Bsymbolic,--exclude-libs,ALL,-z,defs,--build-id=none,-s)

state=$({
  cat -- "$here"/*.c "$0"
  stat -Lc '%n %s %Y' "$jpeg" "$(command -v gcc)"
} | sha256sum | cut -d' ' -f1)
mkdir -p "$out" "$objects"
# Two builds of one tree at once: the second waits, and finds the work done.
exec 9> "$objects/lock"
flock 9
[[ -f $library && $(cat "$objects/state" 2> /dev/null) == "$state" ]] && exit 0
rm -f "$objects/state"
all=()
for source in "$here"/*.c; do
  object=$objects/$(basename "$source" .c).o
  gcc "${flags[@]}" -c "$source" -o "$object"
  all+=("$object")
done
gcc "${link[@]}" "${all[@]}" "$jpeg" -o "$objects/libremapcore.so"
others=$(ldd "$objects/libremapcore.so" | grep -vE 'linux-vdso|libc\.so|/ld-linux' || true)
[[ -z $others ]] || fail "libremapcore.so needs more than libc: $others"
mv "$objects/libremapcore.so" "$library"
echo "$state" > "$objects/state"
