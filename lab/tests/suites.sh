# The XenStore client's test suites on the real xenstored, through its socket and through the kernel's device, and the ring's on Xen's
# grant tables and event channels.
# files: Supervisor.Tests' build output as tests/
. /payload/lab.sh
suite() { # WHAT CLASSES...
  what=$1; shift
  step "$what"
  dotnet exec tests/Tapvisor.Supervisor.Tests.dll "$@"; same "$what" 0 $?
}
for store in /run/xenstored/socket /dev/xen/xenbus; do
  TAPVISOR_XENSTORE_SOCKET=$store suite "XenStore at $store" RealXenStore RealDeviceLifecycle
done
export TAPVISOR_XEN_DEVICES=1
suite "rings on Xen" XenBlkif
finish
