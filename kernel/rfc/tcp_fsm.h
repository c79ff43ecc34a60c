/* SPDX-License-Identifier: GPL-2.0 */
/* tcp_fsm.h - the TCP state machine of RFC 6146 s3.5.2.2 */
#ifndef NAT64_TCP_FSM_H
#define NAT64_TCP_FSM_H

#include <linux/types.h>
#include <linux/nat64.h>

/**
 * enum nat64_tcp_event - what happened to a connection
 * @NAT64_TCP_V4_SYN: SYN from the IPv4 side, with or without ACK
 * @NAT64_TCP_V6_SYN: SYN from the IPv6 side, with or without ACK
 * @NAT64_TCP_V4_FIN: FIN from the IPv4 side
 * @NAT64_TCP_V6_FIN: FIN from the IPv6 side
 * @NAT64_TCP_V4_RST: RST from the IPv4 side
 * @NAT64_TCP_V6_RST: RST from the IPv6 side
 * @NAT64_TCP_V4_OTHER: anything else from the IPv4 side
 * @NAT64_TCP_V6_OTHER: anything else from the IPv6 side
 * @NAT64_TCP_TIMEOUT: nothing, for the lifetime of the state
 * @__NAT64_TCP_EVENTS: internal
 */
enum nat64_tcp_event {
	NAT64_TCP_V4_SYN,
	NAT64_TCP_V6_SYN,
	NAT64_TCP_V4_FIN,
	NAT64_TCP_V6_FIN,
	NAT64_TCP_V4_RST,
	NAT64_TCP_V6_RST,
	NAT64_TCP_V4_OTHER,
	NAT64_TCP_V6_OTHER,
	NAT64_TCP_TIMEOUT,
	__NAT64_TCP_EVENTS
};

/**
 * struct nat64_tcp_step - answer to an event
 */
struct nat64_tcp_step {
	/** @next: enum nat64_state that follows */
	u8 next;
	/** @restart: restart the lifetime of @next */
	bool restart;
};

enum nat64_tcp_event nat64_tcp_event(bool from6, u8 flags);
struct nat64_tcp_step nat64_tcp_step(enum nat64_state state,
				     enum nat64_tcp_event event,
				     bool rst_ends_fin);

#endif /* NAT64_TCP_FSM_H */
