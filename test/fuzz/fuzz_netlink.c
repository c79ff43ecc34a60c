// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_netlink.c - what the kernel answers, to every command line that asks it
 *
 * The first byte chooses the command line, the rest are messages: a byte for the
 * kind, one for the command, two for the length, and the attributes. In place of
 * libnl's, functions of this file send and receive. What is printed has to be
 * lines that a terminal only shows, and with -j to be JSON.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "fuzz.h"

#define FAMILY 0x1c

int nat64ctl_main(int argc, char **argv);

static const char *const lines[] = {
	"instance show", "-j instance show", "-jp instance show",
	"instance add", "instance del", "pool6 show", "-j pool6 show",
	"pool4 show", "-j pool4 show", "pool4 show --usage",
	"-j pool4 show --usage", "pool4 add 192.0.2.1", "bib show",
	"-j bib show", "bib count", "-j bib count", "bib del 192.0.2.1:1",
	"bib add --proto tcp [2001:db8::1]:1 192.0.2.1:1", "session show",
	"-j session show", "session count", "session flush", "config show",
	"-j config show", "config get tos", "config set tos 1 fastpath lo",
	"config save", "stats show", "-j stats show", "stats show --all",
	"stats show --format prometheus", "monitor", "-j monitor", "-jp monitor",
	"monitor -i default", "trace udp [2001:db8::1]:1 [64:ff9b::1]:2",
	"-j trace udp [2001:db8::1]:1 [64:ff9b::1]:2",
	"instance add --type siit", "eam show", "-j eam show",
	"eam add 2001:db8::1 192.0.2.1", "eam del 192.0.2.1", "denylist show",
	"-j denylist show", "denylist add 192.0.2.1",
	"config get eam-hairpin-mode",
};

static const uint8_t *input;
static size_t left;
static uint32_t seq;
static bool dump;

/* --- in place of libnl --------------------------------------------------- */

int genl_connect(struct nl_sock *sock)
{
	return 0;
}

int genl_ctrl_resolve(struct nl_sock *sock, const char *name)
{
	return FAMILY;
}

int genl_ctrl_resolve_grp(struct nl_sock *sock, const char *family,
			  const char *group)
{
	return 1;
}

int nl_socket_add_membership(struct nl_sock *sock, int group)
{
	return 0;
}

/* What can always be read, for those that wait. */
int nl_socket_get_fd(const struct nl_sock *sock)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/zero", O_RDONLY);
	return fd;
}

int nl_send_auto(struct nl_sock *sock, struct nl_msg *msg)
{
	nl_complete_msg(sock, msg);
	seq = nlmsg_hdr(msg)->nlmsg_seq;
	dump = (nlmsg_hdr(msg)->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	return nlmsg_hdr(msg)->nlmsg_len;
}

static int message(unsigned char **data, int type, int flags, const void *body,
		   size_t len)
{
	struct nlmsghdr *hdr = calloc(1, NLMSG_HDRLEN + len);

	hdr->nlmsg_len = NLMSG_HDRLEN + len;
	hdr->nlmsg_type = type;
	hdr->nlmsg_flags = flags;
	hdr->nlmsg_seq = seq;
	memcpy((char *)hdr + NLMSG_HDRLEN, body, len);
	*data = (unsigned char *)hdr;
	return hdr->nlmsg_len;
}

/* The answer is over; who waits for events sees the socket fail. */
static int last(unsigned char **data)
{
	const struct nlmsgerr ack = { 0 };
	const int done = 0;

	if (!seq)
		return -NLE_BAD_SOCK;
	if (dump)
		return message(data, NLMSG_DONE, NLM_F_MULTI, &done,
			       sizeof(done));
	return message(data, NLMSG_ERROR, 0, &ack, sizeof(ack));
}

int nl_recv(struct nl_sock *sock, struct sockaddr_nl *from,
	    unsigned char **data, struct ucred **creds)
{
	static const int types[] = { FAMILY, NLMSG_ERROR, NLMSG_DONE,
				     GENL_ID_CTRL, FAMILY + 1 };
	struct genlmsghdr *genl;
	size_t len;
	int type, n;

	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
	if (left < 4)
		return last(data);
	type = types[(input[0] & 7) % ARRAY_SIZE(types)];
	len = input[2] | input[3] << 8;
	if (len > left - 4)
		len = left - 4;
	if (type == NLMSG_ERROR || type == NLMSG_DONE) {
		/* The flags are in the command; libnl itself sees to the rest. */
		uint8_t body[65536 + sizeof(struct nlmsgerr)] = { 0 };

		memcpy(body, input + 4, len);
		n = message(data, type, (input[1] << 8) & 0xff00, body,
			    len < sizeof(struct nlmsgerr) ?
			    sizeof(struct nlmsgerr) : len);
	} else {
		uint8_t body[65536 + GENL_HDRLEN];

		genl = (void *)body;
		*genl = (struct genlmsghdr){ .cmd = input[1], .version = 1 };
		memcpy(body + GENL_HDRLEN, input + 4, len);
		n = message(data, type, dump ? NLM_F_MULTI |
			    (input[0] & 8 ? NLM_F_DUMP_INTR : 0) : 0, body,
			    GENL_HDRLEN + len);
	}
	input += 4 + len;
	left -= 4 + len;
	return n;
}

/* --- the command --------------------------------------------------------- */

/* All texts of JSON that stand there one after the other, and nothing else. */
static void is_json(const char *text)
{
	size_t len = strlen(text);
	struct json_tokener *tok = json_tokener_new_ex(40);
	struct json_object *json;
	size_t at = 0;

	while (at + strspn(text + at, " \n") < len) {
		json = json_tokener_parse_ex(tok, text + at, len + 1 - at);
		if (!json)
			fprintf(stderr, "%s\n", text);
		FUZZ_MUST(json);
		json_object_put(json);
		at += json_tokener_get_parse_end(tok);
	}
	json_tokener_free(tok);
}

static void run(const char *line)
{
	char *words = strdup(line), *rest = words, *argv[16] = { "nat64ctl" };
	int argc = 1, rc;
	char *text;

	while ((argv[argc] = strsep(&rest, " ")))
		argc++;
	fuzz_capture();
	rc = nat64ctl_main(argc, argv);
	text = fuzz_release();
	/* Of several instances, one has to be named. */
	FUZZ_MUST(rc == EXIT_DONE || rc == EXIT_REFUSED ||
		  strstr(args_why(), "name one with -i"));
	/* The events end with the socket, which is a refusal. */
	if (line[0] == '-' && (rc == EXIT_DONE || strstr(line, "monitor")))
		is_json(text);
	free(text);
	free(words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	input = data + 1;
	left = size - 1;
	seq = 0;
	run(lines[data[0] % ARRAY_SIZE(lines)]);
	return 0;
}
