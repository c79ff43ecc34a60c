/* SPDX-License-Identifier: GPL-2.0 */
/* nl.h - requests to the kernel, its answers and its refusals */
#ifndef NAT64CTL_NL_H
#define NAT64CTL_NL_H

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdbool.h>

#include <linux/nat64.h>
#include <linux/types.h>

#include "cli/args.h"

/**
 * struct nl64_reply - a message from the kernel
 * @attrs: its attributes; of one that repeats, the last
 * @first: the first attribute, for those that repeat
 * @len: length of all attributes
 * @cmd: enum nat64_cmd
 */
struct nl64_reply {
	struct nlattr *attrs[NAT64_A_MAX + 1];
	struct nlattr *first;
	int len;
	__u8 cmd;
};

/**
 * struct nl64_handler - callbacks for the messages of an answer
 * @reply: takes one message
 * @restart: discards what @reply has stored, since the dump starts again;
 *	NULL if that is not possible
 * @arg: argument of both
 */
struct nl64_handler {
	void (*reply)(const struct nl64_reply *reply, void *arg);
	void (*restart)(void *arg);
	void *arg;
};

/**
 * struct nl64 - a connection to the module
 * @sock: the socket, NULL as long as it is not open
 * @family: number of the generic netlink family
 * @error: the last refusal, a negative errno
 * @text: the last refusal in words
 * @offset: place in the request of the attribute that was refused, or 0
 * @bad_outer: type of that attribute, or of the nest that it is in, or 0
 * @bad_inner: its type inside the nest, or 0
 * @bad_index: how many of type @bad_outer come before it
 * @interrupted: a table changed while it was read
 * @done: the answer is complete
 * @handler: what becomes of the messages
 */
struct nl64 {
	struct nl_sock *sock;
	int family;
	int error;
	char text[256];
	__u32 offset;
	__u16 bad_outer;
	__u16 bad_inner;
	unsigned int bad_index;
	bool interrupted;
	bool done;
	const struct nl64_handler *handler;
};

__printf(3, 4) int nl64_refuse(struct nl64 *nl, int error, const char *fmt,
			       ...);
int nl64_no_memory(struct nl64 *nl);
int nl64_open(struct nl64 *nl);
int nl64_reopen(struct nl64 *nl);
void nl64_shut(struct nl64 *nl);

struct nl_msg *nl64_request(int cmd, const char *instance);
struct nl_msg *nl64_request_sized(int cmd, const char *instance, size_t size);
int nl64_do(struct nl64 *nl, struct nl_msg *msg,
	    const struct nl64_handler *handler);
int nl64_dump(struct nl64 *nl, struct nl_msg *msg,
	      const struct nl64_handler *handler);

void nl64_read_refusal(struct nl64 *nl, const struct nlmsghdr *hdr);
void nl64_read_done(struct nl64 *nl, const struct nlmsghdr *hdr);
void nl64_find_attr(struct nl64 *nl, struct nlmsghdr *hdr);
bool nl64_nested(struct nlattr **attrs, int max, struct nlattr *nest,
		 const struct nla_policy *policy);

#endif /* NAT64CTL_NL_H */
