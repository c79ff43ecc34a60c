// SPDX-License-Identifier: GPL-2.0
/*
 * opts.c - takes a command line apart into options and words
 *
 * getopt_long() is not used because it accepts every unambiguous abbreviation
 * of a long option: a script that says --po today would change its meaning on
 * the day another option of that beginning is added.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/hints.h"
#include "cli/opts.h"

const struct opt_row opt_rows[OPT_COUNT] = {
	[OPT_JSON] = { "json", 'j', NULL, "print JSON" },
	[OPT_PRETTY] = { "pretty", 'p', NULL,
		"indent the JSON for people to read" },
	[OPT_NETNS] = { "netns", 'n', "NETNS",
		"work in this network namespace, a name or a path" },
	[OPT_INSTANCE] = { "instance", 'i', "NAME",
		"work on this instance; else \"default\", or the only one" },
	[OPT_HELP] = { "help", 'h', NULL, "print this help" },
	[OPT_VERSION] = { "version", 'V', NULL, "print the version" },
	[OPT_POOL6] = { "pool6", 0, "PREFIX",
		"IPv6 prefix that stands for IPv4; may be repeated" },
	[OPT_POOL4] = { "pool4", 0, "ADDR[/LEN]",
		"IPv4 address or prefix to share; may be repeated" },
	[OPT_PORTS] = { "ports", 0, "A-B[,C-D...]",
		"ports or ICMP identifiers, 1-65535 if not given" },
	[OPT_PROTO] = { "proto", 0, "tcp|udp|icmp",
		"protocol; all three if not given" },
	[OPT_MARK] = { "mark", 0, "M",
		"for packets that carry this mark, 0 if not given" },
	[OPT_V6] = { "v6", 0, "ADDR[/LEN]",
		"of an IPv6 host in this prefix" },
	[OPT_V4] = { "v4", 0, "ADDR[/LEN]",
		"where an IPv4 address is in this prefix" },
	[OPT_PORT] = { "port", 0, "N",
		"where any port or ICMP identifier is N" },
	[OPT_STATE] = { "state", 0, "NAME",
		"where the session is in this state" },
	[OPT_ALL] = { "all", 0, NULL, "show counters that are zero, too" },
	[OPT_FORMAT] = { "format", 0, "table|json|prometheus",
		"how to print, table if not given" },
	[OPT_FORCE] = { "force", 0, NULL,
		"take lifetimes that are shorter than RFCs demand" },
	[OPT_SYSLOG] = { "syslog", 0, NULL,
		"write to the system's log, as daemon nat64" },
	[OPT_BUFFER_SIZE] = { "buffer-size", 0, "BYTES",
		"what may wait to be printed, 16777216 if not given" },
	[OPT_IIF] = { "iif", 0, "DEV",
		"it comes by this device; else by the one towards its source" },
	[OPT_TTL] = { "ttl", 0, "N", "its TTL or hop limit, 64 if not given" },
	[OPT_LENGTH] = { "length", 0, "BYTES",
		"its length with all headers; no payload if not given" },
	[OPT_FLAGS] = { "flags", 0, "LIST",
		"its TCP flags: syn, ack, fin, rst, psh, urg" },
	[OPT_COLOR] = { "color", 0, "auto|always|never",
		"colours; auto: on a terminal, unless NO_COLOR is set" },
	[OPT_USAGE] = { "usage", 0, NULL, "show how much is used, too" },
	[OPT_WATCH] = { "watch", 0, "[SECONDS]",
		"go on until it is interrupted; rates: every second", true },
	[OPT_TIMES] = { "count", 0, "N", "end after N times" },
	[OPT_BY] = { "by", 0, "host|peer",
		"count for each IPv6 host or remote, most first" },
	[OPT_UPLINK] = { "uplink", 0, "DEV",
		"the device towards the network; all if not given" },
	[OPT_TIMEOUT] = { "timeout", 0, "SECONDS",
		"wait so long for an answer, 4 if not given" },
	[OPT_TRUST] = { "trust", 0, "DOMAIN",
		"take from DNS what DNSSEC proves of it; may be repeated" },
	[OPT_TYPE] = { "type", 0, "nat64|siit",
		"stateful NAT64, the default, or stateless translator" },
	[OPT_DEVICE] = { "device", 0, "DEV",
		"translate what is routed into this device of type nat64" },
	[OPT_PREF64] = { "pref64", 0, "auto|PREFIX",
		"the NAT64 prefix of the PLAT; found if not given" },
	[OPT_LAN] = { "lan", 0, "PREFIX4",
		"IPv4 prefix of a LAN behind it; may be repeated" },
	[OPT_PREFIX] = { "prefix", 0, "PREFIX6",
		"IPv6 prefix routed here, to map IPv4 one to one" },
};

static int find_long(const char *word, size_t len)
{
	int i;

	for (i = 0; i < OPT_COUNT; i++) {
		if (strlen(opt_rows[i].name) == len &&
		    !strncmp(opt_rows[i].name, word, len))
			return i;
	}
	return -1;
}

static int find_letter(char letter)
{
	int i;

	for (i = 0; i < OPT_COUNT; i++) {
		if (opt_rows[i].letter && opt_rows[i].letter == letter)
			return i;
	}
	return -1;
}

static int unknown_long(const char *word)
{
	const char *names[OPT_COUNT];
	const char *nearest, *instead = hint_find(NULL, word);
	int i;

	if (instead)
		return args_fail(word, "is not an option: %s", instead);
	for (i = 0; i < OPT_COUNT; i++)
		names[i] = opt_rows[i].name;
	nearest = args_nearest(word + 2, names, OPT_COUNT);
	if (nearest)
		return args_fail(word, "is not an option: did you mean --%s?",
				 nearest);
	return args_fail(word, "is not an option: see 'nat64ctl help'");
}

static void keep(struct opts *opts, enum opt opt, const char *value)
{
	opts->given |= OPT_BIT(opt);
	opts->values[opts->n_values++] = (struct opt_value){ opt, value };
}

/*
 * A value of its own word never starts with '-', so that a forgotten value is
 * noticed; --name=-value says that it is meant.
 */
static int take_value(struct opts *opts, enum opt opt, const char *word,
		      char ***next)
{
	const struct opt_row *row = &opt_rows[opt];
	char *value = **next;

	if (!value || (value[0] == '-' && value[1]))
		return args_fail(word, "needs a value: write --%s %s",
				 row->name, row->value);
	(*next)++;
	keep(opts, opt, value);
	return 0;
}

static bool is_number(const char *word)
{
	return word && *word >= '0' && *word <= '9';
}

static int parse_long(struct opts *opts, const char *word, char ***next)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word - 2) : strlen(word + 2);
	int opt = find_long(word + 2, len);

	if (opt < 0)
		return unknown_long(word);
	if (!opt_rows[opt].value && equals)
		return args_fail(word, "has a value too many: write --%s",
				 opt_rows[opt].name);
	if (opt_rows[opt].optional && !equals && !is_number(**next)) {
		keep(opts, opt, NULL);
		return 0;
	}
	if (opt_rows[opt].value && !equals)
		return take_value(opts, opt, word, next);
	keep(opts, opt, equals ? equals + 1 : NULL);
	return 0;
}

static int parse_letters(struct opts *opts, const char *word, char ***next)
{
	const char *letter, *instead = hint_find(NULL, word);

	if (instead)
		return args_fail(word, "is not an option: %s", instead);
	for (letter = word + 1; *letter; letter++) {
		int opt = find_letter(*letter);

		if (opt < 0)
			return args_fail(word,
					 "has a letter that is not an option, %c: see 'nat64ctl help'",
					 *letter);
		if (!opt_rows[opt].value) {
			keep(opts, opt, NULL);
			continue;
		}
		if (!letter[1])
			return take_value(opts, opt, word, next);
		keep(opts, opt, letter + 1);
		return 0;
	}
	return 0;
}

/**
 * opts_parse() - take a command line apart
 * @opts: what it fills; opts_free() frees it
 * @argc: number of arguments, the name of the command not counted
 * @argv: the arguments, a NULL pointer after the last
 *
 * Options may stand before, between and after the words; '--' ends them.
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int opts_parse(struct opts *opts, int argc, char **argv)
{
	char **next = argv;
	bool plain = false;

	memset(opts, 0, sizeof(*opts));
	/* Letters may be bundled, so a word can hold several options. */
	opts->values = calloc(args_length(argc, argv) + 1,
			      sizeof(*opts->values));
	opts->words = calloc(argc + 1, sizeof(*opts->words));
	if (!opts->values || !opts->words)
		return args_fail(NULL, "out of memory");

	while (*next) {
		char *word = *next++;
		int err = 0;

		if (plain || word[0] != '-' || !word[1])
			opts->words[opts->n_words++] = word;
		else if (!strcmp(word, "--"))
			plain = true;
		else if (word[1] == '-')
			err = parse_long(opts, word, &next);
		else
			err = parse_letters(opts, word, &next);
		if (err)
			return err;
	}
	return 0;
}

/**
 * opts_once() - refuse options with a value that are given more than once
 * @opts: the command line
 * @repeatable: bits of the options that may be repeated
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int opts_once(const struct opts *opts, __u64 repeatable)
{
	__u64 seen = 0;
	size_t i;

	for (i = 0; i < opts->n_values; i++) {
		enum opt opt = opts->values[i].opt;

		if (!opts->values[i].value || repeatable & OPT_BIT(opt))
			continue;
		if (seen & OPT_BIT(opt))
			return args_fail(opts->values[i].value,
					 "is a second --%s: leave one out",
					 opt_rows[opt].name);
		seen |= OPT_BIT(opt);
	}
	return 0;
}

/**
 * opts_value() - the value of an option
 * @opts: the command line
 * @opt: the option
 *
 * Return: its first value, or NULL if it was not given.
 */
const char *opts_value(const struct opts *opts, enum opt opt)
{
	size_t i;

	for (i = 0; i < opts->n_values; i++) {
		if (opts->values[i].opt == opt)
			return opts->values[i].value;
	}
	return NULL;
}

/**
 * opts_free() - free what opts_parse() allocated
 * @opts: the command line
 */
void opts_free(struct opts *opts)
{
	free(opts->words);
	free(opts->values);
}
