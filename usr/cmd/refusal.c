// SPDX-License-Identifier: GPL-2.0
/*
 * refusal.c - what stands in the way of a request that was refused
 *
 * The sentences of the module are the same for all. It is asked what it has,
 * and the entry that is in the way, or the instances that there are, are named.
 */
#include <errno.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"

/* How many instances are named. */
#define NAMES_SHOWN 8

/**
 * struct wanted - what was refused, and what is in its way
 * @type: NAT64_A_POOL6, NAT64_A_POOL4 or NAT64_A_BIB
 * @prefix: the prefix, if it is one
 * @entry: likewise the pool4 entry
 * @bib: likewise the BIB entry
 * @instance: the instance of the request
 * @replace: may the instance itself not be in the way?
 * @text: what is in the way, in words, or ""
 */
struct wanted {
	int type;
	struct prefix6 prefix;
	struct doc_pool4 entry;
	struct doc_bib bib;
	const char *instance;
	bool replace;
	char text[200];
};

static bool same_bits(const void *a, const void *b, unsigned int len)
{
	const __u8 *x = a, *y = b;

	return !memcmp(x, y, len / 8) &&
	       (!(len % 8) || !((x[len / 8] ^ y[len / 8]) >> (8 - len % 8)));
}

static bool is_pool6(const struct wanted *want, struct nlattr *nest)
{
	struct prefix6 prefix;

	return pool6_read(&prefix, nest) &&
	       same_bits(&prefix.addr, &want->prefix.addr,
			 prefix.len < want->prefix.len ? prefix.len :
							 want->prefix.len);
}

static bool is_pool4(const struct wanted *want, struct nlattr *nest)
{
	struct doc_pool4 entry;

	return pool4_read(nest, &entry.prefix, &entry.proto, &entry.mark,
			  &entry.ports) &&
	       doc_pool4_overlap(&entry, &want->entry);
}

/* One of the two sides is that of the entry. */
static bool is_bib(const struct wanted *want, struct nlattr *nest)
{
	struct doc_bib bib;

	memset(&bib, 0, sizeof(bib));
	return bib_read(nest, &bib.proto, &bib.side6, &bib.side4) &&
	       bib.proto == want->bib.proto &&
	       (!memcmp(&bib.side4, &want->bib.side4, sizeof(bib.side4)) ||
		!memcmp(&bib.side6, &want->bib.side6, sizeof(bib.side6)));
}

/* One blank between two words, where columns have many. */
static void squeeze(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text != ' ' || text[1] != ' ')
			*to++ = *text;
	}
	*to = '\0';
}

/* The entry of a message in words, as the monitor has it. */
static void entry_text(char *text, size_t size, int type, struct nlattr *nest)
{
	/* Its last byte stays the zero that it is. */
	FILE *file = fmemopen(text, size - 1, "w");
	struct out out;

	if (!file)
		return;
	out_begin(&out, file, 0, NULL, 0);
	if (type == NAT64_A_POOL6)
		pool6_event(&out, nest);
	else if (type == NAT64_A_POOL4)
		pool4_event(&out, nest);
	else
		bib_event(&out, nest);
	fclose(file);
	squeeze(text);
}

static void find_reply(const struct nl64_reply *reply, void *arg)
{
	struct wanted *want = arg;
	struct nlattr *nest = reply->attrs[want->type];
	struct nlattr *name = reply->attrs[NAT64_A_INSTANCE];
	char text[sizeof(want->text) - 40] = "";
	bool own;

	if (want->text[0] || !nest || !name)
		return;
	own = !strcmp(nla_get_string(name), want->instance);
	if (own && want->replace)
		return;
	if (want->type == NAT64_A_POOL6 ? !is_pool6(want, nest) :
	    want->type == NAT64_A_POOL4 ? !is_pool4(want, nest) :
					  !is_bib(want, nest))
		return;
	entry_text(text, sizeof(text), want->type, nest);
	snprintf(want->text, sizeof(want->text), "%s%s%.*s", text,
		 own ? "" : " of instance ", own ? 0 : NAT64_NAME_MAX,
		 nla_get_string(name));
}

/* The attribute that was refused. */
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
			return pool6_read(&want->prefix, attr);
		case NAT64_A_POOL4:
			return pool4_read(attr, &want->entry.prefix,
					  &want->entry.proto,
					  &want->entry.mark,
					  &want->entry.ports);
		case NAT64_A_BIB:
			return bib_read(attr, &want->bib.proto,
					&want->bib.side6, &want->bib.side4);
		}
		return false;
	}
	return false;
}

/* A BIB may be large, so the module looks for the port. */
static void put_filter(struct nl_msg *msg, const struct wanted *want, bool is6)
{
	const struct doc_bib *bib = &want->bib;
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

static void find_wanted(struct cmd *cmd, struct wanted *want, bool is6)
{
	const struct nl64_handler handler = {
		.reply = find_reply, .arg = want,
	};
	bool is_bib = want->type == NAT64_A_BIB;
	struct nl_msg *msg;

	msg = nl64_request(is_bib ? NAT64_CMD_BIB_GET :
			   want->type == NAT64_A_POOL4 ? NAT64_CMD_POOL4_GET :
							 NAT64_CMD_POOL6_GET,
			   is_bib ? want->instance : NULL);
	if (msg && is_bib)
		put_filter(msg, want, is6);
	if (msg)
		nl64_dump(&cmd->nl, msg, &handler);
	nlmsg_free(msg);
}

static void name_taken(struct cmd *cmd, struct nl_msg *msg)
{
	struct nl64 was = cmd->nl;
	struct wanted want;

	/* Sides are compared with what is between their members. */
	memset(&want, 0, sizeof(want));
	want.instance = cmd->instance;
	want.replace = genlmsg_hdr(nlmsg_hdr(msg))->cmd ==
		       NAT64_CMD_INSTANCE_REPLACE;
	if (!want.instance || !read_wanted(&want, &was, msg))
		return;
	find_wanted(cmd, &want, false);
	if (want.type == NAT64_A_BIB && !want.text[0])
		find_wanted(cmd, &want, true);
	cmd->nl = was;
	if (want.text[0])
		snprintf(cmd->nl.text, sizeof(cmd->nl.text), "%.*s:%s",
			 (int)(sizeof(was.text) - strlen(want.text) - 2),
			 was.text, want.text);
}

/**
 * struct names - the instances that there are
 * @wanted: name of one
 * @found: is it there?
 * @n: how many there are
 * @name: the first of them
 */
struct names {
	const char *wanted;
	bool found;
	size_t n;
	char name[NAMES_SHOWN][NAT64_NAME_MAX + 1];
};

static void names_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *attr = reply->attrs[NAT64_A_INSTANCE];
	struct names *names = arg;
	const char *name;
	size_t i;

	if (!attr)
		return;
	name = nla_get_string(attr);
	/* An instance may take several messages. */
	for (i = 0; i < names->n && i < NAMES_SHOWN; i++) {
		if (!strcmp(names->name[i], name))
			return;
	}
	names->found |= !strcmp(name, names->wanted);
	if (names->n < NAMES_SHOWN)
		nla_strlcpy(names->name[names->n], attr,
			    sizeof(names->name[0]));
	names->n++;
}

static void names_restart(void *arg)
{
	struct names *names = arg;

	names->n = 0;
	names->found = false;
}

static int read_names(struct cmd *cmd, struct names *names)
{
	const struct nl64_handler handler = {
		.reply = names_reply, .restart = names_restart, .arg = names,
	};
	struct nl_msg *msg = nl64_request(NAT64_CMD_INSTANCE_GET, NULL);
	int err = msg ? nl64_dump(&cmd->nl, msg, &handler) : -ENOMEM;

	nlmsg_free(msg);
	return err;
}

static const char *names_text(const struct names *names, char *text,
			      size_t size)
{
	size_t at = 0, i;

	text[0] = '\0';
	for (i = 0; i < names->n && i < NAMES_SHOWN && at < size; i++)
		at += snprintf(text + at, size - at, "%s%s", i ? ", " : "",
			       names->name[i]);
	if (names->n > NAMES_SHOWN && at < size)
		snprintf(text + at, size - at, ", ...");
	return text;
}

static void name_instances(struct cmd *cmd)
{
	struct names names = { .wanted = cmd->instance };
	struct nl64 was = cmd->nl;
	char text[160];
	int err = read_names(cmd, &names);

	cmd->nl = was;
	if (err || names.found)
		return;
	if (names.n)
		snprintf(cmd->nl.text, sizeof(cmd->nl.text),
			 "there is no instance '%s': name one with -i, there is %s",
			 cmd->instance,
			 names_text(&names, text, sizeof(text)));
	else
		snprintf(cmd->nl.text, sizeof(cmd->nl.text),
			 "there is no instance '%s', nor any other: 'nat64ctl instance add' makes one",
			 cmd->instance);
}

/**
 * refusal_explain() - name what a refusal is about
 * @cmd: the command; the words in its nl are those of the refusal
 * @msg: the request that was refused
 */
void refusal_explain(struct cmd *cmd, struct nl_msg *msg)
{
	if (cmd->nl.error == -EEXIST || cmd->nl.error == -EBUSY)
		name_taken(cmd, msg);
	else if (cmd->nl.error == -ENOENT && cmd->instance)
		name_instances(cmd);
}

/**
 * cmd_choose() - find the instance that is meant if none is named
 * @cmd: the command
 *
 * It is "default" if that is there, else the only one. A mistake that has
 * nothing to do with it is left to the request that follows.
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int cmd_choose(struct cmd *cmd)
{
	struct names names = { .wanted = "default" };
	char text[160];

	if (cmd->chosen)
		return 0;
	cmd->chosen = true;
	if (cmd_open(cmd) || read_names(cmd, &names) || names.found || !names.n)
		return 0;
	if (names.n > 1)
		return args_fail(NULL,
				 "there is no instance 'default': name one with -i, there are %s",
				 names_text(&names, text, sizeof(text)));
	snprintf(cmd->only, sizeof(cmd->only), "%s", names.name[0]);
	cmd->instance = cmd->only;
	return 0;
}

static void enabled_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *attrs[NAT64_CONFIG_A_MAX + 1], *on;

	if (!nl64_nested(attrs, NAT64_CONFIG_A_MAX,
			 reply->attrs[NAT64_A_CONFIG], NULL))
		return;
	on = attrs[NAT64_CONFIG_A_MANUALLY_ENABLED];
	*(bool *)arg = !on || !nla_len(on) || nla_get_u8(on);
}

static bool is_enabled(struct cmd *cmd, const char *instance)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_CONFIG_GET, instance);
	bool on = true;
	const struct nl64_handler handler = {
		.reply = enabled_reply, .arg = &on,
	};

	if (msg)
		nl64_do(&cmd->nl, msg, &handler);
	nlmsg_free(msg);
	return on;
}

/**
 * cmd_note_off() - say which of the instances that are shown translate nothing
 * @cmd: the command, which has shown them; its instance is NULL for all
 */
void cmd_note_off(struct cmd *cmd)
{
	struct names names = { .wanted = "" };
	size_t i;

	if (opts_has(cmd->opts, OPT_JSON))
		return;
	if (cmd->instance)
		snprintf(names.name[names.n++], sizeof(names.name[0]), "%s",
			 cmd->instance);
	else if (read_names(cmd, &names))
		return;
	fflush(stdout);
	for (i = 0; i < names.n && i < NAMES_SHOWN; i++) {
		if (!is_enabled(cmd, names.name[i]))
			fprintf(stderr,
				"nat64ctl: note: instance %s translates nothing: manually-enabled is off\n",
				names.name[i]);
	}
}
