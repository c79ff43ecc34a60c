// SPDX-License-Identifier: GPL-2.0
/* test_nl.c - requests, and the refusals of the kernel put into words */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <netlink/genl/genl.h>

#include "cmd/cmd.h"
#include "nl/filter.h"
#include "nl/netns.h"
#include "nl/nl.h"
#include "nl/receive.h"

/* A message of the kernel, as it lies in the memory of the receiver. */
struct message {
	union {
		struct nlmsghdr hdr;
		char bytes[1024];
	};
};

static void append(struct message *message, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(message->hdr.nlmsg_len);

	assert_true(at + len <= sizeof(message->bytes));
	memcpy(message->bytes + at, data, len);
	message->hdr.nlmsg_len = at + len;
}

static void append_attr(struct message *message, int type, const void *data,
			size_t len)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + len, .nla_type = type };

	append(message, &attr, sizeof(attr));
	append(message, data, len);
}

/* An NLMSG_ERROR about a request of @payload bytes behind its header. */
static void make_error(struct message *message, int error, int flags,
		       size_t payload)
{
	struct nlmsgerr err = {
		.error = error,
		.msg.nlmsg_len = NLMSG_HDRLEN + payload,
	};
	char request[256] = { 0 };

	memset(message, 0, sizeof(*message));
	message->hdr.nlmsg_type = NLMSG_ERROR;
	message->hdr.nlmsg_flags = flags;
	message->hdr.nlmsg_len = NLMSG_HDRLEN;
	append(message, &err, sizeof(err));
	if (!(flags & NLM_F_CAPPED))
		append(message, request, payload);
}

static void test_words(void **state)
{
	static const char words[] = "the prefix overlaps 64:ff9b::/96";
	static const int flags[] = { NLM_F_ACK_TLVS,
				     NLM_F_ACK_TLVS | NLM_F_CAPPED };
	struct message message;
	__u32 offset = 52;
	size_t i, payload;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		for (payload = 0; payload < 40; payload += 3) {
			struct nl64 nl = { 0 };

			make_error(&message, -EEXIST, flags[i], payload);
			append_attr(&message, NLMSGERR_ATTR_OFFS, &offset, 4);
			append_attr(&message, NLMSGERR_ATTR_MSG, words,
				    sizeof(words));
			nl64_read_refusal(&nl, &message.hdr);
			assert_int_equal(nl.error, -EEXIST);
			assert_int_equal(nl.offset, 52);
			assert_string_equal(nl.text, words);
		}
	}
}

static void test_module_name_is_stripped(void **state)
{
	static const char words[] = "nat64: no such instance";
	struct message message;
	struct nl64 nl = { 0 };

	make_error(&message, -ENOENT, NLM_F_ACK_TLVS | NLM_F_CAPPED, 0);
	append_attr(&message, NLMSGERR_ATTR_MSG, words, sizeof(words));
	nl64_read_refusal(&nl, &message.hdr);
	assert_string_equal(nl.text, "no such instance");
}

/* What the words speak of comes in binary: an address and what its length tells. */
static void test_name(void **state)
{
	static const unsigned char name[18] = {
		0x00, 0x64, 0xff, 0x9b, [12] = 192, 0, 2, 1, 31, 144,
	};
	static const char *const texts[] = {
		[15] = "it is there", [16] = "it is there (64:ff9b::c000:201)",
		[17] = "it is there (64:ff9b::c000:201/31)",
		[18] = "it is there ([64:ff9b::c000:201]:8080)",
	};
	struct message message;
	struct nl64 nl = { 0 };
	size_t len;

	for (len = 15; len < ARRAY_SIZE(texts); len++) {
		make_error(&message, -EINVAL, NLM_F_ACK_TLVS | NLM_F_CAPPED, 0);
		append_attr(&message, NLMSGERR_ATTR_COOKIE, name, len);
		append_attr(&message, NLMSGERR_ATTR_MSG, "it is there", 12);
		nl64_read_refusal(&nl, &message.hdr);
		assert_string_equal(nl.text, texts[len]);
	}
}

/* Words that come with an acknowledgment are a warning; most have none. */
static void test_warning(void **state)
{
	struct message message;
	struct nl64 nl = { 0 };

	make_error(&message, 0, NLM_F_CAPPED, 0);
	nl64_read_refusal(&nl, &message.hdr);
	assert_string_equal(nl.text, "");
	make_error(&message, 0, NLM_F_ACK_TLVS | NLM_F_CAPPED, 0);
	append_attr(&message, NLMSGERR_ATTR_MSG, "beware", 7);
	nl64_read_refusal(&nl, &message.hdr);
	assert_int_equal(nl.error, 0);
	assert_string_equal(nl.text, "beware");
}

/* Words without their terminating zero end with the attribute. */
static void test_words_without_end(void **state)
{
	struct message message;
	struct nl64 nl = { 0 };

	make_error(&message, -EINVAL, NLM_F_ACK_TLVS | NLM_F_CAPPED, 0);
	append_attr(&message, NLMSGERR_ATTR_MSG, "wrong", 5);
	append(&message, "more", 4);
	nl64_read_refusal(&nl, &message.hdr);
	assert_string_equal(nl.text, "wrong");
}

/* Whatever is cut off or says a wrong length, the errno still has words. */
static void test_broken(void **state)
{
	struct message message;
	struct nl64 nl = { 0 };
	struct nlattr *attr;
	__u32 len;

	make_error(&message, -ENOMEM, NLM_F_ACK_TLVS, 20);
	append_attr(&message, NLMSGERR_ATTR_MSG, "words", 6);
	for (len = NLMSG_HDRLEN + sizeof(struct nlmsgerr);
	     len < message.hdr.nlmsg_len; len++) {
		struct message cut = message;

		cut.hdr.nlmsg_len = len;
		nl64_read_refusal(&nl, &cut.hdr);
		assert_string_equal(nl.text,
				    "the kernel has no memory left for it");
	}
	attr = (void *)(message.bytes + message.hdr.nlmsg_len - 6 - NLA_HDRLEN);
	attr->nla_len = 4000;
	nl64_read_refusal(&nl, &message.hdr);
	assert_string_equal(nl.text, "the kernel has no memory left for it");
	((struct nlmsgerr *)NLMSG_DATA(&message))->msg.nlmsg_len = 0xfffffff0;
	nl64_read_refusal(&nl, &message.hdr);
	assert_string_equal(nl.text, "the kernel has no memory left for it");
	((struct nlmsgerr *)NLMSG_DATA(&message))->msg.nlmsg_len = 0;
	nl64_read_refusal(&nl, &message.hdr);
	assert_string_equal(nl.text, "the kernel has no memory left for it");
}

static void test_errno_words(void **state)
{
	static const struct {
		int error;
		const char *words;
	} rows[] = {
		{ -EPERM, "you need CAP_NET_ADMIN in this network namespace (try as root)" },
		{ -ENOENT, "there is no such instance or entry: 'show' lists those that exist" },
		{ -EEXIST, "it exists already" },
		{ -EINVAL, "the kernel does not accept one of the values" },
		{ -ENOSPC, "there is no room left for it" },
		{ -EOPNOTSUPP, "the nat64 module does not know this request: load one as new as nat64ctl" },
		{ -ENOTTY, "Inappropriate ioctl for device" },
	};
	struct message message;
	struct nl64 nl = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		make_error(&message, rows[i].error, 0, 0);
		nl64_read_refusal(&nl, &message.hdr);
		assert_int_equal(nl.error, rows[i].error);
		assert_string_equal(nl.text, rows[i].words);
	}
}

static void make_done(struct message *message, int error, int flags)
{
	memset(message, 0, sizeof(*message));
	message->hdr.nlmsg_type = NLMSG_DONE;
	message->hdr.nlmsg_flags = flags;
	message->hdr.nlmsg_len = NLMSG_HDRLEN;
	append(message, &error, sizeof(error));
}

static void test_done(void **state)
{
	struct message message;
	struct nl64 nl = { 0 };

	make_done(&message, 0, 0);
	nl64_read_done(&nl, &message.hdr);
	assert_int_equal(nl.error, 0);
	make_done(&message, -ENOENT, NLM_F_ACK_TLVS);
	append_attr(&message, NLMSGERR_ATTR_MSG, "no such instance", 17);
	nl64_read_done(&nl, &message.hdr);
	assert_int_equal(nl.error, -ENOENT);
	assert_string_equal(nl.text, "no such instance");
	nl.error = 0;
	message.hdr.nlmsg_len = NLMSG_HDRLEN + 2;
	nl64_read_done(&nl, &message.hdr);
	assert_int_equal(nl.error, 0);
}

static void test_request(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_POOL6_GET, "default");
	struct nlattr *attrs[NAT64_A_MAX + 1];
	struct genlmsghdr *genl;

	assert_non_null(msg);
	genl = nlmsg_data(nlmsg_hdr(msg));
	assert_int_equal(genl->cmd, NAT64_CMD_POOL6_GET);
	assert_int_equal(genl->version, NAT64_GENL_VERSION);
	assert_int_equal(genlmsg_parse(nlmsg_hdr(msg), 0, attrs, NAT64_A_MAX,
				       NULL), 0);
	assert_string_equal(nla_get_string(attrs[NAT64_A_INSTANCE]),
			    "default");
	nlmsg_free(msg);
}

/* The kernel points at an attribute by its place in the request. */
static void test_find_attr(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_CONFIG_SET, "default");
	struct nlattr *nest, *prefix, *attrs[NAT64_A_MAX + 1];
	struct nl64 nl = { 0 };
	char *start;

	nest = nla_nest_start(msg, NAT64_A_CONFIG | NLA_F_NESTED);
	nla_put_u32(msg, NAT64_CONFIG_A_UDP_TIMEOUT, 300);
	nla_put_u8(msg, NAT64_CONFIG_A_TOS, 1);
	nla_put_u32(msg, NAT64_CONFIG_A_ICMP_TIMEOUT, 0);
	prefix = nla_nest_start(msg, NAT64_CONFIG_A_RFC6791V4_PREFIX |
				NLA_F_NESTED);
	nla_put_u32(msg, NAT64_PREFIX4_A_ADDR, 0);
	nla_nest_end(msg, prefix);
	nla_nest_end(msg, nest);
	start = (char *)nlmsg_hdr(msg);
	genlmsg_parse(nlmsg_hdr(msg), 0, attrs, NAT64_A_MAX, NULL);

	nl64_find_attr(&nl, nlmsg_hdr(msg));
	assert_int_equal(nl.bad_outer, 0);
	nl.offset = (char *)attrs[NAT64_A_INSTANCE] - start;
	nl64_find_attr(&nl, nlmsg_hdr(msg));
	assert_int_equal(nl.bad_outer, NAT64_A_INSTANCE);
	assert_int_equal(nl.bad_inner, 0);
	nl.offset = (char *)nla_data(attrs[NAT64_A_CONFIG]) - start + 8;
	nl64_find_attr(&nl, nlmsg_hdr(msg));
	assert_int_equal(nl.bad_outer, NAT64_A_CONFIG);
	assert_int_equal(nl.bad_inner, NAT64_CONFIG_A_TOS);
	/* inside a key: the key */
	nl.offset = (char *)nla_data(prefix) - start;
	nl64_find_attr(&nl, nlmsg_hdr(msg));
	assert_int_equal(nl.bad_outer, NAT64_A_CONFIG);
	assert_int_equal(nl.bad_inner, NAT64_CONFIG_A_RFC6791V4_PREFIX);
	nl.offset = 100000;
	nl64_find_attr(&nl, nlmsg_hdr(msg));
	assert_int_equal(nl.bad_outer, 0);
	nlmsg_free(msg);
}

/* Nothing given, nothing sent: the kernel need not know an empty filter. */
static void test_empty_filter(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_BIB_GET, "default");
	struct nlattr *attrs[NAT64_A_MAX + 1];
	struct opts opts = { 0 };

	assert_int_equal(filter_put(msg, &opts), 0);
	genlmsg_parse(nlmsg_hdr(msg), 0, attrs, NAT64_A_MAX, NULL);
	assert_null(attrs[NAT64_A_FILTER]);
	nlmsg_free(msg);
}

static void test_no_netns(void **state)
{
	struct nl64 nl = { 0 };

	assert_int_equal(nl64_enter(&nl, "no-such-namespace"), -ENOENT);
	assert_string_equal(nl.text,
			    "there is no network namespace 'no-such-namespace' (/run/netns/no-such-namespace: No such file or directory): 'ip netns' lists those that have a name");
	assert_int_equal(nl64_enter(&nl, "/no/such"), -ENOENT);
	assert_non_null(strstr(nl.text, "(/no/such: "));
}

static int bind_raw(struct sockaddr_nl *addr)
{
	int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	socklen_t len = sizeof(*addr);

	assert_true(sock >= 0);
	*addr = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	assert_int_equal(bind(sock, (struct sockaddr *)addr, len), 0);
	return sock;
}

/* 65 of their messages are thrown away at a time: who does not wait goes on. */
static void test_other_processes_are_not_heard(void **state)
{
	const struct nlmsghdr noop = { .nlmsg_len = sizeof(noop),
				       .nlmsg_type = NLMSG_NOOP };
	struct nl_sock *sock = nl_socket_alloc();
	struct sockaddr_nl to = { .nl_family = AF_NETLINK }, own;
	int other = bind_raw(&own), i;

	nl64_from_kernel(sock);
	assert_int_equal(nl_connect(sock, NETLINK_USERSOCK), 0);
	assert_int_equal(nl_socket_set_nonblocking(sock), 0);
	to.nl_pid = nl_socket_get_local_port(sock);
	for (i = 0; i < 70; i++)
		assert_int_equal(sendto(other, &noop, sizeof(noop), 0,
					(struct sockaddr *)&to, sizeof(to)),
				 sizeof(noop));
	assert_int_equal(nl_recvmsgs_default(sock), -NLE_INTR);
	assert_int_equal(nl_recvmsgs_default(sock), -NLE_AGAIN);
	nl_socket_free(sock);
	close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_module_name_is_stripped),
		cmocka_unit_test(test_words_without_end),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_warning),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_errno_words),
		cmocka_unit_test(test_done),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_find_attr),
		cmocka_unit_test(test_empty_filter),
		cmocka_unit_test(test_no_netns),
		cmocka_unit_test(test_other_processes_are_not_heard),
	};

	return cmocka_run_group_tests_name("nl", tests, NULL, NULL);
}
