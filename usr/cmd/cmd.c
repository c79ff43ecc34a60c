// SPDX-License-Identifier: GPL-2.0
/* cmd.c - what the objects of the command line share */
#include <arpa/inet.h>
#include <stdio.h>

#include "cli/plain.h"
#include "cmd/cmd.h"

/**
 * cmd_wrong() - tell the mistake in the command line
 *
 * Return: EXIT_USAGE.
 */
int cmd_wrong(void)
{
	plain_line(stderr, "nat64ctl: %s", args_why());
	return EXIT_USAGE;
}

/**
 * cmd_refused() - tell why the kernel or the system refused
 * @cmd: the command
 *
 * Return: EXIT_REFUSED.
 */
int cmd_refused(const struct cmd *cmd)
{
	/* What was printed before belongs above the reason of the end. */
	fflush(stdout);
	plain_line(stderr, "nat64ctl: %s", cmd->nl.text);
	return EXIT_REFUSED;
}

/**
 * cmd_open() - connect to the module, in the network namespace asked for
 * @cmd: the command
 *
 * Return: 0, or a negative errno with its words in @cmd->nl.
 */
int cmd_open(struct cmd *cmd)
{
	const char *netns = opts_value(cmd->opts, OPT_NETNS);
	int err;

	if (cmd->nl.sock)
		return 0;
	err = netns ? nl64_enter(&cmd->nl, netns) : 0;
	return err ? err : nl64_open(&cmd->nl);
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
		args_fail(NULL, "there is no memory left");
	return msg;
}

/**
 * cmd_do() - send a request, tell a refusal
 * @cmd: the command
 * @msg: the request, which is freed
 * @handler: takes the answer, or NULL
 *
 * Return: EXIT_DONE or EXIT_REFUSED.
 */
int cmd_do(struct cmd *cmd, struct nl_msg *msg,
	   const struct nl64_handler *handler)
{
	int err = cmd_open(cmd);

	if (!err) {
		err = nl64_do(&cmd->nl, msg, handler);
		if (err)
			refusal_explain(cmd, msg);
	}
	nlmsg_free(msg);
	return err ? cmd_refused(cmd) : EXIT_DONE;
}

/**
 * cmd_dump() - read a table, tell a refusal
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
			refusal_explain(cmd, msg);
	}
	nlmsg_free(msg);
	if (err)
		return cmd_refused(cmd);
	if (cmd->nl.interrupted)
		fprintf(stderr,
			"nat64ctl: the table changed while it was read: some of it may be missing or shown twice\n");
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
 * cmd_text6() - an IPv6 transport address in words
 * @text: ENDPOINT_TEXT bytes
 * @addr: attribute with the address, may be NULL
 * @port: attribute with the port, may be NULL
 *
 * Return: @text.
 */
const char *cmd_text6(char *text, struct nlattr *addr, struct nlattr *port)
{
	char buf[INET6_ADDRSTRLEN] = "?";

	if (addr)
		inet_ntop(AF_INET6, nla_data(addr), buf, sizeof(buf));
	snprintf(text, ENDPOINT_TEXT, "[%s]:%u", buf,
		 port ? ntohs(nla_get_u16(port)) : 0);
	return text;
}

/**
 * cmd_text4() - an IPv4 transport address in words
 * @text: ENDPOINT_TEXT bytes
 * @addr: attribute with the address, may be NULL
 * @port: attribute with the port, may be NULL
 *
 * Return: @text.
 */
const char *cmd_text4(char *text, struct nlattr *addr, struct nlattr *port)
{
	char buf[INET_ADDRSTRLEN] = "?";

	if (addr)
		inet_ntop(AF_INET, nla_data(addr), buf, sizeof(buf));
	snprintf(text, ENDPOINT_TEXT, "%s:%u", buf,
		 port ? ntohs(nla_get_u16(port)) : 0);
	return text;
}

/**
 * cmd_addr6() - print an IPv6 address if there is one
 * @out: the output
 * @key: its key
 * @addr: the attribute, may be NULL
 */
void cmd_addr6(struct out *out, const char *key, struct nlattr *addr)
{
	char text[INET6_ADDRSTRLEN];

	if (addr)
		out_string(out, key, inet_ntop(AF_INET6, nla_data(addr), text,
					       sizeof(text)));
}

/**
 * cmd_addr4() - print an IPv4 address if there is one
 * @out: the output
 * @key: its key
 * @addr: the attribute, may be NULL
 */
void cmd_addr4(struct out *out, const char *key, struct nlattr *addr)
{
	char text[INET_ADDRSTRLEN];

	if (addr)
		out_string(out, key, inet_ntop(AF_INET, nla_data(addr), text,
					       sizeof(text)));
}

/**
 * cmd_port() - print a port if there is one
 * @out: the output
 * @key: its key
 * @port: the attribute, may be NULL
 */
void cmd_port(struct out *out, const char *key, struct nlattr *port)
{
	if (port)
		out_number(out, key, ntohs(nla_get_u16(port)));
}

/**
 * cmd_time() - print a point in time if it is known; JSON only
 * @out: the output
 * @key: its key
 * @time: the attribute, nanoseconds since 1970; may be NULL
 */
void cmd_time(struct out *out, const char *key, struct nlattr *time)
{
	char text[40];

	if (time && out_is_json(out))
		out_string(out, key, out_time(text, sizeof(text),
					      nla_get_u64(time)));
}
