/* SPDX-License-Identifier: GPL-2.0 */
/* cmd.h - objects of the command line, their verbs, and what they share */
#ifndef NAT64CTL_CMD_H
#define NAT64CTL_CMD_H

#include "cli/args.h"
#include "cli/exit.h"
#include "cli/opts.h"
#include "cli/out.h"
#include "nl/nl.h"

/**
 * struct cmd - a command that is being carried out
 * @object: what it works on
 * @verb: what it does
 * @opts: its options
 * @words: its words after the verb, a NULL pointer after the last
 * @n_words: how many
 * @instance: the instance it works on; NULL: all of them
 * @chosen: the instance was named, or has been chosen
 * @only: room for the name of the only instance that there is
 * @nl: the connection to the module
 */
struct cmd {
	const struct object *object;
	const struct verb *verb;
	const struct opts *opts;
	char **words;
	int n_words;
	const char *instance;
	bool chosen;
	char only[NAT64_NAME_MAX + 1];
	struct nl64 nl;
};

/**
 * struct verb - what can be done with an object
 * @name: its name; "" if the object is itself all that can be done
 * @words: the words after it, for the help
 * @what: what it does, for the help
 * @options: OPT_BIT()s of the options it takes beside the global ones
 * @repeatable: those of them that may be repeated
 * @min: the fewest words after it
 * @max: the most, or -1 if there is no limit
 * @missing: what to add if there are too few words
 * @run: does it; returns enum cmd_exit
 * @arg: what @run may need: enum nat64_cmd, or an IP protocol
 */
struct verb {
	const char *name;
	const char *words;
	const char *what;
	__u64 options;
	__u64 repeatable;
	int min;
	int max;
	const char *missing;
	int (*run)(struct cmd *cmd);
	int arg;
};

/**
 * struct object - what the command line can work on
 * @name: its name
 * @what: what it is, for the help
 * @verbs: what can be done with it
 * @n_verbs: how many
 * @more: prints the rest of its help, or NULL
 */
struct object {
	const char *name;
	const char *what;
	const struct verb *verbs;
	size_t n_verbs;
	void (*more)(FILE *file);
};

extern const struct object object_instance;
extern const struct object object_pool6;
extern const struct object object_pref64;
extern const struct object object_clat;
extern const struct object object_pool4;
extern const struct object object_bib;
extern const struct object object_eam;
extern const struct object object_denylist;
extern const struct object object_session;
extern const struct object object_stats;
extern const struct object object_config;
extern const struct object object_import_jool;
extern const struct object object_import_tayga;
extern const struct object object_monitor;
extern const struct object object_trace;

/**
 * struct pool4_usage - how much of a pool4 entry a protocol uses
 * @proto: the protocol
 * @total: ports that there are
 * @used: ports that are taken or held down
 * @subscribers: IPv6 hosts, of all protocols
 */
struct pool4_usage {
	__u8 proto;
	__u64 total;
	__u64 used;
	__u64 subscribers;
};

int cmd_wrong(void);
int cmd_refused(const struct cmd *cmd);
int cmd_failed(void);
int cmd_enter(struct cmd *cmd);
int cmd_open(struct cmd *cmd);
int cmd_choose(struct cmd *cmd);
void cmd_note_off(struct cmd *cmd);
struct nl_msg *cmd_request(struct cmd *cmd, int request);
struct nl_msg *cmd_filter(struct cmd *cmd, int request);
int cmd_try(struct cmd *cmd, struct nl_msg *msg,
	    const struct nl64_handler *handler);
int cmd_do(struct cmd *cmd, struct nl_msg *msg,
	   const struct nl64_handler *handler);
int cmd_simple(struct cmd *cmd);
int cmd_dump(struct cmd *cmd, struct nl_msg *msg,
	     const struct nl64_handler *handler);
void cmd_begin(struct cmd *cmd, struct out *out, unsigned int flags,
	       const struct out_column *columns, size_t n_columns);
int cmd_show(struct cmd *cmd, struct nl_msg *msg, struct out *out,
	     void (*reply)(const struct nl64_reply *reply, void *arg));
int cmd_number(struct cmd *cmd, int request, int attr, const char *key);

int pool6_add_word(struct nl_msg *msg, const char *word);
int pool4_add_word(struct nl_msg *msg, const char *word,
		   const struct opts *opts);

void instance_event(struct out *out, const struct nl64_reply *reply);
void pool6_event(struct out *out, struct nlattr *nest);
void pool4_event(struct out *out, struct nlattr *nest);
void config_event(struct out *out, struct nlattr *nest);
void bib_event(struct out *out, struct nlattr *nest);
void eam_event(struct out *out, struct nlattr *nest);
void denylist_event(struct out *out, struct nlattr *nest);
void session_event(struct out *out, struct nlattr *nest);
bool pool4_usage(struct nlattr *nest,
		 void (*each)(const struct pool4_usage *usage, void *arg),
		 void *arg);
void pool4_labels(char *text, size_t size, struct nlattr *nest);

#endif /* NAT64CTL_CMD_H */
