/* SPDX-License-Identifier: GPL-2.0 */
/* pref64.h - NAT64 prefixes in router advertisements and in answers of DNS */
#ifndef NAT64CTL_PREF64_H
#define NAT64CTL_PREF64_H

#include "cli/args.h"

/* More options of one advertisement and more addresses of one answer are not
 * looked at.
 */
#define PREF64_OPTIONS 16
#define PREF64_ADDRESSES 32

/**
 * struct pref64_option - a PREF64 option (RFC 8781 s4)
 * @prefix: the prefix; bits after its length are zero
 * @lifetime: seconds for which it may be used; 0: not any more
 */
struct pref64_option {
	struct prefix6 prefix;
	__u32 lifetime;
};

/**
 * struct pref64_answer - what an answer of DNS says
 * @addrs: the addresses of the name, in the order of the answer
 * @n: how many
 * @name: the name that the name points to, of a PTR query; else ""
 * @ttl: seconds for which the answer is good, also one that says no
 * @rcode: the response code
 * @truncated: the rest did not fit: ask again by TCP
 * @authentic: the resolver has validated it by DNSSEC, or says so
 */
struct pref64_answer {
	struct in6_addr addrs[PREF64_ADDRESSES];
	size_t n;
	char name[256];
	__u32 ttl;
	int rcode;
	bool truncated;
	bool authentic;
};

bool pref64_usable(const struct prefix6 *prefix);
void pref64_mask(struct prefix6 *prefix);
const char *pref64_text(char *text, size_t size, const struct prefix6 *prefix);
bool pref64_is_well_known(const struct prefix6 *prefix);

bool pref64_option(const void *data, size_t len, struct pref64_option *option);
int pref64_advert(const void *data, size_t len, struct pref64_option *options);
int pref64_useropt(const void *data, size_t len, struct pref64_option *options,
		   unsigned int *ifindex, struct in6_addr *router);

size_t pref64_find(const struct in6_addr *addrs, size_t n,
		   struct prefix6 *prefixes, size_t max);
void pref64_embed(const struct prefix6 *prefix, __u32 host,
		  struct in6_addr *addr);
void pref64_reverse(char *name, size_t size, const struct in6_addr *addr);
bool pref64_in_domain(const char *name, const char *domain);
int pref64_answer(const void *data, size_t len, const char *name, int type,
		  struct pref64_answer *answer);

#endif /* NAT64CTL_PREF64_H */
