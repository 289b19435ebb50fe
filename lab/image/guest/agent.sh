# A guest's script for `guest_start`: obeys the lines that dom0 writes on its console and says how each went.
. /guest/load.sh
stty -echo
line=0
echo "@@READY"
while read -r command; do
  line=$((line + 1))
  eval "$command"
  echo "@@DONE $line $?"
done
