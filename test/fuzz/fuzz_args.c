// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_args.c - words of a command line: addresses, ports, times, values of keys,
 * packets. The first byte chooses, the rest is the word.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plain.h"
#include "cmd/cmd.h"
#include "config/keys.h"
#include "fuzz.h"
#include "nl/packet.h"

/* A value that a request takes is one that it gives back, in words and JSON. */
static int take_key(const char *word, int key)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *attr;
	char text[KEY_TEXT];
	int err = key_put(msg, key, word);

	if (!err) {
		attr = nlmsg_find_attr(nlmsg_hdr(msg), 0, key);
		FUZZ_MUST(attr && key_fits(key, attr));
		key_text(text, key, attr, false);
		json_object_put(key_json(key, attr));
		FUZZ_MUST(key_check(key, attr, true) ||
			  !key_put(msg, key, text));
	}
	nlmsg_free(msg);
	return err;
}

static int take_packet(const char *word)
{
	static __u8 bytes[PACKET_MAX];
	size_t len = 0;
	int err = packet_hex(word, bytes, &len);

	FUZZ_MUST(err || len <= sizeof(bytes));
	return err;
}

static int take_endpoint(const char *word)
{
	struct packet packet = { .proto = IPPROTO_UDP, .length = 100 };
	static __u8 bytes[PACKET_MAX];
	int err = args_endpoint(word, &packet.src);

	if (!err) {
		packet.dst = packet.src;
		FUZZ_MUST(packet_make(&packet, bytes) <= sizeof(bytes));
	}
	return err;
}

static int take_words(char *words)
{
	struct opts opts;
	char *argv[17] = { NULL };
	int argc = 0, err;

	while (argc < 16 && (argv[argc] = strsep(&words, " ")))
		argc++;
	err = opts_parse(&opts, argc, argv);
	opts_free(&opts);
	return err;
}

static int take(char *word, int what)
{
	__u8 protos[3], flags, state;
	struct plateau_list sizes;
	struct port_list ports;
	struct prefix6 prefix6;
	struct prefix4 prefix4;
	size_t n = 0;
	__u32 number;
	bool on;

	switch (what) {
	case 0:
		return args_prefix6(word, true, &prefix6);
	case 1:
		return args_prefix6(word, false, &prefix6);
	case 2:
		return args_prefix4(word, &prefix4);
	case 3:
		return take_endpoint(word);
	case 4:
		return args_ports(word, &ports);
	case 5:
		return args_seconds(word, &number);
	case 6:
		return args_plateaus(word, &sizes);
	case 7:
		return args_protos(word, protos, &n);
	case 8:
		return args_number(word, "a number", 1, 70000, &number);
	case 9:
		return args_bool(word, &on);
	case 10:
		return args_state(word, &state);
	case 11:
		return args_name(word);
	case 12:
		return packet_flags(word, &flags);
	case 13:
		return take_packet(word);
	case 14:
		return take_words(word);
	case 15:
		return key_find(word) < 0;
	default:
		return take_key(word, 1 + (what - 16) % (KEY_COUNT - 1));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *word;

	if (!size)
		return 0;
	word = strndup((const char *)data + 1, size - 1);
	if (take(word, data[0]))
		fuzz_plain(args_why());
	free(word);
	return 0;
}
