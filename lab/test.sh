#!/bin/bash
# Runs the lab's tests against the tree that scripts/publish.sh made; the image is built if it is missing.
# usage: test.sh [TEST...]     TEST: a name in tests/, without .sh; by default all but speed
# environment: as for run.sh, and RESULTS (what each boot left; default: out/results-TEST)
# exit status: 0 if every test succeeded.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
OUT=${OUT:-$here/out}
TESTS=${TESTS:-$here/../artifacts/bin/Supervisor.Tests/release}
SECONDS_OF_A_BOOT=${SECONDS_OF_A_BOOT:-1500}   # a few minutes on a machine that has nothing else to do

[ -e "$OUT/dom0.cpio" ] || "$here/build-image.sh" || exit 1
[ $# -gt 0 ] || set -- service xenstore guest pvh rings
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

failed=()
for test; do
  files=()
  if grep -q '^# files: Supervisor.Tests' "$here/tests/$test.sh"; then
    # What the service has is precompiled: emulation makes compiling slow.
    [ -d "$stage/tests" ] || cp -r "$TESTS" "$stage/tests"
    cp "${TAPVISOR:-$here/../artifacts/tree}"/usr/libexec/tapvisor/*.dll "$stage/tests/"
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
