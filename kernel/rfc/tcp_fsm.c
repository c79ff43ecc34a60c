// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_fsm.c - the TCP state machine of RFC 6146 s3.5.2.2
 *
 * A state has one lifetime: TCP_EST in ESTABLISHED, V4_FIN and V6_FIN,
 * TCP_TRANS in the others. So "set the lifetime to TCP_EST" of the RFC is
 * "enter the state and restart its lifetime" here.
 *
 * Where RFC 6146 says "any other packet", the later RFC 7857 s7.1 applies: a
 * RST from the IPv6 host shows that it wants no more packets, so it does not
 * refresh the lifetime.
 */
#include "rfc/tcp_fsm.h"

#include <net/tcp.h>

/* The state that follows; the second letter says what becomes of the timer. */
#define K(state) { NAT64_STATE_##state, false }	/* goes on */
#define R(state) { NAT64_STATE_##state, true }	/* restarts */

static const struct nat64_tcp_step
steps[__NAT64_STATE_MAX][__NAT64_TCP_EVENTS] = {
	[NAT64_STATE_CLOSED] = {
		[NAT64_TCP_V4_SYN]	= R(V4_INIT),
		[NAT64_TCP_V6_SYN]	= R(V6_INIT),
		/* Without a SYN there is no session: "state unchanged". */
		[NAT64_TCP_V4_FIN]	= K(CLOSED),
		[NAT64_TCP_V6_FIN]	= K(CLOSED),
		[NAT64_TCP_V4_RST]	= K(CLOSED),
		[NAT64_TCP_V6_RST]	= K(CLOSED),
		[NAT64_TCP_V4_OTHER]	= K(CLOSED),
		[NAT64_TCP_V6_OTHER]	= K(CLOSED),
		[NAT64_TCP_TIMEOUT]	= K(CLOSED),
	},
	[NAT64_STATE_V4_INIT] = {
		/* Only the other side's SYN moves it on. */
		[NAT64_TCP_V4_SYN]	= K(V4_INIT),
		[NAT64_TCP_V6_SYN]	= R(ESTABLISHED),
		[NAT64_TCP_V4_FIN]	= K(V4_INIT),
		[NAT64_TCP_V6_FIN]	= K(V4_INIT),
		[NAT64_TCP_V4_RST]	= K(V4_INIT),
		[NAT64_TCP_V6_RST]	= K(V4_INIT),
		[NAT64_TCP_V4_OTHER]	= K(V4_INIT),
		[NAT64_TCP_V6_OTHER]	= K(V4_INIT),
		[NAT64_TCP_TIMEOUT]	= K(CLOSED),
	},
	[NAT64_STATE_V6_INIT] = {
		[NAT64_TCP_V4_SYN]	= R(ESTABLISHED),
		/* A retransmission: the client still waits. */
		[NAT64_TCP_V6_SYN]	= R(V6_INIT),
		[NAT64_TCP_V4_FIN]	= K(V6_INIT),
		[NAT64_TCP_V6_FIN]	= K(V6_INIT),
		[NAT64_TCP_V4_RST]	= K(V6_INIT),
		[NAT64_TCP_V6_RST]	= K(V6_INIT),
		[NAT64_TCP_V4_OTHER]	= K(V6_INIT),
		[NAT64_TCP_V6_OTHER]	= K(V6_INIT),
		[NAT64_TCP_TIMEOUT]	= K(CLOSED),
	},
	[NAT64_STATE_ESTABLISHED] = {
		[NAT64_TCP_V4_SYN]	= R(ESTABLISHED),
		[NAT64_TCP_V6_SYN]	= R(ESTABLISHED),
		[NAT64_TCP_V4_FIN]	= K(V4_FIN),
		[NAT64_TCP_V6_FIN]	= K(V6_FIN),
		/* The peer may not accept the RST: wait a little. */
		[NAT64_TCP_V4_RST]	= R(TRANS),
		[NAT64_TCP_V6_RST]	= R(TRANS),
		[NAT64_TCP_V4_OTHER]	= R(ESTABLISHED),
		[NAT64_TCP_V6_OTHER]	= R(ESTABLISHED),
		/* The caller sends a probe, which an end that lives answers. */
		[NAT64_TCP_TIMEOUT]	= R(TRANS),
	},
	[NAT64_STATE_V4_FIN] = {
		[NAT64_TCP_V4_SYN]	= R(V4_FIN),
		[NAT64_TCP_V6_SYN]	= R(V4_FIN),
		[NAT64_TCP_V4_FIN]	= R(V4_FIN),
		[NAT64_TCP_V6_FIN]	= R(V4_V6_FIN),
		[NAT64_TCP_V4_RST]	= R(V4_FIN),
		[NAT64_TCP_V6_RST]	= K(V4_FIN),	/* RFC 7857 s7.1 */
		[NAT64_TCP_V4_OTHER]	= R(V4_FIN),
		[NAT64_TCP_V6_OTHER]	= R(V4_FIN),
		[NAT64_TCP_TIMEOUT]	= K(CLOSED),
	},
	[NAT64_STATE_V6_FIN] = {
		[NAT64_TCP_V4_SYN]	= R(V6_FIN),
		[NAT64_TCP_V6_SYN]	= R(V6_FIN),
		[NAT64_TCP_V4_FIN]	= R(V4_V6_FIN),
		[NAT64_TCP_V6_FIN]	= R(V6_FIN),
		[NAT64_TCP_V4_RST]	= R(V6_FIN),
		[NAT64_TCP_V6_RST]	= K(V6_FIN),	/* RFC 7857 s7.1 */
		[NAT64_TCP_V4_OTHER]	= R(V6_FIN),
		[NAT64_TCP_V6_OTHER]	= R(V6_FIN),
		[NAT64_TCP_TIMEOUT]	= K(CLOSED),
	},
	[NAT64_STATE_V4_V6_FIN] = {
		/* The connection is over: nothing keeps it any longer. */
		[NAT64_TCP_V4_SYN]	= K(V4_V6_FIN),
		[NAT64_TCP_V6_SYN]	= K(V4_V6_FIN),
		[NAT64_TCP_V4_FIN]	= K(V4_V6_FIN),
		[NAT64_TCP_V6_FIN]	= K(V4_V6_FIN),
		[NAT64_TCP_V4_RST]	= K(V4_V6_FIN),
		[NAT64_TCP_V6_RST]	= K(V4_V6_FIN),
		[NAT64_TCP_V4_OTHER]	= K(V4_V6_FIN),
		[NAT64_TCP_V6_OTHER]	= K(V4_V6_FIN),
		[NAT64_TCP_TIMEOUT]	= K(CLOSED),
	},
	[NAT64_STATE_TRANS] = {
		/* It lives after all. */
		[NAT64_TCP_V4_SYN]	= R(ESTABLISHED),
		[NAT64_TCP_V6_SYN]	= R(ESTABLISHED),
		[NAT64_TCP_V4_FIN]	= R(ESTABLISHED),
		[NAT64_TCP_V6_FIN]	= R(ESTABLISHED),
		[NAT64_TCP_V4_RST]	= K(TRANS),
		[NAT64_TCP_V6_RST]	= K(TRANS),
		[NAT64_TCP_V4_OTHER]	= R(ESTABLISHED),
		[NAT64_TCP_V6_OTHER]	= R(ESTABLISHED),
		[NAT64_TCP_TIMEOUT]	= K(CLOSED),
	},
};

#undef K
#undef R

/**
 * nat64_tcp_event - classify a segment
 * @from6: it came from the IPv6 side
 * @flags: octet 13 of its header
 *
 * A segment with several of the flags counts as RST before FIN before SYN.
 *
 * Return: the event.
 */
enum nat64_tcp_event nat64_tcp_event(bool from6, u8 flags)
{
	if (flags & TCPHDR_RST)
		return from6 ? NAT64_TCP_V6_RST : NAT64_TCP_V4_RST;
	if (flags & TCPHDR_FIN)
		return from6 ? NAT64_TCP_V6_FIN : NAT64_TCP_V4_FIN;
	if (flags & TCPHDR_SYN)
		return from6 ? NAT64_TCP_V6_SYN : NAT64_TCP_V4_SYN;
	return from6 ? NAT64_TCP_V6_OTHER : NAT64_TCP_V4_OTHER;
}

/**
 * nat64_tcp_step - what an event does to a connection
 * @state: its state
 * @event: the event
 * @rst_ends_fin: a RST after a FIN leads to TRANS, so that the session ends
 *	within TCP_TRANS (RFC 7857 s2.2); RFC 6146 keeps the state, and with it
 *	the long lifetime
 *
 * Return: the next state, and whether its lifetime restarts.
 */
struct nat64_tcp_step nat64_tcp_step(enum nat64_state state,
				     enum nat64_tcp_event event,
				     bool rst_ends_fin)
{
	static const struct nat64_tcp_step trans = { NAT64_STATE_TRANS, true };

	if (rst_ends_fin &&
	    (state == NAT64_STATE_V4_FIN || state == NAT64_STATE_V6_FIN) &&
	    (event == NAT64_TCP_V4_RST || event == NAT64_TCP_V6_RST))
		return trans;
	return steps[state][event];
}
