// SPDX-License-Identifier: GPL-2.0
/*
 * hints.c - words of other commands, and what stands for them here
 *
 * People who come from Jool type what they know, and those who know ip(8) and
 * nft(8) write less of a word, or another one for it.
 */
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/hints.h"

#define IMPORT "write 'nat64ctl import-jool FILE | nat64ctl config load -'"
#define NO_SYNC "sessions are not copied to another router; see HIGH AVAILABILITY in nat64(7)"
#define DENYLIST "write 'nat64ctl denylist'"
#define AS_JSON "write -j, which prints JSON"
#define NOT_NEEDED "leave it out"

/**
 * struct hint - a word that is not ours
 * @object: the object after which it stands, or "key" of a configuration key;
 *	NULL: it is an object itself, or an option
 * @word: the word
 * @instead: what to do, in words
 */
struct hint {
	const char *object;
	const char *word;
	const char *instead;
};

static const struct hint hints[] = {
	{ NULL, "global",
	  "write 'nat64ctl config show' or 'nat64ctl config set KEY VALUE'" },
	{ NULL, "file", IMPORT },
	{ NULL, "joold", NO_SYNC },
	{ NULL, "eamt", "write 'nat64ctl eam'" },
	{ NULL, "denylist4", DENYLIST },
	{ NULL, "blacklist4", DENYLIST },
	{ NULL, "blacklist", DENYLIST },
	{ NULL, "address",
	  "write 'nat64ctl trace', which shows what would happen to a packet" },
	{ NULL, "log", "write 'nat64ctl monitor'" },
	{ "instance", "status", "write 'nat64ctl instance show NAME'" },
	{ "clat", "show", "write 'nat64ctl clat status'" },
	{ "clat", "start", "write 'nat64ctl clat up'" },
	{ "clat", "stop", "write 'nat64ctl clat down'" },
	{ "config", "update", "write 'nat64ctl config set KEY VALUE'" },
	{ "session", "follow", "write 'nat64ctl monitor session'" },
	{ "session", "proxy", NO_SYNC },
	{ "session", "advertise", NO_SYNC },
	{ "key", "pool6", "write 'nat64ctl pool6 add PREFIX'" },
	{ "key", "f-args", "all flows of an IPv6 host share one address" },
	{ "key", "logging-debug",
	  "write 'nat64ctl stats', or 'nat64ctl trace' for a packet" },
	{ "key", "randomize-rfc6791-addresses",
	  "an address of a prefix is always chosen at random" },
	{ "key", "ss-enabled", NO_SYNC },
	{ "bib", "flush",
	  "write 'nat64ctl instance flush', which removes all but static entries" },
	{ NULL, "--netfilter", NOT_NEEDED ", netfilter is all there is" },
	{ NULL, "--iptables",
	  NOT_NEEDED ", netfilter is all there is, and marks choose packets" },
	{ NULL, "--tcp", "write --proto tcp" },
	{ NULL, "--udp", "write --proto udp" },
	{ NULL, "--icmp", "write --proto icmp" },
	{ NULL, "--csv", AS_JSON },
	{ NULL, "--no-headers", AS_JSON },
	{ NULL, "--numeric", NOT_NEEDED ", there are only numbers" },
	{ NULL, "--explain", NOT_NEEDED ", every counter is explained" },
	{ NULL, "--quick",
	  NOT_NEEDED ", the mappings of what is removed always end" },
	{ NULL, "--max-iterations",
	  NOT_NEEDED ", a free port is always found if there is one" },
	{ NULL, "--file", IMPORT },
	{ NULL, "-f", IMPORT },
	{ NULL, "--sort", "write 'nat64ctl session count --by host'" },
	{ NULL, "--limit", "write '| head', rows come one by one" },
	{ NULL, "--host", "write --v6 ADDR[/LEN]" },
};

/**
 * hint_find() - what stands here for a word of another command
 * @object: the object after which it stands; NULL: it is one, or an option
 * @word: the word
 *
 * Return: what to do, in words, or NULL.
 */
const char *hint_find(const char *object, const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hints); i++) {
		if (!strcmp(hints[i].word, word) &&
		    (object ? hints[i].object &&
			      !strcmp(hints[i].object, object) :
			      !hints[i].object))
			return hints[i].instead;
	}
	return NULL;
}

/**
 * hint_verb() - the verb that others have another word for
 * @word: the word
 *
 * Return: the verb, or @word.
 */
const char *hint_verb(const char *word)
{
	static const char *const verbs[][2] = {
		{ "list", "show" }, { "ls", "show" }, { "lst", "show" },
		{ "display", "show" }, { "remove", "del" },
		{ "delete", "del" }, { "rm", "del" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (!strcmp(word, verbs[i][0]))
			return verbs[i][1];
	}
	return word;
}

/**
 * hint_prefix() - find a word, or all that begin with it
 * @word: what was written
 * @names: what can be written
 * @n: how many
 * @found: place of the first
 *
 * Return: how many there are: 1 if it is one of them.
 */
size_t hint_prefix(const char *word, const char *const *names, size_t n,
		   size_t *found)
{
	size_t len = strlen(word), count = 0, i;

	for (i = 0; len && i < n; i++) {
		if (strncmp(names[i], word, len))
			continue;
		if (!count++ || !names[i][len])
			*found = i;
		if (!names[i][len])
			return 1;
	}
	return count;
}

/**
 * hint_ambiguous() - refuse a word that several begin with
 * @word: what was written
 * @names: what can be written
 * @n: how many
 *
 * Return: -EINVAL.
 */
int hint_ambiguous(const char *word, const char *const *names, size_t n)
{
	size_t len = strlen(word), at = 0, i;
	char all[200] = "";

	for (i = 0; i < n && at < sizeof(all); i++) {
		if (!strncmp(names[i], word, len))
			at += snprintf(all + at, sizeof(all) - at, "%s%s",
				       at ? ", " : "", names[i]);
	}
	return args_fail(word, "is the beginning of several: write more of it, %s",
			 all);
}
