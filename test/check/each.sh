#!/bin/bash
# each.sh NAME SCRIPT...: in a test machine, one script after the other, each as
# if it were alone there; NAME and the script's are those of its tests, which the
# host puts in front of them: emulated, that would take longer than the tests do.
set -u

name=$1
shift
rc=0
for script; do
	echo "part $name $(basename "$script" .sh)"
	SECONDS=0
	timeout -k 10 1800 "$script" < /dev/null
	status=$?
	echo "# $script: $SECONDS s, $(sed -n '/^MemAvailable: */s///p' \
		/proc/meminfo) available"
	echo "part ends $status"
	[ $status = 0 ] || rc=1
done
exit $rc
