# One PV guest of two processors: every kind of disk, both toolstack dialects, and everything that may happen under I/O.
. /payload/lab.sh
MiB=1048576
image() { truncate -s $2 /srv/$1; }
on_disk() { sync; sum_of /srv/$1; }
back() { echo /local/domain/0/backend/vbd3/$domid/$1; }
front() { echo /local/domain/$domid/device/vbd/$1; }
connected() { within 120 "device $1 is connected" node_is $(back $1)/state 4; }

# What NBD serves of a minor, for images that are no raw files.
through_nbd() {
  nbd-client -unix $RUN/nbd$service_pid.$1 /dev/nbd0 -N "" > /dev/null 2>&1 && sum_of /dev/nbd0
  nbd-client -d /dev/nbd0 > /dev/null
}
word() { od -An -t u8 -j $(($2 * 8)) -N 8 $1 | tr -d ' '; }

modprobe nbd
service_start
image a.img 64M; vhd-util create -n /srv/b.vhd -s 64 > /dev/null; image c.img 16M
dd if=/dev/urandom of=/srv/c.img bs=1M count=16 conv=notrunc 2> /dev/null; untouched=$(on_disk c.img)

step "a guest boots with a disk"
DOMU_PAUSED=yes DOMU_VCPUS=2 DOMU_CMDLINE="quiet xen_blkfront.max_ring_page_order=4" guest_start g
holds "libxl attaches a raw image" toolstack libxl add $domid 51712 aio:/srv/a.img
xl unpause g; guest_ready g; connected 51712
holds "the disk is there" guest g 'appears xvda'
same "its size in sectors" 131072 "$(guest g 'cat /sys/block/xvda/size')"
echo "ring-page-order $(node $(front 51712)/ring-page-order), queues $(node $(front 51712)/multi-queue-num-queues)"
same "its pages are copied, for its rings are large" 0 "$(node $(back 51712)/feature-persistent)"
same "kthread-pid is the service" $service_pid "$(node $(back 51712)/kthread-pid)"

step "file system on the raw image"
holds "mkfs, mount" guest g 'mke2fs /dev/xvda > /dev/null 2>&1 && mount -t ext4 /dev/xvda /mnt'
holds "files" guest g 'dd if=/dev/urandom of=/mnt/x bs=1M count=8 2> /dev/null && cp /mnt/x /mnt/y && sync && echo 3 > /proc/sys/vm/drop_caches && cmp /mnt/x /mnt/y'
holds "synchronous writes" guest g 'mount -o remount,sync /mnt && dd if=/dev/urandom of=/mnt/z bs=4k count=32 2> /dev/null && umount /mnt'
same "the guest's disk is the image" "$(guest g 'sum_of /dev/xvda')" "$(on_disk a.img)"

step "statistics"
within 10 "statistics" test -s $SHM/vbd3-$domid-51712/statistics
usleep 1200000
[ "$(word $SHM/vbd3-$domid-51712/statistics 1)" -gt 0 ] && echo "ok: flushes are counted" || fail "no flush reached the disk"
same "reads of both files" "$(word $SHM/vbd3-$domid-51712/statistics 4)" "$(word $SHM/td3-$service_pid/vbd-$domid-51712 3)"
holds "the text of the ring" grep -q '^rsp prod' $SHM/vbd3-$domid-51712/io_ring
holds "the image's" test -s $SHM/td3-$service_pid/vdi-0

step "discard"
before=$(du -k /srv/a.img | cut -f1)
holds "blkdiscard" guest g 'blkdiscard /dev/xvda'
after=$(du -k /srv/a.img | cut -f1); echo "allocated: $before KiB, then $after KiB"
[ $after -lt $before ] && echo "ok: space came back" || fail "discard freed nothing"
same "discarded is zero" "$(head -c $((64 * MiB)) /dev/zero | md5sum | cut -d' ' -f1)" "$(guest g 'sum_of /dev/xvda')"

step "xenopsd attaches a VHD"
holds "attach" toolstack xapi add $domid 51728 vhd:/srv/b.vhd; connected 51728
holds "mkfs, mount, files" guest g 'appears xvdb && mke2fs /dev/xvdb > /dev/null 2>&1 && mount -t ext4 /dev/xvdb /mnt && dd if=/dev/urandom of=/mnt/x bs=1M count=8 2> /dev/null && cp /mnt/x /mnt/y && umount /mnt && mount -t ext4 /dev/xvdb /mnt && cmp /mnt/x /mnt/y && umount /mnt'
same "the guest's disk is what NBD serves" "$(guest g 'sum_of /dev/xvdb')" "$(through_nbd $(node $(back 51728)/sm-data/minor))"
holds "clean unplug" toolstack xapi remove $domid 51728
holds "the guest's disk goes" guest g 'vanishes xvdb'
holds "the VHD is sound" vhd-util check -n /srv/b.vhd

step "a read-only disk"
holds "attach" toolstack libxl add $domid 51744 aio:/srv/c.img r; connected 51744
holds "the guest reads" guest g 'appears xvdc && [ $(cat /sys/block/xvdc/ro) = 1 ]'
same "its content" "$untouched" "$(guest g 'sum_of /dev/xvdc')"
guest g 'dd if=/dev/zero of=/dev/xvdc bs=4k count=1 oflag=direct 2> /dev/null' > /dev/null && fail "a read-only disk was written"
holds "detach" toolstack libxl remove $domid 51744
same "the image" "$untouched" "$(on_disk c.img)"

step "logical sectors of 4 KiB"
image s.img 16M
holds "attach" env NODES=sector-size=4096 toolstack libxl add $domid 51744 aio:/srv/s.img; connected 51744
holds "the disk is there" guest g 'appears xvdc'
same "its logical sectors" 4096 "$(guest g 'cat /sys/block/xvdc/queue/logical_block_size')"
same "its size in sectors of 512 bytes" 32768 "$(guest g 'cat /sys/block/xvdc/size')"
holds "mkfs, mount, files" guest g 'mke2fs -b 4096 /dev/xvdc > /dev/null 2>&1 && mount -t ext4 /dev/xvdc /mnt && dd if=/dev/urandom of=/mnt/x bs=1M count=4 2> /dev/null && cp /mnt/x /mnt/y && umount /mnt && mount -t ext4 /dev/xvdc /mnt && cmp /mnt/x /mnt/y && umount /mnt'
same "the guest's disk is the image" "$(guest g 'sum_of /dev/xvdc')" "$(on_disk s.img)"
holds "detach" toolstack libxl remove $domid 51744

step "the image's driver crashes under I/O"
guest g 'load_start 2 /dev/xvda'
holds "I/O runs" guest g 'load_grows 4'
for i in 1 2; do
  holds "inject" tap-ctl inject -m 0 crash -o write -n 1
  holds "I/O goes on" guest g 'load_grows 4'
done
holds "no error, no wrong byte" guest g 'load_stop'

step "the service is killed under I/O"
guest g 'load_start 2 /dev/xvda'
for i in 1 2; do
  holds "I/O runs" guest g 'load_grows 4'
  service_kill; service_start
  same "state is untouched" "4 4" "$(node $(back 51712)/state) $(node $(front 51712)/state)"
  holds "I/O goes on" guest g 'load_grows 4'
done
holds "no error, no wrong byte" guest g 'load_stop'
within 30 "kthread-pid follows" node_is $(back 51712)/kthread-pid $service_pid

step "the service restarts in good order under I/O"
guest g 'load_start 2 /dev/xvda'; holds "I/O runs" guest g 'load_grows 4'
service_stop; service_start
holds "I/O goes on" guest g 'load_grows 4'; holds "no error, no wrong byte" guest g 'load_stop'
same "the guest's disk is the image" "$(guest g 'sum_of /dev/xvda')" "$(on_disk a.img)"

step "detach under I/O, attach again"
guest g 'load_start 2 /dev/xvda'; holds "I/O runs" guest g 'load_grows 2'
toolstack libxl remove $domid 51712 > /tmp/remove 2>&1 & removing=$!
usleep 2000000
guest g 'load_stop' > /dev/null   # blkfront keeps a disk in use until it is let go
wait $removing; same "detach ($(cat /tmp/remove))" 0 $?
within 20 "statistics are gone" test ! -e $SHM/vbd3-$domid-51712
same "nothing is open" "" "$(tap-ctl list -f /srv/a.img)"
holds "attach" toolstack libxl add $domid 51712 aio:/srv/a.img; connected 51712
holds "the disk is there" guest g 'appears xvda'
same "the guest's disk is the image" "$(guest g 'sum_of /dev/xvda')" "$(on_disk a.img)"

step "eight disks"
disks=/dev/xvda
for i in 1 2 3 4 5 6 7; do
  image $i.img 16M; device=$((51712 + 16 * i)); disk=/dev/xvd$(echo abcdefgh | cut -c$((i + 1)))
  holds "attach $disk" toolstack libxl add $domid $device aio:/srv/$i.img; disks="$disks $disk"
done
for i in 1 2 3 4 5 6 7; do connected $((51712 + 16 * i)); done
guest g "load_start 1 $disks"
holds "I/O on all" guest g 'load_grows 16'; holds "no error, no wrong byte" guest g 'load_stop'
for i in 1 2 3 4 5 6 7; do
  disk=/dev/xvd$(echo abcdefgh | cut -c$((i + 1)))
  same "$disk is its image" "$(guest g "sum_of $disk")" "$(on_disk $i.img)"
done

step "the guest is destroyed under I/O"
guest g "load_start 1 $disks" > /dev/null; guest g 'load_grows 8' > /dev/null
xl destroy g
for i in 0 1 2 3 4 5 6 7; do holds "detach $i" toolstack libxl force-remove $domid $((51712 + 16 * i)); done
within 30 "no zombie is left of it" sh -c '[ $(xl list | wc -l) = 2 ]'
same "no disk is left" "" "$(tap-ctl list | grep args=)"
holds "the service is well" tap-ctl list -p $service_pid
service_stop
same "it leaves no statistics" "" "$(ls $SHM)"
finish
