#!/bin/sh
# Makes the tree that is installed on a dom0: tools as native executables, the service precompiled.
# usage: publish.sh [TREE]     TREE: the root that it goes below; default: artifacts/tree. Of what is there only Tapvisor's own is replaced.
# environment: RID (default: that of this machine), PREFIX (default: /usr)
# Needs the .NET SDK, and for the native tools a C compiler to link with (gcc or clang). Where there is none the tools are managed programs,
# which do the same and start twenty times as slowly.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
case ${1:-} in
  "") tree=$here/artifacts/tree ;;
  /*) tree=$1 ;;
  *) tree=$PWD/$1 ;;
esac
cd "$here"
prefix=${PREFIX:-/usr}
case $(uname -m) in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) echo "publish.sh: there is no .NET for $(uname -m)" >&2; exit 1 ;;
esac
rid=${RID:-$rid}

linker=
for candidate in clang gcc; do
  command -v "$candidate" > /dev/null && { linker=$candidate; break; }
done
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
made=$stage/tree

# publish PROJECT [properties...]: into $stage/PROJECT
publish() {
  project=$1; shift
  dotnet publish "$project/$project.csproj" -c Release -r "$rid" -o "$stage/$project" --nologo -v quiet "$@"
}

# tool PROJECT PROGRAM DIRECTORY
tool() {
  mkdir -p "$made$prefix/$3"
  if [ -n "$linker" ]; then
    publish "$1" -p:PublishAot=true -p:CppCompilerAndLinker="$linker"
    cp "$stage/$1/$2" "$made$prefix/$3/"
  else
    publish "$1" --self-contained false
    mkdir -p "$made$prefix/libexec/tapvisor/$2"
    cp -r "$stage/$1/." "$made$prefix/libexec/tapvisor/$2"
    ln -s "../libexec/tapvisor/$2/$2" "$made$prefix/$3/$2"
  fi
}

[ -n "$linker" ] || echo "publish.sh: no C compiler (gcc or clang) to link with: the tools are not native, and start slowly" >&2

publish Supervisor --self-contained false -p:PublishReadyToRun=true
mkdir -p "$made$prefix/libexec/tapvisor"
cp -r "$stage/Supervisor/." "$made$prefix/libexec/tapvisor"
tool TapCtl tap-ctl sbin
tool VhdUtil vhd-util bin
tool Tapdisk tapdisk libexec
mkdir -p "$made/etc/xen/scripts" "$made$prefix/lib/systemd/system"
cp scripts/block-tap "$made/etc/xen/scripts/"
cp config/tapvisord.service "$made$prefix/lib/systemd/system/"
find "$made" -name '*.pdb' -delete

# Only when everything was made: a tree in use is not left with half of a version.
rm -rf "$tree$prefix/libexec/tapvisor"
mkdir -p "$tree"
cp -r --remove-destination "$made/." "$tree/"
