// SPDX-License-Identifier: GPL-2.0
/* nl_check.c - check that the tables of an instance agree with each other */
#include "control/nl.h"

#include "table/books.h"

static int nat64_nl_put_books(struct sk_buff *msg,
			      const struct nat64_books *books)
{
	u32 i, n = min_t(u32, books->n_faults, NAT64_BOOKS_FAULTS);

	if (nla_put_u64_64bit(msg, NAT64_A_BIB_COUNT, books->bibs,
			      NAT64_A_PAD) ||
	    nla_put_u64_64bit(msg, NAT64_A_SESSION_COUNT, books->sessions,
			      NAT64_A_PAD) ||
	    nla_put_u32(msg, NAT64_A_FAULT_COUNT, books->n_faults) ||
	    (books->moving && nla_put_flag(msg, NAT64_A_MOVING)))
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (nla_put_string(msg, NAT64_A_FAULT, books->fault[i]))
			return -EMSGSIZE;
	return 0;
}

static int nat64_nl_answer_books(struct genl_info *info,
				 const struct nat64_instance *inst,
				 const struct nat64_books *books)
{
	size_t size = 2 * nla_total_size_64bit(sizeof(u64)) +
		      nla_total_size(sizeof(u32)) + nla_total_size(0) +
		      NAT64_BOOKS_FAULTS * nla_total_size(NAT64_BOOKS_SENTENCE);
	struct sk_buff *msg;
	void *hdr;

	msg = nat64_nl_reply(info, NAT64_CMD_INSTANCE_CHECK, inst, size, &hdr);
	if (!msg)
		return -ENOMEM;
	if (nat64_nl_put_books(msg, books)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int nat64_nl_check(struct genl_info *info, struct nat64_books *books)
{
	struct nat64_instance *inst = nat64_nl_lock(info);
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	nat64_books_check(inst, books);
	err = nat64_nl_answer_books(info, inst, books);
	nat64_nl_unlock(info);
	return err;
}

/**
 * nat64_nl_instance_check - NAT64_CMD_INSTANCE_CHECK
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_instance_check(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	struct nat64_books *books;
	int err;

	/* A check sleeps; waiting for it would block generic netlink, too. */
	if (test_and_set_bit_lock(0, &nn->checking))
		return nat64_nl_refuse(info->extack, NULL,
				       "another check is running: try again",
				       -EBUSY);
	books = kzalloc(sizeof(*books), GFP_KERNEL);
	err = books ? nat64_nl_check(info, books) : -ENOMEM;
	kfree(books);
	clear_bit_unlock(0, &nn->checking);
	return err;
}
