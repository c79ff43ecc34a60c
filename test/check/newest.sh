#!/bin/bash
# newest.sh: the module builds for the newest kernel of Debian's unstable without a
# warning of its gcc (W=1), and does its main job there; `make kernels` runs more
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

build_command || exit 1
why=$({ vm_find sid; } 2>&1) || {
	not_ok "the newest kernel: $(tail -n 1 <<< "$why")"
	finish
}
vm_find sid
silent "$kver: builds without a warning (W=1)" strict sid
nested "${kver%%-*}" test/vm/run.sh -n newest -t 1800 sid test/check/each.sh \
	"${kver%%-*}" test/kernels/job.sh test/net/packets.sh
finish
