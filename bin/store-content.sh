# Sourced by the drills: what two stores must have in common to be the same.

UUID='[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

# Files that are read by their place; all others count only if one of these names them.
structure() {
  (cd "$1" && find . -type f -not -path './runs/*' \( -name store.json -o -name plan.json -o -name ledger.json \
    -o -name manifest.json -o -path '*/records/u*.json' -o -path '*/published/[0-9]*.json' \
    -o -path './settings/[0-9]*.json' \) | LC_ALL=C sort)
}

# Prints "<sha256>  <path>" of every file that a ledger, a manifest or a publication names.
named() {
  structure "$1" | grep -v /records/ | (cd "$1" && xargs cat) | tr -d ' \n' |
    grep -oE '"path":"[^"]+","bytes":[0-9]+,"sha256":"[0-9a-f]{64}"' |
    sed -E 's/"path":"([^"]+)".*"sha256":"([0-9a-f]{64})"/\2  \1/' | LC_ALL=C sort -u -k 2
}

# Prints a store without the ids of runs, tasks and publications: what two equal stores have in common.
describe() {
  local file
  structure "$1" | while read -r file; do
    echo "== $file"
    case "$file" in
      # The ledger repeats the records, and the publication names a manifest that names its run;
      # a checksum covers the ids.
      */records/*) ;;
      */published/*) grep -vE '"(sha256|id|published-by|checksum)"' "$1/$file" ;;
      *) sed -E "s/\"run\":\"$UUID\",\"task\":[0-9]+,//g; s/-$UUID-[0-9]+\.parquet/.parquet/g; /\"created-by\"/d; /^  \"checksum\"/d; s/,\"checksum\":\"[0-9a-f]{16}\"//" "$1/$file" ;;
    esac
  done
}
