// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_pref64.c - what a network says of its NAT64 prefix: router advertisements,
 * the kernel's messages about them, answers of DNS, addresses, resolv.conf; and
 * what is made of that over time. The first byte chooses, the rest is the input.
 */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fuzz.h"
#include "pref64/found.h"
#include "pref64/resolve.h"

static void check_prefix(const struct prefix6 *prefix)
{
	struct prefix6 masked = *prefix;
	char text[64];

	FUZZ_MUST(pref64_usable(prefix));
	pref64_mask(&masked);
	FUZZ_MUST(!memcmp(&masked, prefix, sizeof(masked)));
	fuzz_plain(pref64_text(text, sizeof(text), prefix));
}

static void check_options(const struct pref64_option *options, int n)
{
	FUZZ_MUST(n <= PREF64_OPTIONS);
	while (n-- > 0) {
		check_prefix(&options[n].prefix);
		FUZZ_MUST(options[n].lifetime <= 65528 &&
			  options[n].lifetime % 8 == 0);
	}
}

/* What was found is what a DNS64 of that prefix makes of a well-known address. */
static void check_addresses(const struct in6_addr *addrs, size_t n)
{
	struct prefix6 prefixes[PREF64_ADDRESSES];
	size_t found, i, j, k;

	found = pref64_find(addrs, n, prefixes, PREF64_ADDRESSES);
	FUZZ_MUST(found <= PREF64_ADDRESSES);
	for (i = 0; i < found; i++) {
		struct in6_addr made;
		size_t len = prefixes[i].len == 96 ? 16 :
			     prefixes[i].len == 32 ? 8 : prefixes[i].len / 8 + 5;
		bool known = false;

		check_prefix(&prefixes[i]);
		for (j = 0; j < n; j++)
			for (k = 0; k < 2; k++) {
				pref64_embed(&prefixes[i], 0xc00000aa + k,
					     &made);
				known |= !memcmp(&made, &addrs[j], len);
			}
		FUZZ_MUST(known);
	}
}

/*
 * Check whether a name is a domain or in it, label by label as they are sent,
 * and without a character that libresolv escapes
 */
static bool is_in_domain(const char *name, const char *domain)
{
	unsigned char wire[2][NS_MAXCDNAME];
	size_t len[2], at;
	int i;

	if (strchr(name, '\\'))
		return false;
	for (i = 0; i < 2; i++) {
		if (ns_name_pton(i ? domain : name, wire[i],
				 sizeof(wire[i])) < 0)
			return false;
		for (at = 0; wire[i][at]; at += wire[i][at] + 1)
			;
		len[i] = at + 1;
	}
	for (at = 0; wire[0][at]; at += wire[0][at] + 1)
		if (len[0] - at == len[1] &&
		    !strncasecmp((char *)wire[0] + at, (char *)wire[1], len[1]))
			return true;
	return false;
}

static void check_name(const char *name)
{
	static const char *const domains[] = {
		"example", "nat64.example", "arpa", "com",
	};
	size_t i;

	fuzz_plain(name);
	for (i = 0; i < ARRAY_SIZE(domains); i++)
		FUZZ_MUST(pref64_in_domain(name, domains[i]) ==
			  is_in_domain(name, domains[i]));
}

static void take_answer(const void *data, size_t size, int type)
{
	struct pref64_answer answer;

	if (pref64_answer(data, size, "ipv4only.arpa", type, &answer))
		return;
	FUZZ_MUST(answer.n <= PREF64_ADDRESSES && answer.ttl <= 86400);
	FUZZ_MUST(memchr(answer.name, '\0', sizeof(answer.name)));
	check_addresses(answer.addrs, answer.n);
	check_name(answer.name);
}

static void take_addresses(const void *data, size_t size)
{
	struct in6_addr addrs[PREF64_ADDRESSES];
	size_t n = size / sizeof(*addrs);

	n = n > PREF64_ADDRESSES ? PREF64_ADDRESSES : n;
	memcpy(addrs, data, n * sizeof(*addrs));
	check_addresses(addrs, n);
}

static void take_servers(const uint8_t *data, size_t size)
{
	struct resolve resolve = { 0 };
	FILE *file = fopen(fuzz_file(data, size), "re");
	bool has_options = false;
	const __u8 *line, *end;
	size_t i;

	resolve_read(&resolve, file);
	fclose(file);
	FUZZ_MUST(resolve.n <= RESOLVE_SERVERS);
	for (i = 0; i < resolve.n; i++)
		FUZZ_MUST(resolve.server[i].len);
	for (line = data; line < data + size; line = end + 1) {
		end = memchr(line, '\n', data + size - line) ?: data + size;
		has_options |= end - line > 7 && !memcmp(line, "options", 7);
	}
	FUZZ_MUST(!resolve.trust_ad || has_options);
}

/* --- the table --- */

/*
 * One for each entry, in their order: what was reported to come and not to go.
 * An entry that is announced again keeps its place.
 */
struct shadow {
	struct found entry[FOUND_MAX];
	size_t n;
};

static bool is_entry(const struct found *a, const struct found *b)
{
	return a->source == b->source && a->ifindex == b->ifindex &&
	       !memcmp(&a->prefix, &b->prefix, sizeof(a->prefix)) &&
	       (a->source == FOUND_DNS || !strcmp(a->from, b->from));
}

static void on_change(const struct found *found, enum found_end end, void *arg)
{
	struct shadow *shadow = arg;
	size_t i;

	for (i = 0; i < shadow->n; i++)
		if (is_entry(&shadow->entry[i], found))
			break;
	if (end == FOUND_STAYS) {
		FUZZ_MUST(i == shadow->n && i < FOUND_MAX);
		shadow->entry[shadow->n++] = *found;
		return;
	}
	FUZZ_MUST(i < shadow->n);
	shadow->n--;
	memmove(&shadow->entry[i], &shadow->entry[i + 1],
		(shadow->n - i) * sizeof(*found));
}

static void check_table(const struct found_table *table,
			const struct shadow *shadow, __u64 now)
{
	size_t i, j, same, devices = 0;

	FUZZ_MUST(table->n == shadow->n && table->n <= FOUND_MAX);
	FUZZ_MUST(found_count(table, FOUND_RA) + found_count(table, FOUND_DNS) ==
		  table->n);
	for (i = 0; i < table->n; i++) {
		FUZZ_MUST(is_entry(&table->entry[i], &shadow->entry[i]));
		FUZZ_MUST(table->entry[i].until >= found_next(table));
		for (same = 0, j = 0; j < table->n; j++)
			same += table->entry[j].ifindex ==
				table->entry[i].ifindex;
		devices = same > devices ? same : devices;
	}
	FUZZ_MUST(devices <= FOUND_DEVICE_MAX);
	FUZZ_MUST(found_next(table) > now);
}

/* Four bytes are one thing that happens: what, prefix, from where, how long */
static void take_changes(const __u8 *data, size_t size)
{
	static struct found_table table;
	static struct shadow shadow;
	__u64 now = 1;

	shadow.n = 0;
	table = (struct found_table){ .changed = on_change, .arg = &shadow };
	for (; size >= 4; data += 4, size -= 4) {
		struct found found = {
			.prefix = { .len = 96 },
			.source = data[2] & 7 ? FOUND_RA : FOUND_DNS,
			.ifindex = data[2] & 7,
			.until = now + data[3],
		};

		found.prefix.addr.s6_addr[0] = 0x20;
		found.prefix.addr.s6_addr[4] = data[1];
		snprintf(found.from, sizeof(found.from), "fe80::%u",
			 data[2] >> 3);
		switch (data[0] & 7) {
		case 0:
			found_withdraw(&table, &found);
			break;
		case 1:
			found_link_down(&table, data[2] & 7);
			break;
		case 2:
			found_supersede(&table);
			FUZZ_MUST(!found_count(&table, FOUND_DNS));
			break;
		case 3:
			found_keep(&table, &found.prefix, 1);
			FUZZ_MUST(found_count(&table, FOUND_DNS) <= 1);
			break;
		case 4:
			now += data[3];
			break;
		default:
			found_take(&table, &found, now);
		}
		found_expire(&table, now);
		check_table(&table, &shadow, now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pref64_option options[PREF64_OPTIONS];
	struct in6_addr router;
	unsigned int ifindex;
	void *copy;

	if (!size)
		return 0;
	/* Memory ends where the input does, and begins as that of messages. */
	size--;
	copy = malloc(size ? size : 1);
	memcpy(copy, data + 1, size);
	switch (data[0]) {
	case 0:
		check_options(options, pref64_advert(copy, size, options));
		break;
	case 1:
		check_options(options, pref64_useropt(copy, size, options,
						      &ifindex, &router));
		break;
	case 2:
		take_answer(copy, size, ns_t_aaaa);
		break;
	case 3:
		take_answer(copy, size, ns_t_ptr);
		break;
	case 4:
		take_addresses(copy, size);
		break;
	case 5:
		take_servers(copy, size);
		break;
	case 6:
		take_changes(copy, size);
	}
	free(copy);
	return 0;
}
