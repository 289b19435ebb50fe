# A PVH guest; and a PV guest, saved and restored: a ring that is set up anew under a running kernel. Rings of one page, whose grants are kept.
. /payload/lab.sh
back() { echo /local/domain/0/backend/vbd3/$domid/$1; }
only_dom0() { [ $(xl list | wc -l) -eq 2 ]; }   # a line of names, and itself
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

step "a PV guest has a file open on one disk and I/O under way on another"
truncate -s 32M /srv/b.img
disks_add() { for d in 51712:a 51728:b; do holds "attach ${d#*:}" toolstack libxl add $domid ${d%:*} aio:/srv/${d#*:}.img; done; }
disks_remove() { for d in 51712 51728; do holds "detach $d" toolstack libxl force-remove $domid $d; done; }
DOMU_PAUSED=yes DOMU_MEM=128 guest_start s
disks_add
xl unpause s; guest_ready s
holds "a file stays open" guest s 'appears xvda && mount -t ext4 /dev/xvda /mnt && md5sum < /mnt/x > /tmp/sum && exec 9< /mnt/x'
holds "I/O is under way" guest s 'appears xvdb && load_start 2 /dev/xvdb && load_grows 4'
same "its pages stay mapped" 1 "$(node $(back 51728)/feature-persistent)"

step "the service that has them mapped is killed"
service_kill; service_start
holds "I/O goes on" guest s 'load_grows 4'
same "they are mapped anew" 1 "$(node $(back 51728)/feature-persistent)"

step "the guest is saved and restored"
holds "save" xl save s /srv/s.save
disks_remove
holds "restore" xl restore -p /srv/s.save
domid=$(xl domid s)
disks_add
xl unpause s
within 60 "the first ring is there again" node_is $(back 51712)/state 4
within 60 "the second ring is there again" node_is $(back 51728)/state 4
holds "I/O goes on" guest s 'load_grows 4'
holds "no error, no wrong byte" guest s 'load_stop'
holds "the open file is what it was" guest s 'echo 3 > /proc/sys/vm/drop_caches; md5sum <&9 | cmp - /tmp/sum'
holds "the file system goes on" guest s 'exec 9<&-; dd if=/dev/urandom of=/mnt/y bs=1M count=2 2> /dev/null && sync && umount /mnt'
same "the first disk is its image" "$(guest s 'sum_of /dev/xvda')" "$(sync; sum_of /srv/a.img)"
same "the second disk is its image" "$(guest s 'sum_of /dev/xvdb')" "$(sync; sum_of /srv/b.img)"
holds "detach the second while its pages are mapped" toolstack libxl remove $domid 51728
holds "attach it again" toolstack libxl add $domid 51728 aio:/srv/b.img
same "it is the same disk" "$(guest s 'appears xvdb && sum_of /dev/xvdb')" "$(sum_of /srv/b.img)"
xl destroy s
disks_remove
within 30 "nothing keeps a guest's memory" only_dom0
service_stop
finish
