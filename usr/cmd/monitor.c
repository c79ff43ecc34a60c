// SPDX-License-Identifier: GPL-2.0
/*
 * monitor.c - nat64ctl monitor: events, as they happen
 *
 * A line an event, or a JSON object. The kernel counts the events of BIB entries
 * and sessions: where a number is missing, a line says how many were lost.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "cli/plain.h"
#include "cli/ready.h"
#include "cli/signals.h"
#include "cmd/cmd.h"
#include "nl/events.h"

#define BUFFER_SIZE (16 << 20)

/* What can be listened to: names of objects and of multicast groups at once. */
static const char *const objects[] = {
	NAT64_MCGRP_INSTANCE, NAT64_MCGRP_POOL6, NAT64_MCGRP_POOL4,
	NAT64_MCGRP_CONFIG, NAT64_MCGRP_BIB, NAT64_MCGRP_SESSION,
	NAT64_MCGRP_ALARM, NAT64_MCGRP_EAM, NAT64_MCGRP_DENYLIST,
};

static const struct {
	const char *object;
	const char *event;
} events[NAT64_CMD_MAX + 1] = {
	[NAT64_CMD_INSTANCE_ADD_NTF] = { NAT64_MCGRP_INSTANCE, "add" },
	[NAT64_CMD_INSTANCE_DEL_NTF] = { NAT64_MCGRP_INSTANCE, "del" },
	[NAT64_CMD_INSTANCE_FLUSH_NTF] = { NAT64_MCGRP_INSTANCE, "flush" },
	[NAT64_CMD_POOL6_ADD_NTF] = { NAT64_MCGRP_POOL6, "add" },
	[NAT64_CMD_POOL6_DEL_NTF] = { NAT64_MCGRP_POOL6, "del" },
	[NAT64_CMD_POOL4_ADD_NTF] = { NAT64_MCGRP_POOL4, "add" },
	[NAT64_CMD_POOL4_DEL_NTF] = { NAT64_MCGRP_POOL4, "del" },
	[NAT64_CMD_CONFIG_NTF] = { NAT64_MCGRP_CONFIG, "set" },
	[NAT64_CMD_BIB_NEW_NTF] = { NAT64_MCGRP_BIB, "new" },
	[NAT64_CMD_BIB_END_NTF] = { NAT64_MCGRP_BIB, "end" },
	[NAT64_CMD_BIB_LOST_NTF] = { NAT64_MCGRP_BIB, NULL },
	[NAT64_CMD_SESSION_NEW_NTF] = { NAT64_MCGRP_SESSION, "new" },
	[NAT64_CMD_SESSION_END_NTF] = { NAT64_MCGRP_SESSION, "end" },
	[NAT64_CMD_SESSION_LOST_NTF] = { NAT64_MCGRP_SESSION, NULL },
	[NAT64_CMD_ALARM_NTF] = { NAT64_MCGRP_ALARM, NULL },
	[NAT64_CMD_EAM_ADD_NTF] = { NAT64_MCGRP_EAM, "add" },
	[NAT64_CMD_EAM_DEL_NTF] = { NAT64_MCGRP_EAM, "del" },
	[NAT64_CMD_DENYLIST_ADD_NTF] = { NAT64_MCGRP_DENYLIST, "add" },
	[NAT64_CMD_DENYLIST_DEL_NTF] = { NAT64_MCGRP_DENYLIST, "del" },
};

static const struct nla_policy alarm_policy[NAT64_ALARM_A_MAX + 1] = {
	[NAT64_ALARM_A_KIND] = { .type = NLA_U8 },
	[NAT64_ALARM_A_COUNT] = { .type = NLA_U64 },
	[NAT64_ALARM_A_PROTO] = { .type = NLA_U8 },
	[NAT64_ALARM_A_MARK] = { .type = NLA_U32 },
};

static const char *const alarms[NAT64_ALARM_MAX + 1] = {
	[NAT64_ALARM_POOL4_EXHAUSTED] = "pool4-exhausted",
	[NAT64_ALARM_TABLE_FULL] = "table-full",
};

/**
 * struct counted - the events of an instance and an object
 * @instance: its name
 * @object: one of @objects
 * @seq: number of the last
 * @next: another
 */
struct counted {
	char instance[NAT64_NAME_MAX + 1];
	const char *object;
	__u64 seq;
	struct counted *next;
};

/**
 * struct monitor - what is monitored, and how it is printed
 * @only: the only instance, or NULL for all
 * @flags: enum out_flag
 * @syslog: to the system's log, not to standard output
 * @counted: last numbers
 */
struct monitor {
	const char *only;
	unsigned int flags;
	bool syslog;
	struct counted *counted;
};

/**
 * struct line - a line that is being made
 * @out: JSON, or the file for the text
 * @text: the text so far
 * @size: its length
 */
struct line {
	struct out out;
	char *text;
	size_t size;
};

static bool begin_line(const struct monitor *mon, struct line *line, __u64 ns,
		       const char *instance, const char *object,
		       const char *event)
{
	FILE *file = open_memstream(&line->text, &line->size);
	char time[40];

	if (!file)
		return false;
	out_begin(&line->out, file, mon->flags, NULL, 0);
	out_time(time, sizeof(time), ns);
	if (!out_is_json(&line->out)) {
		fprintf(file, "%s %-8s %-8s %-5s", time, instance, object,
			event);
		return true;
	}
	out_string(&line->out, "time", time);
	out_string(&line->out, "instance", instance);
	out_string(&line->out, "object", object);
	out_string(&line->out, "event", event);
	return true;
}

/* JSON ends with its line break; what a line break inside a text is, is plain. */
static char *chomp(char *text)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return text;
}

static void end_line(const struct monitor *mon, struct line *line, int level)
{
	if (out_is_json(&line->out))
		out_end(&line->out);
	fclose(line->out.file);
	if (mon->syslog)
		syslog(level, "%s", plain_text(chomp(line->text)));
	else if (mon->flags & OUT_JSON)
		fputs(line->text, stdout);
	else
		plain_line(stdout, "%s", line->text);
	free(line->text);
}

/* Where the last number of an instance and object is; NULL: no memory. */
static struct counted *find_counted(struct monitor *mon, const char *instance,
				    const char *object)
{
	struct counted *counted;

	for (counted = mon->counted; counted; counted = counted->next)
		if (counted->object == object &&
		    !strcmp(counted->instance, instance))
			return counted;
	counted = calloc(1, sizeof(*counted));
	if (!counted)
		return NULL;
	snprintf(counted->instance, sizeof(counted->instance), "%s", instance);
	counted->object = object;
	counted->next = mon->counted;
	mon->counted = counted;
	return counted;
}

/* The numbers of an instance that is gone; of all if @instance is NULL. */
static void forget_counted(struct monitor *mon, const char *instance)
{
	struct counted **at = &mon->counted;

	while (*at) {
		struct counted *counted = *at;

		if (instance && strcmp(counted->instance, instance)) {
			at = &counted->next;
			continue;
		}
		*at = counted->next;
		free(counted);
	}
}

static void tell_lost(const struct monitor *mon, __u64 ns,
		      const char *instance, const char *object, __u64 lost)
{
	struct line line;

	if (!begin_line(mon, &line, ns, instance, object, "lost"))
		return;
	if (out_is_json(&line.out))
		out_number(&line.out, "lost", lost);
	else
		fprintf(line.out.file, " %llu events",
			(unsigned long long)lost);
	end_line(mon, &line, LOG_WARNING);
}

/*
 * Report a gap in the numbers before this one. @told: the event with this number
 * has arrived. An instance that is created again counts from 1 again.
 */
static void check_seq(struct monitor *mon, const struct nl64_reply *reply,
		      __u64 ns, const char *instance, const char *object,
		      bool told)
{
	struct counted *counted = find_counted(mon, instance, object);
	__u64 seq = nla_get_u64(reply->attrs[NAT64_A_SEQ]), last;

	if (!counted)
		return;
	last = counted->seq;
	counted->seq = seq;
	if (last && seq > last + told)
		tell_lost(mon, ns, instance, object, seq - last - told);
}

static void alarm_event(struct out *out, struct nlattr **attrs)
{
	struct nlattr *proto = attrs[NAT64_ALARM_A_PROTO];
	struct nlattr *mark = attrs[NAT64_ALARM_A_MARK];
	__u64 count = nla_get_u64(attrs[NAT64_ALARM_A_COUNT]);

	if (out_is_json(out)) {
		out_number(out, "count", count);
		if (proto)
			out_string(out, "proto",
				   args_proto_name(nla_get_u8(proto)));
		if (mark)
			out_number(out, "mark", nla_get_u32(mark));
		return;
	}
	fprintf(out->file, " %llu packets dropped", (unsigned long long)count);
	if (proto && mark)
		fprintf(out->file, ", the last %s mark %u",
			args_proto_name(nla_get_u8(proto)), nla_get_u32(mark));
}

static void tell_alarm(const struct monitor *mon,
		       const struct nl64_reply *reply, __u64 ns,
		       const char *instance)
{
	struct nlattr *attrs[NAT64_ALARM_A_MAX + 1];
	const char *name = "unknown";
	struct line line;
	__u8 kind;

	if (!nl64_nested(attrs, NAT64_ALARM_A_MAX, reply->attrs[NAT64_A_ALARM],
			 alarm_policy) ||
	    !attrs[NAT64_ALARM_A_KIND] || !attrs[NAT64_ALARM_A_COUNT])
		return;
	kind = nla_get_u8(attrs[NAT64_ALARM_A_KIND]);
	if (kind < ARRAY_SIZE(alarms) && alarms[kind])
		name = alarms[kind];
	if (!begin_line(mon, &line, ns, instance, NAT64_MCGRP_ALARM, name))
		return;
	alarm_event(&line.out, attrs);
	end_line(mon, &line, LOG_WARNING);
}

static void show_event(struct out *out, const struct nl64_reply *reply)
{
	switch (reply->cmd) {
	case NAT64_CMD_INSTANCE_ADD_NTF:
		instance_event(out, reply);
		break;
	case NAT64_CMD_POOL6_ADD_NTF:
	case NAT64_CMD_POOL6_DEL_NTF:
		pool6_event(out, reply->attrs[NAT64_A_POOL6]);
		break;
	case NAT64_CMD_CONFIG_NTF:
		config_event(out, reply->attrs[NAT64_A_CONFIG]);
		break;
	case NAT64_CMD_BIB_NEW_NTF:
	case NAT64_CMD_BIB_END_NTF:
		bib_event(out, reply->attrs[NAT64_A_BIB]);
		break;
	case NAT64_CMD_EAM_ADD_NTF:
	case NAT64_CMD_EAM_DEL_NTF:
		eam_event(out, reply->attrs[NAT64_A_EAM]);
		break;
	case NAT64_CMD_DENYLIST_ADD_NTF:
	case NAT64_CMD_DENYLIST_DEL_NTF:
		denylist_event(out, reply->attrs[NAT64_A_DENYLIST]);
		break;
	case NAT64_CMD_SESSION_NEW_NTF:
	case NAT64_CMD_SESSION_END_NTF:
		session_event(out, reply->attrs[NAT64_A_SESSION]);
	}
}

/* An entry with two protocols is two attributes, and two lines. */
static void tell_pool4(const struct monitor *mon,
		       const struct nl64_reply *reply, __u64 ns,
		       const char *instance)
{
	struct nlattr *attr;
	struct line line;
	int rest;

	nla_for_each_attr(attr, reply->first, reply->len, rest) {
		if (nla_type(attr) != NAT64_A_POOL4 ||
		    !begin_line(mon, &line, ns, instance, NAT64_MCGRP_POOL4,
				events[reply->cmd].event))
			continue;
		pool4_event(&line.out, attr);
		end_line(mon, &line, LOG_INFO);
	}
}

static void tell_event(const struct monitor *mon,
		       const struct nl64_reply *reply, __u64 ns,
		       const char *instance)
{
	struct line line;

	if (!begin_line(mon, &line, ns, instance, events[reply->cmd].object,
			events[reply->cmd].event))
		return;
	show_event(&line.out, reply);
	end_line(mon, &line, LOG_INFO);
}

static void monitor_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *const *attrs = reply->attrs;
	struct monitor *mon = arg;
	const char *instance;
	__u64 ns;

	/* A newer module may have other events. */
	if (!attrs[NAT64_A_INSTANCE] || !attrs[NAT64_A_TIME] ||
	    reply->cmd >= ARRAY_SIZE(events) || !events[reply->cmd].object)
		return;
	instance = nla_get_string(attrs[NAT64_A_INSTANCE]);
	if (mon->only && strcmp(mon->only, instance))
		return;
	ns = nla_get_u64(attrs[NAT64_A_TIME]);
	if (attrs[NAT64_A_SEQ])
		check_seq(mon, reply, ns, instance, events[reply->cmd].object,
			  events[reply->cmd].event);
	if (reply->cmd == NAT64_CMD_ALARM_NTF)
		tell_alarm(mon, reply, ns, instance);
	else if (!strcmp(events[reply->cmd].object, NAT64_MCGRP_POOL4))
		tell_pool4(mon, reply, ns, instance);
	else if (events[reply->cmd].event)
		tell_event(mon, reply, ns, instance);
	if (reply->cmd == NAT64_CMD_INSTANCE_DEL_NTF)
		forget_counted(mon, instance);
}

/*
 * The receive buffer was full. Gaps in the numbers show how many events of BIB
 * entries and sessions are lost; of the others, only this is known.
 */
static void tell_overrun(const struct monitor *mon)
{
	struct timespec now;
	struct line line;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!begin_line(mon, &line, now.tv_sec * 1000000000ull + now.tv_nsec,
			"-", "monitor", "overrun"))
		return;
	if (!out_is_json(&line.out))
		fputs(" events were lost: use a larger --buffer-size",
		      line.out.file);
	end_line(mon, &line, LOG_WARNING);
}

static int hear(struct cmd *cmd, struct monitor *mon, const sigset_t *signals)
{
	const struct nl64_handler handler = {
		.reply = monitor_reply,
		.arg = mon,
	};
	int err = 0;

	while (!signals_ended && !ferror(stdout)) {
		err = nl64_hear(&cmd->nl, &handler, signals);
		if (err == -ENOBUFS)
			tell_overrun(mon);
		else if (err && err != -EINTR)
			return cmd_refused(cmd);
	}
	return EXIT_DONE;
}

/* A signal ends it while it waits, never in the midst of a line. */
static int listen_until_signal(struct cmd *cmd, struct monitor *mon)
{
	const sigset_t *signals = signals_catch();
	int rc;

	if (mon->syslog)
		openlog("nat64", 0, LOG_DAEMON);
	else
		setvbuf(stdout, NULL, _IOLBF, 0);
	rc = hear(cmd, mon, signals);
	forget_counted(mon, NULL);
	return rc;
}

static int check_object(const char *word)
{
	const char *nearest;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(word, objects[i]))
			return 0;
	nearest = args_nearest(word, objects, ARRAY_SIZE(objects));
	if (nearest)
		return args_fail(word,
				 "cannot be monitored: did you mean '%s'?",
				 nearest);
	return args_fail(word,
			 "cannot be monitored: 'nat64ctl monitor help' lists what can");
}

/* The objects that are named, each once; all if none is. */
static size_t take_objects(const struct cmd *cmd, const char **groups)
{
	size_t i, n = 0;
	int j;

	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		for (j = 0; j < cmd->n_words; j++)
			if (!strcmp(cmd->words[j], objects[i]))
				break;
		if (j < cmd->n_words || !cmd->n_words)
			groups[n++] = objects[i];
	}
	return n;
}

static int monitor_run(struct cmd *cmd)
{
	const char *word = opts_value(cmd->opts, OPT_BUFFER_SIZE);
	struct monitor mon = {
		.only = opts_value(cmd->opts, OPT_INSTANCE),
		.syslog = opts_has(cmd->opts, OPT_SYSLOG),
	};
	const char *groups[ARRAY_SIZE(objects)];
	__u32 buffer = BUFFER_SIZE;
	int i;

	for (i = 0; i < cmd->n_words; i++)
		if (check_object(cmd->words[i]))
			return cmd_wrong();
	if (word && args_number(word, "a number of bytes", 4096, 1 << 30,
				&buffer))
		return cmd_wrong();
	if (opts_has(cmd->opts, OPT_JSON))
		mon.flags = OUT_JSON | OUT_ONE;
	if (opts_has(cmd->opts, OPT_PRETTY) && !mon.syslog)
		mon.flags |= OUT_PRETTY;
	if (cmd_open(cmd) ||
	    nl64_listen(&cmd->nl, groups, take_objects(cmd, groups), buffer))
		return cmd_refused(cmd);
	ready_tell("READY=1");
	return listen_until_signal(cmd, &mon);
}

static const struct verb monitor_verbs[] = {
	{ "", "[OBJECT ...] [--syslog] [--buffer-size BYTES]",
	  "print events, one a line, until interrupted",
	  OPT_BIT(OPT_SYSLOG) | OPT_BIT(OPT_BUFFER_SIZE), 0, 0, -1, NULL,
	  monitor_run, 0 },
};

static void monitor_more(FILE *file)
{
	fputs("\nAn OBJECT is one of instance, pool6, pool4, config, bib, session, alarm, eam\n"
	      "and denylist; all of them if none is named. Events of bib and session need the\n"
	      "keys logging-bib and logging-session. Without -i, all instances are meant.\n",
	      file);
}

const struct object object_monitor = {
	.name = "monitor",
	.what = "events, as they happen",
	.verbs = monitor_verbs,
	.n_verbs = ARRAY_SIZE(monitor_verbs),
	.more = monitor_more,
};
