// SPDX-License-Identifier: GPL-2.0
/* tcp_fsm_kunit.c - the TCP state machine of RFC 6146 s3.5.2.2 */
#include "util.h"

#include "../../kernel/rfc/tcp_fsm.c"

/* What the RFC does to the lifetime. */
enum timer {
	T_KEEP,		/* says nothing of it */
	T_EST,		/* at least the maximum session lifetime, TCP_EST */
	T_TRANS,	/* TCP_TRANS */
	T_GONE,		/* the entry is deleted, or there is none */
};

#define S(state) NAT64_STATE_##state
#define E(event) BIT(NAT64_TCP_##event)
#define E_SYN (E(V4_SYN) | E(V6_SYN))
#define E_FIN (E(V4_FIN) | E(V6_FIN))
#define E_RST (E(V4_RST) | E(V6_RST))
#define E_DATA (E(V4_OTHER) | E(V6_OTHER))
#define E_PACKET (E_SYN | E_FIN | E_RST | E_DATA)

struct rule {
	u8 state;
	u16 events;
	u8 next;
	u8 timer;
};

/*
 * The paragraphs of RFC 6146 s3.5.2.2 in their order. Where one says "any
 * other packet", its events are all packets less those before it. After a FIN, a
 * RST from inside does not refresh (RFC 7857 s7.1).
 */
static const struct rule rules[] = {
	/* CLOSED */
	{ S(CLOSED), E(V6_SYN), S(V6_INIT), T_TRANS },
	{ S(CLOSED), E(V4_SYN), S(V4_INIT), T_TRANS },
	{ S(CLOSED), E_PACKET & ~E_SYN, S(CLOSED), T_GONE },
	{ S(CLOSED), E(TIMEOUT), S(CLOSED), T_GONE },
	/* V4 INIT */
	{ S(V4_INIT), E(V6_SYN), S(ESTABLISHED), T_EST },
	{ S(V4_INIT), E(TIMEOUT), S(CLOSED), T_GONE },
	{ S(V4_INIT), E_PACKET & ~E(V6_SYN), S(V4_INIT), T_KEEP },
	/* V6 INIT */
	{ S(V6_INIT), E(V4_SYN), S(ESTABLISHED), T_EST },
	{ S(V6_INIT), E(TIMEOUT), S(CLOSED), T_GONE },
	{ S(V6_INIT), E(V6_SYN), S(V6_INIT), T_TRANS },
	{ S(V6_INIT), E_PACKET & ~E_SYN, S(V6_INIT), T_KEEP },
	/* ESTABLISHED */
	{ S(ESTABLISHED), E(V4_FIN), S(V4_FIN), T_KEEP },
	{ S(ESTABLISHED), E(V6_FIN), S(V6_FIN), T_KEEP },
	{ S(ESTABLISHED), E_RST, S(TRANS), T_TRANS },
	{ S(ESTABLISHED), E_PACKET & ~(E_FIN | E_RST), S(ESTABLISHED), T_EST },
	/* The text sets no lifetime here; RFC 5382 REQ-5: 2 h 04 m in all. */
	{ S(ESTABLISHED), E(TIMEOUT), S(TRANS), T_TRANS },
	/* V4 FIN RCV */
	{ S(V4_FIN), E(V6_FIN), S(V4_V6_FIN), T_TRANS },
	{ S(V4_FIN), E(V6_RST), S(V4_FIN), T_KEEP },
	{ S(V4_FIN), E_PACKET & ~(E(V6_FIN) | E(V6_RST)), S(V4_FIN), T_EST },
	{ S(V4_FIN), E(TIMEOUT), S(CLOSED), T_GONE },
	/* V6 FIN RCV */
	{ S(V6_FIN), E(V4_FIN), S(V4_V6_FIN), T_TRANS },
	{ S(V6_FIN), E(V6_RST), S(V6_FIN), T_KEEP },
	{ S(V6_FIN), E_PACKET & ~(E(V4_FIN) | E(V6_RST)), S(V6_FIN), T_EST },
	{ S(V6_FIN), E(TIMEOUT), S(CLOSED), T_GONE },
	/* V6 FIN + V4 FIN RCV */
	{ S(V4_V6_FIN), E_PACKET, S(V4_V6_FIN), T_KEEP },
	{ S(V4_V6_FIN), E(TIMEOUT), S(CLOSED), T_GONE },
	/* TRANS */
	{ S(TRANS), E_PACKET & ~E_RST, S(ESTABLISHED), T_EST },
	{ S(TRANS), E_RST, S(TRANS), T_KEEP },
	{ S(TRANS), E(TIMEOUT), S(CLOSED), T_GONE },
};

static const char * const state_names[] = {
	[S(CLOSED)] = "CLOSED", [S(V4_INIT)] = "V4 INIT",
	[S(V6_INIT)] = "V6 INIT", [S(ESTABLISHED)] = "ESTABLISHED",
	[S(V4_FIN)] = "V4 FIN RCV", [S(V6_FIN)] = "V6 FIN RCV",
	[S(V4_V6_FIN)] = "V4 FIN + V6 FIN RCV", [S(TRANS)] = "TRANS",
};

static const char * const event_names[] = {
	"V4 SYN", "V6 SYN", "V4 FIN", "V6 FIN", "V4 RST", "V6 RST", "V4 other",
	"V6 other", "timeout",
};

/* One parameter for each state and event. */
struct step_case {
	u8 state, event;
};

static struct step_case step_cases[__NAT64_STATE_MAX * __NAT64_TCP_EVENTS];

static void step_desc(struct step_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s", state_names[c->state],
		 event_names[c->event]);
}

static const void *step_gen_params(const void *prev, char *desc)
{
	struct step_case *next = prev ? (struct step_case *)prev + 1 :
					step_cases;
	size_t i = next - step_cases;

	if (i == ARRAY_SIZE(step_cases))
		return NULL;
	next->state = i / __NAT64_TCP_EVENTS;
	next->event = i % __NAT64_TCP_EVENTS;
	step_desc(next, desc);
	return next;
}

static const struct rule *find_rule(const struct step_case *c)
{
	const struct rule *found = NULL;
	int i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i].state != c->state ||
		    !(rules[i].events & BIT(c->event)))
			continue;
		if (found)
			return NULL;
		found = &rules[i];
	}
	return found;
}

/* A state has one lifetime in the module: which. */
static enum timer lifetime(u8 state)
{
	static const u8 timers[] = {
		[S(CLOSED)] = T_GONE, [S(V4_INIT)] = T_TRANS,
		[S(V6_INIT)] = T_TRANS, [S(ESTABLISHED)] = T_EST,
		[S(V4_FIN)] = T_EST, [S(V6_FIN)] = T_EST,
		[S(V4_V6_FIN)] = T_TRANS, [S(TRANS)] = T_TRANS,
	};

	return timers[state];
}

/* 6146 s3.5.2.2: every state and every event */
static void step_follows_the_rfc(struct kunit *test)
{
	const struct step_case *c = test->param_value;
	const struct rule *rule = find_rule(c);
	struct nat64_tcp_step step = nat64_tcp_step(c->state, c->event, false);

	KUNIT_ASSERT_NOT_NULL(test, rule);
	KUNIT_EXPECT_STREQ(test, state_names[step.next],
			   state_names[rule->next]);
	if (rule->timer == T_GONE)
		return;
	KUNIT_EXPECT_EQ(test, step.restart, rule->timer != T_KEEP);
	KUNIT_EXPECT_EQ(test, (int)lifetime(step.next),
			rule->timer == T_KEEP ? (int)lifetime(c->state) :
					      (int)rule->timer);
}

/* 7857 s2.2, D2: the key sends a RST after a FIN to TRANS, and only that. */
static void rst_ends_fin_changes_two_states(struct kunit *test)
{
	const struct step_case *c = test->param_value;
	struct nat64_tcp_step off = nat64_tcp_step(c->state, c->event, false);
	struct nat64_tcp_step on = nat64_tcp_step(c->state, c->event, true);
	bool fin = c->state == S(V4_FIN) || c->state == S(V6_FIN);

	if (fin && (BIT(c->event) & E_RST)) {
		KUNIT_EXPECT_STREQ(test, state_names[on.next], "TRANS");
		KUNIT_EXPECT_TRUE(test, on.restart);
		return;
	}
	KUNIT_EXPECT_EQ(test, on.next, off.next);
	KUNIT_EXPECT_EQ(test, on.restart, off.restart);
}

/* FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32 (RFC 793), ECE, CWR (3168) */
static void flags_are_rst_before_fin_before_syn(struct kunit *test)
{
	unsigned int flags;

	for (flags = 0; flags < 256; flags++) {
		const char *v4 = flags & 4 ? "V4 RST" : flags & 1 ? "V4 FIN" :
				 flags & 2 ? "V4 SYN" : "V4 other";
		const char *v6 = flags & 4 ? "V6 RST" : flags & 1 ? "V6 FIN" :
				 flags & 2 ? "V6 SYN" : "V6 other";

		KUNIT_EXPECT_STREQ(test, v4,
				   event_names[nat64_tcp_event(false, flags)]);
		KUNIT_EXPECT_STREQ(test, v6,
				   event_names[nat64_tcp_event(true, flags)]);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(step_follows_the_rfc, step_gen_params),
	/* 7857-2 6146-T1 6146-T5 6146-T[89] 6146-T1[1-8] 6146-T2? */
	KUNIT_CASE_PARAM(rst_ends_fin_changes_two_states, step_gen_params),
	/* 7857-2.2 D2 */
	KUNIT_CASE(flags_are_rst_before_fin_before_syn), /* 6146-T30 */
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_tcp_fsm",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
