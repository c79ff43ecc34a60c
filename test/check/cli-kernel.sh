#!/bin/bash
# cli-kernel.sh: nat64ctl against the module: in the User-mode Linux kernel with
# KASAN, lockdep and kmemleak, which is a 6.1, and on the stock 6.12; unless FULL is
# set, each of the two scripts in one of them
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

build_command || exit 1
nested "debug nat64ctl" test/vm/uml.sh -t 1800 -n cli-debug test/cli/kernel.sh
nested "6.12 transaction" test/vm/run.sh -t 1800 -n transaction-6.12 6.12 \
	test/cli/transaction.sh
if [ -n "${FULL:-}" ]; then
	nested "6.12 nat64ctl" test/vm/run.sh -t 1800 -n cli-6.12 6.12 \
		test/cli/kernel.sh
	nested "debug transaction" test/vm/uml.sh -t 1800 \
		-n transaction-debug test/cli/transaction.sh
fi
finish
