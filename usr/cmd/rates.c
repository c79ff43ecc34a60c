// SPDX-License-Identifier: GPL-2.0
/* rates.c - how fast the counters of instances rise */
#include <errno.h>
#include <time.h>

#include "cmd/rates.h"

static const struct out_column rate_columns[] = {
	{ "instance", "INSTANCE", 15 },
	{ "counter", "COUNTER", 22 },
	{ "rate", "PER-SECOND", 12 },
	{ "meaning", "MEANING", 0 },
};

/**
 * struct watch - rates that are shown again and again
 * @seconds: how long one lasts
 * @times: how often; 0: without end
 * @flags: enum out_flag, of what is printed
 * @last: the counters before
 * @since: when they were read, in seconds
 */
struct watch {
	__u32 seconds;
	__u32 times;
	unsigned int flags;
	struct samples last;
	double since;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static const struct sample *find_sample(const struct samples *samples,
					const char *instance)
{
	size_t i;

	for (i = 0; i < samples->n; i++) {
		if (!strcmp(samples->sample[i].instance, instance))
			return &samples->sample[i];
	}
	return NULL;
}

static void show_rate(struct out *out, const struct sample *sample,
		      size_t counter, double rate)
{
	char name[32], text[32];

	stats_name(name, sizeof(name), counter);
	snprintf(text, sizeof(text), "%.1f", rate);
	out_pair(out, sample->instance, name,
		 out_is_json(out) ? json_object_new_double_s(rate, text) : NULL,
		 text, stats_meaning(counter));
}

/* Counters of an instance that was created again start at 0. */
static void show_rates(struct out *out, const struct sample *sample,
		       const struct sample *before, double seconds)
{
	size_t i;

	for (i = 0; i < COUNTERS_TAKEN; i++) {
		__u64 was = before && before->value[i] <= sample->value[i] ?
			    before->value[i] : 0;
		double rate = (sample->value[i] - was) / seconds;

		if (sample->has[i] && (rate > 0 || out_is_json(out)))
			show_rate(out, sample, i, rate);
	}
}

/* JSON: an object a line for each instance, so that a program can follow. */
static void show_tick(struct cmd *cmd, const struct watch *watch,
		      const struct samples *samples, double seconds)
{
	struct out out;
	size_t i;

	for (i = 0; i < samples->n; i++) {
		const struct sample *sample = &samples->sample[i], *before;
		char text[32];

		before = find_sample(&watch->last, sample->instance);
		if (i && !out_is_json(&out)) {
			show_rates(&out, sample, before, seconds);
			continue;
		}
		cmd_begin(cmd, &out, watch->flags, rate_columns,
			  ARRAY_SIZE(rate_columns));
		if (out_is_json(&out)) {
			snprintf(text, sizeof(text), "%.3f", seconds);
			out_string(&out, "instance", sample->instance);
			out_json(&out, "seconds",
				 json_object_new_double_s(seconds, text));
		}
		show_rates(&out, sample, before, seconds);
		if (out_is_json(&out))
			out_end(&out);
	}
	if (samples->n && !out_is_json(&out))
		out_end(&out);
}

static int watch_once(struct cmd *cmd, struct watch *watch, bool show)
{
	struct samples samples = { NULL, 0 };
	double at = now();
	int rc = samples_read(cmd, &samples);

	if (rc == EXIT_DONE && show)
		show_tick(cmd, watch, &samples, at - watch->since);
	samples_free(&watch->last);
	watch->last = samples;
	watch->since = at;
	return rc;
}

static void wait_until(double when)
{
	struct timespec ts = { .tv_sec = (time_t)when };

	ts.tv_nsec = (when - ts.tv_sec) * 1e9;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	       EINTR)
		continue;
}

static int watch_all(struct cmd *cmd, struct watch *watch)
{
	double next = now();
	__u32 n = 0;
	int rc = watch_once(cmd, watch, false);

	while (rc == EXIT_DONE && (!watch->times || n < watch->times)) {
		next += watch->seconds;
		wait_until(next);
		rc = watch_once(cmd, watch, true);
		n++;
		/* The reader is gone: main() reports that. */
		if (fflush(stdout) || ferror(stdout))
			break;
	}
	samples_free(&watch->last);
	return rc;
}

static int take_options(const struct opts *opts, struct watch *watch)
{
	const char *seconds = opts_value(opts, OPT_WATCH);
	const char *times = opts_value(opts, OPT_TIMES);

	watch->seconds = 1;
	if (seconds && args_number(seconds, "a number of seconds", 1, 86400,
				   &watch->seconds))
		return -1;
	return times ? args_number(times, "a count", 1, UINT32_MAX,
				   &watch->times) : 0;
}

/**
 * rates_show() - show rates until the number of times, if there is one
 * @cmd: the command
 * @json: show them in JSON
 *
 * Return: enum cmd_exit.
 */
int rates_show(struct cmd *cmd, bool json)
{
	struct watch watch = { .flags = OUT_ONE | (json ? OUT_JSON : 0) };

	return take_options(cmd->opts, &watch) ? cmd_wrong() :
						 watch_all(cmd, &watch);
}
