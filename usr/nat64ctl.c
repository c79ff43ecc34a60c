// SPDX-License-Identifier: GPL-2.0
/*
 * nat64ctl.c - the command line of nat64: options, objects, verbs, help
 *
 * An object is a file of cmd/ with a table of verbs; a new one is added to
 * the table below.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/hints.h"
#include "cli/out.h"
#include "cmd/cmd.h"

static const struct object *const objects[] = {
	&object_instance,
	&object_pool6,
	&object_pool4,
	&object_bib,
	&object_eam,
	&object_denylist,
	&object_session,
	&object_config,
	&object_stats,
	&object_monitor,
	&object_trace,
	&object_pref64,
	&object_clat,
	&object_import_jool,
	&object_import_tayga,
};

static void print_options(__u64 options)
{
	char text[48];
	int i;

	for (i = 0; i < OPT_COUNT; i++) {
		const struct opt_row *row = &opt_rows[i];
		size_t at = 0;

		if (!(options & OPT_BIT(i)))
			continue;
		if (row->letter)
			at = snprintf(text, sizeof(text), "-%c, ", row->letter);
		snprintf(text + at, sizeof(text) - at, "--%s%s%s", row->name,
			 row->value ? " " : "", row->value ? row->value : "");
		printf("  %-32s %s\n", text, row->what);
	}
}

static int general_help(void)
{
	size_t i;

	printf("usage: nat64ctl [OPTIONS] OBJECT [VERB] [ARGUMENTS]\n"
	       "\n"
	       "nat64ctl controls the NAT64 and SIIT translators of this machine.\n"
	       "\n"
	       "Objects:\n");
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		printf("  %-12s %s\n", objects[i]->name, objects[i]->what);
	printf("\n"
	       "The verb is 'show' if none is given. 'nat64ctl OBJECT help' explains an object,\n"
	       "'nat64ctl version' prints the version.\n"
	       "\n"
	       "Options, before or after the object:\n");
	print_options(OPTS_GLOBAL);
	printf("\n"
	       "A translator that shares 192.0.2.1 among IPv6-only hosts:\n"
	       "  nat64ctl instance add --pool6 64:ff9b::/96 --pool4 192.0.2.1\n"
	       "  nat64ctl session\n"
	       "  nat64ctl stats\n");
	return EXIT_DONE;
}

/* Every line of what a verb does, indented. */
static void print_what(const char *what)
{
	const char *end;

	for (; (end = strchr(what, '\n')); what = end + 1)
		printf("      %.*s\n", (int)(end - what), what);
	printf("      %s\n", what);
}

static int object_help(const struct object *object)
{
	__u64 options = 0;
	size_t i;

	printf("nat64ctl %s: %s\n\n", object->name, object->what);
	for (i = 0; i < object->n_verbs; i++) {
		const struct verb *verb = &object->verbs[i];

		printf("  nat64ctl %s%s%s%s%s\n", object->name,
		       verb->name[0] ? " " : "", verb->name,
		       verb->words[0] ? " " : "", verb->words);
		print_what(verb->what);
		options |= verb->options;
	}
	if (options) {
		printf("\nOptions:\n");
		print_options(options);
	}
	printf("\nOptions of every object:\n");
	print_options(OPTS_GLOBAL);
	if (object->more)
		object->more(stdout);
	return EXIT_DONE;
}

static int version(const struct opts *opts)
{
	struct cmd cmd = { .opts = opts };
	struct out out;

	cmd_begin(&cmd, &out, OUT_ONE, NULL, 0);
	if (out_is_json(&out)) {
		out_string(&out, "version", NAT64CTL_VERSION);
		out_end(&out);
	} else {
		printf("nat64ctl %s\n", NAT64CTL_VERSION);
	}
	return EXIT_DONE;
}

/* Names of all objects, in their order. */
static void object_names(const char **names)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(objects); i++)
		names[i] = objects[i]->name;
}

/* By its name or by a beginning that no other has; NULL says why in args_why() */
static const struct object *find_object(const char *word)
{
	const char *names[ARRAY_SIZE(objects)], *nearest, *instead;
	size_t found, n;

	if (!strcmp(word, "explain"))
		return &object_trace;
	object_names(names);
	n = hint_prefix(word, names, ARRAY_SIZE(names), &found);
	if (n == 1)
		return objects[found];
	instead = hint_find(NULL, word);
	nearest = args_nearest(word, names, ARRAY_SIZE(names));
	if (instead)
		args_fail(word, "is not an object: %s", instead);
	else if (n)
		hint_ambiguous(word, names, ARRAY_SIZE(names));
	else if (nearest)
		args_fail(word, "is not an object: did you mean '%s'?",
			  nearest);
	else
		args_fail(word,
			  "is not an object: 'nat64ctl help' lists them");
	return NULL;
}

/* A few words: a, b or c. */
static const char *listed(const char *const *names, size_t n)
{
	static char text[128];
	size_t at = 0, i;

	for (i = 0; i < n && at < sizeof(text); i++)
		at += snprintf(text + at, sizeof(text) - at, "%s%s",
			       !i ? "" : i + 1 < n ? ", " : " or ", names[i]);
	return text;
}

/* Like find_object(). */
static const struct verb *find_verb(const struct object *object,
				    const char *word)
{
	const char *names[8], *nearest, *instead;
	size_t found, i, n;

	for (i = 0; i < object->n_verbs && i < ARRAY_SIZE(names); i++)
		names[i] = object->verbs[i].name;
	n = hint_prefix(hint_verb(word), names, i, &found);
	if (n == 1)
		return &object->verbs[found];
	instead = hint_find(object->name, word);
	nearest = args_nearest(word, names, i);
	if (instead)
		args_fail(word, "is not a verb of '%s': %s", object->name,
			  instead);
	else if (n)
		hint_ambiguous(word, names, i);
	else if (nearest)
		args_fail(word, "is not a verb of '%s': did you mean '%s'?",
			  object->name, nearest);
	else
		args_fail(word, "is not a verb of '%s': write %s",
			  object->name, listed(names, i));
	return NULL;
}

/* A verb and its object, for a sentence. */
static const char *full_name(const struct cmd *cmd)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s%s%s", cmd->object->name,
		 cmd->verb->name[0] ? " " : "", cmd->verb->name);
	return name;
}

/* Not everything can be shown. */
static int no_verb(const struct object *object)
{
	args_fail(object->name, "needs a verb: 'nat64ctl %s help' lists them",
		  object->name);
	return cmd_wrong();
}

/* An option that the verb does not take; perhaps another was meant. */
static int foreign_option(const struct cmd *cmd, enum opt opt)
{
	const char *names[OPT_COUNT], *nearest;
	size_t n = 0;
	int i;

	for (i = 0; i < OPT_COUNT; i++) {
		if (cmd->verb->options & OPT_BIT(i))
			names[n++] = opt_rows[i].name;
	}
	nearest = args_nearest(opt_rows[opt].name, names, n);
	if (nearest)
		return args_fail(NULL,
				 "'--%s' is not an option of '%s': did you mean --%s?",
				 opt_rows[opt].name, full_name(cmd), nearest);
	return args_fail(NULL,
			 "'--%s' is not an option of '%s': see 'nat64ctl %s help'",
			 opt_rows[opt].name, full_name(cmd),
			 cmd->object->name);
}

/* A word too many may be what others write without an option. */
static int foreign_word(const struct cmd *cmd, const char *word)
{
	struct port_list ports;

	if (cmd->verb->options & OPT_BIT(OPT_PORTS) && !args_ports(word, &ports))
		return args_fail(word,
				 "is one argument too many for '%s': write --ports %s",
				 full_name(cmd), word);
	return args_fail(word,
			 "is one argument too many for '%s': see 'nat64ctl %s help'",
			 full_name(cmd), cmd->object->name);
}

/* Refuses options and words that the verb does not take. */
static int check(const struct cmd *cmd)
{
	__u64 foreign = cmd->opts->given & ~(cmd->verb->options | OPTS_GLOBAL);
	const char *instance = opts_value(cmd->opts, OPT_INSTANCE);
	const struct verb *verb = cmd->verb;
	int i;

	for (i = 0; i < OPT_COUNT; i++) {
		if (foreign & OPT_BIT(i))
			return foreign_option(cmd, i);
	}
	if (opts_once(cmd->opts, verb->repeatable))
		return -EINVAL;
	if (instance && args_name(instance))
		return -EINVAL;
	if (cmd->n_words < verb->min)
		return args_fail(verb->name[0] ? verb->name :
						 cmd->object->name,
				 "needs an argument: %s", verb->missing);
	if (verb->max >= 0 && cmd->n_words > verb->max)
		return foreign_word(cmd, cmd->words[verb->max]);
	return 0;
}

static int run_verb(const struct object *object, const struct verb *verb,
		    const struct opts *opts, int n_words, char **words)
{
	const char *instance = opts_value(opts, OPT_INSTANCE);
	struct cmd cmd = {
		.object = object,
		.verb = verb,
		.opts = opts,
		.words = words,
		.n_words = n_words,
		.instance = instance ? instance : "default",
		.chosen = instance,
	};
	int rc;

	if (check(&cmd))
		return cmd_wrong();
	rc = verb->run(&cmd);
	nl64_shut(&cmd.nl);
	return rc;
}

static int run_object(const struct object *object, const struct opts *opts)
{
	const char *shown = object == &object_clat ? "status" : "show";
	const char *word = opts->n_words > 1 ? opts->words[1] : shown;
	int skip = opts->n_words > 1 ? 2 : 1;
	const struct verb *verb;

	if (!strcmp(word, "help") || opts_has(opts, OPT_HELP))
		return object_help(object);
	if (!object->verbs[0].name[0])
		return run_verb(object, object->verbs, opts, opts->n_words - 1,
				opts->words + 1);
	verb = find_verb(object, word);
	if (!verb && opts->n_words < 2)
		return no_verb(object);
	if (!verb)
		return cmd_wrong();
	return run_verb(object, verb, opts, opts->n_words - skip,
			opts->words + skip);
}

static int run(const struct opts *opts)
{
	const struct object *object;
	char **words = opts->words;

	if (opts_has(opts, OPT_VERSION))
		return version(opts);
	if (!opts->n_words)
		return general_help();
	if (!strcmp(words[0], "version"))
		return version(opts);
	if (!strcmp(words[0], "help")) {
		if (opts->n_words < 2)
			return general_help();
		object = find_object(words[1]);
		return object ? object_help(object) : cmd_wrong();
	}
	object = find_object(words[0]);
	return object ? run_object(object, opts) : cmd_wrong();
}

/**
 * main() - entry point
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: enum cmd_exit.
 */
int main(int argc, char **argv)
{
	struct opts opts;
	int rc;

	if (opts_parse(&opts, argc - 1, argv + 1) ||
	    out_colours(opts_value(&opts, OPT_COLOR)))
		rc = cmd_wrong();
	else
		rc = run(&opts);
	opts_free(&opts);
	/* A full disk or a closed pipe is found when the rest is written. */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "nat64ctl: cannot write the output: %s\n",
			strerror(errno));
		rc = EXIT_REFUSED;
	}
	return rc;
}
