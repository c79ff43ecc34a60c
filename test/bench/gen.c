// SPDX-License-Identifier: GPL-2.0
/* gen.c - packets of many flows for the routers of `make bench`, and their cost
 *
 * pktgen's way of sending (one packet at a time to netdev_start_xmit()), for what
 * pktgen cannot do: many IPv6 sources, TCP, and answers to the addresses and
 * ports that a NAT has chosen. Each router has a veth pair to its clients and one
 * to its servers, whose ends here are called NAME.c and NAME.s. What arrives at
 * them is looked at while flows are made, and only counted otherwise (tc may drop
 * it then). The frames are as a network card delivers them: with a checksum, and
 * that seen to be right (CHECKSUM_UNNECESSARY).
 *
 * /proc/gen takes one command at a time and then says what came of it:
 *	add NAME FAMILY FAMILY		a router; 4 or 6 on either side
 *	VERB NAME FIRST COUNT ORDER	send; ORDER is turn or random
 *
 * In User-mode Linux on x86-64 the processor time of its process is read at the
 * host, so that other work there does not count. It does slow this down,
 * by up to a half, where two processors share a core. So packets to the router
 * "drop" are strewn in and counted apart: they tell the machine's speed in just
 * that moment, and what it costs to make a packet and to receive it.
 *
 * In QEMU with -icount the time stamp counter advances by one an instruction:
 * there that is what is counted, of any kernel.
 */
#include <linux/module.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/perf_event.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#ifdef CONFIG_UML
#include <asm/unistd.h>
#else
#include <asm/tsc.h>
#endif
#include <net/checksum.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

#define GEN_ROUTERS	16
#define GEN_SERVERS	4096	/* a power of two */
#define GEN_L4_LEN	46	/* of 100 octets with IPv6 and Ethernet */
#define GEN_BURST	1000	/* packets, and after them ... */
#define GEN_DROP_BURST	200	/* ... some for "drop" */

enum gen_side { CLIENT, SERVER };

/* The IPv4 source of a flow behind the router, as seen by its first packet. */
struct gen_mapping {
	__be32 addr;
	__be16 port;
};

struct gen_end {
	struct gen_router *router;
	struct net_device *dev;
	unsigned int family;
};

struct gen_router {
	char name[IFNAMSIZ - 2];
	struct gen_end end[2];
	struct gen_mapping *map;
};

/* IPv4 addresses are in the last word. */
struct gen_tuple {
	struct in6_addr src, dst;
	__be16 sport, dport;
};

struct gen_cost {
	u64 ns, instructions;
	u32 packets;
};

/* LEARN: the server's end writes the mappings down. CHECK: both ends look at all
 * of the packet.
 */
enum gen_watch { COUNT, LEARN, CHECK };

struct gen_verb {
	const char *name;
	enum gen_side side;
	enum gen_watch watch;
	u8 tcp_flags;
	u32 seq, ack;
};

/* open, answer and confirm make flows, and TCP's handshake. */
static const struct gen_verb gen_verbs[] = {
	{ "open", CLIENT, LEARN, TCPHDR_SYN, 0, 0 },
	{ "answer", SERVER, CHECK, TCPHDR_SYN | TCPHDR_ACK, 0, 1 },
	{ "confirm", CLIENT, CHECK, TCPHDR_ACK, 1, 1 },
	{ "up", CLIENT, COUNT, TCPHDR_ACK, 1, 1 },
	{ "down", SERVER, COUNT, TCPHDR_ACK, 1, 1 },
};

static unsigned int flows = 1;
module_param(flows, uint, 0444);
MODULE_PARM_DESC(flows, "how many flows there are");
static bool tcp;
module_param(tcp, bool, 0444);
MODULE_PARM_DESC(tcp, "TCP instead of UDP");
static unsigned int host_flows = 256;
module_param(host_flows, uint, 0444);
MODULE_PARM_DESC(host_flows, "how many flows a host has, at most 256");
static bool embedded;
module_param(embedded, bool, 0444);
MODULE_PARM_DESC(embedded, "clients have addresses in 2001:db8:64::/96");

static struct gen_router gen_routers[GEN_ROUTERS];
static unsigned int gen_router_count;
static enum gen_watch gen_watch;
static struct {
	u32 received, wrong;
	struct gen_cost cost, drop;
} gen_result;
static int gen_perf = -1;

/* --- the host ------------------------------------------------------------ */

#ifdef CONFIG_UML
static long gen_host(long nr, long a, const void *b, long c, long d, long e)
{
	register long r10 asm("r10") = d;
	register long r8 asm("r8") = e;
	long ret;

	asm volatile("syscall"
		     : "=a" (ret)
		     : "a" (nr), "D" (a), "S" (b), "d" (c), "r" (r10), "r" (r8)
		     : "rcx", "r11", "memory");
	return ret;
}

static u64 gen_cpu_time(void)
{
	struct { s64 sec, nsec; } t = {};

	gen_host(__NR_clock_gettime, 3 /* CLOCK_THREAD_CPUTIME_ID */, &t, 0, 0,
		 0);
	return t.sec * NSEC_PER_SEC + t.nsec;
}

/* What `perf stat -e instructions:u` reads; -1 where nothing is counted. */
static void gen_perf_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	void *p = &attr;

	/* This thread, on any processor, in no group. */
	gen_perf = gen_host(__NR_perf_event_open, (long)p, NULL, -1, -1, 0);
}

static u64 gen_instructions(void)
{
	u64 count = 0;

	if (gen_perf >= 0)
		gen_host(__NR_read, gen_perf, &count, sizeof(count), 0, 0);
	return count;
}

#else
static u64 gen_cpu_time(void)
{
	return ktime_get_raw_ns();
}

static void gen_perf_open(void)
{
	gen_perf = 0;
}

static u64 gen_instructions(void)
{
	return rdtsc_ordered();
}
#endif

/* --- flows --------------------------------------------------------------- */

/* ADDR4 in 2001:db8:64::/96. */
static void gen_embed(u32 addr4, struct in6_addr *addr)
{
	addr->s6_addr32[0] = htonl(0x20010db8);
	addr->s6_addr32[1] = htonl(0x00640000);
	addr->s6_addr32[2] = 0;
	addr->s6_addr32[3] = htonl(addr4);
}

/* The host that flow I belongs to: an address of 10/8 or, with IPv6, that address
 * embedded or one in a /64 of the host's own.
 */
static void gen_client(u32 i, unsigned int family, struct in6_addr *addr,
		       __be16 *port)
{
	u32 host = i / host_flows;
	u64 id = (host + 1) * 0x9e3779b97f4a7c15ULL;

	/* Of the ports that clients use: spread out, none of a host twice. */
	*port = htons(32768 + i % host_flows * 110 + host * 31 % 110);
	if (embedded || family == 4) {
		gen_embed(0x0a000000 + host, addr);
		return;
	}
	addr->s6_addr32[0] = htonl(0x20010db8);
	addr->s6_addr32[1] = htonl(0x80000000 + host);
	addr->s6_addr32[2] = htonl(id >> 32);
	addr->s6_addr32[3] = htonl(id);
}

/* The server: 198.18.0.0/20, or that in 2001:db8:64::/96. */
static void gen_server(u32 i, struct in6_addr *addr, __be16 *port)
{
	u32 n = i * 2654435761U / (U32_MAX / GEN_SERVERS + 1);

	*port = htons(443);
	gen_embed(0xc6120000 + n, addr);
}

/* The packet of flow I that leaves, or should arrive, on that side of a router,
 * as it goes from client to server.
 */
static void gen_tuple(const struct gen_router *r, enum gen_side side, u32 i,
		      struct gen_tuple *t)
{
	gen_client(i, r->end[side].family, &t->src, &t->sport);
	gen_server(i, &t->dst, &t->dport);
	if (side == SERVER) {
		t->sport = r->map[i].port;
		if (r->end[side].family == 4)
			t->src.s6_addr32[3] = r->map[i].addr;
	}
}

static void gen_reverse(struct gen_tuple *t)
{
	swap(t->src, t->dst);
	swap(t->sport, t->dport);
}

/* --- packets ------------------------------------------------------------- */

static __sum16 gen_csum(const struct gen_tuple *t, unsigned int family,
			const void *l4)
{
	int proto = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	__wsum sum = csum_partial(l4, GEN_L4_LEN, 0);

	if (family == 6)
		return csum_ipv6_magic(&t->src, &t->dst, GEN_L4_LEN, proto, sum);
	return csum_tcpudp_magic(t->src.s6_addr32[3], t->dst.s6_addr32[3],
				 GEN_L4_LEN, proto, sum);
}

static void *gen_put_tcp(void *l4, const struct gen_tuple *t,
			 const struct gen_verb *verb)
{
	struct tcphdr *th = l4;

	th->source = t->sport;
	th->dest = t->dport;
	th->seq = htonl(verb->seq);
	th->ack_seq = htonl(verb->ack);
	th->doff = sizeof(*th) / 4;
	tcp_flag_byte(th) = verb->tcp_flags;
	th->window = htons(65535);
	return th + 1;
}

static void *gen_put_udp(void *l4, const struct gen_tuple *t)
{
	struct udphdr *uh = l4;

	uh->source = t->sport;
	uh->dest = t->dport;
	uh->len = htons(GEN_L4_LEN);
	return uh + 1;
}

static __sum16 *gen_check_field(void *l4)
{
	return tcp ? &((struct tcphdr *)l4)->check :
		     &((struct udphdr *)l4)->check;
}

/* The flow's number is the first word of the data. */
static void gen_put_l4(struct sk_buff *skb, const struct gen_tuple *t,
		       unsigned int family, const struct gen_verb *verb, u32 i)
{
	void *l4 = skb_put_zero(skb, GEN_L4_LEN);
	__sum16 *check = gen_check_field(l4);
	__be32 *data;

	data = tcp ? gen_put_tcp(l4, t, verb) : gen_put_udp(l4, t);
	*data = htonl(i);
	*check = gen_csum(t, family, l4);
	if (!*check && !tcp)
		*check = CSUM_MANGLED_0;
}

static void gen_put_ip6(struct sk_buff *skb, const struct gen_tuple *t)
{
	struct ipv6hdr *ip6 = skb_put_zero(skb, sizeof(*ip6));

	ip6->version = 6;
	ip6->payload_len = htons(GEN_L4_LEN);
	ip6->nexthdr = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	ip6->hop_limit = 64;
	ip6->saddr = t->src;
	ip6->daddr = t->dst;
}

static void gen_put_ip4(struct sk_buff *skb, const struct gen_tuple *t)
{
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(sizeof(*ip) + GEN_L4_LEN);
	ip->frag_off = htons(IP_DF);
	ip->ttl = 64;
	ip->protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	ip->saddr = t->src.s6_addr32[3];
	ip->daddr = t->dst.s6_addr32[3];
	ip->check = ip_fast_csum(ip, ip->ihl);
}

static struct sk_buff *gen_build(const struct gen_end *end,
				 const struct gen_verb *verb, u32 i)
{
	struct gen_tuple t;
	struct sk_buff *skb;
	struct ethhdr *eth;

	gen_tuple(end->router, verb->side, i, &t);
	if (verb->side == SERVER)
		gen_reverse(&t);
	skb = alloc_skb(NET_SKB_PAD + NET_IP_ALIGN + 128, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
	eth = skb_put_zero(skb, sizeof(*eth));
	/* A router's own addresses end in 1 and 2. */
	eth->h_dest[0] = 2;
	eth->h_dest[5] = verb->side + 1;
	eth->h_proto = htons(end->family == 6 ? ETH_P_IPV6 : ETH_P_IP);
	if (end->family == 6)
		gen_put_ip6(skb, &t);
	else
		gen_put_ip4(skb, &t);
	gen_put_l4(skb, &t, end->family, verb, i);
	skb->protocol = eth->h_proto;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	return skb;
}

/* --- receiving ----------------------------------------------------------- */

static unsigned int gen_ip_len(unsigned int family)
{
	return family == 6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
}

static bool gen_parse(struct sk_buff *skb, unsigned int family,
		      struct gen_tuple *t)
{
	const struct ipv6hdr *ip6 = (void *)skb->data;
	const struct iphdr *ip = (void *)skb->data;
	const __be16 *ports = (void *)skb->data + gen_ip_len(family);

	memset(t, 0, sizeof(*t));
	t->sport = ports[0];
	t->dport = ports[1];
	if (family == 6) {
		t->src = ip6->saddr;
		t->dst = ip6->daddr;
		return ip6->version == 6;
	}
	t->src.s6_addr32[3] = ip->saddr;
	t->dst.s6_addr32[3] = ip->daddr;
	return ip->version == 4 && ip->ihl == 5 && !ip_fast_csum(ip, 5);
}

/* Is this the packet that a good router makes of flow I? */
static bool gen_good(struct sk_buff *skb, const struct gen_end *end, u32 i)
{
	enum gen_side side = end - end->router->end;
	struct gen_tuple t, want;

	if (!gen_parse(skb, end->family, &t) ||
	    gen_csum(&t, end->family, skb->data + gen_ip_len(end->family)))
		return false;
	gen_tuple(end->router, side, i, &want);
	if (side == CLIENT)
		gen_reverse(&want);
	return t.sport == want.sport && t.dport == want.dport &&
	       t.src.s6_addr32[3] == want.src.s6_addr32[3] &&
	       t.dst.s6_addr32[3] == want.dst.s6_addr32[3] &&
	       (end->family == 4 || (ipv6_addr_equal(&t.src, &want.src) &&
				     ipv6_addr_equal(&t.dst, &want.dst)));
}

static void gen_learn(struct sk_buff *skb, const struct gen_end *end, u32 i)
{
	struct gen_tuple t;

	gen_parse(skb, end->family, &t);
	end->router->map[i].addr = t.src.s6_addr32[3];
	end->router->map[i].port = t.sport;
}

static rx_handler_result_t gen_receive(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	const struct gen_end *end = rcu_dereference(skb->dev->rx_handler_data);
	unsigned int l4 = gen_ip_len(end->family);
	unsigned int head = tcp ? sizeof(struct tcphdr) : sizeof(struct udphdr);
	u32 i;

	/* Neighbour discovery and the like is passed over. */
	if (skb->len == l4 + GEN_L4_LEN && !skb_linearize(skb)) {
		i = ntohl(*(__be32 *)(skb->data + l4 + head));
		gen_result.received++;
		if (gen_watch == LEARN && i < flows)
			gen_learn(skb, end, i);
		else if (gen_watch == CHECK && (i >= flows ||
						!gen_good(skb, end, i)))
			gen_result.wrong++;
	}
	consume_skb(skb);
	return RX_HANDLER_CONSUMED;
}

/* --- commands ------------------------------------------------------------ */

/* The packet passes the router before this returns: veth leaves it for softirq,
 * and that, when others want the processor, for ksoftirqd.
 */
static int gen_send(struct net_device *dev, const struct gen_end *end,
		    const struct gen_verb *verb, u32 i)
{
	struct sk_buff *skb = gen_build(end, verb, i);
	netdev_tx_t ret;

	if (!skb)
		return -ENOMEM;
	skb->dev = dev;
	local_bh_disable();
	ret = netdev_start_xmit(skb, dev, netdev_get_tx_queue(dev, 0), false);
	local_bh_enable();
	do {
		cond_resched();
	} while (local_softirq_pending());
	return ret == NETDEV_TX_OK ? 0 : -EIO;
}

/* What the router has sent to that side; veth counts it before tc sees it. */
static u64 gen_arrived(const struct gen_router *r, enum gen_side side)
{
	struct rtnl_link_stats64 stats;

	return dev_get_stats(r->end[side].dev, &stats)->rx_packets;
}

static struct gen_router *gen_find(const char *name)
{
	unsigned int n;

	for (n = 0; n < gen_router_count; n++)
		if (!strcmp(gen_routers[n].name, name))
			return &gen_routers[n];
	return NULL;
}

/* What was spent since MARK, on PACKETS, is COST's; MARK is set again. */
static void gen_charge(struct gen_cost *cost, struct gen_cost *mark, u32 packets)
{
	u64 ns = gen_cpu_time(), instructions = gen_instructions();

	cost->ns += ns - mark->ns;
	cost->instructions += instructions - mark->instructions;
	cost->packets += packets;
	mark->ns = ns;
	mark->instructions = instructions;
}

/* Which flows a slice goes through: the same for every router. */
struct gen_walk {
	u32 next, state;
	bool random;
};

static u32 gen_step(struct gen_walk *walk)
{
	if (!walk->random)
		return walk->next++ % flows;
	walk->state ^= walk->state << 13;
	walk->state ^= walk->state >> 17;
	walk->state ^= walk->state << 5;
	return reciprocal_scale(walk->state, flows);
}

static int gen_burst(struct net_device *dev, const struct gen_end *end,
		     const struct gen_verb *verb, struct gen_walk *walk,
		     u32 count)
{
	int err = 0;

	while (count-- && !err)
		err = gen_send(dev, end, verb, gen_step(walk));
	return err;
}

/* "drop" gets packets like the others, of flows that are elsewhere in memory. */
static int gen_bursts(const struct gen_end *end, const struct gen_verb *verb,
		      struct gen_walk walk, u32 count)
{
	const struct gen_router *drop = gen_find("drop");
	struct gen_walk other = {
		walk.next + flows / 2, ~walk.state, walk.random
	};
	struct gen_cost mark = {}, ignored = {};
	int err = drop ? 0 : -ENOENT;
	u32 n;

	gen_charge(&ignored, &mark, 0);
	while (count && !err) {
		n = min_t(u32, count, GEN_BURST);
		err = gen_burst(end->dev, end, verb, &walk, n);
		gen_charge(&gen_result.cost, &mark, n);
		err = err ?: gen_burst(drop->end[verb->side].dev, end, verb,
				       &other, GEN_DROP_BURST);
		gen_charge(&gen_result.drop, &mark, GEN_DROP_BURST);
		count -= n;
	}
	return err;
}

static int gen_run(struct gen_router *r, const struct gen_verb *verb,
		   u32 first, u32 count, bool random)
{
	struct gen_walk walk = { first, (first + 1) * 2654435761U | 1, random };
	enum gen_side far = verb->side == CLIENT ? SERVER : CLIENT;
	u64 arrived = gen_arrived(r, far);
	int err;

	memset(&gen_result, 0, sizeof(gen_result));
	gen_watch = verb->watch;
	err = gen_bursts(&r->end[verb->side], verb, walk, count);
	if (verb->watch == COUNT)
		gen_result.received = gen_arrived(r, far) - arrived;
	return err;
}

static int gen_attach(struct gen_router *r, enum gen_side side,
		      unsigned int family)
{
	struct gen_end *end = &r->end[side];
	char name[IFNAMSIZ];
	int err;

	snprintf(name, sizeof(name), "%s.%c", r->name, "cs"[side]);
	end->router = r;
	end->family = family;
	end->dev = dev_get_by_name(&init_net, name);
	if (!end->dev)
		return -ENODEV;
	rtnl_lock();
	err = netdev_rx_handler_register(end->dev, gen_receive, end);
	rtnl_unlock();
	return err;
}

static int gen_add(const char *name, unsigned int client, unsigned int server)
{
	struct gen_router *r = &gen_routers[gen_router_count];

	if (gen_router_count == GEN_ROUTERS || gen_find(name))
		return -EINVAL;
	strscpy(r->name, name, sizeof(r->name));
	r->map = vzalloc(array_size(flows, sizeof(*r->map)));
	if (!r->map)
		return -ENOMEM;
	gen_router_count++;
	return gen_attach(r, CLIENT, client) ?: gen_attach(r, SERVER, server);
}

static int gen_send_command(const char *name, const char *router, u32 first,
			    u32 count, const char *order)
{
	struct gen_router *r = gen_find(router);
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(gen_verbs); n++)
		if (r && !strcmp(gen_verbs[n].name, name))
			return gen_run(r, &gen_verbs[n], first, count,
				       !strcmp(order, "random"));
	return -EINVAL;
}

static ssize_t gen_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	char line[80], verb[16], name[14], order[8];
	u32 a, b;
	int err = -EINVAL;

	if (len >= sizeof(line) || copy_from_user(line, buf, len))
		return -EINVAL;
	line[len] = '\0';
	if (sscanf(line, "add %13s %u %u", name, &a, &b) == 3)
		err = gen_add(name, a, b);
	else if (sscanf(line, "%15s %13s %u %u %7s", verb, name, &a, &b,
			order) == 5)
		err = gen_send_command(verb, name, a, b, order);
	return err ?: len;
}

static void gen_show_cost(struct seq_file *seq, const char *whose,
			  const struct gen_cost *cost)
{
	seq_printf(seq, "%spackets %u\n%sns %llu\n", whose, cost->packets, whose,
		   cost->ns);
	if (gen_perf >= 0)
		seq_printf(seq, "%sinstructions %llu\n", whose,
			   cost->instructions);
}

static int gen_show(struct seq_file *seq, void *v)
{
	seq_printf(seq, "received %u\nwrong %u\n", gen_result.received,
		   gen_result.wrong);
	gen_show_cost(seq, "", &gen_result.cost);
	gen_show_cost(seq, "drop-", &gen_result.drop);
	return 0;
}

static int gen_open(struct inode *inode, struct file *file)
{
	return single_open(file, gen_show, NULL);
}

static const struct proc_ops gen_proc_ops = {
	.proc_open = gen_open,
	.proc_read = seq_read,
	.proc_write = gen_write,
	.proc_release = single_release,
};

/* There is no way to unload it: the machine ends with the run. */
static int __init gen_init(void)
{
	gen_perf_open();
	return proc_create("gen", 0600, NULL, &gen_proc_ops) ? 0 : -ENOMEM;
}

module_init(gen_init);
MODULE_DESCRIPTION("Packets of many flows for the benchmark of nat64");
MODULE_LICENSE("GPL");
