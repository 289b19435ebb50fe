#!/bin/bash
# Builds, from Debian 12 packages only, what run.sh boots: Xen, a dom0 kernel + initramfs, a domU initramfs.
# Needs no root; nothing is installed on this machine (packages are only downloaded and unpacked). Tapvisor itself is not in it: run.sh
# adds what was built last to every boot.
# usage: build-image.sh            environment: OUT=dir (default: out/ beside this script)
#        DOTNET_DIR=dir of a .NET runtime to put in dom0 (default: where `dotnet` lives; "none" = leave it out)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
OUT=${OUT:-$here/out}
DOTNET_DIR=${DOTNET_DIR-$(dirname "$(readlink -f "$(command -v dotnet || echo none/x)")")}
XENVER=4.17
export PATH=$PATH:/sbin:/usr/sbin

KPKG=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ {print $2; exit}')
KVER=${KPKG#linux-image-}
PACKAGES="$KPKG xen-hypervisor-$XENVER-amd64 xen-utils-$XENVER xenstore-utils busybox-static
  libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1
  libxenmisc$XENVER libxenstore4 libxentoolcore1 libxentoollog1 libyajl2
  libc6 libgcc-s1 libstdc++6 libssl3 liblzma5 libuuid1 zlib1g libzstd1
  util-linux mount libsmartcols1 nbd-client libnl-3-200 libnl-genl-3-200 libgnutls30 libgmp10 libhogweed6 libidn2-0 libnettle8 libp11-kit0 libtasn1-6 libunistring2 libffi8"
DOM0_MODULES="xen-gntdev xen-gntalloc xen-evtchn xen-privcmd xenfs xen-blkback loop virtio_pci virtio_console virtio_blk ext4 crc32c_generic nbd"
DOMU_MODULES="xen-blkfront ext4"

# --- download and unpack (again after `rm -r $OUT/pkg`)
if [ ! -e "$OUT/pkg/.done" ]; then
  rm -rf "$OUT/debs" "$OUT/pkg"; mkdir -p "$OUT/debs" "$OUT/pkg"
  (cd "$OUT/debs" && apt-get -q -o APT::Sandbox::User=root download $PACKAGES)
  for d in "$OUT"/debs/*.deb; do dpkg -x "$d" "$OUT/pkg"; done
  depmod -b "$OUT/pkg" "$KVER"
  touch "$OUT/pkg/.done"
fi
P=$OUT/pkg

# --- Xen (QEMU's multiboot loader wants it unpacked) and the kernel (unpacked: the emulated CPU need not do it twice)
zcat "$P/boot/xen-$XENVER-amd64.gz" > "$OUT/xen"
k=$P/boot/vmlinuz-$KVER
u() { od -An -j "$1" -N "$2" -t u"$2" "$k" | tr -d ' '; }    # an unsigned field of the bzImage header
at=$(( ($(u 0x1f1 1) + 1) * 512 + $(u 0x248 4) )) len=$(u 0x24c 4)  # where the compressed ELF kernel lies
head -c $((at + len)) "$k" | tail -c "$len" | xz -dc --single-stream > "$OUT/vmlinux"
gzip -6c "$OUT/vmlinux" > "$OUT/vmlinux.gz"   # for the domU: libxenguest unpacks this twice as fast as the XZ of vmlinuz

modules() { # ROOT MODULE...: copy modules with what they depend on
  local root=$1; shift
  for m in "$@"; do modprobe -d "$P" -S "$KVER" --show-depends "$m"; done | awk '$1=="insmod" {print $2}' | sort -u |
    while read -r f; do install -D -m644 "$f" "$root/lib/modules/$KVER/${f#*/modules/$KVER/}"; done
  cp "$P/lib/modules/$KVER"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$KVER/"
  depmod -b "$root" "$KVER"
}
pack() { (cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) > "$2"; }

# --- domU: busybox + blkfront
U=$OUT/domu; rm -rf "$U"; mkdir -p "$U"/{bin,dev,proc,sys,tmp,mnt}
ln -s bin "$U/sbin"
cp "$P/bin/busybox" "$U/bin/"
modules "$U" $DOMU_MODULES
install -m755 "$here/image/domu-init" "$U/init"
pack "$U" "$OUT/domu.cpio"

# --- dom0: busybox + Xen tools + .NET
D=$OUT/dom0; rm -rf "$D"
mkdir -p "$D"/{bin,sbin,dev,proc,sys,tmp,mnt,root,run,srv,lib64,etc,var/lib/xen,var/lib/xenstored,var/log/xen/console,usr/bin,usr/sbin,usr/share,boot}
ln -s /run "$D/var/run"
cp "$P/bin/busybox" "$D/bin/"
modules "$D" $DOM0_MODULES
L=lib/x86_64-linux-gnu
mkdir -p "$D/$L" "$D/usr/$L"
cp -a "$P/$L/." "$D/$L/"; cp -a "$P/usr/$L/." "$D/usr/$L/"; cp -a "$P/lib64/." "$D/lib64/"
rm -rf "$D/usr/$L/gconv" "$D/$L/gconv" "$D"/usr/$L/audit
for b in xl xenstored xenconsoled xenconsole xen-init-dom0 libxl-save-helper lsevtchn; do
  install -D "$P/usr/lib/xen-$XENVER/bin/$b" "$D/usr/lib/xen-$XENVER/bin/$b"; done
cp "$P/sbin/nbd-client" "$D/sbin/"
cp "$P/usr/bin/flock" "$D/usr/bin/"   # busybox-static has none
cp "$P/sbin/losetup" "$D/usr/sbin/"   # as /usr/sbin/losetup: the shell would take its own, which knows no direct I/O
for b in chmod exists list ls read rm watch write; do cp "$P/usr/bin/xenstore-$b" "$D/usr/bin/"; done
install -m755 "$here/image/dom0-init" "$D/init"
install -D -m755 "$here/image/block-lab" "$D/etc/xen/scripts/block-lab"
sed -i "s/@XENVER@/$XENVER/g" "$D/init"
install -D -m644 /dev/null "$D/etc/xen/xl.conf"
cp "$OUT/vmlinux.gz" "$D/boot/vmlinux.gz"; cp "$OUT/domu.cpio" "$D/boot/domu.cpio"
if [ -d "$DOTNET_DIR/shared/Microsoft.NETCore.App" ]; then
  mkdir -p "$D/usr/share/dotnet/shared"
  cp -a "$DOTNET_DIR/dotnet" "$DOTNET_DIR/host" "$D/usr/share/dotnet/"
  cp -a "$DOTNET_DIR/shared/Microsoft.NETCore.App" "$D/usr/share/dotnet/shared/"
  ln -s /usr/share/dotnet/dotnet "$D/usr/bin/dotnet"
fi
pack "$D" "$OUT/dom0.cpio"
ls -lh "$OUT/xen" "$OUT/vmlinux" "$OUT/domu.cpio" "$OUT/dom0.cpio"
