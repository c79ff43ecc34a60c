// SPDX-License-Identifier: GPL-2.0
/*
 * nl.c - requests to the kernel, its answers and its refusals
 *
 * libnl 3.7 knows nothing of extended acknowledgments, which carry the words
 * of a refusal, so this file requests and reads them. A dump that fails says
 * so in its NLMSG_DONE, which libnl does not look into either.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/args.h"
#include "cli/plain.h"
#include "nl/module.h"
#include "nl/nl.h"
#include "nl/receive.h"

/* An instance with NAT64_POOL4_MAX entries takes 20 KiB. */
#define REQUEST_SIZE 65536
/* How often a dump is started again because the table has changed. */
#define DUMP_TRIES 10

static const struct nla_policy reply_policy[NAT64_A_MAX + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_STRING, .minlen = 1 },
	[NAT64_A_POOL6] = { .type = NLA_NESTED },
	[NAT64_A_POOL4] = { .type = NLA_NESTED },
	[NAT64_A_BIB] = { .type = NLA_NESTED },
	[NAT64_A_SESSION] = { .type = NLA_NESTED },
	[NAT64_A_CONFIG] = { .type = NLA_NESTED },
	[NAT64_A_STATS] = { .type = NLA_NESTED },
	[NAT64_A_BIB_COUNT] = { .type = NLA_U64 },
	[NAT64_A_SESSION_COUNT] = { .type = NLA_U64 },
	[NAT64_A_TIME] = { .type = NLA_U64 },
	[NAT64_A_SEQ] = { .type = NLA_U64 },
	[NAT64_A_ALARM] = { .type = NLA_NESTED },
	[NAT64_A_STEP] = { .type = NLA_NESTED },
	[NAT64_A_SUBSCRIBER_COUNT] = { .type = NLA_U64 },
	[NAT64_A_FAULT] = { .type = NLA_STRING },
	[NAT64_A_FAULT_COUNT] = { .type = NLA_U32 },
	[NAT64_A_MOVING] = { .type = NLA_FLAG },
	[NAT64_A_TYPE] = { .type = NLA_U8 },
	[NAT64_A_EAM] = { .type = NLA_NESTED },
	[NAT64_A_DENYLIST] = { .type = NLA_NESTED },
	[NAT64_A_EAM_COUNT] = { .type = NLA_U64 },
	[NAT64_A_DEVICE] = { .type = NLA_STRING, .minlen = 1 },
	[NAT64_A_DEVICE_GONE] = { .type = NLA_FLAG },
};

static const char *errno_words(int error)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return "you need CAP_NET_ADMIN in this network namespace (try as root)";
	case -ENOENT:
		return "there is no such instance or entry: 'show' lists those that exist";
	case -EEXIST:
		return "it exists already";
	case -EINVAL:
	case -ERANGE:
		return "the kernel does not accept one of the values";
	case -ENOMEM:
	case -ENOBUFS:
		return "the kernel has no memory left for it";
	case -ENOSPC:
		return "there is no room left for it";
	case -EBUSY:
		return "it is in use";
	case -EOPNOTSUPP:
		return "the nat64 module does not know this request: load one as new as nat64ctl";
	default:
		/* Anything beyond -4095 is not an errno, and -INT_MIN would overflow. */
		return strerror(error > -4096 ? -error : EPROTO);
	}
}

/**
 * nl64_refuse() - store a refusal
 * @nl: where it goes
 * @error: a negative errno
 * @fmt: format of its words
 *
 * Return: @error.
 */
int nl64_refuse(struct nl64 *nl, int error, const char *fmt, ...)
{
	va_list ap;

	nl->error = error;
	va_start(ap, fmt);
	vsnprintf(nl->text, sizeof(nl->text), fmt, ap);
	va_end(ap);
	return error;
}

/**
 * nl64_no_memory() - store that no memory is left
 * @nl: where it goes
 *
 * Return: -ENOMEM.
 */
int nl64_no_memory(struct nl64 *nl)
{
	return nl64_refuse(nl, -ENOMEM, "out of memory");
}

/* The words of the kernel; NL_SET_ERR_MSG_MOD() puts its module before them. */
static void take_words(struct nl64 *nl, const struct nlattr *attr)
{
	static const char module[] = "nat64: ";
	const char *words = nla_data(attr);
	int len = nla_len(attr);

	if (len > (int)strlen(module) &&
	    !strncmp(words, module, strlen(module))) {
		words += strlen(module);
		len -= strlen(module);
	}
	snprintf(nl->text, sizeof(nl->text), "%.*s", len, words);
}

/*
 * What the words speak of and the request does not say: an IPv6 address, which a
 * prefix length or a port may follow.
 */
static void take_name(char *name, size_t size, const struct nlattr *attr)
{
	const unsigned char *data = nla_data(attr);
	char address[INET6_ADDRSTRLEN];

	if (nla_len(attr) < 16 || !inet_ntop(AF_INET6, data, address,
					     sizeof(address)))
		return;
	switch (nla_len(attr)) {
	case 16:
		snprintf(name, size, "%s", address);
		break;
	case 17:
		snprintf(name, size, "%s/%u", address, data[16]);
		break;
	case 18:
		snprintf(name, size, "[%s]:%u", address,
			 data[16] << 8 | data[17]);
		break;
	}
}

/* Read the attributes of a message from its octet @start on, if it has any. */
static void read_ext_ack(struct nl64 *nl, const struct nlmsghdr *hdr,
			 size_t start)
{
	const struct nlattr *attr = (const void *)((const char *)hdr + start);
	int len = start < hdr->nlmsg_len ? hdr->nlmsg_len - start : 0;
	char name[INET6_ADDRSTRLEN + 8] = "";
	size_t end;

	for (; nla_ok(attr, len); attr = nla_next(attr, &len)) {
		switch (nla_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			take_words(nl, attr);
			break;
		case NLMSGERR_ATTR_OFFS:
			if (nla_len(attr) >= (int)sizeof(nl->offset))
				nl->offset = nla_get_u32(attr);
			break;
		case NLMSGERR_ATTR_COOKIE:
			take_name(name, sizeof(name), attr);
			break;
		}
	}
	end = strlen(nl->text);
	if (end && *name)
		snprintf(nl->text + end, sizeof(nl->text) - end, " (%s)", name);
}

/**
 * nl64_read_refusal() - understand a message of type NLMSG_ERROR
 * @nl: where its errno, words and offset go; if it is an acknowledgment, the
 *	words of a warning, or none
 * @hdr: the message
 */
void nl64_read_refusal(struct nl64 *nl, const struct nlmsghdr *hdr)
{
	const struct nlmsgerr *err = nlmsg_data(hdr);
	size_t start = NLMSG_HDRLEN + sizeof(*err);

	nl->offset = 0;
	nl64_refuse(nl, err->error, "%s", err->error ? errno_words(err->error) : "");
	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	/* Unless it says otherwise, our own request comes before the words. */
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED)) {
		if (err->msg.nlmsg_len < NLMSG_HDRLEN)
			return;
		start += NLMSG_ALIGN(err->msg.nlmsg_len - NLMSG_HDRLEN);
	}
	read_ext_ack(nl, hdr, start);
}

/**
 * nl64_read_done() - understand a message of type NLMSG_DONE
 * @nl: where its errno and words go, if it has any
 * @hdr: the message
 */
void nl64_read_done(struct nl64 *nl, const struct nlmsghdr *hdr)
{
	size_t start = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(int));
	int error;

	if (nlmsg_datalen(hdr) < (int)sizeof(error))
		return;
	memcpy(&error, nlmsg_data(hdr), sizeof(error));
	if (error >= 0)
		return;
	nl->offset = 0;
	nl64_refuse(nl, error, "%s", errno_words(error));
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS)
		read_ext_ack(nl, hdr, start);
}

static unsigned int count_before(struct nlmsghdr *hdr, struct nlattr *attr)
{
	struct nlattr *other;
	unsigned int n = 0;
	int rest;

	nlmsg_for_each_attr(other, hdr, GENL_HDRLEN, rest) {
		if (other == attr)
			break;
		n += nla_type(other) == nla_type(attr);
	}
	return n;
}

/**
 * nl64_find_attr() - which attribute of a request has been refused
 * @nl: has the offset of the attribute; its types go here
 * @hdr: the request
 */
void nl64_find_attr(struct nl64 *nl, struct nlmsghdr *hdr)
{
	const char *bad = (const char *)hdr + nl->offset;
	struct nlattr *outer, *inner;
	int rest, rest_inner;

	nl->bad_outer = 0;
	nl->bad_inner = 0;
	nl->bad_index = 0;
	if (!nl->offset)
		return;
	nlmsg_for_each_attr(outer, hdr, GENL_HDRLEN, rest) {
		if (bad < (char *)outer ||
		    bad >= (char *)outer + nla_total_size(nla_len(outer)))
			continue;
		nl->bad_outer = nla_type(outer);
		nl->bad_index = count_before(hdr, outer);
		if (!nla_is_nested(outer))
			return;
		nla_for_each_nested(inner, outer, rest_inner) {
			if (bad >= (char *)inner &&
			    bad < (char *)inner + nla_total_size(nla_len(inner)))
				nl->bad_inner = nla_type(inner);
		}
	}
}

/* The controller announces every family that is added or removed. */
static int on_controller(struct nl64 *nl, struct nlmsghdr *hdr)
{
	struct nlattr *name;

	name = nlmsg_find_attr(hdr, GENL_HDRLEN, CTRL_ATTR_FAMILY_NAME);
	if (genlmsg_hdr(hdr)->cmd == CTRL_CMD_DELFAMILY && name &&
	    !nla_strcmp(name, NAT64_GENL_NAME))
		nl64_refuse(nl, -ENODEV,
			    "the nat64 module was removed: start again when it is loaded");
	return NL_OK;
}

static int makes_no_sense(struct nl64 *nl)
{
	nl64_refuse(nl, -EPROTO,
		    "the kernel's answer is malformed: load the nat64 module that belongs to this nat64ctl");
	return NL_SKIP;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct nl64_reply reply = {};
	struct nl64 *nl = arg;

	if (!genlmsg_valid_hdr(hdr, 0))
		return makes_no_sense(nl);
	if (hdr->nlmsg_type == GENL_ID_CTRL)
		return on_controller(nl, hdr);
	if (hdr->nlmsg_type != nl->family)
		return makes_no_sense(nl);
	if (genlmsg_parse(hdr, 0, reply.attrs, NAT64_A_MAX, reply_policy) < 0)
		return makes_no_sense(nl);
	reply.first = genlmsg_attrdata(nlmsg_data(hdr), 0);
	reply.len = genlmsg_attrlen(nlmsg_data(hdr), 0);
	reply.cmd = genlmsg_hdr(hdr)->cmd;
	if (nl->handler)
		nl->handler->reply(&reply, nl->handler->arg);
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct nl64 *nl = arg;

	nl64_read_refusal(nl, nlmsg_hdr(msg));
	if (*nl->text)
		plain_line(stderr, "nat64ctl: warning: %s", nl->text);
	nl->done = true;
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nl64 *nl = arg;

	nl64_read_done(nl, nlmsg_hdr(msg));
	nl->done = true;
	return NL_SKIP;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct nl64 *nl = arg;

	nl->interrupted = true;
	return NL_OK;
}

/* libnl hands over the struct nlmsgerr inside the message. */
static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct nl64 *nl = arg;

	nl64_read_refusal(nl, (void *)((char *)err - NLMSG_HDRLEN));
	nl->done = true;
	return NL_STOP;
}

static void set_callbacks(struct nl64 *nl)
{
	struct nl_cb *cb = nl_socket_get_cb(nl->sock);

	nl64_from_kernel(nl->sock);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, nl);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, nl);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, nl);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, nl);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, nl);
	nl_cb_put(cb);
}

static int not_loaded(struct nl64 *nl)
{
	return nl64_refuse(nl, -ENODEV,
		      "the nat64 module is not loaded: run 'modprobe nat64'");
}

static int connect_family(struct nl64 *nl)
{
	int err = genl_connect(nl->sock);

	if (err < 0)
		return nl64_refuse(nl, -EIO, "cannot open a netlink socket: %s",
			      nl_geterror(err));
	nl->family = genl_ctrl_resolve(nl->sock, NAT64_GENL_NAME);
	if (nl->family == -NLE_OBJ_NOTFOUND)
		return not_loaded(nl);
	if (nl->family < 0)
		return nl64_refuse(nl, -EIO,
			      "cannot look up the nat64 module: %s",
			      nl_geterror(nl->family));
	return 0;
}

/**
 * nl64_shut() - disconnect from the module
 * @nl: the connection, open or not
 */
void nl64_shut(struct nl64 *nl)
{
	nl_socket_free(nl->sock);
	nl->sock = NULL;
}

/**
 * nl64_open() - connect to the module
 * @nl: the connection
 *
 * Return: 0; -ENODEV if there is no module, or another negative errno; with its
 * words in @nl, which stays closed.
 */
int nl64_open(struct nl64 *nl)
{
	int on = 1, fd, err;

	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return nl64_no_memory(nl);
	set_callbacks(nl);
	err = connect_family(nl);
	if (err) {
		nl64_shut(nl);
		return err;
	}
	fd = nl_socket_get_fd(nl->sock);
	/* Without these two, refusals are only less wordy. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	/* A message with many pool4 entries is longer than a page. */
	nl_socket_enable_msg_peek(nl->sock);
	return 0;
}

/**
 * nl64_reopen() - connect to the module again, which may have been removed, or loaded
 *	again with another number of its family
 * @nl: the connection, open or not
 *
 * The kernel loads a module whose family is asked for. One that was removed stays so.
 *
 * Return: as nl64_open().
 */
int nl64_reopen(struct nl64 *nl)
{
	nl64_shut(nl);
	if (module_is_removed())
		return not_loaded(nl);
	return nl64_open(nl);
}

/**
 * nl64_request() - start a request
 * @cmd: enum nat64_cmd
 * @instance: the instance that it is for, or NULL
 *
 * No connection is needed: a mistake in the words of the command line, which
 * is found while a request is built, is reported before anything is opened.
 *
 * Return: the request, or NULL if there is no memory.
 */
struct nl_msg *nl64_request(int cmd, const char *instance)
{
	return nl64_request_sized(cmd, instance, REQUEST_SIZE);
}

/**
 * nl64_request_sized() - the same for a request that may be very long
 * @cmd: enum nat64_cmd
 * @instance: the instance that it is for, or NULL
 * @size: room for the message, in bytes
 *
 * Return: the request, or NULL if there is no memory.
 */
struct nl_msg *nl64_request_sized(int cmd, const char *instance, size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(size);

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, 0, 0, 0, cmd,
			 NAT64_GENL_VERSION) ||
	    (instance && nla_put_string(msg, NAT64_A_INSTANCE, instance))) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/*
 * The kernel takes no message that is longer than the send buffer, which only
 * CAP_NET_ADMIN may set beyond net.core.wmem_max.
 */
static void make_room(struct nl64 *nl, size_t len)
{
	int fd = nl_socket_get_fd(nl->sock), size = len + 4096;

	if (len < REQUEST_SIZE / 2)
		return;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static const char *no_answer(int err)
{
	switch (-err) {
	case NLE_MSGSIZE:
		return "the request is longer than net.core.wmem_max";
	case NLE_AGAIN:
		return "other processes flood us with messages: try again";
	default:
		return nl_geterror(err);
	}
}

static int exchange(struct nl64 *nl, struct nl_msg *msg, int flags,
		    const struct nl64_handler *handler)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	int err;

	hdr->nlmsg_type = nl->family;
	hdr->nlmsg_flags = NLM_F_REQUEST | flags;
	hdr->nlmsg_seq = NL_AUTO_SEQ;
	nl->error = 0;
	nl->done = false;
	nl->interrupted = false;
	nl->handler = handler;

	make_room(nl, hdr->nlmsg_len);
	err = nl_send_auto(nl->sock, msg);
	while (err >= 0 && !nl->done)
		err = nl_recvmsgs_default(nl->sock);
	if (nl->error) {
		nl64_find_attr(nl, hdr);
		return nl->error;
	}
	if (err < 0)
		return nl64_refuse(nl, -EIO, "cannot talk to the kernel: %s",
				   no_answer(err));
	return 0;
}

/**
 * nl64_do() - send a request and wait for its acknowledgment
 * @nl: the connection, open
 * @msg: the request, which stays the caller's
 * @handler: takes the answer, or NULL if none is expected
 *
 * Return: 0, or a negative errno with its words in @nl.
 */
int nl64_do(struct nl64 *nl, struct nl_msg *msg,
	    const struct nl64_handler *handler)
{
	return exchange(nl, msg, NLM_F_ACK, handler);
}

/**
 * nl64_dump() - send a request for a table and read all of it
 * @nl: the connection, open
 * @msg: the request, which stays the caller's
 * @handler: takes the messages
 *
 * A table that changes while it is read is read again if @handler allows it;
 * @nl->interrupted is set if the last try was interrupted, too.
 *
 * Return: 0, or a negative errno with its words in @nl.
 */
int nl64_dump(struct nl64 *nl, struct nl_msg *msg,
	      const struct nl64_handler *handler)
{
	int tries, err;

	for (tries = 1; ; tries++) {
		err = exchange(nl, msg, NLM_F_DUMP, handler);
		if (err || !nl->interrupted || !handler->restart ||
		    tries == DUMP_TRIES)
			return err;
		handler->restart(handler->arg);
	}
}

/**
 * nl64_nested() - take a nest apart
 * @attrs: where its attributes go
 * @max: the largest type
 * @nest: the nest, may be NULL
 * @policy: what its attributes must look like
 *
 * Return: true if there is a nest that makes sense.
 */
bool nl64_nested(struct nlattr **attrs, int max, struct nlattr *nest,
		 const struct nla_policy *policy)
{
	return nest && !nla_parse_nested(attrs, max, nest, policy);
}
