// SPDX-License-Identifier: GPL-2.0
/* cmd.c - what the objects of the command line share */
#include <stdio.h>

#include "cli/plain.h"
#include "cmd/cmd.h"
#include "nl/filter.h"
#include "nl/instances.h"
#include "nl/netns.h"
#include "nl/refusal.h"

/**
 * cmd_wrong() - report the mistake in the command line
 *
 * Return: EXIT_USAGE.
 */
int cmd_wrong(void)
{
	plain_line(stderr, "nat64ctl: %s", args_why());
	return EXIT_USAGE;
}

/**
 * cmd_refused() - report why the kernel or the system refused
 * @cmd: the command
 *
 * Return: EXIT_REFUSED.
 */
int cmd_refused(const struct cmd *cmd)
{
	/* Keep the order of the two streams on a terminal. */
	fflush(stdout);
	plain_line(stderr, "nat64ctl: %s", cmd->nl.text);
	return EXIT_REFUSED;
}

/**
 * cmd_enter() - enter the requested network namespace, if there is one
 * @cmd: the command
 *
 * Return: 0, or a negative errno with its words in @cmd->nl.
 */
int cmd_enter(struct cmd *cmd)
{
	const char *netns = opts_value(cmd->opts, OPT_NETNS);

	return netns ? nl64_enter(&cmd->nl, netns) : 0;
}

/**
 * cmd_failed() - report args_why() of a command that failed without the
 * module
 *
 * Return: EXIT_REFUSED.
 */
int cmd_failed(void)
{
	fflush(stdout);
	plain_line(stderr, "nat64ctl: %s", args_why());
	return EXIT_REFUSED;
}

/**
 * cmd_open() - connect to the module in the requested network namespace
 * @cmd: the command
 *
 * Return: 0, or a negative errno with its words in @cmd->nl.
 */
int cmd_open(struct cmd *cmd)
{
	int err;

	if (cmd->nl.sock)
		return 0;
	err = cmd_enter(cmd);
	return err ? err : nl64_open(&cmd->nl);
}

/**
 * cmd_choose() - find the instance that is meant if none is named
 * @cmd: the command
 *
 * It is "default" if that exists, else the only one. A mistake that has
 * nothing to do with it is left to the request that follows.
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int cmd_choose(struct cmd *cmd)
{
	struct instances all = { .wanted = "default" };
	char text[INSTANCES_TEXT];

	if (cmd->chosen)
		return 0;
	cmd->chosen = true;
	if (cmd_open(cmd) || instances_read(&all, &cmd->nl) || all.found ||
	    !all.n)
		return 0;
	if (all.n > 1)
		return args_fail(NULL,
				 "there is no instance 'default': name one with -i, there are %s",
				 instances_text(&all, text));
	snprintf(cmd->only, sizeof(cmd->only), "%s", all.name[0]);
	cmd->instance = cmd->only;
	return 0;
}

/**
 * cmd_note_off() - report which of the instances that are shown are disabled
 * @cmd: the command, which has shown them; its instance is NULL for all
 */
void cmd_note_off(struct cmd *cmd)
{
	struct instances all = { .wanted = "" };
	size_t i;

	if (opts_has(cmd->opts, OPT_JSON))
		return;
	if (cmd->instance)
		snprintf(all.name[all.n++], sizeof(all.name[0]), "%s",
			 cmd->instance);
	else if (instances_read(&all, &cmd->nl))
		return;
	fflush(stdout);
	for (i = 0; i < all.n && i < INSTANCES_NAMED; i++) {
		if (!instance_is_enabled(&cmd->nl, all.name[i]))
			fprintf(stderr,
				"nat64ctl: note: instance %s translates nothing: manually-enabled is off\n",
				all.name[i]);
	}
}

/**
 * cmd_request() - start a request for the instance of a command, or for the
 *	one that cmd_choose() finds
 * @cmd: the command
 * @request: enum nat64_cmd
 *
 * Return: the request, or NULL with the sentence in args_why().
 */
struct nl_msg *cmd_request(struct cmd *cmd, int request)
{
	struct nl_msg *msg;

	if (cmd_choose(cmd))
		return NULL;
	msg = nl64_request(request, cmd->instance);
	if (!msg)
		args_fail(NULL, "out of memory");
	return msg;
}

/**
 * cmd_try() - send a request
 * @cmd: the command
 * @msg: the request, which is freed; NULL: there was no memory for it
 * @handler: takes the answer, or NULL
 *
 * Return: 0, or a negative errno with its words in @cmd->nl.
 */
int cmd_try(struct cmd *cmd, struct nl_msg *msg,
	    const struct nl64_handler *handler)
{
	int err = msg ? cmd_open(cmd) : nl64_no_memory(&cmd->nl);

	if (!err) {
		err = nl64_do(&cmd->nl, msg, handler);
		if (err)
			refusal_explain(&cmd->nl, cmd->instance, msg);
	}
	nlmsg_free(msg);
	return err;
}

/**
 * cmd_do() - send a request, report a refusal
 * @cmd: the command
 * @msg: the request, which is freed
 * @handler: takes the answer, or NULL
 *
 * Return: EXIT_DONE or EXIT_REFUSED.
 */
int cmd_do(struct cmd *cmd, struct nl_msg *msg,
	   const struct nl64_handler *handler)
{
	return cmd_try(cmd, msg, handler) ? cmd_refused(cmd) : EXIT_DONE;
}

/**
 * cmd_simple() - send the request of a verb, which says only the instance
 * @cmd: the command
 *
 * Return: enum cmd_exit.
 */
int cmd_simple(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, cmd->verb->arg);

	return msg ? cmd_do(cmd, msg, NULL) : cmd_wrong();
}

/**
 * cmd_dump() - read a table, report a refusal
 * @cmd: the command
 * @msg: the request, which is freed
 * @handler: takes the messages
 *
 * Return: EXIT_DONE or EXIT_REFUSED.
 */
int cmd_dump(struct cmd *cmd, struct nl_msg *msg,
	     const struct nl64_handler *handler)
{
	int err = cmd_open(cmd);

	if (!err) {
		err = nl64_dump(&cmd->nl, msg, handler);
		if (err)
			refusal_explain(&cmd->nl, cmd->instance, msg);
	}
	nlmsg_free(msg);
	if (err)
		return cmd_refused(cmd);
	if (cmd->nl.interrupted)
		fprintf(stderr,
			"nat64ctl: dump interrupted by changes: entries may be missing or duplicated\n");
	return EXIT_DONE;
}

/**
 * cmd_begin() - start to print what a command shows
 * @cmd: the command
 * @out: the output
 * @flags: OUT_ONE or 0
 * @columns: the columns of the table
 * @n_columns: how many
 */
void cmd_begin(struct cmd *cmd, struct out *out, unsigned int flags,
	       const struct out_column *columns, size_t n_columns)
{
	if (opts_has(cmd->opts, OPT_JSON))
		flags |= OUT_JSON;
	if (opts_has(cmd->opts, OPT_PRETTY))
		flags |= OUT_PRETTY;
	out_begin(out, stdout, flags, columns, n_columns);
}

static void forget(void *arg)
{
	out_forget(arg);
}

/**
 * cmd_show() - print a table of the kernel
 * @cmd: the command
 * @msg: the request, which is freed
 * @out: the output, from cmd_begin()
 * @reply: prints one message; its second argument is @out
 *
 * Return: EXIT_DONE or EXIT_REFUSED.
 */
int cmd_show(struct cmd *cmd, struct nl_msg *msg, struct out *out,
	     void (*reply)(const struct nl64_reply *reply, void *arg))
{
	/* Rows that have been printed cannot be taken back. */
	const struct nl64_handler handler = {
		.reply = reply,
		.restart = out->streaming ? NULL : forget,
		.arg = out,
	};
	int rc = cmd_dump(cmd, msg, &handler);

	if (rc == EXIT_DONE)
		out_end(out);
	else
		out_forget(out);
	return rc;
}

/**
 * cmd_filter() - start a request with the filter of the options
 * @cmd: the command
 * @request: enum nat64_cmd
 *
 * Return: the request, or NULL with the mistake in args_why().
 */
struct nl_msg *cmd_filter(struct cmd *cmd, int request)
{
	struct nl_msg *msg = cmd_request(cmd, request);

	if (msg && filter_put(msg, cmd->opts)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/**
 * struct number - a number of an answer
 * @attr: its attribute
 * @value: the number
 */
struct number {
	int attr;
	__u64 value;
};

static void take_number(const struct nl64_reply *reply, void *arg)
{
	struct number *number = arg;

	if (reply->attrs[number->attr])
		number->value = nla_get_u64(reply->attrs[number->attr]);
}

/**
 * cmd_number() - a request with a filter whose answer is a number
 * @cmd: the command
 * @request: enum nat64_cmd
 * @attr: attribute of the number, enum nat64_attr
 * @key: its key in JSON
 *
 * Return: enum cmd_exit.
 */
int cmd_number(struct cmd *cmd, int request, int attr, const char *key)
{
	struct nl_msg *msg = cmd_filter(cmd, request);
	const struct out_column column = { key, NULL, 1 };
	struct number number = { attr, 0 };
	const struct nl64_handler handler = {
		.reply = take_number,
		.arg = &number,
	};
	struct out out;
	int rc;

	if (!msg)
		return cmd_wrong();
	rc = cmd_do(cmd, msg, &handler);
	if (rc != EXIT_DONE)
		return rc;
	if (!opts_has(cmd->opts, OPT_JSON)) {
		printf("%llu\n", (unsigned long long)number.value);
		return EXIT_DONE;
	}
	cmd_begin(cmd, &out, OUT_ONE, &column, 1);
	out_number(&out, key, number.value);
	out_row(&out);
	out_end(&out);
	return EXIT_DONE;
}
