// SPDX-License-Identifier: GPL-2.0
/* stats.c - nat64ctl stats: counters of instances */
#include <string.h>

#include "cmd/prometheus.h"
#include "cmd/rates.h"

enum format {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_PROMETHEUS
};

static const struct out_column stats_columns[] = {
	{ "instance", "INSTANCE", 0 },
	{ "counter", "COUNTER", 0 },
	{ "value", "VALUE", 0 },
	{ "meaning", "MEANING", 0 },
};

static void show_value(struct out *out, const struct sample *sample,
		       const char *key, __u64 value, const char *meaning)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	out_pair(out, sample->instance, key,
		 out_is_json(out) ? json_object_new_uint64(value) : NULL, text,
		 meaning);
}

/* Keys that come and go are of no use to a program, so JSON has all. */
static void show_sample(struct out *out, const struct sample *sample, bool all)
{
	char name[32];
	size_t i;

	all |= out_is_json(out);
	if (out_is_json(out))
		out_string(out, "instance", sample->instance);
	for (i = 0; i < N_GAUGES; i++) {
		if (sample->has_gauge[i])
			show_value(out, sample, gauges[i].name,
				   sample->gauge[i], gauges[i].meaning);
	}
	for (i = 0; i < COUNTERS_TAKEN; i++) {
		if (sample->has[i] && (all || sample->value[i]))
			show_value(out, sample,
				   stats_name(name, sizeof(name), i),
				   sample->value[i], stats_meaning(i));
	}
	if (out_is_json(out))
		out_row(out);
}

static void show_samples(struct cmd *cmd, const struct samples *samples,
			 enum format format)
{
	bool all = opts_has(cmd->opts, OPT_ALL);
	struct out out;
	size_t i;

	cmd_begin(cmd, &out, format == FORMAT_JSON ? OUT_JSON : 0, stats_columns,
		  ARRAY_SIZE(stats_columns));
	for (i = 0; i < samples->n; i++)
		show_sample(&out, &samples->sample[i], all);
	out_end(&out);
}

static int take_format(const struct opts *opts, enum format *format)
{
	static const char *const names[] = {
		[FORMAT_TABLE] = "table",
		[FORMAT_JSON] = "json",
		[FORMAT_PROMETHEUS] = "prometheus",
	};
	const char *word = opts_value(opts, OPT_FORMAT);
	bool json = opts_has(opts, OPT_JSON);
	size_t i;

	if (opts_value(opts, OPT_TIMES) && !opts_has(opts, OPT_WATCH))
		return args_fail(NULL, "'--count' is for '--watch': add that");
	*format = json ? FORMAT_JSON : FORMAT_TABLE;
	if (!word)
		return 0;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(word, names[i]))
			break;
	}
	if (i == ARRAY_SIZE(names))
		return args_fail(word,
				 "is not a format: write table, json or prometheus");
	if (json && i != FORMAT_JSON)
		return args_fail(word,
				 "is not the format of --json: leave --format or --json out");
	if (i == FORMAT_PROMETHEUS && opts_has(opts, OPT_WATCH))
		return args_fail(NULL,
				 "prometheus makes rates itself: leave --watch out");
	*format = i;
	return 0;
}

static int stats_show(struct cmd *cmd)
{
	struct samples samples = { NULL, 0 };
	enum format format = FORMAT_TABLE;
	int rc;

	if (take_format(cmd->opts, &format))
		return cmd_wrong();
	if (!opts_has(cmd->opts, OPT_INSTANCE))
		cmd->instance = NULL;
	cmd->chosen = true;
	if (opts_has(cmd->opts, OPT_WATCH))
		return rates_show(cmd, format == FORMAT_JSON);
	rc = samples_read(cmd, &samples);
	if (rc == EXIT_DONE && format == FORMAT_PROMETHEUS) {
		rc = prometheus_print(cmd, &samples);
	} else if (rc == EXIT_DONE) {
		show_samples(cmd, &samples, format);
		if (format == FORMAT_TABLE)
			cmd_note_off(cmd);
	}
	samples_free(&samples);
	return rc;
}

static const struct verb stats_verbs[] = {
	{ "show", "[--all] [--format table|json|prometheus]",
	  "show the counters of all instances, or of one (-i)\nstats --watch [SECONDS] [--count N]: how fast they rise",
	  OPT_BIT(OPT_ALL) | OPT_BIT(OPT_FORMAT) | OPT_BIT(OPT_WATCH) |
	  OPT_BIT(OPT_TIMES), 0, 0, 0, NULL, stats_show, 0 },
};

static void stats_more(FILE *file)
{
	fputs("\nA table shows counters that are not zero; JSON and prometheus show all.\n",
	      file);
}

const struct object object_stats = {
	.name = "stats",
	.what = "counters of instances",
	.verbs = stats_verbs,
	.n_verbs = ARRAY_SIZE(stats_verbs),
	.more = stats_more,
};
