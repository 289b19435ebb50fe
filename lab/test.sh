#!/bin/bash
# Runs the lab's tests against the last Release build; the image is built if it is missing.
# usage: test.sh [TEST...]     TEST: a name in tests/, without .sh; by default all but speed
# environment: as for run.sh, and RESULTS (what each boot left; default: out/results-TEST)
# exit status: 0 if every test succeeded.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
OUT=${OUT:-$here/out}
TAPVISOR=${TAPVISOR:-$here/../artifacts/bin}
SECONDS_OF_A_BOOT=${SECONDS_OF_A_BOOT:-1500}   # a few minutes on a machine that has nothing else to do

[ -e "$OUT/dom0.cpio" ] || "$here/build-image.sh" || exit 1
[ $# -gt 0 ] || set -- service xenstore guest pvh rings
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

failed=()
for test; do
  files=()
  if grep -q '^# files: Supervisor.Tests' "$here/tests/$test.sh"; then
    # Precompiled where the service's build has it so: emulation makes compiling slow.
    [ -d "$stage/tests" ] || cp -r "$TAPVISOR/Supervisor.Tests/release" "$stage/tests"
    cp "$TAPVISOR"/Supervisor/release/*.dll "$stage/tests/"
    files=("$stage/tests")
  fi
  results=${RESULTS:-$OUT/results}-$test started=$SECONDS
  echo "##### $test"
  "$here/run.sh" -t "$SECONDS_OF_A_BOOT" -r "$results" "$here/tests/$test.sh" "${files[@]}" || {
    failed+=("$test (exit $?, see $results)")
    mapfile -t -O ${#failed[@]} failed < <(sed -n "s/^FAILED: /$test: /p" "$results/output.txt")
  }
  echo "##### $test: $((SECONDS - started)) s"
done
[ ${#failed[@]} -eq 0 ] || { printf 'FAILED: %s\n' "${failed[@]}"; exit 1; }
echo "every lab test succeeded"
