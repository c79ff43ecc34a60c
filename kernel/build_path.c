// SPDX-License-Identifier: GPL-2.0
/*
 * build_path.c - what a packet passes, compiled as one
 *
 * A packet of a known flow crosses some forty small functions of these files.
 * Seen together they are no calls any more, which a packet notices by about a
 * tenth of its way. The scheduler of the kernel is built like this, too.
 */
#include "rfc/icmp_map.c"
#include "rfc/rfc6052.c"
#include "rfc/tcp_fsm.c"

#include "table/bib.c"
#include "table/bib_hash.c"
#include "table/books.c"
#include "table/config.c"
#include "table/event.c"
#include "table/exhausted.c"
#include "table/expire.c"
#include "table/host6.c"
#include "table/limit.c"
#include "table/page.c"
#include "table/pool4.c"
#include "table/port_alloc.c"
#include "table/reclaim.c"
#include "table/remote.c"
#include "table/session.c"
#include "table/stats.c"

#include "packet/geometry.c"
#include "packet/icmp46.c"
#include "packet/icmp64.c"
#include "packet/ident.c"
#include "packet/l4csum.c"
#include "packet/mss.c"
#include "packet/parse4.c"
#include "packet/parse6.c"
#include "packet/quote.c"
#include "packet/xlat46.c"
#include "packet/xlat64.c"

#include "path/fastpath.c"
#include "path/hook.c"
#include "path/local.c"
#include "path/own_address.c"
#include "path/translate.c"
#include "path/filtering.c"
#include "path/incoming_syn.c"
#include "path/route.c"
#include "path/route_cache.c"
#include "path/fragment.c"
#include "path/output.c"
#include "path/discard.c"
#include "path/icmp_error.c"
#include "path/probe.c"
#include "path/trace.c"
