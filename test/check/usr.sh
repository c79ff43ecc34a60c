#!/bin/bash
# usr.sh: the tests of nat64ctl that need no kernel
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

export CMOCKA_MESSAGE_OUTPUT=TAP
nested nat64ctl make -s -C usr check
finish
