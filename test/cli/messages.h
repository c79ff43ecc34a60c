/* SPDX-License-Identifier: GPL-2.0 */
/* messages.h - messages of the kernel, and what is printed of them */
#ifndef NAT64CTL_TEST_MESSAGES_H
#define NAT64CTL_TEST_MESSAGES_H

static char *printed;
static size_t printed_size;

static inline FILE *capture(void)
{
	FILE *file = open_memstream(&printed, &printed_size);

	assert_non_null(file);
	return file;
}

static inline void release(FILE *file, const char *expected)
{
	fclose(file);
	assert_string_equal(printed, expected);
	free(printed);
}

/* A message is a reply once its attributes are taken apart. */
static inline void parse(struct nl64_reply *reply, struct nl_msg *msg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);

	reply->first = (void *)((char *)nlmsg_data(hdr) + 4);
	reply->len = nlmsg_datalen(hdr) - 4;
	assert_int_equal(nla_parse(reply->attrs, NAT64_A_MAX, reply->first,
				   reply->len, NULL), 0);
}

#endif /* NAT64CTL_TEST_MESSAGES_H */
