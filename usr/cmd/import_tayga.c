// SPDX-License-Identifier: GPL-2.0
/*
 * import_tayga.c - nat64ctl import-tayga: from tayga.conf to our JSON
 *
 * A line is a directive and its words, up to a '#'. What has no counterpart is
 * left out and reported, a line each; so is what is not TAYGA's.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmd/cmd.h"
#include "config/import.h"
#include "config/jsonfile.h"

#define SPACE " \t\r\f\v"
/* TAYGA takes no more words in a line. */
#define WORDS_MAX 10
/* How many directives there can be. */
#define SEEN_MAX 32
#define TUN "left out: packets are translated where the router forwards them; remove the routes of the device, and firewall rules that name it"
#define DYNAMIC "left out: a stateless instance gives no addresses to hosts: 'nat64ctl instance add --pool6 PREFIX' lets those without a map share one"

/**
 * struct tayga - a tayga.conf that is being read
 * @in: what becomes of it
 * @path: the line that is being read, in words
 * @line: its number
 * @seen: lines of the directives, or 0
 * @room: room for mappings
 */
struct tayga {
	struct import in;
	char path[32];
	size_t line;
	size_t seen[SEEN_MAX];
	size_t room;
};

/**
 * struct directive - what a line can be
 * @name: its name, in any case
 * @words: how many words follow it
 * @take: reads them, or NULL
 * @note: why it is left out; NULL: it is not
 */
struct directive {
	const char *name;
	size_t words;
	int (*take)(struct tayga *tayga, char **words);
	const char *note;
};

static int wrong_word(const struct tayga *tayga)
{
	return import_word(&tayga->in, tayga->path);
}

/* "force" does not come here, so the value is checked at once. */
static int put_key(struct tayga *tayga, int key, const char *word)
{
	struct document *doc = &tayga->in.doc;

	if (import_put_key(&tayga->in, tayga->path, key, word))
		return -EINVAL;
	return key_check(key, document_key(doc, key), false) ?
	       wrong_word(tayga) : 0;
}

static int take_prefix(struct tayga *tayga, char **words)
{
	struct document *doc = &tayga->in.doc;
	struct prefix6 *prefix = &doc->pool6[0];
	const char *why;

	if (args_prefix6(words[0], true, prefix))
		return wrong_word(tayga);
	why = doc_check_pool6(prefix);
	if (why)
		return import_fail(&tayga->in, tayga->path, "%s", why);
	doc->n_pool6 = 1;
	return 0;
}

static bool grow(struct tayga *tayga)
{
	struct document *doc = &tayga->in.doc;
	size_t room = tayga->room ? 2 * tayga->room : 64;
	size_t *places;
	void *eam;

	if (doc->n_eam < tayga->room)
		return true;
	eam = reallocarray(doc->eam, room, sizeof(*doc->eam));
	if (!eam)
		return false;
	doc->eam = eam;
	places = reallocarray(doc->eam_place, room, sizeof(*places));
	if (!places)
		return false;
	doc->eam_place = places;
	tayga->room = room;
	return true;
}

static int take_map(struct tayga *tayga, char **words)
{
	struct document *doc = &tayga->in.doc;
	struct eam_entry *eam;

	if (!grow(tayga))
		return args_fail(NULL, "out of memory");
	if (doc->n_eam == NAT64_EAM_MAX)
		return import_fail(&tayga->in, tayga->path,
				   "an instance has %u EAM entries at most",
				   NAT64_EAM_MAX);
	eam = &doc->eam[doc->n_eam];
	if (args_prefix4(words[0], &eam->prefix4) ||
	    args_prefix6(words[1], false, &eam->prefix6) ||
	    args_eam(&eam->prefix6, &eam->prefix4))
		return wrong_word(tayga);
	doc->eam_place[doc->n_eam++] = tayga->line;
	return 0;
}

/* Where the source of an error does not translate, TAYGA uses its own address. */
static int take_own(struct tayga *tayga, int key, const char *word)
{
	if (put_key(tayga, key, word))
		return -EINVAL;
	import_note(&tayga->in, tayga->path,
		    "%s becomes %s: translated ICMP errors come from it; pings to it are not answered, and errors of the translator itself come from the router's addresses",
		    word, key_name(key));
	return 0;
}

static int take_addr4(struct tayga *tayga, char **words)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, words[0], &addr) != 1)
		return import_fail(&tayga->in, tayga->path,
				   "'%.60s' is not an IPv4 address: write it like 192.0.2.1",
				   words[0]);
	return take_own(tayga, NAT64_CONFIG_A_RFC6791V4_PREFIX, words[0]);
}

static int take_addr6(struct tayga *tayga, char **words)
{
	struct in6_addr addr;

	if (inet_pton(AF_INET6, words[0], &addr) != 1)
		return import_fail(&tayga->in, tayga->path,
				   "'%.60s' is not an IPv6 address: write it like 2001:db8::1",
				   words[0]);
	return take_own(tayga, NAT64_CONFIG_A_RFC6791V6_PREFIX, words[0]);
}

static int take_strict(struct tayga *tayga, char **words)
{
	return put_key(tayga, NAT64_CONFIG_A_WKP_STRICT, words[0]);
}

static int take_mtu(struct tayga *tayga, char **words)
{
	return put_key(tayga, NAT64_CONFIG_A_LOWEST_IPV6_MTU, words[0]);
}

static int take_checksum(struct tayga *tayga, char **words)
{
	bool drop = !strcasecmp(words[0], "drop");
	bool fwd = !strcasecmp(words[0], "fwd");

	if (!drop && !fwd && strcasecmp(words[0], "calc"))
		return import_fail(&tayga->in, tayga->path,
				   "'%.60s' is not what TAYGA does with a UDP packet: write drop, calc or fwd",
				   words[0]);
	if (fwd)
		import_note(&tayga->in, tayga->path,
			    "fwd becomes calc: a UDP packet over IPv6 needs a checksum");
	return put_key(tayga, NAT64_CONFIG_A_AMEND_UDP_CHECKSUM_ZERO,
		       drop ? "off" : "on");
}

/* Without the maps of another file, something else would become of this one. */
static int take_map_file(struct tayga *tayga, char **words)
{
	return import_fail(&tayga->in, tayga->path,
			   "the maps of %.200s are not here: put its lines in the place of this one",
			   words[0]);
}

static const struct directive directives[] = {
	{ "prefix", 1, take_prefix, NULL },
	{ "ipv4-addr", 1, take_addr4, NULL },
	{ "ipv6-addr", 1, take_addr6, NULL },
	{ "wkpf-strict", 1, take_strict, NULL },
	{ "udp-cksum-mode", 1, take_checksum, NULL },
	{ "offlink-mtu", 1, take_mtu, NULL },
	{ "ipv6-offlink-mtu", 1, take_mtu, NULL },
	{ "map-file", 1, take_map_file, NULL },
	{ "map", 2, take_map, NULL },
	{ "tun-device", 1, NULL, TUN },
	{ "tun-up", 1, NULL, TUN },
	{ "tun-ip", 1, NULL, TUN },
	{ "tun-route", 1, NULL, TUN },
	{ "dynamic-pool", 1, NULL,
	  DYNAMIC },
	{ "data-dir", 1, NULL,
	  "left out: without dynamic addresses, there is nothing to store" },
	{ "strict-frag-hdr", 1, NULL,
	  "left out: only packets that are fragments get a fragment header (RFC 7915 s4)" },
	{ "log", WORDS_MAX, NULL,
	  "left out: counters say why packets are dropped, and tracepoints which" },
	{ "worker-threads", 1, NULL,
	  "left out: every processor translates what it receives" },
};

static_assert(ARRAY_SIZE(directives) <= SEEN_MAX, "struct tayga has no room");

static const struct directive *find_directive(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(directives); i++) {
		if (!strcasecmp(word, directives[i].name))
			return &directives[i];
	}
	return NULL;
}

/* All that is read may stand there once, but for maps. */
static int take_directive(struct tayga *tayga, const struct directive *row,
			  char **words, size_t n)
{
	size_t *seen = &tayga->seen[row - directives];

	if (row->words != WORDS_MAX && n != row->words)
		return import_fail(&tayga->in, tayga->path,
				   "%s has %zu words after it: write %zu",
				   row->name, n, row->words);
	if (row->note) {
		import_note(&tayga->in, tayga->path, "%s is %s", row->name,
			    row->note);
		return 0;
	}
	if (*seen && row->take != take_map)
		return import_fail(&tayga->in, tayga->path,
				   "%s is in line %zu already: leave one out",
				   row->name, *seen);
	*seen = tayga->line;
	return row->take(tayga, words);
}

static int take_line(struct tayga *tayga, char *line)
{
	char *words[WORDS_MAX + 1], *rest, *word;
	const struct directive *row;
	size_t n = 0;

	for (word = strtok_r(line, SPACE, &rest); word && *word != '#';
	     word = strtok_r(NULL, SPACE, &rest)) {
		if (n == ARRAY_SIZE(words))
			return import_fail(&tayga->in, tayga->path,
					   "it has more than %d words: TAYGA takes none such",
					   WORDS_MAX);
		words[n++] = word;
	}
	if (!n)
		return 0;
	row = find_directive(words[0]);
	if (row)
		return take_directive(tayga, row, words + 1, n - 1);
	import_note(&tayga->in, tayga->path,
		    "%.60s is left out: TAYGA 0.9 has no such directive",
		    words[0]);
	return 0;
}

static int import_tayga(struct tayga *tayga, char *text)
{
	struct document *doc = &tayga->in.doc;
	char *line, *rest = text;

	doc->type = NAT64_TYPE_SIIT;
	doc->eam_at = "line ";
	while ((line = strsep(&rest, "\n"))) {
		snprintf(tayga->path, sizeof(tayga->path), "line %zu",
			 ++tayga->line);
		if (take_line(tayga, line))
			return -EINVAL;
	}
	if (!doc->n_pool6 && !doc->n_eam)
		return args_fail(NULL,
				 "%.160s: it has neither prefix nor map: is it a tayga.conf?",
				 tayga->in.name);
	return document_check(doc);
}

static int import_run(struct cmd *cmd)
{
	struct tayga tayga = { .in.name = jsonfile_name(cmd->words[0]) };
	size_t len;
	char *text = jsonfile_text(cmd->words[0], &len);
	int err = -EINVAL;

	if (text && strlen(text) < len)
		args_fail(NULL, "%.160s: it has a byte 0x00: is it a tayga.conf?",
			  tayga.in.name);
	else if (text && !document_init(&tayga.in.doc, tayga.in.name))
		err = import_tayga(&tayga, text);
	if (!err)
		import_print(&tayga.in);
	free(text);
	document_free(&tayga.in.doc);
	if (!err)
		return EXIT_DONE;
	cmd_wrong();
	return EXIT_REFUSED;
}

static const struct verb import_verbs[] = {
	{ "", "FILE",
	  "print what 'config load' takes for what TAYGA has in FILE;\nwhat has no counterpart is reported; '-' is standard input",
	  0, 0, 1, 1, "name a file, or - for standard input", import_run, 0 },
};

const struct object object_import_tayga = {
	.name = "import-tayga",
	.what = "convert a configuration file of TAYGA",
	.verbs = import_verbs,
	.n_verbs = ARRAY_SIZE(import_verbs),
};
