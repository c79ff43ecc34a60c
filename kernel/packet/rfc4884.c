// SPDX-License-Identifier: GPL-2.0
/* rfc4884.c - quoted packet and extensions of an ICMP error (RFC 4884) */
#include "packet/rfc4884.h"

#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include "rfc/csum.h"

/* Minimum length of a quoted packet that extensions follow (RFC 4884 s4.6). */
#define NAT64_QUOTE_MIN 128

/**
 * struct nat64_parts - the parts of the new message
 */
struct nat64_parts {
	/** @quoted: quoted packet, with its new header, in bytes */
	unsigned int quoted;
	/** @padded: likewise, with the zeros that follow it */
	unsigned int padded;
	/** @ext_off: extensions in the old message, from its ICMP header */
	unsigned int ext_off;
	/** @old_ext: length of the extensions in the old message */
	unsigned int old_ext;
	/** @ext: length of the extensions in the new message */
	unsigned int ext;
};

/*
 * Check for extensions at the end of a message, from @off on; @must_check: only
 * with a checksum.
 */
static bool nat64_quote_is_ext(const struct nat64_pkt *pkt, unsigned int off,
			       bool must_check)
{
	unsigned int len = nat64_l4_len(pkt) - off;
	const struct icmp_ext_hdr *ext;

	ext = (const void *)(pkt->skb->data + pkt->thoff + off);
	return len >= sizeof(*ext) && ext->version == 2 &&
	       (ext->checksum ? !ip_compute_csum(ext, len) : !must_check);
}

/* Get the length of the quoted packet. */
static unsigned int nat64_quote_len(const struct nat64_pkt *pkt,
				    const struct nat64_layout *lay)
{
	unsigned int msg = nat64_l4_len(pkt) - sizeof(struct icmphdr);
	unsigned int old_hdr = pkt->quote.thoff - pkt->quote.off;
	unsigned int quoted = lay->length * lay->unit_in;

	/*
	 * RFC 4884 s5.5: without a length attribute, they follow 128 octets.
	 * Their checksum excludes a coincidence.
	 */
	if (!quoted && lay->unit_in && msg > NAT64_QUOTE_MIN &&
	    nat64_quote_is_ext(pkt, sizeof(struct icmphdr) + NAT64_QUOTE_MIN,
			       true))
		quoted = NAT64_QUOTE_MIN;
	/* An invalid length is treated as none. */
	if (quoted < max_t(unsigned int, NAT64_QUOTE_MIN, old_hdr + 8) ||
	    quoted > msg)
		return msg;
	return quoted;
}

/* Determine the length of the extensions, without the object if it cannot fit. */
static void nat64_quote_ext(const struct nat64_pkt *pkt,
			    const struct nat64_layout *lay, unsigned int max,
			    struct nat64_parts *parts)
{
	parts->ext = lay->unit_out ? nat64_l4_len(pkt) - parts->ext_off : 0;
	parts->old_ext = parts->ext;
	if (lay->object_len && lay->unit_out &&
	    (!parts->ext || nat64_quote_is_ext(pkt, parts->ext_off, false)))
		parts->ext = (parts->ext ?: sizeof(struct icmp_ext_hdr)) +
			     lay->object_len;
	if (parts->ext + NAT64_QUOTE_MIN > max)
		parts->ext = parts->old_ext;
	if (parts->ext + NAT64_QUOTE_MIN > max)
		parts->ext = 0;
}

static void nat64_quote_parts(const struct nat64_pkt *pkt,
			      const struct nat64_layout *lay,
			      struct nat64_parts *parts)
{
	unsigned int old_hdr = pkt->quote.thoff - pkt->quote.off;
	unsigned int quoted = nat64_quote_len(pkt, lay);
	unsigned int max = lay->max - sizeof(struct icmphdr);

	parts->ext_off = sizeof(struct icmphdr) + quoted;
	parts->quoted = quoted - old_hdr + lay->hdr_len;
	nat64_quote_ext(pkt, lay, max, parts);
	if (!parts->ext) {
		parts->quoted = min(parts->quoted, max);
		parts->padded = parts->quoted;
		return;
	}
	/* The length attribute has eight bits. */
	parts->quoted = min3(parts->quoted,
			     rounddown(max - parts->ext, lay->unit_out),
			     U8_MAX * lay->unit_out);
	parts->padded = roundup(max_t(unsigned int, parts->quoted,
				      NAT64_QUOTE_MIN), lay->unit_out);
}

/* Write the extensions received and the object to @ext, which is zeroed. */
static void nat64_quote_put_ext(const struct nat64_pkt *pkt,
				const struct nat64_layout *lay,
				const struct nat64_parts *parts, u8 *ext)
{
	struct icmp_ext_hdr *hdr = (struct icmp_ext_hdr *)ext;

	if (!parts->ext)
		return;
	memcpy(ext, pkt->skb->data + pkt->thoff + parts->ext_off,
	       parts->old_ext);
	if (parts->ext == parts->old_ext)
		return;
	memcpy(ext + parts->ext - lay->object_len, lay->object,
	       lay->object_len);
	hdr->version = 2;
	hdr->checksum = 0;
	hdr->checksum = ip_compute_csum(ext, parts->ext);
}

/**
 * nat64_quote_layout - replace the header of the quoted packet
 * @pkt: an ICMP error; its skb is linear and still has its old outer header
 * @lay: the new layout
 * @quoted: set to the length of the quoted packet, in bytes
 *
 * The ICMP header is unchanged. The quoted packet is truncated so that the message
 * has at most @lay->max octets; extensions are kept whole or removed.
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: length attribute to send, in @lay->unit_out (0: no extensions), or
 * -ENOMEM.
 */
int nat64_quote_layout(struct nat64_pkt *pkt, const struct nat64_layout *lay,
		       unsigned int *quoted)
{
	struct sk_buff *skb = pkt->skb;
	struct nat64_parts parts;
	int diff;
	u8 *buf;

	nat64_quote_parts(pkt, lay, &parts);
	buf = kzalloc(parts.padded + parts.ext, GFP_ATOMIC | __GFP_NOWARN);
	if (!buf)
		return -ENOMEM;
	memcpy(buf, lay->hdr, lay->hdr_len);
	memcpy(buf + lay->hdr_len, skb->data + pkt->quote.thoff,
	       parts.quoted - lay->hdr_len);
	nat64_quote_put_ext(pkt, lay, &parts, buf + parts.padded);

	diff = (int)(parts.padded + parts.ext + sizeof(struct icmphdr)) -
	       (int)nat64_l4_len(pkt);
	if (diff > skb_tailroom(skb) &&
	    pskb_expand_head(skb, 0, diff - skb_tailroom(skb),
			     GFP_ATOMIC | __GFP_NOWARN)) {
		kfree(buf);
		return -ENOMEM;
	}
	if (diff > 0)
		skb_put(skb, diff);
	else
		skb_trim(skb, skb->len + diff);
	memcpy(skb->data + pkt->thoff + sizeof(struct icmphdr), buf,
	       parts.padded + parts.ext);
	kfree(buf);

	*quoted = parts.quoted;
	return parts.ext ? parts.padded / lay->unit_out : 0;
}

/**
 * nat64_quote_ports - translate the transport header of a quoted packet
 * @l4: the header
 * @len: length of the quoted packet from here on, at least 8 bytes
 * @proto: its protocol; for ICMP, only the identifier is written
 * @sport: new source port, in network byte order
 * @dport: new destination port, in network byte order
 * @diff: difference of its checksum
 *
 * The checksum is beyond the end of most quoted TCP packets (RFC 5508 s4).
 */
void nat64_quote_ports(u8 *l4, unsigned int len, enum nat64_proto proto,
		       __be16 sport, __be16 dport, __sum16 diff)
{
	struct icmphdr *icmp = (struct icmphdr *)l4;
	struct tcphdr *th = (struct tcphdr *)l4;
	struct udphdr *uh = (struct udphdr *)l4;

	switch (proto) {
	case NAT64_TCP:
		th->source = sport;
		th->dest = dport;
		if (len >= offsetofend(struct tcphdr, check))
			th->check = nat64_csum_apply(th->check, diff);
		break;
	case NAT64_UDP:
		uh->source = sport;
		uh->dest = dport;
		if (!uh->check)
			break;
		uh->check = nat64_csum_apply(uh->check, diff);
		if (!uh->check)
			uh->check = CSUM_MANGLED_0;
		break;
	default:
		icmp->un.echo.id = sport;
		icmp->checksum = nat64_csum_apply(icmp->checksum, diff);
	}
}
