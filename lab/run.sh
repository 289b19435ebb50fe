#!/bin/bash
# Boots Xen + dom0 under QEMU's software emulation, runs SCRIPT in dom0, brings back what it wrote, powers off.
# usage: run.sh [-t seconds] [-m MiB] [-c cpus] [-r results-dir] [-q 'more qemu args'] SCRIPT [file-or-dir...]
#   SCRIPT (busybox sh) and the files land in dom0's /payload; there are `domu`, `toolstack`, `xl`, `xenstore-*`, `dotnet`, and Tapvisor's
#   `tapvisord`, `tap-ctl`, `vhd-util` and `block-tap` as scripts/publish.sh made them; /srv is an empty ext4 disk of 8 GiB.
#   SCRIPT's output goes to stdout (as it is written: results-dir/output.txt), the whole console to results-dir/console.txt;
#   what SCRIPT leaves in dom0's /results comes back in results-dir/files, beside dom0's dmesg and the domUs' consoles.
# exit status: that of SCRIPT; 124: the time limit struck; 125: dom0 ended otherwise (see console.txt).
# environment: OUT (as for build-image.sh), TAPVISOR (the installed tree; default: artifacts/tree of this repository), CPU, ACCEL (QEMU's -cpu, -accel), XEN_ARGS, LINUX_ARGS
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
OUT=${OUT:-$here/out}
TAPVISOR=${TAPVISOR:-$here/../artifacts/tree}
limit=300 mem=2048 cpus=2 results=$OUT/results qextra=
while getopts t:m:c:r:q: o; do
  case $o in t) limit=$OPTARG ;; m) mem=$OPTARG ;; c) cpus=$OPTARG ;; r) results=$OPTARG ;; q) qextra=$OPTARG ;; *) exit 2 ;; esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || { sed -n '2,10s/^# \?//p' "$0"; exit 2; }

[ "$mem" -ge 768 ] || { echo "run.sh: dom0 needs -m 768 or more" >&2; exit 2; }
mkdir -p "$results"; rm -rf "$results"/{files,output.txt,console.txt}; mkdir "$results/files"; : > "$results/output.txt"
dom0_mem=$((mem * 3 / 5))   # the rest is for Xen and the domUs
work=$(mktemp -d); pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

root=$work/root
mkdir -p "$root"/{payload,usr/bin}
cp "$1" "$root/payload/run"; shift
[ $# -eq 0 ] || cp -rL "$@" "$root/payload/"
[ -x "$TAPVISOR/usr/libexec/tapvisor/tapvisord" ] || { echo "run.sh: there is no Tapvisor in $TAPVISOR; scripts/publish.sh makes it" >&2; exit 2; }
cp -r "$TAPVISOR/." "$root/"
ln -s ../libexec/tapvisor/tapvisord "$root/usr/bin/tapvisord"
cp "$here"/image/bin/* "$root/usr/bin/"; cp -r "$here"/image/{lab.sh,guest} "$root/payload/"
truncate -s 8G "$work/srv"; PATH=$PATH:/sbin:/usr/sbin mkfs.ext4 -q -F "$work/srv"
{ cat "$OUT/dom0.cpio"; (cd "$root" && find . -mindepth 1 | cpio -o -H newc -R 0:0 --quiet); } > "$work/initrd"

# -smap: QEMU before 9.1 enforces SMAP on a PV kernel's IRET, and dom0 dies at once. +rdrand: else the first getrandom() waits for
# seconds. +npt: only for domUs of type pvh. "max" works for PV but is slower; "EPYC" makes Xen panic.
timeout --foreground -k 5 "$limit" \
  qemu-system-x86_64 -accel "${ACCEL:-tcg,thread=multi}" -machine pc -cpu "${CPU:-qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand,+npt,-smap}" \
  -smp "$cpus" -m "$mem" -nic none -display none -monitor none -no-reboot -serial "file:$results/console.txt" -device virtio-serial-pci \
  -chardev "file,id=o,path=$results/output.txt" -device virtserialport,chardev=o,name=output \
  -chardev "file,id=r,path=$work/results.tar" -device virtserialport,chardev=r,name=results \
  -drive "file=$work/srv,if=virtio,format=raw,cache=unsafe" $qextra \
  -kernel "$OUT/xen" -append "console=com1 com1=115200,8n1 dom0_mem=${dom0_mem}M,max:${dom0_mem}M ${XEN_ARGS:-}" \
  -initrd "$OUT/vmlinux console=hvc0 panic=1 ${LINUX_ARGS:-quiet},$work/initrd" < /dev/null &
pid=$!; rc=0; wait "$pid" || rc=$?; pid=
cat "$results/output.txt"
[ ! -s "$work/results.tar" ] || tar x -C "$results/files" -f "$work/results.tar"
case $rc in 124 | 137) echo "run.sh: time limit of $limit s; see $results/console.txt" >&2; exit 124 ;; esac
[ ! -s "$results/files/.rc" ] || exit "$(cat "$results/files/.rc")"
echo "run.sh: dom0 did not finish; see $results/console.txt" >&2; exit 125
