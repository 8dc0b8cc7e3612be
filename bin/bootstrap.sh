# Sourced by bin/remap and bin/test: what both need before they can run.
# Installs what is missing (naming it first) and builds when the jar was made from other sources.

. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/home.sh"
REMAP_JAR="$REMAP_HOME/jobs/target/remap-index.jar"
REMAP_INPUTS="$REMAP_HOME/jobs/target/remap-index.inputs"

# Prints the Debian packages that are missing. Files are looked for, not packages:
# that needs no root, takes no time, and accepts what was installed another way.
missing_packages() {
  command -v javac > /dev/null || echo openjdk-17-jdk-headless
  command -v mvn > /dev/null || echo maven
  command -v g++ > /dev/null || echo g++
  { [ -e /usr/include/jpeglib.h ] && compgen -G '/usr/lib/*/libjpeg.a' > /dev/null; } || echo libjpeg62-turbo-dev
  [ -e /usr/include/faiss/IndexIVFPQ.h ] || echo libfaiss-dev
  compgen -G '/usr/lib/*/openblas-pthread/libopenblas.a' > /dev/null || echo libopenblas-dev
  compgen -G '/usr/lib/gcc/*/*/libgfortran.a' > /dev/null || echo gfortran
  compgen -G '/usr/lib/*/libgomp.so.1' > /dev/null || echo libgomp1
}

install_packages() {
  local root=()
  [ "$(id -u)" = 0 ] || root=(sudo)
  command -v apt-get > /dev/null ||
    die "missing: $*. Install them by hand (names are Debian's), then run this again."
  [ "${#root[@]}" = 0 ] || command -v sudo > /dev/null ||
    die "missing: $*. Run as root once, or ask for: apt-get install $*"
  echo "remap: installing by apt-get: $*" >&2
  local log
  log=$(mktemp)
  if ! { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@"; } > "$log" 2>&1; then
    cat "$log" >&2
    die "apt-get could not install: $*"
  fi
  rm -f "$log"
}

bootstrap_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" = 0 ] || install_packages "${missing[@]}"
}

build_is_current() {
  [ -e "$REMAP_JAR" ] && [ -d "$REMAP_HOME/jobs/target/spark/jars" ] && [ -e "$REMAP_INPUTS" ] &&
    [ "$(< "$REMAP_INPUTS")" = "$("$REMAP_HOME/jobs/src/main/build/inputs")" ]
}

# Two commands started at once must not build into one folder: the second waits, then finds it built.
bootstrap_build() {
  local built=
  build_is_current || built=yes
  [ -z "$built" ] || (
    exec 9> "$REMAP_HOME/.build-lock"
    flock 9
    build_is_current && exit 0
    echo "remap: building (a first build downloads about 0.7 GB from Maven Central)" >&2
    cd "$REMAP_HOME"
    # Maven resets colours it never set, and standard output belongs to the command.
    mvn -q -Dmaven.test.skip=true -Dspotless.check.skip=true package 2>&1 | sed -u $'s/\e\\[0m//g' >&2
  ) || die "the build failed; see the messages above."
  # Not under the lock, and no part of the build, which stands without.
  [ -z "$built" ] || "$REMAP_HOME/bin/class-archive" >&2 || true
  bootstrap_spark
}

bootstrap_spark() {
  # The folder itself, not the name: whoever builds meanwhile may give that to another one.
  REMAP_EMBEDDED_SPARK=$(readlink -f "$REMAP_HOME/jobs/target/spark")
}
