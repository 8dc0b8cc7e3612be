# Sourced by the scripts of this folder: where they are.

REMAP_HOME=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

# Java reads file names in the encoding of the locale: without this, "Müller.jpg" has no name.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in *UTF-8 | *utf8) ;; *) export LC_ALL=C.UTF-8 ;; esac

# Of the second compiler's work most is for what runs some thousand times, an image or two each, and never pays.
patient_compiler='-XX:Tier4InvocationThreshold=30000 -XX:Tier4MinInvocationThreshold=5000 -XX:Tier4CompileThreshold=60000'

die() {
  echo "remap: $*" >&2
  exit 1
}
