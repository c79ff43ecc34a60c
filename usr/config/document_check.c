// SPDX-License-Identifier: GPL-2.0
/*
 * document_check.c - checks of a document and of its prefixes
 *
 * They refuse what the module would refuse, in its words, as far as that can be
 * known without it, so that a file can be checked anywhere.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"

/* "force" may follow the keys that need it, so check them last. */
static int check_keys(struct document *doc)
{
	char path[PATH_TEXT];
	int key;

	for (key = 1; key < KEY_COUNT; key++) {
		if (!doc->given[key] ||
		    !key_check(key, document_key(doc, key), doc->force))
			continue;
		snprintf(path, sizeof(path), "%s/%s", doc->keys_at,
			 key_name(key));
		return doc_fail_word(doc, path);
	}
	return 0;
}

/**
 * doc_serves() - check whether the IPv4 side of a BIB entry is in pool4
 * @doc: the document
 * @bib: the entry
 *
 * Return: true if it is, or if only the kernel knows.
 */
bool doc_serves(const struct document *doc, const struct bib_entry *bib)
{
	size_t i, j;

	for (i = 0; i < doc->n_pool4; i++) {
		const struct pool4_entry *entry = &doc->pool4[i];

		if ((entry->proto && entry->proto != bib->proto) ||
		    !prefix4_contains(&entry->prefix, bib->side4.addr4))
			continue;
		for (j = 0; j < entry->ports.n; j++) {
			if (bib->side4.port >= entry->ports.range[j].min &&
			    bib->side4.port <= entry->ports.range[j].max)
				return true;
		}
		if (!entry->ports.n)
			return true;
	}
	return !doc->n_pool4;
}

static bool inside_pool6(const struct document *doc,
			 const struct in6_addr *addr)
{
	const struct prefix6 host = { .addr = *addr, .len = 128 };
	size_t i;

	for (i = 0; i < doc->n_pool6; i++) {
		if (prefix6_overlap(&doc->pool6[i], &host))
			return true;
	}
	return false;
}

/* In the words of the module. */
static const char *check_binding(const struct document *doc,
				 const struct bib_entry *bib)
{
	const struct in6_addr *addr = &bib->side6.addr6;

	if (!args_unicast6(addr))
		return "the IPv6 address of the BIB entry is not a unicast address";
	if (inside_pool6(doc, addr))
		return "the IPv6 address of the BIB entry is inside pool6";
	if (bib->proto != IPPROTO_ICMP && (!bib->side6.port || !bib->side4.port))
		return "port 0 is reserved: ports of a BIB entry are 1 to 65535";
	if (!doc_serves(doc, bib))
		return "the IPv4 side of the BIB entry is not in pool4: add it there first";
	return NULL;
}

static int compare_sides(const struct endpoint *a, const struct endpoint *b)
{
	int n = memcmp(&a->addr6, &b->addr6, sizeof(a->addr6)) ?:
		memcmp(&a->addr4, &b->addr4, sizeof(a->addr4));

	return n ?: (int)a->port - (int)b->port;
}

/* qsort() has no argument for them; equal ones stay in their order. */
static int compare_by6(const void *a, const void *b)
{
	const struct bib_entry *x = *(const struct bib_entry *const *)a;
	const struct bib_entry *y = *(const struct bib_entry *const *)b;

	return ((int)x->proto - (int)y->proto) ?:
	       compare_sides(&x->side6, &y->side6) ?: (x > y) - (x < y);
}

static int compare_by4(const void *a, const void *b)
{
	const struct bib_entry *x = *(const struct bib_entry *const *)a;
	const struct bib_entry *y = *(const struct bib_entry *const *)b;

	return ((int)x->proto - (int)y->proto) ?:
	       compare_sides(&x->side4, &y->side4) ?: (x > y) - (x < y);
}

/* Where an entry stands in the file. */
static size_t bib_place(const struct document *doc, const struct bib_entry *bib)
{
	size_t i = bib - doc->bib;

	return doc->bib_place ? doc->bib_place[i] : i;
}

/* Refuses two entries of one transport address, which @sorted has in a row. */
static int check_twice(const struct document *doc,
		       const struct bib_entry **sorted, bool is6)
{
	char path[PATH_TEXT];
	size_t i;

	for (i = 1; i < doc->n_bib; i++) {
		const struct bib_entry *a = sorted[i - 1], *b = sorted[i];

		if (a->proto != b->proto ||
		    compare_sides(is6 ? &a->side6 : &a->side4,
				  is6 ? &b->side6 : &b->side4))
			continue;
		snprintf(path, sizeof(path), "/bib/%zu", bib_place(doc, b));
		return doc_fail(doc, path,
				"the %s transport address is that of /bib/%zu",
				is6 ? "IPv6" : "IPv4", bib_place(doc, a));
	}
	return 0;
}

static int check_bib(struct document *doc)
{
	const struct bib_entry **sorted;
	char path[PATH_TEXT];
	size_t i;
	int err;

	for (i = 0; i < doc->n_bib; i++) {
		const char *why = check_binding(doc, &doc->bib[i]);

		snprintf(path, sizeof(path), "/bib/%zu",
			 bib_place(doc, &doc->bib[i]));
		if (why)
			return doc_fail(doc, path, "%s", why);
	}
	sorted = calloc(doc->n_bib + 1, sizeof(*sorted));
	if (!sorted)
		return doc_fail(doc, "/bib", "out of memory");
	for (i = 0; i < doc->n_bib; i++)
		sorted[i] = &doc->bib[i];
	qsort(sorted, doc->n_bib, sizeof(*sorted), compare_by6);
	err = check_twice(doc, sorted, true);
	if (!err) {
		qsort(sorted, doc->n_bib, sizeof(*sorted), compare_by4);
		err = check_twice(doc, sorted, false);
	}
	free(sorted);
	return err;
}

/* Addresses are compared as they are, lengths after them. */
static int compare_prefixes(const void *a, const void *b, size_t size,
			    __u8 len_a, __u8 len_b)
{
	return memcmp(a, b, size) ?: (int)len_a - (int)len_b;
}

static int compare_prefix6(const struct prefix6 *a, const struct prefix6 *b)
{
	return compare_prefixes(&a->addr, &b->addr, sizeof(a->addr), a->len,
				b->len);
}

static int compare_prefix4(const struct prefix4 *a, const struct prefix4 *b)
{
	return compare_prefixes(&a->addr, &b->addr, sizeof(a->addr), a->len,
				b->len);
}

/* Equal ones stay in their order. */
static int compare_eam6(const void *a, const void *b)
{
	const struct eam_entry *x = *(const struct eam_entry *const *)a;
	const struct eam_entry *y = *(const struct eam_entry *const *)b;

	return compare_prefix6(&x->prefix6, &y->prefix6) ?: (x > y) - (x < y);
}

static int compare_eam4(const void *a, const void *b)
{
	const struct eam_entry *x = *(const struct eam_entry *const *)a;
	const struct eam_entry *y = *(const struct eam_entry *const *)b;

	return compare_prefix4(&x->prefix4, &y->prefix4) ?: (x > y) - (x < y);
}

/* Where a mapping stands in the file. */
static size_t eam_place(const struct document *doc, const struct eam_entry *eam)
{
	size_t i = eam - doc->eam;

	return doc->eam_place ? doc->eam_place[i] : i;
}

/* Refuses two mappings of one prefix, which @sorted has in a row. */
static int check_eam_twice(const struct document *doc,
			   const struct eam_entry **sorted, bool is6)
{
	char path[PATH_TEXT];
	size_t i;

	for (i = 1; i < doc->n_eam; i++) {
		const struct eam_entry *a = sorted[i - 1], *b = sorted[i];

		if (is6 ? compare_prefix6(&a->prefix6, &b->prefix6) :
			  compare_prefix4(&a->prefix4, &b->prefix4))
			continue;
		snprintf(path, sizeof(path), "%s%zu", doc->eam_at,
			 eam_place(doc, b));
		return doc_fail(doc, path, "the %s prefix is that of %s%zu",
				is6 ? "IPv6" : "IPv4", doc->eam_at,
				eam_place(doc, a));
	}
	return 0;
}

static int check_eam(struct document *doc)
{
	const struct eam_entry **sorted;
	size_t i;
	int err;

	sorted = calloc(doc->n_eam + 1, sizeof(*sorted));
	if (!sorted)
		return doc_fail(doc, "/eam", "out of memory");
	for (i = 0; i < doc->n_eam; i++)
		sorted[i] = &doc->eam[i];
	qsort(sorted, doc->n_eam, sizeof(*sorted), compare_eam6);
	err = check_eam_twice(doc, sorted, true);
	if (!err) {
		qsort(sorted, doc->n_eam, sizeof(*sorted), compare_eam4);
		err = check_eam_twice(doc, sorted, false);
	}
	free(sorted);
	return err;
}

/**
 * document_check() - check what can only be checked once all of it is there
 * @doc: the document
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int document_check(struct document *doc)
{
	return check_keys(doc) ?: check_bib(doc) ?: check_eam(doc);
}

/**
 * doc_check_pool6() - check a pool6 prefix (RFC 6052 s2.2)
 * @prefix: the prefix
 *
 * Return: NULL, or why not in the words of the module.
 */
const char *doc_check_pool6(const struct prefix6 *prefix)
{
	static const __u8 lengths[] = { 32, 40, 48, 56, 64, 96 };
	const struct in6_addr *addr = &prefix->addr;

	if (!memchr(lengths, prefix->len, sizeof(lengths)))
		return "a pool6 prefix has a length of 32, 40, 48, 56, 64 or 96 (RFC 6052)";
	if (addr->s6_addr[8])
		return "bits 64 to 71 of the pool6 prefix must be zero (RFC 6052 s2.2)";
	if (IN6_IS_ADDR_MULTICAST(addr) || IN6_IS_ADDR_LINKLOCAL(addr))
		return "the pool6 prefix is multicast or link-local: choose a unicast prefix";
	if (IN6_IS_ADDR_UNSPECIFIED(addr))
		return "the pool6 prefix is all zero: choose a unicast prefix";
	return NULL;
}

/**
 * doc_check_pool4() - check a pool4 prefix
 * @prefix: the prefix
 *
 * Return: NULL, or why not in the words of the module.
 */
const char *doc_check_pool4(const struct prefix4 *prefix)
{
	if (prefix->len < NAT64_POOL4_LEN_MIN)
		return "the length of a pool4 prefix must be 12 to 32";
	if (!args_forwardable4(ntohl(prefix->addr.s_addr)))
		return "the pool4 address is not a unicast address that can be forwarded";
	return NULL;
}
