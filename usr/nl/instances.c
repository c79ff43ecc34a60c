// SPDX-License-Identifier: GPL-2.0
/* instances.c - the instances of a network namespace */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "nl/instances.h"

static void take_name(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *attr = reply->attrs[NAT64_A_INSTANCE];
	struct instances *all = arg;
	const char *name;
	size_t i;

	if (!attr)
		return;
	name = nla_get_string(attr);
	/* An instance may take several messages. */
	for (i = 0; i < all->n && i < INSTANCES_NAMED; i++) {
		if (!strcmp(all->name[i], name))
			return;
	}
	all->found |= !strcmp(name, all->wanted);
	if (all->n < INSTANCES_NAMED)
		nla_strlcpy(all->name[all->n], attr, sizeof(all->name[0]));
	all->n++;
}

static void forget(void *arg)
{
	struct instances *all = arg;

	all->n = 0;
	all->found = false;
}

/**
 * instances_read() - read the names of all instances
 * @all: where they go; its member wanted is set
 * @nl: the connection, open
 *
 * Return: 0, or a negative errno with its words in @nl.
 */
int instances_read(struct instances *all, struct nl64 *nl)
{
	const struct nl64_handler handler = {
		.reply = take_name, .restart = forget, .arg = all,
	};
	struct nl_msg *msg = nl64_request(NAT64_CMD_INSTANCE_GET, NULL);
	int err = msg ? nl64_dump(nl, msg, &handler) : nl64_no_memory(nl);

	nlmsg_free(msg);
	return err;
}

/**
 * instances_text() - write the names of the instances in words
 * @all: the instances
 * @text: INSTANCES_TEXT bytes
 *
 * Return: @text.
 */
const char *instances_text(const struct instances *all, char *text)
{
	size_t at = 0, i;

	text[0] = '\0';
	for (i = 0; i < all->n && i < INSTANCES_NAMED; i++)
		at += snprintf(text + at, INSTANCES_TEXT - at, "%s%s",
			       i ? ", " : "", all->name[i]);
	if (all->n > INSTANCES_NAMED)
		snprintf(text + at, INSTANCES_TEXT - at, ", ...");
	return text;
}

static void take_enabled(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *attrs[NAT64_CONFIG_A_MAX + 1], *on;

	if (!nl64_nested(attrs, NAT64_CONFIG_A_MAX,
			 reply->attrs[NAT64_A_CONFIG], NULL))
		return;
	on = attrs[NAT64_CONFIG_A_MANUALLY_ENABLED];
	*(bool *)arg = !on || !nla_len(on) || nla_get_u8(on);
}

/**
 * instance_is_enabled() - check whether the key manually-enabled is on
 * @nl: the connection, open
 * @instance: name of the instance
 *
 * Return: true if it is, or if the module does not answer.
 */
bool instance_is_enabled(struct nl64 *nl, const char *instance)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_CONFIG_GET, instance);
	bool on = true;
	const struct nl64_handler handler = {
		.reply = take_enabled, .arg = &on,
	};

	if (msg)
		nl64_do(nl, msg, &handler);
	nlmsg_free(msg);
	return on;
}
