# Sourced by bin/cluster-test and bin/chaos: runs a class of the tests that starts processes of its own.

# Usage: run_drill NAME MINUTES TESTS [options for Maven]. Its scratch folder is jobs/target/NAME. However
# it ends, all processes do: they are in one group, and the class ends those that it started, too.
# Drills have settings of their own.
unset REMAP_PROFILE
# What starts it, if anything: a program that takes a command.
drill_as=()
run_drill() {
  local name=$1 minutes=$2 tests=$3 status=0 drill
  shift 3
  rm -rf "${REMAP_HOME:?}/jobs/target/$name"
  cd "$REMAP_HOME"
  "${drill_as[@]}" timeout -k 20 "${minutes}m" mvn -q -pl jobs -am test -Dtest="$tests" -Dsurefire.failIfNoSpecifiedTests=false \
    -Dspotless.check.skip=true "$@" &
  drill=$!
  trap 'kill "$drill" 2> /dev/null; wait "$drill"; exit 130' INT TERM
  wait "$drill" || status=$?
  trap - INT TERM
  [ "$status" != 124 ] || echo "$name: not at its end after $minutes minutes" >&2
  [ "$status" = 0 ] || return 1
}
