#!/bin/bash
# Builds libjfaiss.so and the test of its kernels. Nothing to do takes a few hundredths of a second.
# Needs (Debian): g++ libfaiss-dev libopenblas-dev gfortran, and a JDK.
#
# usage: build.sh <folder for classes> <folder for objects and tests> <java home>
set -euo pipefail
shopt -s globstar

here=$(cd "$(dirname "$0")" && pwd)
tests=$(cd "$here/../../test/cpp" && pwd)
out=$1/dev/remap/index/jfaiss/linux-x86_64
objects=$2
java_home=$3
library=$out/libjfaiss.so

fail() {
  echo "build.sh: $*" >&2
  exit 1
}

archive() {
  local path
  path=$(g++ -print-file-name="$1")
  [[ -f $path ]] || path=/usr/lib/x86_64-linux-gnu/$1
  [[ -f $path ]] || fail "no $1: install the Debian package $2"
  echo "$path"
}

command -v g++ > /dev/null || fail "no g++: install the Debian package g++"
[[ -f $java_home/include/jni.h ]] || fail "no $java_home/include/jni.h: java home must be a JDK"
faiss=$(archive libfaiss.a libfaiss-dev)
blas=$(archive libopenblas.a libopenblas-dev)
fortran=$(archive libgfortran.a gfortran)
quadmath=$(archive libquadmath.a gfortran)
cplusplus=$(archive libstdc++.a g++)

# No contraction: fused multiply-adds happen where the kernels ask for them, and nowhere else.
flags=(-std=c++17 -O3 -fPIC -fopenmp -fvisibility=hidden -ffp-contract=off -ffunction-sections
  -Wall -Wextra -Werror "-ffile-prefix-map=$here=." "-I$here"
  "-isystem$java_home/include" "-isystem$java_home/include/linux")
link=(-fopenmp -static-libgcc -nodefaultlibs)
sources=("$here"/{kernels,glue,jni}/*.cpp)
own=("$here"/**/*.{cpp,h} "$tests"/*.cpp "$0")

state=$({
  sha256sum -- "${own[@]}"
  echo "${flags[@]}" "${link[@]}"
  stat -Lc '%n %s %Y' "$faiss" "$blas" "$fortran" "$quadmath" "$cplusplus" "$(command -v g++)"
} | sha256sum | cut -d' ' -f1)
mkdir -p "$out" "$objects"
# Two builds of one tree at once: the second waits, and finds the work done.
exec 9> "$objects/lock"
flock 9
if [[ -f $library && -f $library.sha256 && -f $objects/kernels_test && $(cat "$objects/state" 2> /dev/null) == "$state" ]]; then
  exit 0
fi
rm -f "$objects/state" "$objects"/*.o
compile() {
  local extra=()
  case $1 in
    # GCC 12 takes values that its own headers leave open on purpose for a mistake (its bug 105593).
    */kernels_avx512.cpp) extra=(-mavx512f -Wno-uninitialized -Wno-maybe-uninitialized) ;;
    */kernels_avx512bf16.cpp) extra=(-mavx512f -mavx512bf16 -Wno-uninitialized -Wno-maybe-uninitialized) ;;
    */kernels_avx2.cpp) extra=(-mavx2 -mfma) ;;
  esac
  g++ "${flags[@]}" "${extra[@]}" -c "$1" -o "$objects/$(basename "$1" .cpp).o"
}
pids=()
for source in "${sources[@]}" "$tests"/*_test.cpp; do
  while (($(jobs -rp | wc -l) >= $(nproc))); do sleep 0.05; done
  compile "$source" 9>&- &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || fail "compiling failed"; done

kernels=()
for source in "$here"/kernels/*.cpp; do kernels+=("$objects/$(basename "$source" .cpp).o"); done
g++ "${kernels[@]}" "$objects"/*_test.o -o "$objects/kernels_test"

all=()
for source in "${sources[@]}"; do all+=("$objects/$(basename "$source" .cpp).o"); done
echo '{ global: JNI_OnLoad; local: *; };' > "$objects/exports"
g++ -shared "${all[@]}" -o "$objects/libjfaiss.so" "${link[@]}" -Wl,--gc-sections,--exclude-libs,ALL,--wrap=getenv \
  "-Wl,--version-script=$objects/exports,-z,defs,--build-id=none,-s" -Wl,--start-group "$faiss" "$blas" "$fortran" "$quadmath" "$cplusplus" \
  -lgcc -lgcc_eh -Wl,--end-group -lgomp -lm -lc
others=$(ldd "$objects/libjfaiss.so" | grep -vE 'linux-vdso|lib(c|m|gomp)\.so|/ld-linux' || true)
[[ -z $others ]] || fail "libjfaiss.so needs more than libc, libm and libgomp: $others"

sha256sum < "$objects/libjfaiss.so" | cut -d' ' -f1 | tr -d '\n' > "$out/libjfaiss.so.sha256"
mv "$objects/libjfaiss.so" "$library"
echo "$state" > "$objects/state"
