/* SPDX-License-Identifier: GPL-2.0 */
/* opts.h - the options of the command line and the words between them */
#ifndef NAT64CTL_OPTS_H
#define NAT64CTL_OPTS_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/**
 * enum opt - every option, whichever object takes it
 * @OPT_JSON: print JSON
 * @OPT_PRETTY: print JSON for people
 * @OPT_NETNS: network namespace to work in
 * @OPT_INSTANCE: instance to work on
 * @OPT_HELP: print help
 * @OPT_VERSION: print the version
 * @OPT_POOL6: a pool6 prefix of a new instance
 * @OPT_POOL4: a pool4 prefix of a new instance
 * @OPT_PORTS: port ranges of a pool4 entry
 * @OPT_PROTO: protocol
 * @OPT_MARK: packet mark of a pool4 entry
 * @OPT_V6: filter: the IPv6 host
 * @OPT_V4: filter: an IPv4 address
 * @OPT_PORT: filter: a port
 * @OPT_STATE: filter: the state of a session
 * @OPT_ALL: counters that are zero, too
 * @OPT_FORMAT: table, json or prometheus
 * @OPT_FORCE: lifetimes shorter than RFCs demand
 * @OPT_SYSLOG: print to the system's log
 * @OPT_BUFFER_SIZE: what may wait to be printed
 * @OPT_IIF: the device that a packet comes by
 * @OPT_TTL: TTL or hop limit of a packet
 * @OPT_LENGTH: length of a packet
 * @OPT_FLAGS: TCP flags of a packet
 * @OPT_COLOR: auto, always or never
 * @OPT_USAGE: how much of pool4 entries is used
 * @OPT_WATCH: go on: rates, every so many seconds; or what changes
 * @OPT_TIMES: how often
 * @OPT_BY: what sessions are counted by
 * @OPT_UPLINK: the device towards the network
 * @OPT_TIMEOUT: how long to wait for answers
 * @OPT_TRUST: a domain whose names are believed
 * @OPT_TYPE: type of a new instance
 * @OPT_DEVICE: network device of a new instance
 * @OPT_PREF64: the prefix of the PLAT, or auto
 * @OPT_LAN: an IPv4 prefix behind a CLAT
 * @OPT_PREFIX: an IPv6 prefix that is routed to this machine
 * @OPT_COUNT: how many there are
 */
enum opt {
	OPT_JSON,
	OPT_PRETTY,
	OPT_NETNS,
	OPT_INSTANCE,
	OPT_HELP,
	OPT_VERSION,
	OPT_POOL6,
	OPT_POOL4,
	OPT_PORTS,
	OPT_PROTO,
	OPT_MARK,
	OPT_V6,
	OPT_V4,
	OPT_PORT,
	OPT_STATE,
	OPT_ALL,
	OPT_FORMAT,
	OPT_FORCE,
	OPT_SYSLOG,
	OPT_BUFFER_SIZE,
	OPT_IIF,
	OPT_TTL,
	OPT_LENGTH,
	OPT_FLAGS,
	OPT_COLOR,
	OPT_USAGE,
	OPT_WATCH,
	OPT_TIMES,
	OPT_BY,
	OPT_UPLINK,
	OPT_TIMEOUT,
	OPT_TRUST,
	OPT_TYPE,
	OPT_DEVICE,
	OPT_PREF64,
	OPT_LAN,
	OPT_PREFIX,
	OPT_COUNT
};

#define OPT_BIT(opt) (1ULL << (opt))
static_assert(OPT_COUNT <= 64, "a set of options is a __u64");
/* Options that every object takes. */
#define OPTS_GLOBAL (OPT_BIT(OPT_JSON) | OPT_BIT(OPT_PRETTY) |		\
		     OPT_BIT(OPT_NETNS) | OPT_BIT(OPT_INSTANCE) |	\
		     OPT_BIT(OPT_HELP) | OPT_BIT(OPT_VERSION) |		\
		     OPT_BIT(OPT_COLOR))

/**
 * struct opt_row - how an option is written and what it does
 * @name: its long name
 * @letter: its short name, or 0
 * @value: what its value is called in the help; NULL if it takes none
 * @what: what it does, in words
 * @optional: the value may be left out; it begins with a digit
 */
struct opt_row {
	const char *name;
	char letter;
	const char *value;
	const char *what;
	bool optional;
};

extern const struct opt_row opt_rows[OPT_COUNT];

/**
 * struct opts - a command line, taken apart
 * @given: one bit for each option that was given
 * @words: the words that are no options, in their order
 * @n_words: how many
 * @values: option and value pairs in the order they were given
 * @n_values: how many
 */
struct opts {
	__u64 given;
	char **words;
	int n_words;
	struct opt_value {
		enum opt opt;
		const char *value;
	} *values;
	size_t n_values;
};

int opts_parse(struct opts *opts, int argc, char **argv);
int opts_once(const struct opts *opts, __u64 repeatable);
const char *opts_value(const struct opts *opts, enum opt opt);
void opts_free(struct opts *opts);

/**
 * opts_has() - check whether an option was given
 * @opts: the command line
 * @opt: the option
 *
 * Return: true if it was.
 */
static inline bool opts_has(const struct opts *opts, enum opt opt)
{
	return opts->given & OPT_BIT(opt);
}

#endif /* NAT64CTL_OPTS_H */
