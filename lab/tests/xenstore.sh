# The XenStore client's test suites on the real xenstored, through its socket and through the kernel's device.
# files: Supervisor.Tests' build output as tests/
. /payload/lab.sh
for store in /run/xenstored/socket /dev/xen/xenbus; do
  TAPVISOR_XENSTORE_SOCKET=$store suite "XenStore at $store" RealXenStore RealDeviceLifecycle
done
finish
