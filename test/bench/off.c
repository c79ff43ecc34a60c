// SPDX-License-Identifier: GPL-2.0
/* off.c - how long softirqs are off, for slices.sh
 *
 * A softirq cannot run while another does, nor while a section of the kernel
 * keeps it off. Here are the times of both: of every softirq, whose handlers are
 * wrapped, and of every section of nat64, which is built with off.h for that. What
 * is counted is the processor time of the thread of the host that User-mode Linux
 * is, so what else runs there does not matter.
 *
 * /proc/off tells, for each kind, how many there were, the longest, and how many
 * took less than 1, 2, 4 ... microseconds. A number that is written to it begins a
 * new count, with so many sections that do always the same: how long the longest
 * of them takes is what the machine adds, by its faults and its interrupts.
 */
#include <linux/module.h>
#include <linux/interrupt.h>
#include <linux/log2.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>
#include <asm/unistd.h>
#include "off.h"

#define OFF_BUCKETS 16
#define OFF_MISSES 256
#define OFF_WORDS (SZ_256M / sizeof(u32))
#define OFF_SECTION NR_SOFTIRQS
#define OFF_KINDS (NR_SOFTIRQS + 1)

static struct off_times {
	u64 n, longest, bucket[OFF_BUCKETS];
} off_times[OFF_KINDS];

static const char * const off_names[OFF_KINDS] = {
	"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET",
	"SCHED", "HRTIMER", "RCU", "section",
};

static unsigned long softirqs;
module_param(softirqs, ulong, 0444);
MODULE_PARM_DESC(softirqs, "address of softirq_vec, from System.map");

static struct softirq_action *off_vec;
static void (*off_action[NR_SOFTIRQS])(struct softirq_action *action);
static unsigned int off_depth;
static u64 off_since;

static u64 off_now(void)
{
	struct { s64 sec, nsec; } t = {};
	long ret;

	asm volatile("syscall"
		     : "=a" (ret)
		     : "a" (__NR_clock_gettime),
		       "D" (3 /* CLOCK_THREAD_CPUTIME_ID */), "S" (&t)
		     : "rcx", "r11", "memory");
	return t.sec * NSEC_PER_SEC + t.nsec;
}

static void off_note(unsigned int kind, u64 ns)
{
	struct off_times *times = &off_times[kind];
	unsigned int bucket = ns < 1000 ? 0 : ilog2(ns / 1000) + 1;

	times->n++;
	times->longest = max(times->longest, ns);
	times->bucket[min_t(unsigned int, bucket, OFF_BUCKETS - 1)]++;
}

/* Softirqs have just been switched off. */
void off_begin(void)
{
	if (!in_serving_softirq() && !off_depth++)
		off_since = off_now();
}
EXPORT_SYMBOL_GPL(off_begin);

/* They are about to be switched on. */
void off_end(void)
{
	if (!in_serving_softirq() && !--off_depth)
		off_note(OFF_SECTION, off_now() - off_since);
}
EXPORT_SYMBOL_GPL(off_end);

static void off_softirq(struct softirq_action *action)
{
	unsigned int nr = action - off_vec;
	u64 since = off_now();

	off_action[nr](action);
	off_note(nr, off_now() - since);
}

static int off_show(struct seq_file *seq, void *v)
{
	unsigned int kind, i;

	for (kind = 0; kind < OFF_KINDS; kind++) {
		if (!off_times[kind].n)
			continue;
		seq_printf(seq, "%s %llu %llu", off_names[kind],
			   off_times[kind].n, off_times[kind].longest);
		for (i = 0; i < OFF_BUCKETS; i++)
			seq_printf(seq, " %llu", off_times[kind].bucket[i]);
		seq_putc(seq, '\n');
	}
	return 0;
}

/* As many cache misses as a slice of nat64 has, about. */
static void off_touch(u32 *words)
{
	static u32 at = 1;
	int i;

	for (i = 0; i < OFF_MISSES; i++) {
		at = at * 1664525 + 1013904223;
		words[at % OFF_WORDS]++;
	}
}

/* There is one processor, and this is not preempted. */
static int off_again(unsigned int n)
{
	u32 *words = vzalloc(OFF_WORDS * sizeof(*words));

	if (!words)
		return -ENOMEM;
	memset(off_times, 0, sizeof(off_times));
	while (n--) {
		off_bh_disable();
		off_touch(words);
		off_bh_enable();
		cond_resched();
	}
	vfree(words);
	return 0;
}

static int off_open(struct inode *inode, struct file *file)
{
	return single_open(file, off_show, NULL);
}

static ssize_t off_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	unsigned int n;
	int err = kstrtouint_from_user(buf, len, 0, &n);

	return err ?: off_again(n) ?: len;
}

static const struct proc_ops off_proc_ops = {
	.proc_open = off_open,
	.proc_read = seq_read,
	.proc_write = off_write,
	.proc_release = single_release,
};

static int __init off_init(void)
{
	unsigned int nr;

	off_vec = (struct softirq_action *)softirqs;
	for (nr = 0; off_vec && nr < NR_SOFTIRQS; nr++) {
		off_action[nr] = off_vec[nr].action;
		if (off_action[nr])
			off_vec[nr].action = off_softirq;
	}
	return proc_create("off", 0600, NULL, &off_proc_ops) ? 0 : -ENOMEM;
}

/* There is no way to unload it: the machine ends with the run. */
module_init(off_init);
MODULE_DESCRIPTION("How long softirqs are off, for the benchmark of nat64");
MODULE_LICENSE("GPL");
