#!/bin/bash
# job.sh: the demonstration (test/demo/guest.sh) as one test, in a test machine; all
# that it leaves behind is taken away, for the next script
set -u

name="a client reaches a server by name: page, ping, TCP, UDP"
cd "$(dirname "$0")/../.." || exit 1
if test/demo/guest.sh > /tmp/job.log 2>&1; then
	rc=0
	echo "ok 1 - $name"
else
	rc=1
	tail -n 40 /tmp/job.log | sed 's/^/# /'
	echo "not ok 1 - $name"
fi

for ns in client6 router server4; do
	mapfile -t pids < <(ip netns pids "$ns")
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}"
	while [ -n "$(ip netns pids "$ns")" ]; do
		sleep 0.1
	done
	ip netns del "$ns"
done
rm -rf /etc/netns/client6
# A namespace that is deleted may hold it a moment longer.
until rmmod nat64 2> /dev/null || [ ! -d /sys/module/nat64 ]; do
	sleep 0.1
done
exit $rc
