// SPDX-License-Identifier: GPL-2.0
/*
 * args.c - from the words of a command line to values; address.c has the rest
 *
 * Every parser returns 0 or -EINVAL. The sentence of the last mistake, which
 * names the wrong word and says what to write instead, is in args_why(). What
 * a value means is the kernel's to judge; only what cannot be expressed in a
 * request is refused here.
 */
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/args.h"
#include "cli/plain.h"

static char why[1024];

const __u8 args_all_protos[3] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };

static const char *const state_names[] = {
	[NAT64_STATE_CLOSED] = "closed",
	[NAT64_STATE_V4_INIT] = "v4-init",
	[NAT64_STATE_V6_INIT] = "v6-init",
	[NAT64_STATE_ESTABLISHED] = "established",
	[NAT64_STATE_V4_FIN] = "v4-fin",
	[NAT64_STATE_V6_FIN] = "v6-fin",
	[NAT64_STATE_V4_V6_FIN] = "v4-v6-fin",
	[NAT64_STATE_TRANS] = "trans",
};

static const char *const type_names[] = {
	[NAT64_TYPE_NAT64] = "nat64",
	[NAT64_TYPE_SIIT] = "siit",
};

/**
 * args_fail() - remember the sentence of a mistake
 * @word: the wrong word, with which the sentence starts, or NULL
 * @fmt: format of the rest: what is wrong with it and what to write instead
 *
 * Return: -EINVAL, for the caller to return.
 */
int args_fail(const char *word, const char *fmt, ...)
{
	char rest[sizeof(why) / 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	/* The word may be anything; what to do about it must still fit. */
	if (word)
		snprintf(why, sizeof(why), "'%.*s' %s",
			 (int)(sizeof(why) - sizeof(rest) - 4), word, rest);
	else
		snprintf(why, sizeof(why), "%s", rest);
	plain_text(why);
	return -EINVAL;
}

/**
 * args_why() - the sentence of the last mistake
 *
 * Return: the sentence.
 */
const char *args_why(void)
{
	return why;
}

/**
 * args_length() - how many characters the arguments have
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the sum of their lengths.
 */
size_t args_length(int argc, char **argv)
{
	size_t length = 0;
	int i;

	for (i = 0; i < argc; i++)
		length += strlen(argv[i]);
	return length;
}

/* Levenshtein's distance; what is longer than the row is far from anything. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], len = strlen(b), i, j;

	if (len >= ARRAY_SIZE(row) || strlen(a) >= ARRAY_SIZE(row))
		return SIZE_MAX;
	for (j = 0; j <= len; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (j = 1; j <= len; j++) {
			size_t best = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[len];
}

/**
 * args_nearest() - find the name that was probably meant
 * @word: what was written
 * @names: what can be written
 * @n: how many
 *
 * Return: the name that is most like @word, or NULL if none is near.
 */
const char *args_nearest(const char *word, const char *const *names, size_t n)
{
	size_t limit = strlen(word) / 2, i;
	const char *nearest = NULL;

	for (i = 0; i < n; i++) {
		size_t d = distance(word, names[i]);

		if (d <= limit) {
			nearest = names[i];
			limit = d ? d - 1 : 0;
		}
		if (!d)
			break;
	}
	return nearest;
}

/**
 * args_digits() - parse digits and nothing else
 * @word: the digits
 * @base: 10 or 16
 * @max: the largest number
 * @number: where to store it
 *
 * strtoul() would take signs, spaces and octal numbers as well.
 *
 * Return: false if it is not such a number.
 */
bool args_digits(const char *word, unsigned int base, __u64 max, __u64 *number)
{
	__u64 n = 0;

	if (!*word)
		return false;
	for (; *word; word++) {
		unsigned char c = *word;

		if (!(base == 16 ? isxdigit(c) : isdigit(c)))
			return false;
		n = n * base + (isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
		if (n > max)
			return false;
	}
	*number = n;
	return true;
}

/**
 * args_name() - check the name of an instance
 * @word: the name
 *
 * Return: 0 or -EINVAL.
 */
int args_name(const char *word)
{
	const char *c;

	if (!*word)
		return args_fail(word,
				 "cannot be the name of an instance: write a name such as \"default\"");
	if (strlen(word) > NAT64_NAME_MAX)
		return args_fail(word,
				 "is too long for the name of an instance: use %u characters at most",
				 NAT64_NAME_MAX);
	for (c = word; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return args_fail(word,
					 "cannot be the name of an instance: use letters, digits, '-', '_' and '.'");
	}
	return 0;
}

/**
 * args_uplink() - check the name of a device that is to exist
 * @word: the name
 *
 * Return: 0 or -EINVAL.
 */
int args_uplink(const char *word)
{
	if (*word && strlen(word) < IF_NAMESIZE)
		return 0;
	return args_fail(word,
			 "is not the name of a device: 'ip link' lists those that exist");
}

/**
 * args_number() - parse a number, decimal or hexadecimal with 0x
 * @word: the number
 * @what: what it is, for the sentence
 * @min: the smallest
 * @max: the largest
 * @number: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_number(const char *word, const char *what, __u32 min, __u32 max,
		__u32 *number)
{
	bool hex = !strncmp(word, "0x", 2) || !strncmp(word, "0X", 2);
	__u64 n;

	if (!args_digits(hex ? word + 2 : word, hex ? 16 : 10, max, &n) ||
	    n < min)
		return args_fail(word,
				 "is not %s: write a number from %u to %u",
				 what, min, max);
	*number = n;
	return 0;
}

/**
 * args_bool() - parse on or off
 * @word: the word
 * @on: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_bool(const char *word, bool *on)
{
	static const char *const yes[] = { "on", "true", "yes", "1" };
	static const char *const no[] = { "off", "false", "no", "0" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(yes); i++) {
		if (!strcmp(word, yes[i])) {
			*on = true;
			return 0;
		}
		if (!strcmp(word, no[i])) {
			*on = false;
			return 0;
		}
	}
	return args_fail(word,
			 "is neither on nor off: write one of the two");
}

/* One number and its unit; units must fall, so that 5m2h is a mistake. */
static bool take_unit(const char **at, unsigned int *order, __u64 *sum)
{
	static const char units[] = "dhms";
	static const unsigned int sizes[] = { 86400, 3600, 60, 1 };
	size_t n = strspn(*at, "0123456789");
	char digits[16];
	__u64 number;
	const char *unit;

	if (!n || n >= sizeof(digits) || !(*at)[n])
		return false;
	memcpy(digits, *at, n);
	digits[n] = '\0';
	unit = strchr(units, (*at)[n]);
	if (!unit || (unsigned int)(unit - units) < *order ||
	    !args_digits(digits, 10, UINT32_MAX, &number))
		return false;
	*order = unit - units + 1;
	*sum += number * sizes[unit - units];
	*at += n + 1;
	return true;
}

/**
 * args_clock() - parse a time as a clock shows it: 1:30:00, 5:00, 300, 0:59.5
 * @word: hours, minutes and seconds, of which the first may be missing
 * @seconds: where to store it, without its fraction
 * @rest: set if the fraction is not zero
 *
 * Return: false if it is not such a time.
 */
bool args_clock(const char *word, __u32 *seconds, bool *rest)
{
	__u64 sum = 0, n;
	char digits[12];
	int fields = 0;
	size_t len;

	for (;; word++) {
		len = strspn(word, "0123456789");
		if (!len || len >= sizeof(digits) || ++fields > 3)
			return false;
		memcpy(digits, word, len);
		digits[len] = '\0';
		if (!args_digits(digits, 10, UINT32_MAX, &n))
			return false;
		sum = sum * 60 + n;
		word += len;
		if (*word != ':')
			break;
	}
	*rest = false;
	if (*word == '.') {
		word++;
		len = strspn(word, "0123456789");
		*rest = strspn(word, "0") != len;
		if (!len)
			return false;
		word += len;
	}
	*seconds = sum;
	return !*word && sum <= UINT32_MAX;
}

/**
 * args_seconds() - parse a time: 300, 300s, 5m, 1h30m, 2d, 1:30:00
 * @word: the time
 * @seconds: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_seconds(const char *word, __u32 *seconds)
{
	unsigned int order = 0;
	const char *at = word;
	__u64 sum = 0;
	bool rest;

	if (strchr(word, ':') && args_clock(word, seconds, &rest) && !rest)
		return 0;
	if (!args_digits(word, 10, UINT32_MAX, &sum)) {
		sum = 0;
		while (take_unit(&at, &order, &sum) && *at)
			continue;
		if (*at || at == word || sum > UINT32_MAX)
			return args_fail(word,
					 "is not a time: write seconds, such as 300, or units, such as 300s, 5m or 1h30m");
	}
	*seconds = sum;
	return 0;
}

/**
 * args_item() - copy the next item of a comma list
 * @at: where it starts; moves to the start of the next
 * @item: where to copy it
 * @size: size of @item
 *
 * Return: false if it does not fit.
 */
bool args_item(const char **at, char *item, size_t size)
{
	size_t n = strcspn(*at, ",");

	if (n >= size)
		return false;
	memcpy(item, *at, n);
	item[n] = '\0';
	*at += n + ((*at)[n] == ',');
	return true;
}

/**
 * args_more() - is there another item?
 * @word: the comma list
 * @at: where args_item() has got
 *
 * Return: true if there is; a comma at the end of a list promises one.
 */
bool args_more(const char *word, const char *at)
{
	return *at || (at > word && at[-1] == ',');
}

/**
 * args_plateaus() - parse a comma list of packet sizes
 * @word: the list
 * @list: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_plateaus(const char *word, struct plateau_list *list)
{
	const char *at = word;
	__u64 mtu;
	char item[8];

	list->n = 0;
	do {
		if (list->n == ARRAY_SIZE(list->mtu))
			return args_fail(word,
					 "has too many sizes: use %u at most",
					 NAT64_PLATEAUS_MAX);
		if (!args_item(&at, item, sizeof(item)) ||
		    !args_digits(item, 10, UINT16_MAX, &mtu))
			return args_fail(word,
					 "is not a list of packet sizes: write numbers up to 65535 with commas between them, such as 1492,1280");
		list->mtu[list->n++] = mtu;
	} while (args_more(word, at));
	return 0;
}

/**
 * args_proto() - parse a protocol
 * @word: its name
 * @proto: where to store its number
 *
 * Return: 0 or -EINVAL.
 */
int args_proto(const char *word, __u8 *proto)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(args_all_protos); i++) {
		if (!strcasecmp(word, args_proto_name(args_all_protos[i]))) {
			*proto = args_all_protos[i];
			return 0;
		}
	}
	return args_fail(word,
			 "is not a protocol: write tcp, udp or icmp");
}

/**
 * args_protos() - parse a comma list of protocols
 * @word: the list
 * @protos: three places, of which @n are taken; more are appended
 * @n: how many are taken
 *
 * Return: 0 or -EINVAL.
 */
int args_protos(const char *word, __u8 *protos, size_t *n)
{
	const char *at = word;
	__u8 proto;
	char item[16];

	do {
		if (!args_item(&at, item, sizeof(item)))
			return args_fail(word,
					 "is not a list of protocols: write tcp, udp or icmp, or several with commas between them");
		if (args_proto(item, &proto))
			return -EINVAL;
		if (memchr(protos, proto, *n))
			return args_fail(args_proto_name(proto),
					 "is given twice: leave one out");
		protos[(*n)++] = proto;
	} while (args_more(word, at));
	return 0;
}

/**
 * args_state() - parse the state of a session
 * @word: its name
 * @state: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_state(const char *word, __u8 *state)
{
	__u8 i;

	for (i = NAT64_STATE_V4_INIT; i <= NAT64_STATE_MAX; i++) {
		if (!strcmp(word, state_names[i])) {
			*state = i;
			return 0;
		}
	}
	return args_fail(word,
			 "is not a state of a session: write v4-init, v6-init, established, v4-fin, v6-fin, v4-v6-fin or trans");
}

/**
 * args_type() - parse the type of an instance
 * @word: its name
 * @type: where to store it
 *
 * Return: 0 or -EINVAL.
 */
int args_type(const char *word, __u8 *type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(type_names); i++) {
		if (!strcmp(word, type_names[i])) {
			*type = i;
			return 0;
		}
	}
	return args_fail(word,
			 "is not a type of instance: write nat64 or siit");
}

/**
 * args_device() - check the name of a network device
 * @word: the name
 *
 * Return: 0 or -EINVAL.
 */
int args_device(const char *word)
{
	if (*word && strlen(word) < IFNAMSIZ && strcmp(word, ".") &&
	    strcmp(word, "..") && !strpbrk(word, "/:% \t\n\v\f\r"))
		return 0;
	return args_fail(word,
			 "cannot be the name of a device: write 15 characters at most, without '/', ':', '%%' and spaces");
}

/**
 * args_proto_name() - the name of a protocol
 * @proto: its number
 *
 * Return: the name.
 */
const char *args_proto_name(__u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
		return "icmp";
	default:
		return "unknown";
	}
}

/**
 * args_state_name() - the name of a session's state
 * @state: the state
 *
 * Return: the name.
 */
const char *args_state_name(__u8 state)
{
	return state <= NAT64_STATE_MAX ? state_names[state] : "unknown";
}

/**
 * args_type_name() - the name of a type of instance
 * @type: the type
 *
 * Return: the name.
 */
const char *args_type_name(__u8 type)
{
	return type < ARRAY_SIZE(type_names) ? type_names[type] : "unknown";
}
