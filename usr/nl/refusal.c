// SPDX-License-Identifier: GPL-2.0
/*
 * refusal.c - name what a refusal is about
 *
 * The module's sentences are the same for every request. Its tables tell which
 * entry is in the way, or which instances exist.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netlink/genl/genl.h>
#include <stdio.h>
#include <string.h>

#include "nl/entry.h"
#include "nl/instances.h"
#include "nl/refusal.h"

/**
 * struct wanted - what was refused, and what is in its way
 * @type: NAT64_A_POOL6, NAT64_A_POOL4, NAT64_A_BIB or NAT64_A_EAM
 * @pool6: the prefix, if it is one
 * @pool4: likewise the pool4 entry
 * @bib: likewise the BIB entry
 * @eam: likewise the explicit address mapping
 * @instance: the instance of the request
 * @replace: the request replaces the instance, which then is not in the way
 * @text: what is in the way, in words, or ""
 */
struct wanted {
	int type;
	struct prefix6 pool6;
	struct pool4_entry pool4;
	struct bib_entry bib;
	struct eam_entry eam;
	const char *instance;
	bool replace;
	char text[200];
};

static bool find_pool6(const struct wanted *want, struct nlattr *nest,
		       FILE *file)
{
	char text[PREFIX_TEXT];
	struct prefix6 prefix;

	if (!pool6_read(&prefix, nest) || !prefix6_overlap(&prefix, &want->pool6))
		return false;
	fputs(text_prefix6(text, &prefix), file);
	return true;
}

static bool find_pool4(const struct wanted *want, struct nlattr *nest,
		       FILE *file)
{
	char prefix[PREFIX_TEXT], ports[PORTS_TEXT];
	struct pool4_entry entry;

	if (!pool4_read(&entry, nest) || !pool4_overlap(&entry, &want->pool4))
		return false;
	fprintf(file, "%s %s ports %s mark %u", pool4_proto(&entry),
		text_prefix4(prefix, &entry.prefix),
		text_ports(ports, &entry.ports), entry.mark);
	return true;
}

/* One transport address in common is enough. */
static bool find_bib(const struct wanted *want, struct nlattr *nest, FILE *file)
{
	char text6[ENDPOINT_TEXT], text4[ENDPOINT_TEXT];
	struct bib_entry bib;

	if (!bib_read(&bib, nest) || bib.proto != want->bib.proto ||
	    (memcmp(&bib.side4, &want->bib.side4, sizeof(bib.side4)) &&
	     memcmp(&bib.side6, &want->bib.side6, sizeof(bib.side6))))
		return false;
	fprintf(file, "%s %s %s%s", args_proto_name(bib.proto),
		text_endpoint(text6, &bib.side6),
		text_endpoint(text4, &bib.side4),
		bib.is_static ? " static" : "");
	return true;
}

/* One prefix in common is enough. */
static bool find_eam(const struct wanted *want, struct nlattr *nest, FILE *file)
{
	char text6[PREFIX_TEXT], text4[PREFIX_TEXT];
	struct eam_entry eam;

	if (!eam_read(&eam, nest) ||
	    ((eam.prefix6.len != want->eam.prefix6.len ||
	      !prefix6_overlap(&eam.prefix6, &want->eam.prefix6)) &&
	     (eam.prefix4.len != want->eam.prefix4.len ||
	      !prefix4_contains(&eam.prefix4, want->eam.prefix4.addr))))
		return false;
	fprintf(file, "%s %s", text_prefix6(text6, &eam.prefix6),
		text_prefix4(text4, &eam.prefix4));
	return true;
}

static bool find_one(const struct wanted *want, struct nlattr *nest, FILE *file)
{
	switch (want->type) {
	case NAT64_A_POOL6:
		return find_pool6(want, nest, file);
	case NAT64_A_POOL4:
		return find_pool4(want, nest, file);
	case NAT64_A_EAM:
		return find_eam(want, nest, file);
	}
	return find_bib(want, nest, file);
}

static void find_reply(const struct nl64_reply *reply, void *arg)
{
	struct wanted *want = arg;
	struct nlattr *nest = reply->attrs[want->type];
	struct nlattr *name = reply->attrs[NAT64_A_INSTANCE];
	bool own;
	FILE *file;

	if (want->text[0] || !nest || !name)
		return;
	own = !strcmp(nla_get_string(name), want->instance);
	if (own && want->replace)
		return;
	/* The last byte stays the zero that it is. */
	file = fmemopen(want->text, sizeof(want->text) - 1, "w");
	if (!file)
		return;
	if (find_one(want, nest, file) && !own)
		fprintf(file, " of instance %.*s", NAT64_NAME_MAX,
			nla_get_string(name));
	fclose(file);
}

/* Reads the attribute that was refused. */
static bool read_wanted(struct wanted *want, const struct nl64 *nl,
			struct nl_msg *msg)
{
	unsigned int n = nl->bad_index;
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, nlmsg_hdr(msg), GENL_HDRLEN, rest) {
		if (nla_type(attr) != nl->bad_outer || n--)
			continue;
		want->type = nla_type(attr);
		switch (want->type) {
		case NAT64_A_POOL6:
			return pool6_read(&want->pool6, attr);
		case NAT64_A_POOL4:
			return pool4_read(&want->pool4, attr);
		case NAT64_A_BIB:
			return bib_read(&want->bib, attr);
		case NAT64_A_EAM:
			return eam_read(&want->eam, attr);
		}
		return false;
	}
	return false;
}

/* A BIB may be large, so the module looks for the port. */
static void put_filter(struct nl_msg *msg, const struct wanted *want, bool is6)
{
	const struct bib_entry *bib = &want->bib;
	struct nlattr *nest;

	nest = nla_nest_start(msg, NAT64_A_FILTER | NLA_F_NESTED);
	nla_put_u8(msg, NAT64_FILTER_A_PROTO, bib->proto);
	nla_put_u16(msg, NAT64_FILTER_A_PORT,
		    htons(is6 ? bib->side6.port : bib->side4.port));
	if (is6)
		nla_put(msg, NAT64_FILTER_A_ADDR6, 16, &bib->side6.addr6);
	else
		nla_put_u32(msg, NAT64_FILTER_A_ADDR4, bib->side4.addr4.s_addr);
	nla_nest_end(msg, nest);
}

/* Pools may be in the way of another instance, entries only of their own. */
static struct nl_msg *find_request(const struct wanted *want)
{
	switch (want->type) {
	case NAT64_A_POOL6:
		return nl64_request(NAT64_CMD_POOL6_GET, NULL);
	case NAT64_A_POOL4:
		return nl64_request(NAT64_CMD_POOL4_GET, NULL);
	case NAT64_A_EAM:
		return nl64_request(NAT64_CMD_EAM_GET, want->instance);
	}
	return nl64_request(NAT64_CMD_BIB_GET, want->instance);
}

static void find_wanted(struct nl64 *nl, struct wanted *want, bool is6)
{
	const struct nl64_handler handler = {
		.reply = find_reply, .arg = want,
	};
	struct nl_msg *msg = find_request(want);

	if (msg && want->type == NAT64_A_BIB)
		put_filter(msg, want, is6);
	if (msg)
		nl64_dump(nl, msg, &handler);
	nlmsg_free(msg);
}

static void name_entry(struct nl64 *nl, const char *instance,
		       struct nl_msg *msg)
{
	struct nl64 was = *nl;
	struct wanted want = {
		.instance = instance,
		.replace = genlmsg_hdr(nlmsg_hdr(msg))->cmd ==
			   NAT64_CMD_INSTANCE_REPLACE,
	};

	if (!read_wanted(&want, &was, msg))
		return;
	find_wanted(nl, &want, false);
	if (want.type == NAT64_A_BIB && !want.text[0])
		find_wanted(nl, &want, true);
	*nl = was;
	if (want.text[0])
		nl64_refuse(nl, was.error, "%.*s: %s",
			    (int)(sizeof(was.text) - strlen(want.text) - 3),
			    was.text, want.text);
}

static void name_instances(struct nl64 *nl, const char *instance)
{
	struct instances all = { .wanted = instance };
	char text[INSTANCES_TEXT];
	struct nl64 was = *nl;
	int err = instances_read(&all, nl);

	*nl = was;
	if (err || all.found)
		return;
	if (all.n)
		nl64_refuse(nl, was.error,
			    "there is no instance '%s': name one with -i, there is %s",
			    instance, instances_text(&all, text));
	else
		nl64_refuse(nl, was.error,
			    "there is no instance '%s', nor any other: 'nat64ctl instance add' makes one",
			    instance);
}

/**
 * refusal_explain() - name what a refusal is about
 * @nl: the connection; its words are those of the refusal
 * @instance: the instance of the request, or NULL
 * @msg: the request that was refused
 */
void refusal_explain(struct nl64 *nl, const char *instance, struct nl_msg *msg)
{
	if (!instance)
		return;
	if (nl->error == -EEXIST || nl->error == -EBUSY)
		name_entry(nl, instance, msg);
	else if (nl->error == -ENOENT)
		name_instances(nl, instance);
}
