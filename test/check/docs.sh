#!/bin/bash
# docs.sh: run what is written: include/nat64.yaml by a client of the kernel's own,
# and the commands that the manuals and documents print
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

build_command || exit 1
nested documents test/check/docs.py
ynl=$(kernel_ynl) || exit 1
nested "6.12 ynl" test/vm/run.sh -n ynl 6.12 test/cli/ynl.py "$ynl" \
	include/nat64.yaml
newer=$(debian_tree trixie radvd systemd) || not_ok "there is no newer Debian"
nested "6.12 walk" test/vm/run.sh -t 1800 -n walk 6.12 test/cli/walk.py \
	"$newer" usr/man/nat64ctl.8 usr/man/nat64.7 README.md docs/*.md
finish
