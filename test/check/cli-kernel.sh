#!/bin/bash
# cli-kernel.sh: nat64ctl against the module, on the stock kernels
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

build_command || exit 1
for series in 6.1 6.12; do
	nested "$series nat64ctl" test/vm/run.sh -n "cli-$series" $series \
		test/cli/kernel.sh
done
finish
