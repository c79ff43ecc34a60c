#!/bin/bash
# dkms-guest.sh: in a test machine whose modules are DKMS's, load ours
set -eux

[[ $(modinfo -n nat64) = */updates/dkms/nat64.ko* ]]
modprobe nat64
[ -d /sys/module/nat64 ]
rmmod nat64
