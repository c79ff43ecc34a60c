// SPDX-License-Identifier: GPL-2.0
/*
 * resolve.c - NAT64 prefixes by DNS (RFC 7050)
 *
 * The queries are sent here, not by the C library, which neither reports the
 * resolver that has answered nor asks by a certain device.
 */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <resolv.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cli/signals.h"
#include "pref64/resolve.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define NAME "ipv4only.arpa"
#define WKA 0xc00000aa
#define UDP_TIMES 2
#define QUERY_SIZE 512
#define ANSWER_SIZE 65535

/**
 * struct query - a query on its way
 * @resolve: whose it is
 * @server: who is asked
 * @name: the name
 * @type: the type
 * @data: the message, after two octets for its length by TCP
 * @len: length of the message
 * @until: when to give up
 */
struct query {
	struct resolve *resolve;
	const struct resolve_server *server;
	const char *name;
	int type;
	__u8 data[2 + QUERY_SIZE];
	size_t len;
	__u64 until;
};

__printf(3, 4) static int fail(struct resolve *resolve, int err,
			       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(resolve->why, sizeof(resolve->why), fmt, ap);
	va_end(ap);
	return err;
}

/* --- who is asked --- */

static bool is_loopback(const struct sockaddr *addr)
{
	if (addr->sa_family == AF_INET)
		return ntohl(((struct sockaddr_in *)addr)->sin_addr.s_addr) >>
			       24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)addr)->sin6_addr);
}

/* An address, which may have a zone (fe80::1%eth0) */
static void add_server(struct resolve *resolve, const char *word)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_DGRAM,
	};
	struct resolve_server *server = &resolve->server[resolve->n];
	struct addrinfo *info;

	if (resolve->n == RESOLVE_SERVERS ||
	    strlen(word) >= sizeof(server->text) ||
	    getaddrinfo(word, "53", &hints, &info))
		return;
	if (info->ai_addrlen <= sizeof(server->addr)) {
		memcpy(&server->addr, info->ai_addr, info->ai_addrlen);
		server->len = info->ai_addrlen;
		server->loopback = is_loopback(info->ai_addr);
		snprintf(server->text, sizeof(server->text), "%s", word);
		resolve->n++;
	}
	freeaddrinfo(info);
}

/**
 * resolve_read() - read a file such as /etc/resolv.conf
 * @resolve: where the resolvers go; the first three, as in the C library
 * @file: the file
 */
void resolve_read(struct resolve *resolve, FILE *file)
{
	char *line = NULL, *rest, *word;
	size_t size = 0;

	/* A search list from DHCP may be long: its end is no line of its own. */
	while (getline(&line, &size, file) > 0) {
		rest = line;
		word = strsep(&rest, " \t\r\n");
		while (rest && (*rest == ' ' || *rest == '\t'))
			rest++;
		if (!strcmp(word, "nameserver") && rest)
			add_server(resolve, strsep(&rest, " \t\r\n"));
		else if (!strcmp(word, "options"))
			while ((word = strsep(&rest, " \t\r\n")))
				resolve->trust_ad |= !strcmp(word, "trust-ad");
	}
	free(line);
}

/**
 * resolve_open() - look up who is to be asked
 * @resolve: where the resolvers go
 * @netns: the network namespace that --netns has entered, or NULL. If it has a
 *	resolv.conf of its own (ip-netns(8)), that is read.
 *
 * Return: 0, or a negative errno with its words in @resolve.
 */
int resolve_open(struct resolve *resolve, const char *netns)
{
	char path[300];
	FILE *file = NULL;

	resolve->n = 0;
	resolve->trust_ad = false;
	if (netns && !strchr(netns, '/')) {
		snprintf(path, sizeof(path), "/etc/netns/%s/resolv.conf",
			 netns);
		file = fopen(path, "re");
	}
	if (!file)
		file = fopen(RESOLV_CONF, "re");
	if (file) {
		resolve_read(resolve, file);
		fclose(file);
	}
	if (!resolve->n)
		return fail(resolve, -ENOENT,
			    "there is no resolver to ask: name one in "
			    RESOLV_CONF);
	return 0;
}

/* --- one query --- */

/* Until @fd is ready. Return: 0, -ETIMEDOUT or another negative errno. */
static int await(const struct query *query, int fd, int events)
{
	struct pollfd poll = { .fd = fd, .events = events };
	__u64 now = found_now();
	struct timespec left;
	int n;

	if (now >= query->until)
		return -ETIMEDOUT;
	left.tv_sec = (query->until - now) / 1000;
	left.tv_nsec = (query->until - now) % 1000 * 1000000;
	n = signals_poll(&poll, 1, &left, query->resolve->signals);
	if (n < 0)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}

static int open_socket(const struct query *query, int type)
{
	const struct sockaddr *to = (const struct sockaddr *)&query->server->addr;
	const char *device = query->resolve->device;
	int fd, err;

	fd = socket(to->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (device && !query->server->loopback &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device,
		       strlen(device) + 1)) {
		err = -errno;
		close(fd);
		return err;
	}
	if (connect(fd, to, query->server->len) && errno != EINPROGRESS) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* An answer has the number of its query, which is hard to guess. */
static int judge(struct query *query, const __u8 *data, size_t len)
{
	if (len < 2 || memcmp(data, query->data + 2, 2))
		return -EBADMSG;
	return pref64_answer(data, len, query->name, query->type,
			     &query->resolve->answer);
}

/* What is no answer to this query is as if it had not come. */
static int exchange_udp(struct query *query, __u8 *data)
{
	int fd = open_socket(query, SOCK_DGRAM), err;
	ssize_t len;

	if (fd < 0)
		return fd;
	err = send(fd, query->data + 2, query->len, 0) < 0 ? -errno : 0;
	while (!err) {
		err = await(query, fd, POLLIN);
		if (err)
			break;
		len = recv(fd, data, ANSWER_SIZE, 0);
		if (len < 0 && errno != EAGAIN)
			err = -errno;
		else if (len >= 0 && !judge(query, data, len))
			break;
	}
	close(fd);
	return err;
}

static int send_tcp(const struct query *query, int fd)
{
	int err = await(query, fd, POLLOUT);

	if (err)
		return err;
	if (send(fd, query->data, query->len + 2, MSG_NOSIGNAL) !=
	    (ssize_t)query->len + 2)
		return errno ? -errno : -EIO;
	return 0;
}

static int read_tcp(const struct query *query, int fd, __u8 *data, size_t size)
{
	size_t at = 0;
	ssize_t len;
	int err;

	while (at < size) {
		err = await(query, fd, POLLIN);
		if (err)
			return err;
		len = recv(fd, data + at, size - at, 0);
		if (!len)
			return -ECONNRESET;
		if (len < 0 && errno != EAGAIN)
			return -errno;
		at += len < 0 ? 0 : len;
	}
	return 0;
}

static int exchange_tcp(struct query *query, __u8 *data)
{
	int fd = open_socket(query, SOCK_STREAM), err;
	__u8 head[2] = { 0, 0 };
	size_t len = 0;

	if (fd < 0)
		return fd;
	err = send_tcp(query, fd);
	if (!err)
		err = read_tcp(query, fd, head, sizeof(head));
	if (!err) {
		len = head[0] << 8 | head[1];
		err = read_tcp(query, fd, data, len);
	}
	close(fd);
	return err ? err : judge(query, data, len);
}

/* @name and @type with a number that is not to be guessed; RD and AD, not CD */
static int make_query(struct query *query)
{
	HEADER head;
	int len;

	len = res_mkquery(ns_o_query, query->name, ns_c_in, query->type, NULL,
			  0, NULL, query->data + 2, QUERY_SIZE);
	if (len < (int)sizeof(head))
		return -EINVAL;
	memcpy(&head, query->data + 2, sizeof(head));
	head.rd = 1;
	head.ad = 1;
	head.cd = 0;
	if (getrandom(&head, 2, 0) != 2)
		return -EIO;
	memcpy(query->data + 2, &head, sizeof(head));
	query->len = len;
	query->data[0] = len >> 8;
	query->data[1] = len & 0xff;
	return 0;
}

static void set_end(struct query *query, unsigned int wait)
{
	query->until = found_now() + wait;
	if (query->until > query->resolve->until)
		query->until = query->resolve->until;
}

static int ask_server(struct query *query)
{
	struct pref64_answer *answer = &query->resolve->answer;
	static __u8 data[ANSWER_SIZE];
	int i, err = make_query(query);

	for (i = 0; i < UDP_TIMES; i++) {
		if (err && err != -ETIMEDOUT)
			return err;
		if (found_now() >= query->resolve->until)
			return -ETIMEDOUT;
		set_end(query, query->resolve->wait / UDP_TIMES);
		err = exchange_udp(query, data);
		if (!err)
			break;
	}
	if (!err && answer->truncated) {
		set_end(query, query->resolve->wait);
		err = exchange_tcp(query, data);
	}
	if (!err && (answer->truncated || (answer->rcode != ns_r_noerror &&
					   answer->rcode != ns_r_nxdomain)))
		return -EREMOTEIO;
	return err;
}

static void explain(struct resolve *resolve, const char *server, int err)
{
	if (err == -ETIMEDOUT)
		fail(resolve, err,
		     "the resolver %s did not answer within %u ms: check the way to it, or raise --timeout",
		     server, resolve->wait);
	else if (err == -EREMOTEIO)
		fail(resolve, err,
		     "the resolver %s could not answer (code %d): look into its log",
		     server, resolve->answer.rcode);
	else
		fail(resolve, err,
		     "cannot ask the resolver %s: %s: check the way to it",
		     server, strerror(-err));
}

/*
 * Ask the resolvers in turn until one knows @name and @type.
 * Return: 0, also if the answer is that there is nothing; -EINTR if a signal
 * came; another negative errno if no resolver has answered, with its words in
 * @resolve.
 */
static int ask(struct resolve *resolve, const char *name, int type)
{
	struct query query = {
		.resolve = resolve,
		.name = name,
		.type = type,
	};
	int err = -ENOENT;
	size_t i;

	for (i = 0; i < resolve->n; i++) {
		query.server = &resolve->server[i];
		resolve->from = query.server;
		err = ask_server(&query);
		if (!err || err == -EINTR)
			return err;
		explain(resolve, query.server->text, err);
	}
	return err;
}

/* --- validation (RFC 7050 s3.1.2) --- */

static bool is_trusted(const struct resolve *resolve, const char *name)
{
	const char *const *domain;

	for (domain = resolve->trust; *domain; domain++)
		if (pref64_in_domain(name, *domain))
			return true;
	return false;
}

/* What a resolver says of DNSSEC counts if the way to it is secure. */
static bool is_proven(const struct resolve *resolve)
{
	return resolve->answer.authentic &&
	       (resolve->trust_ad || resolve->from->loopback);
}

/* Return: 0 if it is validated, 1 with the reason in @resolve, or an errno. */
static int validate(struct resolve *resolve, const struct prefix6 *prefix)
{
	struct pref64_answer *answer = &resolve->answer;
	char text[64], name[sizeof(answer->name)];
	struct in6_addr addr;
	size_t i;
	int err;

	pref64_text(text, sizeof(text), prefix);
	if (pref64_is_well_known(prefix))
		return fail(resolve, 1,
			    "%s belongs to no domain, so that DNSSEC proves nothing of it: leave --trust out, or use a prefix of the network",
			    text);
	pref64_embed(prefix, WKA, &addr);
	pref64_reverse(name, sizeof(name), &addr);
	err = ask(resolve, name, ns_t_ptr);
	if (err)
		return err;
	if (!*answer->name || !is_trusted(resolve, answer->name))
		return fail(resolve, 1,
			    "the NAT64 of %s has %s%s, which is in no domain of --trust: name its domain if you trust it",
			    text, *answer->name ? "the name " : "no name",
			    answer->name);
	memcpy(name, answer->name, sizeof(name));
	err = ask(resolve, name, ns_t_aaaa);
	if (err)
		return err;
	for (i = 0; i < answer->n; i++)
		if (!memcmp(&answer->addrs[i], &addr, sizeof(addr)))
			break;
	if (i == answer->n)
		return fail(resolve, 1,
			    "%s does not have the address that %s has for it: is it another NAT64?",
			    name, text);
	if (!is_proven(resolve))
		return fail(resolve, 1,
			    "the resolver %s does not prove the addresses of %s by DNSSEC: use a validating one on this machine, or one that 'options trust-ad' trusts",
			    resolve->from->text, name);
	return 0;
}

/*
 * Keep those that are validated. The answer stays that with the prefixes, and
 * the reason is the first. A query that is lost proves nothing against a prefix.
 * Return: how many are kept; if none, and a query failed, its negative errno.
 */
static int validate_all(struct resolve *resolve, struct prefix6 *prefixes,
			size_t n)
{
	const struct resolve_server *from = resolve->from;
	struct pref64_answer answer = resolve->answer;
	char why[RESOLVE_WHY] = "";
	size_t kept = 0, i;
	int err, failed = 0;

	for (i = 0; i < n; i++) {
		err = validate(resolve, &prefixes[i]);
		if (err == -EINTR)
			return err;
		if (err < 0) {
			resolve->lost = true;
			failed = err;
		}
		if (!err)
			prefixes[kept++] = prefixes[i];
		else if (!*why)
			memcpy(why, resolve->why, sizeof(why));
	}
	memcpy(resolve->why, why, sizeof(why));
	resolve->answer = answer;
	resolve->from = from;
	return kept ? (int)kept : failed;
}

/**
 * resolve_prefixes() - find the prefixes of the network by DNS
 * @resolve: the resolvers
 * @prefixes: where to store them, in the order of the answer
 * @max: how many fit
 *
 * However many resolvers are silent and prefixes are to be validated, this takes
 * no longer than a query of each resolver and one more.
 *
 * Return: how many there are, with the reason in @resolve if there is none;
 * -EINTR if a signal came; or another negative errno if no resolver answered,
 * with its words in @resolve.
 */
int resolve_prefixes(struct resolve *resolve, struct prefix6 *prefixes,
		     size_t max)
{
	const struct pref64_answer *answer = &resolve->answer;
	size_t n;
	int err;

	resolve->lost = false;
	resolve->until = found_now() + (RESOLVE_SERVERS + 1) * resolve->wait;
	err = ask(resolve, NAME, ns_t_aaaa);
	if (err)
		return err;
	n = pref64_find(answer->addrs, answer->n, prefixes, max);
	if (!n && answer->n)
		fail(resolve, 0,
		     "the resolver %s has IPv6 addresses for " NAME
		     ", but none has a well-known address where RFC 6052 puts it: check the prefix of the DNS64",
		     resolve->from->text);
	else if (!n)
		fail(resolve, 0,
		     "the resolver %s has no IPv6 address for " NAME
		     ": it is no DNS64; name one in " RESOLV_CONF,
		     resolve->from->text);
	if (n && resolve->trust && *resolve->trust)
		return validate_all(resolve, prefixes, n);
	return n;
}
