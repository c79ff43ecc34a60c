#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# events.sh - nat64ctl monitor: every kind of event, when it happens and with
# what belongs to it; what is counted for sessions; what is lost; and instances,
# namespaces and the module that go in the midst of it. The tests are in
# events.py.

. "$(dirname "$0")/lib.sh"

topology
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
start echo4 "$server" python3 "$here/sock.py" echo "$server4" 7000
start tcp4 "$server" python3 "$here/sock.py" tcp-echo "$server4" 7010
start echo6 "$client" python3 "$here/sock.py" echo "$client6" 7000
must listening "$server" udp 7000
must listening "$server" tcp 7010
must listening "$client" udp 7000
export client router server
each python3 "$here/events.py" "$@"

# What is left of the instance tells of itself until its namespace is gone.
start monitor "$router" nat64ctl monitor
start flood "$client" python3 "$here/sock.py" flood "$server6" 7002
made() { (($(counter session-created) > 10)); }
check "events flow" within 20 made
check "the namespace goes meanwhile" ip netns del "$router"
unset 'namespaces[1]'
finish
