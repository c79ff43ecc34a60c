// SPDX-License-Identifier: GPL-2.0
/* event.c - record the creation and the end of BIB entries and sessions */
#include "table/event.h"

#include <linux/slab.h>
#include "compat.h"
#include "table/acct.h"
#include "table/state.h"

/* Pages of notes that an instance may have: 4 MiB, 39,000 notes. */
#define NAT64_EVENT_PAGES (SZ_4M / PAGE_SIZE)

/* Delay in jiffies between the first note and sending, to collect more notes. */
#define NAT64_EVENT_DELAY (HZ / 50 ?: 1)

/**
 * struct nat64_event_page - some notes
 */
struct nat64_event_page {
	/** @node: node in one of the lists of struct nat64_event_queue */
	struct list_head node;
	/** @n: how many notes there are */
	unsigned int n;
	/** @at: how many of them have been sent */
	unsigned int at;
	/** @event: the notes */
	struct nat64_event event[];
};

#define NAT64_EVENTS_OF_PAGE \
	((PAGE_SIZE - sizeof(struct nat64_event_page)) / \
	 sizeof(struct nat64_event))

/**
 * struct nat64_event_queue - the notes of a CPU
 */
struct nat64_event_queue {
	/** @lock: protects @pages and @lost, for the CPU and the worker */
	spinlock_t lock;
	/** @pages: struct nat64_event_page, the oldest first */
	struct list_head pages;
	/** @lost: events that did not fit, by enum nat64_event_object */
	u64 lost[NAT64_EVENT_OBJECTS];
	/** @taken: pages that the worker has taken; used by it alone */
	struct list_head taken;
};

/**
 * struct nat64_events - the notes of an instance
 */
struct nat64_events {
	/** @queue: the notes of each CPU */
	struct nat64_event_queue __percpu *queue;
	/** @n_pages: how many pages there are */
	atomic_t n_pages;
	/** @tally: by enum nat64_event_object; used by the worker alone */
	struct nat64_event_tally tally[NAT64_EVENT_OBJECTS];
	/** @ops: how to send the notes */
	const struct nat64_event_ops *ops;
	/** @inst: the instance */
	struct nat64_instance *inst;
	/** @work: sends the notes */
	struct delayed_work work;
};

static void nat64_event_work(struct work_struct *work)
{
	struct nat64_events *events = container_of(to_delayed_work(work),
						   struct nat64_events, work);

	if (events->ops->report(events->inst))
		queue_delayed_work(NAT64_UNBOUND_WQ, &events->work, HZ);
}

static void nat64_event_queue_init(struct nat64_event_queue *queue)
{
	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->pages);
	INIT_LIST_HEAD(&queue->taken);
}

/**
 * nat64_event_start - prepare to record events
 * @inst: the instance
 * @ops: how to send them
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_event_start(struct nat64_instance *inst,
		      const struct nat64_event_ops *ops)
{
	struct nat64_events *events = kzalloc(sizeof(*events), GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!events)
		return -ENOMEM;
	events->queue = alloc_percpu_gfp(struct nat64_event_queue,
					 GFP_KERNEL_ACCOUNT);
	if (!events->queue) {
		kfree(events);
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu)
		nat64_event_queue_init(per_cpu_ptr(events->queue, cpu));
	INIT_DELAYED_WORK(&events->work, nat64_event_work);
	events->ops = ops;
	events->inst = inst;
	inst->events = events;
	return 0;
}

/**
 * nat64_event_stop - send the remaining notes, and undo nat64_event_start()
 * @inst: the instance; its entries and sessions no longer change
 *
 * Context: process; sleeps.
 */
void nat64_event_stop(struct nat64_instance *inst)
{
	struct nat64_events *events = inst->events;

	if (!events)
		return;
	cancel_delayed_work_sync(&events->work);
	events->ops->report(inst);
	inst->events = NULL;
	free_percpu(events->queue);
	kfree(events);
}

/* The page to write to, or NULL if there is no room; the queue is locked. */
static struct nat64_event_page *nat64_event_room(struct nat64_events *events,
						 struct nat64_event_queue *queue)
{
	struct nat64_event_page *page;

	if (!list_empty(&queue->pages)) {
		page = list_last_entry(&queue->pages, struct nat64_event_page,
				       node);
		if (page->n < NAT64_EVENTS_OF_PAGE)
			return page;
	}
	if (atomic_inc_return(&events->n_pages) <= NAT64_EVENT_PAGES) {
		page = (void *)__get_free_page(GFP_ATOMIC | __GFP_NOWARN);
		if (page) {
			page->n = 0;
			page->at = 0;
			list_add_tail(&page->node, &queue->pages);
			return page;
		}
	}
	atomic_dec(&events->n_pages);
	return NULL;
}

static void nat64_event_note(struct nat64_instance *inst,
			     const struct nat64_event *event)
{
	struct nat64_events *events = inst->events;
	struct nat64_event_queue *queue = this_cpu_ptr(events->queue);
	struct nat64_event_page *page;
	bool first;

	spin_lock(&queue->lock);
	first = list_empty(&queue->pages);
	page = nat64_event_room(events, queue);
	if (page)
		page->event[page->n++] = *event;
	else
		queue->lost[nat64_event_object(event->kind)]++;
	spin_unlock(&queue->lock);
	if (first)
		queue_delayed_work(NAT64_UNBOUND_WQ, &events->work,
				   NAT64_EVENT_DELAY);
}

static bool nat64_event_wanted(const struct nat64_instance *inst,
			       enum nat64_event_object object)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);

	if (likely(!(object == NAT64_EVENT_BIB ? cfg->keys.logging_bib :
						 cfg->keys.logging_session)))
		return false;
	return inst->events && inst->events->ops->listens(inst, object);
}

static void nat64_event_set_bib(struct nat64_event *event,
				const struct nat64_bib *bib)
{
	event->addr6 = bib->key.addr6;
	event->port6 = bib->key.port6;
	event->addr4 = bib->addr4;
	event->port4 = bib->port4;
	event->proto = bib->key.proto;
	event->is_static = nat64_bib_is_static(bib);
}

static noinline void nat64_event_note_bib(struct nat64_instance *inst,
					  const struct nat64_bib *bib,
					  enum nat64_event_kind kind)
{
	struct nat64_event event = { .kind = kind };

	nat64_event_set_bib(&event, bib);
	event.began = nat64_acct_began(bib);
	event.time = ktime_get_real_ns();
	if (kind == NAT64_EVENT_BIB_NEW && event.began)
		event.time = event.began;
	nat64_event_note(inst, &event);
}

/**
 * nat64_event_bib - record an event of a BIB entry
 * @inst: the instance
 * @bib: the entry
 * @kind: what
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_event_bib(struct nat64_instance *inst, const struct nat64_bib *bib,
		     enum nat64_event_kind kind)
{
	if (nat64_event_wanted(inst, NAT64_EVENT_BIB))
		nat64_event_note_bib(inst, bib, kind);
}

static void nat64_event_set_acct(struct nat64_event *event,
				 const struct nat64_bib *bib,
				 const struct nat64_session *ses)
{
	const struct nat64_acct *acct = nat64_acct_of(bib, ses);
	int i;

	event->time = ktime_get_real_ns();
	if (!acct)
		return;
	event->began = acct->began;
	if (event->kind == NAT64_EVENT_SESSION_NEW)
		event->time = event->began;
	else
		event->counted = ses->flags & NAT64_SESSION_COUNTED;
	for (i = 0; i < 2; i++) {
		event->packets[i] = atomic64_read(&acct->packets[i]);
		event->bytes[i] = atomic64_read(&acct->bytes[i]);
	}
}

/*
 * Return the pool6 prefix of a session. If the session ends because a new
 * configuration lacks its prefix, the previous one still has it.
 */
static const struct nat64_prefix6 *
nat64_event_prefix(const struct nat64_instance *inst, u8 idx,
		   enum nat64_event_kind kind)
{
	const struct nat64_config *past = rcu_dereference(inst->past);

	if (kind == NAT64_EVENT_SESSION_END && past && past->pool6[idx].len)
		return &past->pool6[idx];
	return &rcu_dereference(inst->config)->pool6[idx];
}

/* Not inlined, so that only sessions that are recorded need its stack. */
static noinline void
nat64_event_note_session(struct nat64_instance *inst,
			 const struct nat64_bib *bib,
			 const struct nat64_session *ses,
			 enum nat64_event_kind kind)
{
	const struct nat64_prefix6 *prefix;
	struct nat64_event event = { .kind = kind };
	u8 idx;

	nat64_event_set_bib(&event, bib);
	idx = nat64_session_pool6(READ_ONCE(ses->pool6_csum));
	prefix = nat64_event_prefix(inst, idx, kind);
	if (prefix->len)
		nat64_rfc6052_embed(prefix, ses->dst4, &event.dst6);
	event.dst4 = ses->dst4;
	event.dport = ses->dport;
	event.state = READ_ONCE(ses->state);
	nat64_event_set_acct(&event, bib, ses);
	nat64_event_note(inst, &event);
}

/**
 * nat64_event_session - record an event of a session
 * @inst: the instance
 * @bib: its BIB entry
 * @ses: the session; its state is its first or its last
 * @kind: what
 *
 * Context: softirqs off, RCU read lock; @bib may be locked.
 */
void nat64_event_session(struct nat64_instance *inst,
			 const struct nat64_bib *bib,
			 const struct nat64_session *ses,
			 enum nat64_event_kind kind)
{
	if (nat64_event_wanted(inst, NAT64_EVENT_SESSION))
		nat64_event_note_session(inst, bib, ses, kind);
}

/**
 * nat64_event_take - take the notes of all CPUs, to send them
 * @inst: the instance
 * @lost: the number of events that did not fit is added, by object
 *
 * Context: process; only from ops->report, which then calls nat64_event_next()
 * until it returns NULL.
 */
void nat64_event_take(struct nat64_instance *inst,
		      u64 lost[NAT64_EVENT_OBJECTS])
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		struct nat64_event_queue *queue;

		queue = per_cpu_ptr(inst->events->queue, cpu);
		spin_lock_bh(&queue->lock);
		list_splice_tail_init(&queue->pages, &queue->taken);
		for (i = 0; i < NAT64_EVENT_OBJECTS; i++) {
			lost[i] += queue->lost[i];
			queue->lost[i] = 0;
		}
		spin_unlock_bh(&queue->lock);
	}
}

/* Find the page of a CPU with notes to send; free one that is sent. */
static struct nat64_event_page *nat64_event_head(struct nat64_events *events,
						 struct nat64_event_queue *queue)
{
	struct nat64_event_page *page;

	page = list_first_entry_or_null(&queue->taken, struct nat64_event_page,
					node);
	if (!page || page->at < page->n)
		return page;
	list_del(&page->node);
	free_page((unsigned long)page);
	atomic_dec(&events->n_pages);
	return list_first_entry_or_null(&queue->taken, struct nat64_event_page,
					node);
}

/**
 * nat64_event_next - return the oldest note that was taken
 * @inst: the instance
 *
 * Return: the note, which stays until the next call, or NULL.
 */
const struct nat64_event *nat64_event_next(struct nat64_instance *inst)
{
	struct nat64_events *events = inst->events;
	struct nat64_event_page *page, *oldest = NULL;
	int cpu;

	for_each_possible_cpu(cpu) {
		page = nat64_event_head(events,
					per_cpu_ptr(events->queue, cpu));
		if (page && (!oldest || page->event[page->at].time <
					oldest->event[oldest->at].time))
			oldest = page;
	}
	return oldest ? &oldest->event[oldest->at++] : NULL;
}

/**
 * nat64_event_tally - return the tally of an object
 * @inst: the instance
 * @object: the object of the events
 *
 * Return: the tally, which ops->report alone may use.
 */
struct nat64_event_tally *nat64_event_tally(struct nat64_instance *inst,
					    enum nat64_event_object object)
{
	return &inst->events->tally[object];
}
