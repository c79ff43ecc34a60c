#!/bin/bash
# guest.sh FOLDER MODULE...: what run.sh runs in the test machine: load each
# suite, which runs it, between two marks in the kernel's log
set -u

folder=$1
shift
rc=0
modprobe nat64 || exit 1
for module; do
	echo "nat64-kunit: begin $module" > /dev/kmsg
	if insmod "$folder/$module.ko"; then
		rmmod "$module" || rc=1
	else
		echo "$module cannot be loaded"
		rc=1
	fi
	echo "nat64-kunit: end $module" > /dev/kmsg
done
exit $rc
