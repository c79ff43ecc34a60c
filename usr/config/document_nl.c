// SPDX-License-Identifier: GPL-2.0
/* document_nl.c - documents: to the kernel, from it, to JSON */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"

/* Only the keys that are named: a newer module knows its defaults better. */
static int put_keys(struct nl_msg *msg, const struct document *doc)
{
	struct nlattr *nest, *attr;
	bool any = false;
	int key;

	nest = nla_nest_start(msg, NAT64_A_CONFIG | NLA_F_NESTED);
	for (key = 1; nest && key < KEY_COUNT; key++) {
		if (!doc->given[key])
			continue;
		attr = document_key(doc, key);
		if (nla_put(msg, attr->nla_type, nla_len(attr), nla_data(attr)))
			return -ENOMEM;
		any = true;
	}
	if (nest && !any) {
		nla_nest_cancel(msg, nest);
		return 0;
	}
	return nest ? nla_nest_end(msg, nest) : -ENOMEM;
}

/* What is not said is a NAT64, also to a module without other types. */
static int put_document(struct nl_msg *msg, const struct document *doc)
{
	size_t i;
	int err = 0;

	if (doc->type != NAT64_TYPE_NAT64)
		err = nla_put_u8(msg, NAT64_A_TYPE, doc->type);
	if (!err && doc->device[0])
		err = nla_put_string(msg, NAT64_A_DEVICE, doc->device);
	for (i = 0; !err && i < doc->n_pool6; i++)
		err = pool6_put(msg, &doc->pool6[i]);
	for (i = 0; !err && i < doc->n_pool4; i++)
		err = pool4_put(msg, &doc->pool4[i]);
	for (i = 0; !err && i < doc->n_bib; i++)
		err = bib_put(msg, doc->bib[i].proto, &doc->bib[i].side6,
			      &doc->bib[i].side4);
	for (i = 0; !err && i < doc->n_eam; i++)
		err = eam_put(msg, &doc->eam[i].prefix6, &doc->eam[i].prefix4);
	for (i = 0; !err && i < doc->n_denylist; i++)
		err = prefix4_put(msg, NAT64_A_DENYLIST, &doc->denylist[i]);
	if (!err)
		err = put_keys(msg, doc);
	if (!err && doc->force)
		err = nla_put_flag(msg, NAT64_A_FORCE);
	return err;
}

/**
 * document_request() - the request that makes an instance be a document
 * @doc: the document
 * @instance: name of the instance
 * @check: only ask whether it would be done
 *
 * Return: the request, or NULL with the mistake in args_why().
 */
struct nl_msg *document_request(const struct document *doc,
				const char *instance, bool check)
{
	size_t size = 65536 + doc->n_bib * 64 + doc->n_eam * 48 +
		      doc->n_denylist * 20 +
		      doc->n_pool4 * (64 + NAT64_PORTS_MAX * 20);
	struct nl_msg *msg;

	msg = nl64_request_sized(NAT64_CMD_INSTANCE_REPLACE, instance, size);
	if (msg && !put_document(msg, doc) &&
	    (!check || !nla_put_flag(msg, NAT64_A_CHECK)))
		return msg;
	nlmsg_free(msg);
	args_fail(NULL, "out of memory");
	return NULL;
}

/**
 * document_refused() - name the part of a document that the kernel has refused
 * @doc: the document
 * @nl: the connection, by which document_request() was refused
 *
 * Return: true with the mistake in args_why(); false if it is none of its parts.
 */
bool document_refused(const struct document *doc, const struct nl64 *nl)
{
	char path[96] = "";

	switch (nl->bad_outer) {
	case NAT64_A_POOL6:
		snprintf(path, sizeof(path), "/pool6/%u", nl->bad_index);
		break;
	case NAT64_A_POOL4:
		snprintf(path, sizeof(path), "/pool4/%u", nl->bad_index);
		break;
	case NAT64_A_BIB:
		snprintf(path, sizeof(path), "/bib/%u", nl->bad_index);
		break;
	case NAT64_A_EAM:
		snprintf(path, sizeof(path), "/eam/%u", nl->bad_index);
		break;
	case NAT64_A_DENYLIST:
		snprintf(path, sizeof(path), "/denylist/%u", nl->bad_index);
		break;
	case NAT64_A_TYPE:
		snprintf(path, sizeof(path), "/type");
		break;
	case NAT64_A_DEVICE:
		snprintf(path, sizeof(path), "/device");
		break;
	case NAT64_A_CONFIG:
		if (nl->bad_inner && nl->bad_inner < KEY_COUNT)
			snprintf(path, sizeof(path), "/config/%s",
				 key_name(nl->bad_inner));
		break;
	}
	if (path[0])
		doc_fail(doc, path, "%s", nl->text);
	return path[0];
}

/**
 * struct fetch - a document that is being read from the kernel
 * @doc: the document
 * @room4: room for pool4 entries
 * @room: room for BIB entries, or for mappings
 * @room_denylist: room for prefixes of the denylist
 * @failed: out of memory
 */
struct fetch {
	struct document *doc;
	size_t room4;
	size_t room;
	size_t room_denylist;
	bool failed;
};

/* One more item of an array, which grows; NULL if there is no memory. */
static void *grow(struct fetch *fetch, void **array, size_t *room, size_t n,
		  size_t size)
{
	if (n == *room) {
		size_t more = *room ? 2 * *room : 64;
		void *new = reallocarray(*array, more, size);

		if (!new) {
			fetch->failed = true;
			return NULL;
		}
		*array = new;
		*room = more;
	}
	return memset((char *)*array + n * size, 0, size);
}

static void pool6_reply(const struct nl64_reply *reply, void *arg)
{
	struct fetch *fetch = arg;
	struct document *doc = fetch->doc;

	if (doc->n_pool6 < NAT64_POOL6_MAX &&
	    pool6_read(&doc->pool6[doc->n_pool6], reply->attrs[NAT64_A_POOL6]))
		doc->n_pool6++;
}

static void pool4_reply(const struct nl64_reply *reply, void *arg)
{
	struct fetch *fetch = arg;
	struct document *doc = fetch->doc;
	struct pool4_entry *entry;

	entry = grow(fetch, (void **)&doc->pool4, &fetch->room4, doc->n_pool4,
		     sizeof(*entry));
	if (entry && pool4_read(entry, reply->attrs[NAT64_A_POOL4]))
		doc->n_pool4++;
}

static void bib_reply(const struct nl64_reply *reply, void *arg)
{
	struct fetch *fetch = arg;
	struct document *doc = fetch->doc;
	struct bib_entry *bib;

	bib = grow(fetch, (void **)&doc->bib, &fetch->room, doc->n_bib,
		   sizeof(*bib));
	if (bib && bib_read(bib, reply->attrs[NAT64_A_BIB]))
		doc->n_bib++;
}

static void type_reply(const struct nl64_reply *reply, void *arg)
{
	struct fetch *fetch = arg;

	if (reply->attrs[NAT64_A_TYPE])
		fetch->doc->type = nla_get_u8(reply->attrs[NAT64_A_TYPE]);
	if (reply->attrs[NAT64_A_DEVICE])
		snprintf(fetch->doc->device, sizeof(fetch->doc->device), "%s",
			 nla_get_string(reply->attrs[NAT64_A_DEVICE]));
}

static void eam_reply(const struct nl64_reply *reply, void *arg)
{
	struct fetch *fetch = arg;
	struct document *doc = fetch->doc;
	struct eam_entry *eam;

	eam = grow(fetch, (void **)&doc->eam, &fetch->room, doc->n_eam,
		   sizeof(*eam));
	if (eam && eam_read(eam, reply->attrs[NAT64_A_EAM]))
		doc->n_eam++;
}

static void denylist_reply(const struct nl64_reply *reply, void *arg)
{
	struct fetch *fetch = arg;
	struct document *doc = fetch->doc;
	struct prefix4 *prefix;

	prefix = grow(fetch, (void **)&doc->denylist, &fetch->room_denylist,
		      doc->n_denylist, sizeof(*prefix));
	if (prefix && prefix4_read(prefix, reply->attrs[NAT64_A_DENYLIST]))
		doc->n_denylist++;
}

static void config_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *attrs[KEY_COUNT];
	struct fetch *fetch = arg;
	int key;

	if (!nl64_nested(attrs, KEY_COUNT - 1, reply->attrs[NAT64_A_CONFIG],
			 NULL))
		return;
	for (key = 1; key < KEY_COUNT; key++) {
		if (!key_fits(key, attrs[key]))
			continue;
		fetch->failed |= !!nla_put(fetch->doc->keys,
					   attrs[key]->nla_type,
					   nla_len(attrs[key]),
					   nla_data(attrs[key]));
		fetch->doc->given[key] = true;
	}
}

static void forget_pool6(void *arg)
{
	((struct fetch *)arg)->doc->n_pool6 = 0;
}

static void forget_pool4(void *arg)
{
	((struct fetch *)arg)->doc->n_pool4 = 0;
}

static void forget_bib(void *arg)
{
	((struct fetch *)arg)->doc->n_bib = 0;
}

static void forget_type(void *arg)
{
	struct document *doc = ((struct fetch *)arg)->doc;

	doc->type = NAT64_TYPE_NAT64;
	doc->device[0] = 0;
}

static void forget_eam(void *arg)
{
	((struct fetch *)arg)->doc->n_eam = 0;
}

static void forget_denylist(void *arg)
{
	((struct fetch *)arg)->doc->n_denylist = 0;
}

static struct nl_msg *bib_request(const char *instance)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_BIB_GET, instance);
	struct nlattr *nest;

	if (!msg)
		return NULL;
	nest = nla_nest_start(msg, NAT64_A_FILTER | NLA_F_NESTED);
	nla_put_flag(msg, NAT64_FILTER_A_STATIC);
	nla_nest_end(msg, nest);
	return msg;
}

static int ask(struct nl64 *nl, struct fetch *fetch, struct nl_msg *msg,
	       void (*reply)(const struct nl64_reply *reply, void *arg),
	       void (*restart)(void *arg))
{
	const struct nl64_handler handler = {
		.reply = reply, .restart = restart, .arg = fetch,
	};
	int err;

	if (!msg)
		return nl64_no_memory(nl);
	err = restart ? nl64_dump(nl, msg, &handler) :
			nl64_do(nl, msg, &handler);
	nlmsg_free(msg);
	return err || !fetch->failed ? err : nl64_no_memory(nl);
}

static int fetch_stateful(struct fetch *fetch, struct nl64 *nl,
			  const char *name)
{
	return ask(nl, fetch, nl64_request(NAT64_CMD_POOL4_GET, name),
		   pool4_reply, forget_pool4) ?:
	       ask(nl, fetch, bib_request(name), bib_reply, forget_bib);
}

static int fetch_stateless(struct fetch *fetch, struct nl64 *nl,
			   const char *name)
{
	return ask(nl, fetch, nl64_request(NAT64_CMD_EAM_GET, name), eam_reply,
		   forget_eam) ?:
	       ask(nl, fetch, nl64_request(NAT64_CMD_DENYLIST_GET, name),
		   denylist_reply, forget_denylist);
}

/**
 * document_fetch() - read an instance from the kernel
 * @doc: an empty document
 * @nl: the connection, open
 * @name: name of the instance
 *
 * Return: 0; -ENOENT if there is no such instance, or another negative errno;
 * with the words in @nl.
 */
int document_fetch(struct document *doc, struct nl64 *nl, const char *name)
{
	struct fetch fetch = { .doc = doc };
	int err;

	snprintf(doc->instance, sizeof(doc->instance), "%s", name);
	err = ask(nl, &fetch, nl64_request(NAT64_CMD_CONFIG_GET, name),
		  config_reply, NULL) ?:
	      ask(nl, &fetch, nl64_request(NAT64_CMD_INSTANCE_GET, name),
		  type_reply, forget_type) ?:
	      ask(nl, &fetch, nl64_request(NAT64_CMD_POOL6_GET, name),
		  pool6_reply, forget_pool6);
	if (err)
		return err;
	return doc->type == NAT64_TYPE_NAT64 ?
	       fetch_stateful(&fetch, nl, name) :
	       fetch_stateless(&fetch, nl, name);
}

/**
 * doc_pool6_json() - a prefix in JSON
 * @doc: the document
 * @i: which of its prefixes
 *
 * Return: the value.
 */
struct json_object *doc_pool6_json(const struct document *doc, size_t i)
{
	char text[PREFIX_TEXT];

	return json_object_new_string(text_prefix6(text, &doc->pool6[i]));
}

static void add_text(struct json_object *object, const char *key,
		     const char *text)
{
	json_object_object_add(object, key, json_object_new_string(text));
}

/**
 * doc_pool4_json() - a pool4 entry in JSON, as 'pool4 show' has it
 * @doc: the document
 * @i: which of its entries
 *
 * Return: the value; without ports if it has all.
 */
struct json_object *doc_pool4_json(const struct document *doc, size_t i)
{
	return pool4_json(&doc->pool4[i], false);
}

/**
 * doc_bib_json() - a static BIB entry in JSON
 * @doc: the document
 * @i: which of its entries
 *
 * Return: the value.
 */
struct json_object *doc_bib_json(const struct document *doc, size_t i)
{
	const struct bib_entry *bib = &doc->bib[i];
	struct json_object *object = json_object_new_object();
	char text[ENDPOINT_TEXT];

	add_text(object, "proto", args_proto_name(bib->proto));
	add_text(object, "ipv6", text_endpoint(text, &bib->side6));
	add_text(object, "ipv4", text_endpoint(text, &bib->side4));
	return object;
}

/**
 * doc_eam_json() - an explicit address mapping in JSON
 * @doc: the document
 * @i: which of its mappings
 *
 * Return: the value.
 */
struct json_object *doc_eam_json(const struct document *doc, size_t i)
{
	struct json_object *object = json_object_new_object();
	char text[PREFIX_TEXT];

	add_text(object, "ipv6", text_prefix6(text, &doc->eam[i].prefix6));
	add_text(object, "ipv4", text_prefix4(text, &doc->eam[i].prefix4));
	return object;
}

/**
 * doc_denylist_json() - a prefix of the denylist in JSON
 * @doc: the document
 * @i: which of its prefixes
 *
 * Return: the value.
 */
struct json_object *doc_denylist_json(const struct document *doc, size_t i)
{
	char text[PREFIX_TEXT];

	return json_object_new_string(text_prefix4(text, &doc->denylist[i]));
}

static void add_array(struct json_object *object, const char *name,
		      const struct document *doc, size_t n,
		      struct json_object *(*item)(const struct document *doc,
						  size_t i))
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_object_array_add(array, item(doc, i));
	json_object_object_add(object, name, array);
}

/* Check whether a lifetime is so short that a load needs "force". */
static bool needs_force(const struct document *doc)
{
	int key;

	for (key = 1; key < KEY_COUNT; key++) {
		if (doc->given[key] &&
		    key_check(key, document_key(doc, key), false) &&
		    !key_check(key, document_key(doc, key), true))
			return true;
	}
	return false;
}

/**
 * document_json() - a document in JSON, for document_parse()
 * @doc: the document
 *
 * Return: an object.
 */
struct json_object *document_json(const struct document *doc)
{
	struct json_object *object = json_object_new_object();
	struct json_object *config = json_object_new_object();
	struct nlattr *attr;
	int key;

	if (doc->instance[0])
		add_text(object, "instance", doc->instance);
	if (doc->type != NAT64_TYPE_NAT64)
		add_text(object, "type", args_type_name(doc->type));
	if (doc->device[0])
		add_text(object, "device", doc->device);
	add_array(object, "pool6", doc, doc->n_pool6, doc_pool6_json);
	if (doc->type == NAT64_TYPE_NAT64) {
		add_array(object, "pool4", doc, doc->n_pool4, doc_pool4_json);
		add_array(object, "bib", doc, doc->n_bib, doc_bib_json);
	} else {
		add_array(object, "eam", doc, doc->n_eam, doc_eam_json);
		add_array(object, "denylist", doc, doc->n_denylist,
			  doc_denylist_json);
	}
	for (key = 1; key < KEY_COUNT; key++) {
		attr = doc->given[key] ? document_key(doc, key) : NULL;
		if (attr && !key_is_of_machine(key, attr))
			json_object_object_add(config, key_name(key),
					       key_json(key, attr));
	}
	json_object_object_add(object, "config", config);
	if (needs_force(doc))
		json_object_object_add(object, "force",
				       json_object_new_boolean(true));
	return object;
}
