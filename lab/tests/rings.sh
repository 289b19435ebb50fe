# The ring's test suite on Xen's grant tables and event channels.
# files: Supervisor.Tests' build output as tests/
. /payload/lab.sh
TAPVISOR_XEN_DEVICES=1 suite "rings on Xen" XenBlkif
finish
