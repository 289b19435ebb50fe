# A PVH guest, saved and restored: a second kind of guest, and a ring that is set up anew under a running kernel.
. /payload/lab.sh
back() { echo /local/domain/0/backend/vbd3/$domid/51712; }
service_start
truncate -s 32M /srv/a.img

step "a PVH guest boots with a disk"
DOMU_PAUSED=yes DOMU_TYPE=pvh guest_start h
holds "attach" toolstack libxl add $domid 51712 aio:/srv/a.img
xl unpause h; guest_ready h
holds "mkfs, mount, files" guest h 'appears xvda && mke2fs /dev/xvda > /dev/null 2>&1 && mount -t ext4 /dev/xvda /mnt && dd if=/dev/urandom of=/mnt/x bs=1M count=4 2> /dev/null && sync && umount /mnt'
same "the guest's disk is the image" "$(guest h 'sum_of /dev/xvda')" "$(sync; sum_of /srv/a.img)"
xl destroy h
holds "detach" toolstack libxl force-remove $domid 51712

step "a PV guest is saved and restored with its disk in use"
DOMU_PAUSED=yes DOMU_MEM=128 guest_start s
holds "attach" toolstack libxl add $domid 51712 aio:/srv/a.img
xl unpause s; guest_ready s
holds "a file stays open" guest s 'appears xvda && mount -t ext4 /dev/xvda /mnt && md5sum < /mnt/x > /tmp/sum && exec 9< /mnt/x'
holds "save" xl save s /srv/s.save
holds "detach" toolstack libxl force-remove $domid 51712
holds "restore" xl restore -p /srv/s.save
domid=$(xl domid s)
holds "attach" toolstack libxl add $domid 51712 aio:/srv/a.img
xl unpause s
within 60 "the ring is there again" node_is $(back)/state 4
holds "the guest goes on" guest s 'echo 3 > /proc/sys/vm/drop_caches; md5sum < /mnt/x | cmp - /tmp/sum && dd if=/dev/urandom of=/mnt/y bs=1M count=2 2> /dev/null && sync && umount /mnt'
same "the guest's disk is the image" "$(guest s 'sum_of /dev/xvda')" "$(sync; sum_of /srv/a.img)"
xl destroy s
holds "detach" toolstack libxl force-remove $domid 51712
service_stop
finish
