#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What dataknobs does, in two minutes: a published data set from CSV into SQLite, killed in the middle, resumed by the
# same command, proven equal, queried, and exported to Parquet. `./dev demo` builds the program first.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH="$root/build/release/bin:$PATH"
folder="$root/build/demo"
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
# Runs of other copies on this machine are none of the demo's business.
export XDG_STATE_HOME="$folder/state"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# As a person would type it: in quotes where the shell needs them.
typed() {
  printf '$'
  for word in "$@"; do
    case $word in
      *[!a-zA-Z0-9_./:=,@%+-]*) printf " '%s'" "${word//\'/\'\\\'\'}" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
}
show() {
  typed "$@"
  "$@"
}

say "1. The data: 336,776 flights from New York in 2013 and their weather, as CSV with nulls written NA"
python3 "$root/scripts/flights.py" "$folder/flights.csv"
# Some pressures are written 1e3, which no decimal is printed as: without type= the column stays text.
source='flights.csv?null=NA&type=pressure:decimal'
target='sqlite:flights.db?table=flights'
show dataknobs describe "$source"

say "2. The plan: what becomes of each column"
show dataknobs copy "$source" "$target" --plan

say "3. The copy, killed in the middle (kill -9)"
copy=(dataknobs copy "$source" "$target" --memory 8MiB)
typed "${copy[@]}"
"${copy[@]}" &
process=$!
# In the middle is when some chunks are committed and some are not.
while kill -0 "$process" 2>/dev/null; do
  committed=$(dataknobs count "$target" 2>/dev/null || true)
  if [ "${committed:-0}" -gt 0 ]; then
    kill -9 "$process"
    break
  fi
done
wait "$process" 2>/dev/null || true
echo
echo "killed; records in the target so far: $(dataknobs count "$target")"

say "4. The same command again: it goes on where it was, and proves the result"
show "${copy[@]}"
show dataknobs verify "$source" "$target"

say "5. Queries"
show dataknobs query "$target" "origin = 'JFK' and dep_delay > 600 order by dep_delay desc limit 5" \
  --select "id, carrier, flight, dest, dep_delay, temp, time_hour" --output table
show dataknobs count "$target" "dep_time is null"
show dataknobs query "$target" "temp < 15.5 and wind_speed >= 20 order by time_hour limit 3" --explain

say "6. Export to Parquet, proven equal again"
show dataknobs copy "$target" flights.parquet
show dataknobs verify "$source" flights.parquet
show dataknobs describe flights.parquet
say "Done. The files are in build/demo."
