/* SPDX-License-Identifier: GPL-2.0 */
/* args.h - from the words of a command line to values, and to sentences */
#ifndef NAT64CTL_ARGS_H
#define NAT64CTL_ARGS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/nat64.h>
#include <linux/types.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define attribute_is(what) __attribute__((what))
#define __printf(a, b) attribute_is(format(printf, a, b))

/* "[", an IPv6 address with its zero, "]:" and a port */
#define ENDPOINT_TEXT (INET6_ADDRSTRLEN + 8)
/* An address, "/", a length and the zero */
#define PREFIX_TEXT (INET6_ADDRSTRLEN + 4)
/* "65535-65535" and the zero; of a list, as many with a comma between them */
#define RANGE_TEXT 12
#define PORTS_TEXT (NAT64_PORTS_MAX * RANGE_TEXT)
#define PORTS_ALL "1-65535"

/**
 * struct prefix6 - an IPv6 prefix or address
 * @addr: the address; bits after @len are zero
 * @len: its length
 */
struct prefix6 {
	struct in6_addr addr;
	__u8 len;
};

/**
 * struct prefix4 - an IPv4 prefix or address
 * @addr: the address; bits after @len are zero
 * @len: its length
 */
struct prefix4 {
	struct in_addr addr;
	__u8 len;
};

/**
 * struct endpoint - a transport address
 * @is6: IPv6 or IPv4?
 * @addr6: the IPv6 address
 * @addr4: the IPv4 address
 * @port: port or ICMP identifier, in host order
 */
struct endpoint {
	bool is6;
	struct in6_addr addr6;
	struct in_addr addr4;
	__u16 port;
};

/**
 * struct port_list - ranges of ports
 * @n: how many there are
 * @range: the ranges, both ends included
 */
struct port_list {
	size_t n;
	struct port_range {
		__u16 min;
		__u16 max;
	} range[NAT64_PORTS_MAX];
};

/**
 * struct plateau_list - sizes of packets
 * @n: how many there are
 * @mtu: the sizes
 */
struct plateau_list {
	size_t n;
	__u16 mtu[NAT64_PLATEAUS_MAX];
};

/* The three protocols, in the order in which the command uses them. */
extern const __u8 args_all_protos[3];

__printf(2, 3) int args_fail(const char *word, const char *fmt, ...);
const char *args_why(void);
size_t args_length(int argc, char **argv);
const char *args_nearest(const char *word, const char *const *names, size_t n);

bool args_digits(const char *word, unsigned int base, __u64 max, __u64 *number);
bool args_item(const char **at, char *item, size_t size);
bool args_more(const char *word, const char *at);

int args_name(const char *word);
int args_uplink(const char *word);
int args_number(const char *word, const char *what, __u32 min, __u32 max,
		__u32 *number);
int args_bool(const char *word, bool *on);
bool args_clock(const char *word, __u32 *seconds, bool *rest);
int args_seconds(const char *word, __u32 *seconds);
int args_plateaus(const char *word, struct plateau_list *list);
int args_prefix6(const char *word, bool need_length, struct prefix6 *prefix);
int args_prefix4(const char *word, struct prefix4 *prefix);
bool args_forwardable4(__u32 host);
bool args_unicast6(const struct in6_addr *addr);
int args_endpoint(const char *word, struct endpoint *endpoint);
int args_ports(const char *word, struct port_list *list);
int args_proto(const char *word, __u8 *proto);
int args_protos(const char *word, __u8 *protos, size_t *n);
int args_state(const char *word, __u8 *state);
int args_type(const char *word, __u8 *type);
int args_device(const char *word);
int args_eam(const struct prefix6 *prefix6, const struct prefix4 *prefix4);

const char *args_proto_name(__u8 proto);
const char *args_state_name(__u8 state);
const char *args_type_name(__u8 type);

const char *text_prefix6(char *text, const struct prefix6 *prefix);
const char *text_prefix4(char *text, const struct prefix4 *prefix);
const char *text_endpoint(char *text, const struct endpoint *endpoint);
const char *text_range(char *text, const struct port_range *range);
const char *text_ports(char *text, const struct port_list *list);
bool prefix6_overlap(const struct prefix6 *a, const struct prefix6 *b);
bool prefix4_contains(const struct prefix4 *prefix, struct in_addr addr);

#endif /* NAT64CTL_ARGS_H */
