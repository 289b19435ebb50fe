# Throughput and latency of a PV guest's disk: the kernel's xen-blkback and Tapvisor side by side, on the same image, in one boot.
. /payload/lab.sh
modprobe loop; modprobe xen-blkback
dd if=/dev/zero of=/srv/a.img bs=1M count=64 2> /dev/null; sync
losetup --direct-io=on /dev/loop0 /srv/a.img || losetup /dev/loop0 /srv/a.img

service_start
guest_start g "disk=['format=raw,vdev=xvda,access=rw,script=block-lab,target=/dev/loop0']"
guest_ready g
# dd's arguments; prints MB/s and ms for each operation
cat > /tmp/measure <<'G'
measure() { dev=$1 what=$2; shift 2; s=$(cut -d' ' -f1 /proc/uptime); dd "$@" 2> /dev/null || return 1; e=$(cut -d' ' -f1 /proc/uptime); echo "$dev $what $s $e"; }
G
guest g "$(tr '\n' ' ' < /tmp/measure)"
rows() { # DEVICE
  for i in 1 2 3; do
    guest g "measure $1 read-1M if=/dev/$1 of=/dev/null bs=1M count=64 iflag=direct"
    guest g "measure $1 write-1M if=/dev/zero of=/dev/$1 bs=1M count=64 oflag=direct"
    guest g "measure $1 read-4k if=/dev/$1 of=/dev/null bs=4k count=1000 iflag=direct"
    guest g "measure $1 write-4k if=/dev/zero of=/dev/$1 bs=4k count=1000 oflag=direct"
  done
}
step "xen-blkback"; guest g 'appears xvda'; rows xvda | tee /tmp/rows
step "Tapvisor"
truncate -s 64M /srv/b.img; dd if=/dev/zero of=/srv/b.img bs=1M count=64 2> /dev/null; sync
holds "attach" toolstack libxl add $domid 51728 aio:/srv/b.img
holds "the disk is there" guest g 'appears xvdb'
rows xvdb | tee -a /tmp/rows
step "best of three"
awk '{ t = $4 - $3; k = $1 " " $2; if (!(k in best) || t < best[k]) best[k] = t }
     END { for (k in best) { split(k, p, " "); if (p[2] ~ /1M/) printf "%s %s %.1f MiB/s\n", p[1], p[2], 64 / best[k]; else printf "%s %s %.2f ms\n", p[1], p[2], best[k] } }' /tmp/rows | sort -k2 | tee /results/speed.txt
same "measurements" 8 $(wc -l < /results/speed.txt)
finish
