// SPDX-License-Identifier: GPL-2.0
/* packet.c - packets for a trace, built from their headers */
#include <ctype.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>

#include "nl/packet.h"

static __u32 sum(const void *data, size_t len, __u32 start)
{
	const __u8 *byte = data;
	size_t i;

	for (i = 0; i < len; i++)
		start += i & 1 ? byte[i] : byte[i] << 8;
	return start;
}

static __u16 fold(__u32 total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return htons(~total & 0xffff);
}

static __u32 pseudo_header(const struct packet *packet, __u8 proto, size_t len)
{
	__u32 total = proto + len;

	if (packet->src.is6) {
		total = sum(&packet->src.addr6, 16, total);
		return sum(&packet->dst.addr6, 16, total);
	}
	total = sum(&packet->src.addr4, 4, total);
	return sum(&packet->dst.addr4, 4, total);
}

static size_t transport_size(__u8 proto)
{
	return proto == IPPROTO_TCP ? sizeof(struct tcphdr) : 8;
}

static void make_tcp(const struct packet *packet, __u8 *at, size_t len)
{
	struct tcphdr th = {
		.th_sport = htons(packet->src.port),
		.th_dport = htons(packet->dst.port),
		.th_off = sizeof(th) / 4,
		.th_flags = packet->flags,
		.th_win = htons(65535),
	};

	memcpy(at, &th, sizeof(th));
	th.th_sum = fold(sum(at, len, pseudo_header(packet, IPPROTO_TCP, len)));
	memcpy(at, &th, sizeof(th));
}

static void make_udp(const struct packet *packet, __u8 *at, size_t len)
{
	struct udphdr uh = {
		.uh_sport = htons(packet->src.port),
		.uh_dport = htons(packet->dst.port),
		.uh_ulen = htons(len),
	};

	memcpy(at, &uh, sizeof(uh));
	uh.uh_sum = fold(sum(at, len, pseudo_header(packet, IPPROTO_UDP, len)));
	/* 0 would mean that there is no checksum. */
	if (!uh.uh_sum)
		uh.uh_sum = 0xffff;
	memcpy(at, &uh, sizeof(uh));
}

static void make_echo(const struct packet *packet, __u8 *at, size_t len)
{
	bool is6 = packet->src.is6;
	struct icmphdr echo = {
		.type = is6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.un.echo.id = htons(packet->src.port),
	};
	__u32 start = is6 ? pseudo_header(packet, IPPROTO_ICMPV6, len) : 0;

	memcpy(at, &echo, sizeof(echo));
	echo.checksum = fold(sum(at, len, start));
	memcpy(at, &echo, sizeof(echo));
}

static size_t make_ipv6(const struct packet *packet, __u8 *bytes, size_t len)
{
	struct ip6_hdr ip6h = {
		.ip6_flow = htonl(6u << 28),
		.ip6_plen = htons(len),
		.ip6_nxt = packet->proto == IPPROTO_ICMP ? IPPROTO_ICMPV6 :
							   packet->proto,
		.ip6_hlim = packet->ttl,
		.ip6_src = packet->src.addr6,
		.ip6_dst = packet->dst.addr6,
	};

	memcpy(bytes, &ip6h, sizeof(ip6h));
	return sizeof(ip6h);
}

static size_t make_ipv4(const struct packet *packet, __u8 *bytes, size_t len)
{
	struct iphdr iph = {
		.version = 4,
		.ihl = sizeof(iph) / 4,
		.tot_len = htons(len + sizeof(iph)),
		.frag_off = htons(IP_DF),
		.ttl = packet->ttl,
		.protocol = packet->proto,
		.saddr = packet->src.addr4.s_addr,
		.daddr = packet->dst.addr4.s_addr,
	};

	iph.check = fold(sum(&iph, sizeof(iph), 0));
	memcpy(bytes, &iph, sizeof(iph));
	return sizeof(iph);
}

/**
 * packet_make() - write a packet down
 * @packet: what it is
 * @bytes: where to write it, PACKET_MAX bytes
 *
 * Return: its length.
 */
size_t packet_make(const struct packet *packet, __u8 *bytes)
{
	size_t start = packet->src.is6 ? sizeof(struct ip6_hdr) :
					 sizeof(struct iphdr);
	size_t len = transport_size(packet->proto);

	if (packet->length > start + len)
		len = packet->length - start;
	memset(bytes, 0, start + len);
	if (packet->src.is6)
		make_ipv6(packet, bytes, len);
	else
		make_ipv4(packet, bytes, len);
	if (packet->proto == IPPROTO_TCP)
		make_tcp(packet, bytes + start, len);
	else if (packet->proto == IPPROTO_UDP)
		make_udp(packet, bytes + start, len);
	else
		make_echo(packet, bytes + start, len);
	return start + len;
}

/**
 * packet_flags() - parse a comma list of TCP flags
 * @word: the list
 * @flags: where to store them, as in the header of TCP
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int packet_flags(const char *word, __u8 *flags)
{
	static const char *const names[] = {
		"fin", "syn", "rst", "psh", "ack", "urg",
	};
	const char *at = word;
	char item[8];
	size_t i;

	*flags = 0;
	do {
		if (!args_item(&at, item, sizeof(item)))
			break;
		for (i = 0; i < ARRAY_SIZE(names); i++) {
			if (!strcmp(item, names[i]))
				break;
		}
		if (i == ARRAY_SIZE(names))
			break;
		*flags |= 1u << i;
		if (!args_more(word, at))
			return 0;
	} while (true);
	return args_fail(word,
			 "is not a list of TCP flags: write syn, ack, fin, rst, psh or urg with commas between them");
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10 : -1;
}

/**
 * packet_hex() - parse a packet that is written in hexadecimal digits
 * @word: the digits
 * @bytes: where to write it, PACKET_MAX bytes
 * @len: where to store its length
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int packet_hex(const char *word, __u8 *bytes, size_t *len)
{
	size_t n = strlen(word), i;

	if (!n || n % 2)
		return args_fail(NULL,
				 "the packet is not a whole number of bytes: write two hexadecimal digits for each");
	if (n / 2 > PACKET_MAX)
		return args_fail(NULL,
				 "the packet is too long: write %u bytes at most",
				 PACKET_MAX);
	for (i = 0; i < n; i++) {
		if (digit(word[i]) < 0)
			return args_fail(NULL,
					 "the packet has a letter that is not a hexadecimal digit, %c: write 0-9 and a-f",
					 word[i]);
		bytes[i / 2] = bytes[i / 2] << 4 | digit(word[i]);
	}
	*len = n / 2;
	return 0;
}
