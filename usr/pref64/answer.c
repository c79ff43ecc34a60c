// SPDX-License-Identifier: GPL-2.0
/*
 * answer.c - what an answer of DNS says
 *
 * The parser is libresolv's, which checks every length. An answer has the
 * question of the query; a record counts if the name that was asked for, or an
 * alias of it, owns it.
 */
#include <arpa/nameser.h>
#include <errno.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "pref64/pref64.h"

/* A negative answer without a SOA record may be asked for again after this. */
#define NEGATIVE_TTL 60
/* A day; a longer TTL would keep a wrong answer too long. */
#define TTL_MAX 86400
#define ALIASES_MAX 8
#define SOA_NUMBERS 20

/* A name without the dot at its end, which libraries write or leave out */
static bool is_name(const char *a, const char *b)
{
	size_t len_a = strlen(a), len_b = strlen(b);

	len_a -= len_a && a[len_a - 1] == '.';
	len_b -= len_b && b[len_b - 1] == '.';
	return len_a == len_b && !strncasecmp(a, b, len_a);
}

/**
 * pref64_in_domain() - check whether a name is a domain or in it
 * @name: the name
 * @domain: the domain, with a dot at its end or without
 *
 * A name in which libresolv had to escape a character is in no domain: the dot in
 * "evil\.example.com" is part of a label, and no name of a NAT64 needs one.
 *
 * Return: true if it is.
 */
bool pref64_in_domain(const char *name, const char *domain)
{
	if (strchr(name, '\\'))
		return false;
	for (; name; name = strchr(name, '.')) {
		name += *name == '.';
		if (*name && is_name(name, domain))
			return true;
	}
	return false;
}

/**
 * pref64_reverse() - the name below ip6.arpa of an address
 * @name: where to write it
 * @size: size of @name, 73 or more
 * @addr: the address
 */
void pref64_reverse(char *name, size_t size, const struct in6_addr *addr)
{
	size_t at = 0, i;

	for (i = 16; i-- && at < size;)
		at += snprintf(name + at, size - at, "%x.%x.",
			       addr->s6_addr[i] & 15, addr->s6_addr[i] >> 4);
	if (at < size)
		snprintf(name + at, size - at, "ip6.arpa");
}

static void shorten(struct pref64_answer *answer, __u32 ttl)
{
	/* RFC 2181 s8: one with its top bit set is zero. */
	if (ttl > INT32_MAX)
		ttl = 0;
	if (ttl < answer->ttl)
		answer->ttl = ttl;
}

static bool is_question(ns_msg *msg, const char *name, int type)
{
	ns_rr rr;

	return ns_msg_count(*msg, ns_s_qd) == 1 &&
	       !ns_parserr(msg, ns_s_qd, 0, &rr) &&
	       is_name(ns_rr_name(rr), name) && (int)ns_rr_type(rr) == type &&
	       ns_rr_class(rr) == ns_c_in;
}

/* A name is the whole of its record, and not what stands after it. */
static bool take_name(ns_msg *msg, ns_rr *rr, char *name, size_t size)
{
	return dn_expand(ns_msg_base(*msg), ns_msg_end(*msg), ns_rr_rdata(*rr),
			 name, size) == ns_rr_rdlen(*rr);
}

static void take_record(ns_msg *msg, ns_rr *rr, struct pref64_answer *answer)
{
	if (ns_rr_type(*rr) == ns_t_ptr && !*answer->name) {
		if (!take_name(msg, rr, answer->name, sizeof(answer->name)))
			*answer->name = '\0';
	} else if (ns_rr_type(*rr) == ns_t_aaaa && ns_rr_rdlen(*rr) == 16 &&
		   answer->n < PREF64_ADDRESSES) {
		memcpy(&answer->addrs[answer->n++], ns_rr_rdata(*rr), 16);
	}
	shorten(answer, ns_rr_ttl(*rr));
}

/*
 * The records of @name. If it is an alias, its target goes to @name.
 * Return: 1 if it is one, 0 if not, -EBADMSG if the records make no sense.
 */
static int take_records(ns_msg *msg, char *name, size_t size, int type,
			struct pref64_answer *answer)
{
	int i, n = ns_msg_count(*msg, ns_s_an);
	ns_rr rr;

	for (i = 0; i < n; i++) {
		if (ns_parserr(msg, ns_s_an, i, &rr))
			return -EBADMSG;
		if (ns_rr_class(rr) != ns_c_in || !is_name(ns_rr_name(rr), name))
			continue;
		if ((int)ns_rr_type(rr) == type) {
			take_record(msg, &rr, answer);
		} else if (ns_rr_type(rr) == ns_t_cname) {
			shorten(answer, ns_rr_ttl(rr));
			return take_name(msg, &rr, name, size) ? 1 : -EBADMSG;
		}
	}
	return 0;
}

/* For how long a negative answer is good (RFC 2308 s5) */
static void take_negative(ns_msg *msg, struct pref64_answer *answer)
{
	int i, n = ns_msg_count(*msg, ns_s_ns);
	ns_rr rr;

	answer->ttl = NEGATIVE_TTL;
	for (i = 0; i < n; i++) {
		if (ns_parserr(msg, ns_s_ns, i, &rr))
			return;
		if (ns_rr_type(rr) != ns_t_soa ||
		    ns_rr_rdlen(rr) < SOA_NUMBERS + 2)
			continue;
		/* The last of its five numbers is the minimum. */
		answer->ttl = ns_get32(ns_rr_rdata(rr) + ns_rr_rdlen(rr) - 4);
		if (answer->ttl > TTL_MAX)
			answer->ttl = TTL_MAX;
		shorten(answer, ns_rr_ttl(rr));
		return;
	}
}

/**
 * pref64_answer() - read an answer of DNS
 * @data: the message
 * @len: its length
 * @name: the name that was asked for
 * @type: the type, ns_t_aaaa or ns_t_ptr
 * @answer: where to store it
 *
 * Of an answer that is truncated, the flags are all that is read.
 *
 * Return: 0; -EBADMSG if it is no answer to that question or makes no sense.
 */
int pref64_answer(const void *data, size_t len, const char *name, int type,
		  struct pref64_answer *answer)
{
	char owner[NS_MAXDNAME];
	int aliases = 0, more;
	ns_msg msg;

	memset(answer, 0, sizeof(*answer));
	answer->ttl = TTL_MAX;
	if (len > NS_MAXMSG || ns_initparse(data, len, &msg) ||
	    !ns_msg_getflag(msg, ns_f_qr) ||
	    ns_msg_getflag(msg, ns_f_opcode) != ns_o_query ||
	    !is_question(&msg, name, type))
		return -EBADMSG;
	answer->rcode = ns_msg_getflag(msg, ns_f_rcode);
	answer->truncated = ns_msg_getflag(msg, ns_f_tc);
	answer->authentic = ns_msg_getflag(msg, ns_f_ad);
	if (answer->truncated)
		return 0;
	strncpy(owner, name, sizeof(owner) - 1);
	owner[sizeof(owner) - 1] = '\0';
	do {
		more = take_records(&msg, owner, sizeof(owner), type, answer);
		if (more < 0)
			return more;
	} while (more && ++aliases < ALIASES_MAX);
	if (!answer->n && !*answer->name)
		take_negative(&msg, answer);
	return 0;
}
