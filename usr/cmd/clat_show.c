// SPDX-License-Identifier: GPL-2.0
/* clat_show.c - nat64ctl clat status, and what the other commands print */
#include <errno.h>
#include <string.h>

#include "cli/plain.h"
#include "cmd/follow.h"

static const char *member(struct json_object *root, const char *key)
{
	struct json_object *value = json_object_object_get(root, key);

	return value ? json_object_get_string(value) : "";
}

static void print_line(struct json_object *root)
{
	const char *state = member(root, "state");

	if (strcmp(state, "up"))
		plain_line(stdout, "%s %s: %s", member(root, "since"), state,
			   member(root, "reason"));
	else
		plain_line(stdout, "%s up %s %s pref64 %s %s%s%s mtu %s",
			   member(root, "since"), member(root, "uplink"),
			   member(root, "address6"), member(root, "pref64"),
			   member(root, "source"),
			   *member(root, "from") ? " " : "",
			   member(root, "from"), member(root, "mtu"));
}

/* All of the journal but how it is undone */
static void put_members(struct out *out, struct json_object *root)
{
	json_object_object_foreach(root, key, value)
		if (strcmp(key, "undo"))
			out_json(out, key, json_object_get(value));
}

/**
 * clat_print() - report a change of a CLAT
 * @root: its journal
 * @flags: enum out_flag of what is printed
 */
void clat_print(struct json_object *root, unsigned int flags)
{
	struct out out;

	if (!(flags & OUT_JSON)) {
		print_line(root);
		return;
	}
	out_begin(&out, stdout, flags, NULL, 0);
	put_members(&out, root);
	out_end(&out);
}

static void set_state(struct json_object *root, const char *state,
		      const char *reason)
{
	json_object_object_add(root, "state", json_object_new_string(state));
	json_object_object_add(root, "reason", json_object_new_string(reason));
}

/* If its process was killed, the file may not match what exists. */
static void correct(struct json_object *root, pid_t owner)
{
	struct json_object *steps = json_object_object_get(root, "undo");
	bool up = !strcmp(member(root, "state"), "up");
	struct rt_link link;
	struct rt rt;

	if (!up && !owner && json_object_array_length(steps)) {
		set_state(root, "unfinished",
			  "'nat64ctl clat up' was killed before it finished: 'nat64ctl clat down' undoes its changes");
		return;
	}
	if (!up && !owner) {
		json_object_object_add(root, "state",
				       json_object_new_string("down"));
		json_object_object_del(root, "since");
		json_object_object_del(root, "reason");
	}
	if (!up || rt_open(&rt))
		return;
	if (rt_link(&rt, CLAT_DEVICE, 0, &link) == -ENODEV)
		set_state(root, "unfinished",
			  "the device " CLAT_DEVICE " is gone: 'nat64ctl clat up' makes it again");
	rt_close(&rt);
}

static void print_status(struct json_object *root)
{
	static const char *const keys[] = {
		"state", "since", "reason", "uplink", "pref64", "source",
		"from", "device", "address4", "address6", "mtu", "process",
	};
	struct json_object *lans = json_object_object_get(root, "lan");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (*member(root, keys[i]))
			plain_line(stdout, "%-9s %s", keys[i],
				   member(root, keys[i]));
	for (i = 0; lans && i < json_object_array_length(lans); i++)
		plain_line(stdout, "%-9s %s", "lan",
			   json_object_get_string(json_object_array_get_idx(lans,
									    i)));
}

/**
 * clat_status() - show what the CLAT of a network namespace is doing
 * @cmd: the command
 *
 * Return: the exit status.
 */
int clat_status(struct cmd *cmd)
{
	struct json_object *root;
	struct journal journal;
	struct out out;
	pid_t owner;

	if (cmd_enter(cmd))
		return cmd_refused(cmd);
	if (journal_find(&journal) || journal_read(&journal))
		return cmd_failed();
	root = journal.root;
	owner = journal_owner(&journal);
	correct(root, owner);
	json_object_object_del(root, "process");
	if (owner)
		json_object_object_add(root, "process",
				       json_object_new_int(owner));
	cmd_begin(cmd, &out, OUT_ONE, NULL, 0);
	if (out_is_json(&out)) {
		put_members(&out, root);
		out_row(&out);
		out_end(&out);
	} else {
		print_status(root);
	}
	journal_close(&journal);
	return EXIT_DONE;
}
