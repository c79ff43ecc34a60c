#!/bin/bash
# docs.sh: what is written of the interfaces holds: include/nat64.yaml for a
# client of the kernel's own
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

build_command || exit 1
ynl=$(kernel_ynl) || exit 1
nested "6.12 ynl" test/vm/run.sh -n ynl 6.12 test/cli/ynl.py "$ynl" \
	include/nat64.yaml
finish
