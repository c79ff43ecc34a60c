// SPDX-License-Identifier: GPL-2.0
/* address.c - addresses, prefixes and ports: from words, and to words */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/args.h"

/* Splits ADDR/LEN; false if ADDR is longer than any address. */
static bool split_prefix(const char *word, char *addr, const char **len)
{
	size_t n = strcspn(word, "/");

	if (n >= INET6_ADDRSTRLEN)
		return false;
	memcpy(addr, word, n);
	addr[n] = '\0';
	*len = word[n] ? word + n + 1 : NULL;
	return true;
}

/* Clear the bits after a length; return true if any was set. */
static bool clear_host_bits(__u8 *addr, size_t size, unsigned int len)
{
	bool found = false;
	size_t i;

	for (i = len / 8; i < size; i++) {
		__u8 host = i == len / 8 ? 0xff >> len % 8 : 0xff;

		found |= addr[i] & host;
		addr[i] &= ~host;
	}
	return found;
}

/**
 * args_prefix6() - parse an IPv6 prefix
 * @word: the prefix
 * @need_length: must it have a length? If not, an address is a /128
 * @prefix: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_prefix6(const char *word, bool need_length, struct prefix6 *prefix)
{
	const char *like = need_length ? "64:ff9b::/96" : "2001:db8::/32";
	char addr[INET6_ADDRSTRLEN];
	const char *length;
	__u64 len = 128;

	if (!split_prefix(word, addr, &length) ||
	    inet_pton(AF_INET6, addr, &prefix->addr) != 1)
		return args_fail(word,
				 "is not an IPv6 prefix: write it like %s",
				 like);
	if (!length && need_length)
		return args_fail(word,
				 "has no prefix length: write it like %s",
				 like);
	if (length && !args_digits(length, 10, 128, &len))
		return args_fail(word,
				 "has a wrong length: write a number from 0 to 128 after the '/'");
	if (clear_host_bits(prefix->addr.s6_addr, 16, len)) {
		inet_ntop(AF_INET6, &prefix->addr, addr, sizeof(addr));
		return args_fail(word,
				 "has bits set after its length: did you mean %s/%u?",
				 addr, (unsigned int)len);
	}
	prefix->len = len;
	return 0;
}

/* Length of the largest prefix in [from, to] that starts at @from. */
static unsigned int prefix_within(__u32 from, __u32 to)
{
	unsigned int len = 32;

	while (len && !(from & (1u << (32 - len))) &&
	       (0xffffffffu >> (len - 1)) <= to - from)
		len--;
	return len;
}

/* A-B is not taken, but the prefixes that make it up can be. */
static bool hint_range4(const char *word)
{
	struct in_addr first, last, addr;
	char text[INET_ADDRSTRLEN], all[200] = "";
	const char *dash = strchr(word, '-');
	__u32 from, to;
	size_t at = 0;

	if (!dash || (size_t)(dash - word) >= sizeof(text))
		return false;
	memcpy(text, word, dash - word);
	text[dash - word] = '\0';
	if (inet_pton(AF_INET, text, &first) != 1 ||
	    inet_pton(AF_INET, dash + 1, &last) != 1 ||
	    ntohl(first.s_addr) > ntohl(last.s_addr))
		return false;
	from = ntohl(first.s_addr);
	to = ntohl(last.s_addr);
	for (;;) {
		unsigned int len = prefix_within(from, to);
		__u32 rest = len ? 0xffffffffu >> (len - 1) >> 1 : 0xffffffffu;

		if (at + 24 > sizeof(all)) {
			snprintf(all + at, sizeof(all) - at, " ...");
			break;
		}
		addr.s_addr = htonl(from);
		at += snprintf(all + at, sizeof(all) - at, " %s/%u",
			       inet_ntop(AF_INET, &addr, text, sizeof(text)),
			       len);
		if (rest >= to - from)
			break;
		from += rest + 1;
	}
	args_fail(word, "is a range: write prefixes, one by one:%s", all);
	return true;
}

/**
 * args_prefix4() - parse an IPv4 prefix or address, which is a /32
 * @word: the prefix
 * @prefix: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_prefix4(const char *word, struct prefix4 *prefix)
{
	char addr[INET6_ADDRSTRLEN];
	const char *length;
	__u64 len = 32;

	if (hint_range4(word))
		return -EINVAL;
	if (!split_prefix(word, addr, &length) ||
	    inet_pton(AF_INET, addr, &prefix->addr) != 1)
		return args_fail(word,
				 "is not an IPv4 address or prefix: write it like 192.0.2.1 or 192.0.2.0/24");
	if (length && !args_digits(length, 10, 32, &len))
		return args_fail(word,
				 "has a wrong length: write a number from 0 to 32 after the '/'");
	if (clear_host_bits((__u8 *)&prefix->addr, 4, len)) {
		inet_ntop(AF_INET, &prefix->addr, addr, sizeof(addr));
		return args_fail(word,
				 "has bits set after its length: did you mean %s/%u?",
				 addr, (unsigned int)len);
	}
	prefix->len = len;
	return 0;
}

/**
 * args_eam() - check an explicit address mapping (RFC 7757 s3.2)
 * @prefix6: its IPv6 side
 * @prefix4: its IPv4 side
 *
 * Return: 0, or -EINVAL if the IPv4 suffix does not fit into the IPv6 suffix.
 */
int args_eam(const struct prefix6 *prefix6, const struct prefix4 *prefix4)
{
	unsigned int suffix6 = 128 - prefix6->len, suffix4 = 32 - prefix4->len;
	char text6[PREFIX_TEXT], text4[PREFIX_TEXT];

	if (suffix4 <= suffix6)
		return 0;
	return args_fail(NULL,
			 "the suffix of %s has %u bits, more than the %u of %s: an IPv6 prefix of /%u or shorter has room for it",
			 text_prefix4(text4, prefix4), suffix4, suffix6,
			 text_prefix6(text6, prefix6), 128 - suffix4);
}

/**
 * args_forwardable4() - check whether an address may be forwarded
 * @host: IPv4 address, in host order
 *
 * Return: true if it may (RFC 1812 s5.3.7).
 */
bool args_forwardable4(__u32 host)
{
	__u8 first = host >> 24;

	return first != 0 && first != 127 && first < 224;
}

/**
 * args_unicast6() - check whether an address is one of a host elsewhere
 * @addr: IPv6 address
 *
 * Return: true if it is unicast and no address of a link or of this host.
 */
bool args_unicast6(const struct in6_addr *addr)
{
	return !IN6_IS_ADDR_UNSPECIFIED(addr) && !IN6_IS_ADDR_MULTICAST(addr) &&
	       !IN6_IS_ADDR_LINKLOCAL(addr) && !IN6_IS_ADDR_LOOPBACK(addr);
}

static int endpoint_port(const char *word, const char *port,
			 struct endpoint *endpoint)
{
	__u64 n;

	if (!args_digits(port, 10, UINT16_MAX, &n))
		return args_fail(word,
				 "has a wrong port: write a number from 0 to 65535 after the last ':'");
	endpoint->port = n;
	return 0;
}

static int endpoint6(const char *word, struct endpoint *endpoint)
{
	const char *end = strchr(word, ']');
	char addr[INET6_ADDRSTRLEN];

	if (!end)
		return args_fail(word,
				 "has no ']': write it like [2001:db8::5]:2000");
	if (end[1] != ':')
		return args_fail(word,
				 "has no port: write it like [2001:db8::5]:2000");
	if ((size_t)(end - word) > sizeof(addr))
		return args_fail(word,
				 "has no IPv6 address between its brackets: write it like [2001:db8::5]:2000");
	memcpy(addr, word + 1, end - word - 1);
	addr[end - word - 1] = '\0';
	if (inet_pton(AF_INET6, addr, &endpoint->addr6) != 1)
		return args_fail(word,
				 "has no IPv6 address between its brackets: write it like [2001:db8::5]:2000");
	endpoint->is6 = true;
	return endpoint_port(word, end + 2, endpoint);
}

/* ADDR#PORT is how Jool writes it. */
static int endpoint_hash(const char *word, const char *hash)
{
	struct in6_addr addr;
	char text[INET6_ADDRSTRLEN] = "";

	if ((size_t)(hash - word) < sizeof(text))
		memcpy(text, word, hash - word);
	if (inet_pton(AF_INET6, text, &addr) == 1)
		return args_fail(word, "has a '#': write [%s]:%.5s", text,
				 hash + 1);
	if (inet_pton(AF_INET, text, &addr) == 1)
		return args_fail(word, "has a '#': write %s:%.5s", text,
				 hash + 1);
	return args_fail(word,
			 "has a '#': write it like [2001:db8::5]:2000 or 192.0.2.2:2000");
}

/**
 * args_endpoint() - parse a transport address, [V6]:PORT or V4:PORT
 * @word: the transport address
 * @endpoint: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_endpoint(const char *word, struct endpoint *endpoint)
{
	const char *colon = strchr(word, ':'), *hash = strchr(word, '#');
	char addr[INET_ADDRSTRLEN];

	memset(endpoint, 0, sizeof(*endpoint));
	if (hash)
		return endpoint_hash(word, hash);
	if (*word == '[')
		return endpoint6(word, endpoint);
	if (!colon)
		return args_fail(word,
				 "has no port: write it like 192.0.2.2:2000");
	if (strchr(colon + 1, ':'))
		return args_fail(word,
				 "has no brackets around its IPv6 address: write it like [2001:db8::5]:2000");
	if ((size_t)(colon - word) < sizeof(addr)) {
		memcpy(addr, word, colon - word);
		addr[colon - word] = '\0';
		if (inet_pton(AF_INET, addr, &endpoint->addr4) == 1)
			return endpoint_port(word, colon + 1, endpoint);
	}
	return args_fail(word,
			 "does not start with an IPv4 address: write it like 192.0.2.2:2000");
}

/* One range of a list, which must be the last word on any mistake in it. */
static int port_range(const char *word, char *item, struct port_range *range)
{
	char *dash = strchr(item, '-');
	__u64 min, max;

	if (dash)
		*dash++ = '\0';
	if (!args_digits(item, 10, UINT16_MAX, &min) ||
	    !args_digits(dash ? dash : item, 10, UINT16_MAX, &max) || !min ||
	    !max)
		return args_fail(word,
				 "is not a list of ports: write ranges from 1 to 65535 with commas between them, such as 1024-2047,5000");
	if (min > max)
		return args_fail(word,
				 "has a range that ends before it starts: did you mean %u-%u?",
				 (unsigned int)max, (unsigned int)min);
	range->min = min;
	range->max = max;
	return 0;
}

/**
 * args_ports() - parse a list of port ranges, A-B[,C-D...]
 * @word: the list; a single port is a range of one
 * @list: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_ports(const char *word, struct port_list *list)
{
	const char *at = word;
	char item[16];

	list->n = 0;
	do {
		if (list->n == ARRAY_SIZE(list->range))
			return args_fail(word,
					 "has too many ranges: use %u at most for one pool4 entry",
					 NAT64_PORTS_MAX);
		/* An item that does not fit cannot be a range: say that. */
		if (!args_item(&at, item, sizeof(item)))
			item[0] = '\0';
		if (port_range(word, item, &list->range[list->n]))
			return -EINVAL;
		list->n++;
	} while (args_more(word, at));
	return 0;
}

/**
 * text_prefix6() - write an IPv6 prefix in words
 * @text: PREFIX_TEXT bytes
 * @prefix: the prefix
 *
 * Return: @text.
 */
const char *text_prefix6(char *text, const struct prefix6 *prefix)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &prefix->addr, addr, sizeof(addr));
	snprintf(text, PREFIX_TEXT, "%s/%u", addr, prefix->len);
	return text;
}

/**
 * text_prefix4() - write an IPv4 prefix in words
 * @text: PREFIX_TEXT bytes
 * @prefix: the prefix
 *
 * Return: @text.
 */
const char *text_prefix4(char *text, const struct prefix4 *prefix)
{
	char addr[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &prefix->addr, addr, sizeof(addr));
	snprintf(text, PREFIX_TEXT, "%s/%u", addr, prefix->len);
	return text;
}

/**
 * text_endpoint() - write a transport address in words
 * @text: ENDPOINT_TEXT bytes
 * @endpoint: the transport address
 *
 * Return: @text.
 */
const char *text_endpoint(char *text, const struct endpoint *endpoint)
{
	char addr[INET6_ADDRSTRLEN];

	if (endpoint->is6)
		inet_ntop(AF_INET6, &endpoint->addr6, addr, sizeof(addr));
	else
		inet_ntop(AF_INET, &endpoint->addr4, addr, sizeof(addr));
	snprintf(text, ENDPOINT_TEXT, endpoint->is6 ? "[%s]:%u" : "%s:%u",
		 addr, endpoint->port);
	return text;
}

/**
 * text_range() - write a port range in words
 * @text: RANGE_TEXT bytes
 * @range: the range
 *
 * Return: @text.
 */
const char *text_range(char *text, const struct port_range *range)
{
	if (range->min == range->max)
		snprintf(text, RANGE_TEXT, "%u", range->min);
	else
		snprintf(text, RANGE_TEXT, "%u-%u", range->min, range->max);
	return text;
}

/**
 * text_ports() - write a list of port ranges in words
 * @text: PORTS_TEXT bytes
 * @list: the list; an empty one is every port
 *
 * Return: @text.
 */
const char *text_ports(char *text, const struct port_list *list)
{
	char range[RANGE_TEXT];
	size_t at = 0, i;

	snprintf(text, PORTS_TEXT, PORTS_ALL);
	for (i = 0; i < list->n; i++)
		at += snprintf(text + at, PORTS_TEXT - at, "%s%s",
			       i ? "," : "", text_range(range, &list->range[i]));
	return text;
}

/**
 * prefix6_overlap() - check whether two IPv6 prefixes have an address in common
 * @a: a prefix
 * @b: a prefix
 *
 * Return: true if they have, so that one of them contains the other.
 */
bool prefix6_overlap(const struct prefix6 *a, const struct prefix6 *b)
{
	unsigned int len = a->len < b->len ? a->len : b->len;
	const __u8 *x = a->addr.s6_addr, *y = b->addr.s6_addr;

	return !memcmp(x, y, len / 8) &&
	       (!(len % 8) || !((x[len / 8] ^ y[len / 8]) >> (8 - len % 8)));
}

/**
 * prefix4_contains() - check whether an IPv4 prefix contains an address
 * @prefix: the prefix
 * @addr: the address
 *
 * Return: true if it does.
 */
bool prefix4_contains(const struct prefix4 *prefix, struct in_addr addr)
{
	__u32 differ = ntohl(prefix->addr.s_addr ^ addr.s_addr);

	return !prefix->len || !(differ >> (32 - prefix->len));
}
