// SPDX-License-Identifier: GPL-2.0
/* config.c - nat64ctl config: configuration of an instance */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plain.h"
#include "cmd/cmd.h"
#include "config/document.h"
#include "config/savefile.h"

static const struct out_column config_columns[] = {
	{ "key", "KEY", 0 },
	{ "value", "VALUE", 0 },
	{ "meaning", "MEANING", 0 },
};

static int put_pairs(struct nl_msg *msg, const struct cmd *cmd)
{
	bool seen[KEY_COUNT] = { false };
	struct nlattr *nest;
	int i;

	nest = nla_nest_start(msg, NAT64_A_CONFIG | NLA_F_NESTED);
	for (i = 0; i < cmd->n_words; i += 2) {
		int key = key_find(cmd->words[i]);

		if (key < 0)
			return -1;
		if (i + 1 == cmd->n_words)
			return args_fail(cmd->words[i],
					 "has no value: write %s after it",
					 key_values(key));
		if (seen[key])
			return args_fail(cmd->words[i],
					 "is given twice: leave one out");
		seen[key] = true;
		if (key_put(msg, key, cmd->words[i + 1])) {
			char why[200];

			snprintf(why, sizeof(why), "%s", args_why());
			return args_fail(NULL, "%s: %s", cmd->words[i], why);
		}
	}
	nla_nest_end(msg, nest);
	return 0;
}

/* Of several keys, the kernel points at the one it refuses. */
static void name_bad_key(struct nl64 *nl)
{
	char text[sizeof(nl->text)];
	const char *name;

	if (nl->bad_outer != NAT64_A_CONFIG || !nl->bad_inner ||
	    nl->bad_inner >= KEY_COUNT)
		return;
	name = key_name(nl->bad_inner);
	if (strstr(nl->text, name))
		return;
	snprintf(text, sizeof(text), "%s", nl->text);
	snprintf(nl->text, sizeof(nl->text), "%s: %.200s", name, text);
}

static int config_set(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_CONFIG_SET);

	if (!msg || put_pairs(msg, cmd) ||
	    (opts_has(cmd->opts, OPT_FORCE) &&
	     nla_put_flag(msg, NAT64_A_FORCE))) {
		nlmsg_free(msg);
		return cmd_wrong();
	}
	if (!cmd_try(cmd, msg, NULL))
		return EXIT_DONE;
	name_bad_key(&cmd->nl);
	return cmd_refused(cmd);
}

/**
 * struct config - what has to be shown of a configuration
 * @out: where
 * @key: the only key to show, or 0
 * @any: has one been shown?
 */
struct config {
	struct out out;
	int key;
	bool any;
};

static void show_key(struct config *config, int key, struct nlattr *attr)
{
	struct out *out = &config->out;
	char text[KEY_TEXT];

	if (!key_fits(key, attr))
		return;
	config->any = true;
	key_text(text, key, attr, !config->key);
	if (config->key && !out_is_json(out))
		plain_line(stdout, "%s", text);
	else
		out_pair(out, NULL, key_name(key), key_json(key, attr), text,
			 key_meaning(key));
}

/**
 * config_event() - print keys that have changed
 * @out: the output, where a table is only the end of a line
 * @nest: the keys
 */
void config_event(struct out *out, struct nlattr *nest)
{
	struct json_object *object = json_object_new_object();
	struct nlattr *attrs[KEY_COUNT];
	char text[KEY_TEXT];
	int i;

	if (!nl64_nested(attrs, KEY_COUNT - 1, nest, NULL))
		memset(attrs, 0, sizeof(attrs));
	for (i = 1; i < KEY_COUNT; i++) {
		if (!key_fits(i, attrs[i]))
			continue;
		key_text(text, i, attrs[i], false);
		if (!out_is_json(out))
			fprintf(out->file, " %s %s", key_name(i), text);
		json_object_object_add(object, key_name(i),
				       key_json(i, attrs[i]));
	}
	out_json(out, "config", object);
}

static void config_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *attrs[KEY_COUNT];
	struct config *config = arg;
	size_t i;

	if (!nl64_nested(attrs, KEY_COUNT - 1,
			 reply->attrs[NAT64_A_CONFIG], NULL))
		return;
	for (i = 1; i < KEY_COUNT; i++) {
		if (!config->key || config->key == (int)i)
			show_key(config, i, attrs[i]);
	}
}

static int config_print(struct cmd *cmd, int key)
{
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_CONFIG_GET);
	struct config config = { .key = key };
	const struct nl64_handler handler = {
		.reply = config_reply,
		.arg = &config,
	};
	int rc;

	if (!msg)
		return cmd_wrong();
	cmd_begin(cmd, &config.out, OUT_ONE, config_columns,
		  ARRAY_SIZE(config_columns));
	rc = cmd_do(cmd, msg, &handler);
	if (rc == EXIT_DONE && key && !config.any) {
		nl64_refuse(&cmd->nl, -ENOENT,
			    "%s is no key of the instance %s: 'config show' lists those that its type has",
			    key_name(key), cmd->instance);
		rc = cmd_refused(cmd);
	}
	if (rc == EXIT_DONE && (out_is_json(&config.out) || !key))
		out_end(&config.out);
	out_forget(&config.out);
	return rc;
}

static int config_show(struct cmd *cmd)
{
	return config_print(cmd, 0);
}

static int config_get(struct cmd *cmd)
{
	int key = key_find(cmd->words[0]);

	return key < 0 ? cmd_wrong() : config_print(cmd, key);
}

/* A wrong file is a refusal, not a wrong command line. */
static int wrong_file(void)
{
	cmd_wrong();
	return EXIT_REFUSED;
}

/* The name is in the file or in the option; both may be given if they agree. */
static int take_name(struct cmd *cmd, const struct document *doc)
{
	const char *option = opts_value(cmd->opts, OPT_INSTANCE);

	if (!doc->instance[0])
		return 0;
	if (option && strcmp(option, doc->instance))
		return doc_fail(doc, "/instance",
				"'%s' is not the instance of --instance %s: name one; a file of /etc/nat64 is called as its instance, %s.json",
				doc->instance, option, doc->instance);
	cmd->instance = doc->instance;
	return 0;
}

/* Without a name, "default" is meant, even if only another instance exists. */
static int read_file(struct cmd *cmd, struct document *doc)
{
	cmd->chosen = true;
	return document_read(doc, cmd->words[0],
			     opts_has(cmd->opts, OPT_FORCE)) ?:
	       take_name(cmd, doc);
}

static int send_document(struct cmd *cmd, const struct document *doc,
			 bool check)
{
	return cmd_try(cmd, document_request(doc, cmd->instance, check), NULL);
}

static int refused(const struct cmd *cmd, const struct document *doc)
{
	return document_refused(doc, &cmd->nl) ? wrong_file() : cmd_refused(cmd);
}

static int config_load(struct cmd *cmd)
{
	struct document doc;
	int rc;

	if (read_file(cmd, &doc))
		rc = wrong_file();
	else if (cmd_open(cmd))
		rc = cmd_refused(cmd);
	else if (send_document(cmd, &doc, false))
		rc = refused(cmd, &doc);
	else
		rc = EXIT_DONE;
	document_free(&doc);
	return rc;
}

static void print_note(const struct cmd *cmd)
{
	plain_line(stderr,
		   "nat64ctl: note: the file was checked without the module: %s",
		   cmd->nl.text);
}

/* Compare with the instance as it is; a missing one is empty. */
static int compare(struct cmd *cmd, const struct document *doc, bool connected)
{
	int err = -ENOENT, rc = EXIT_DONE;
	struct document is;
	struct out out;

	if (document_init(&is, "the kernel"))
		return wrong_file();
	cmd_begin(cmd, &out, OUT_ONE, NULL, 0);
	if (connected)
		err = document_fetch(&is, &cmd->nl, cmd->instance);
	if (err && err != -ENOENT)
		rc = cmd_refused(cmd);
	else if ((err && document_defaults(&is)) ||
		 document_diff(&out, cmd->instance, &is, doc, !err))
		rc = wrong_file();
	document_free(&is);
	return rc;
}

/* Without the module or CAP_NET_ADMIN, only the file itself is checked. */
static int check_document(struct cmd *cmd, const struct document *doc)
{
	int err = cmd_open(cmd);

	if (err == -ENODEV) {
		print_note(cmd);
		return compare(cmd, doc, false);
	}
	if (err)
		return cmd_refused(cmd);
	err = send_document(cmd, doc, true);
	/* A module that can check blames a part of the file. */
	if (err == -EPERM || (err == -EOPNOTSUPP && !cmd->nl.bad_outer))
		print_note(cmd);
	else if (err)
		return refused(cmd, doc);
	/* Without CAP_NET_ADMIN, static BIB entries cannot be read either. */
	return err == -EPERM ? EXIT_DONE : compare(cmd, doc, true);
}

static int config_check(struct cmd *cmd)
{
	struct document doc;
	int rc;

	rc = read_file(cmd, &doc) ? wrong_file() : check_document(cmd, &doc);
	document_free(&doc);
	return rc;
}

/* Another program may have set values that no file can hold. */
static int check_fetched(const struct document *doc, struct cmd *cmd)
{
	int key;

	for (key = 1; key < KEY_COUNT; key++) {
		if (!doc->given[key] ||
		    !key_check(key, document_key(doc, key), true))
			continue;
		return nl64_refuse(&cmd->nl, -EINVAL,
				   "it cannot be saved: %.200s", args_why());
	}
	return 0;
}

/* The instance as JSON in @text; another errno than 0 leaves words in cmd->nl. */
static int fetch_text(struct cmd *cmd, char **text)
{
	struct json_object *json;
	struct document doc;
	int err = -ENOMEM;

	*text = NULL;
	if (!document_init(&doc, "the kernel"))
		err = document_fetch(&doc, &cmd->nl, cmd->instance) ?:
		      check_fetched(&doc, cmd);
	if (!err) {
		json = document_json(&doc);
		*text = strdup(out_document(json));
		json_object_put(json);
	}
	document_free(&doc);
	return err;
}

/* Several requests are no snapshot: read until two results are the same. */
static int fetch_settled(struct cmd *cmd, char **text)
{
	char *before = NULL;
	int tries, err = 0;

	*text = NULL;
	for (tries = 0; tries < 10; tries++) {
		err = fetch_text(cmd, text);
		if (err || !*text || (before && !strcmp(before, *text)))
			break;
		free(before);
		before = *text;
		*text = NULL;
	}
	if (!err && !*text && before) {
		*text = before;
		fprintf(stderr,
			"nat64ctl: the instance kept changing: what is saved was read while it changed\n");
		return 0;
	}
	free(before);
	return err;
}

static int write_text(const char *path, const char *text)
{
	char *lines;
	int err;

	if (!path || !strcmp(path, "-")) {
		plain_json(stdout, text, "");
		putchar('\n');
		return 0;
	}
	if (asprintf(&lines, "%s\n", text) < 0)
		return args_fail(NULL, "out of memory");
	err = savefile_write(path, lines);
	free(lines);
	return err;
}

static int config_save(struct cmd *cmd)
{
	int rc = EXIT_DONE;
	char *text;

	if (cmd_choose(cmd))
		return cmd_wrong();
	if (cmd_open(cmd) || fetch_settled(cmd, &text))
		return cmd_refused(cmd);
	if (!text)
		args_fail(NULL, "out of memory");
	if (!text || write_text(cmd->words[0], text))
		rc = wrong_file();
	free(text);
	return rc;
}

static void config_more(FILE *file)
{
	size_t i;

	fputs("\nSECONDS are a number or a time such as 2h, 4m or 1h30m. Keys:\n",
	      file);
	for (i = 1; i < KEY_COUNT; i++)
		fprintf(file, "  %-29s %-17s  %s\n", key_name(i),
			key_values(i), key_meaning(i));
}

static const struct verb config_verbs[] = {
	{ "show", "", "show all keys of an instance", 0, 0, 0, 0, NULL,
	  config_show, 0 },
	{ "get", "KEY", "print the value of a key, as set takes it", 0, 0, 1,
	  1, "name a key, such as udp-timeout", config_get, 0 },
	{ "set", "KEY VALUE [KEY VALUE ...] [--force]",
	  "change keys, all or none", OPT_BIT(OPT_FORCE), 0, 1, -1,
	  "name a key and its value, such as udp-timeout 5m", config_set, 0 },
	{ "save", "[FILE]",
	  "write all that an instance is: pools, keys and static BIB entries",
	  0, 0, 0, 1, NULL, config_save, 0 },
	{ "load", "FILE [--force]",
	  "let an instance be what the file says, all or nothing; '-' is standard input;\nsessions that stay valid survive",
	  OPT_BIT(OPT_FORCE), 0, 1, 1, "name a file, or - for standard input",
	  config_load, 0 },
	{ "check", "FILE [--force]",
	  "check a file, and show what a load would change",
	  OPT_BIT(OPT_FORCE), 0, 1, 1, "name a file, or - for standard input",
	  config_check, 0 },
};

const struct object object_config = {
	.name = "config",
	.what = "configuration of an instance",
	.verbs = config_verbs,
	.n_verbs = ARRAY_SIZE(config_verbs),
	.more = config_more,
};
