// SPDX-License-Identifier: GPL-2.0
/*
 * eam.c - the Explicit Address Mapping Table (RFC 7757 s3) and the denylist
 *
 * An address is translated by the entry with the longest prefix that it is in.
 * Prefixes of entries may overlap (s5), but each is there once.
 */
#include "table/eam.h"

#include <linux/nat64.h>
#include <linux/slab.h>

/*
 * Packets never take these locks. But xa_init_flags() is inline, so that they
 * share a lockdep class with nat64_instance.addrs (build_path.c), which packets
 * change.
 */
#define NAT64_EAM_XA (XA_FLAGS_ALLOC | XA_FLAGS_ACCOUNT | XA_FLAGS_LOCK_BH)

/* Map an IPv4 address to the key of struct nat64_lpm. */
static struct in6_addr nat64_eam_word(__be32 addr)
{
	return (struct in6_addr){ .s6_addr32 = { addr } };
}

/**
 * nat64_eamt_alloc - create empty tables
 *
 * Return: the tables, or NULL.
 */
struct nat64_eamt *nat64_eamt_alloc(void)
{
	struct nat64_eamt *eamt = kvzalloc(sizeof(*eamt), GFP_KERNEL_ACCOUNT);

	if (!eamt)
		return NULL;
	xa_init_flags(&eamt->entries, NAT64_EAM_XA);
	xa_init_flags(&eamt->denylist, NAT64_EAM_XA);
	if (nat64_lpm_init(&eamt->by6))
		goto err_by6;
	if (nat64_lpm_init(&eamt->by4))
		goto err_by4;
	if (!nat64_lpm_init(&eamt->denied))
		return eamt;
	nat64_lpm_exit(&eamt->by4);
err_by4:
	nat64_lpm_exit(&eamt->by6);
err_by6:
	kvfree(eamt);
	return NULL;
}

/**
 * nat64_eamt_free - free tables with all that is in them
 * @eamt: the tables, no longer used by any packet; or NULL
 *
 * Context: process.
 */
void nat64_eamt_free(struct nat64_eamt *eamt)
{
	struct nat64_eam_entry *entry;
	struct nat64_denied *denied;
	unsigned long index;

	if (!eamt)
		return;
	/* A table that is growing visits its entries until it is destroyed. */
	nat64_lpm_exit(&eamt->denied);
	nat64_lpm_exit(&eamt->by4);
	nat64_lpm_exit(&eamt->by6);
	xa_for_each(&eamt->entries, index, entry) {
		kfree(entry);
		cond_resched();
	}
	xa_for_each(&eamt->denylist, index, denied)
		kfree(denied);
	xa_destroy(&eamt->entries);
	xa_destroy(&eamt->denylist);
	kvfree(eamt);
}

/* Let packets find an entry. */
static int nat64_eam_insert(struct nat64_eamt *eamt,
			    struct nat64_eam_entry *entry)
{
	int err;

	err = nat64_lpm_insert(&eamt->by6, &entry->node6);
	if (err)
		return err;
	err = nat64_lpm_insert(&eamt->by4, &entry->node4);
	if (err)
		nat64_lpm_remove(&eamt->by6, &entry->node6);
	return err;
}

/**
 * nat64_eam_add - add an entry
 * @eamt: the tables
 * @eam: the entry, which passed nat64_eam_check()
 *
 * Context: process; the caller excludes other changes.
 *
 * Return: 0, -EEXIST if another entry has one of its prefixes, or another negative
 * errno.
 */
int nat64_eam_add(struct nat64_eamt *eamt, const struct nat64_eam *eam)
{
	struct nat64_eam_entry *entry;
	int err;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return -ENOMEM;
	entry->eam = *eam;
	entry->node6.key.addr = eam->addr6;
	entry->node6.key.len = eam->len6;
	entry->node4.key.addr = nat64_eam_word(eam->addr4);
	entry->node4.key.len = eam->len4;
	err = xa_alloc_bh(&eamt->entries, &entry->index, entry, xa_limit_31b,
			  GFP_KERNEL_ACCOUNT);
	if (err) {
		kfree(entry);
		return err;
	}
	err = nat64_eam_insert(eamt, entry);
	if (err) {
		xa_erase_bh(&eamt->entries, entry->index);
		/* Packets may have found it by its first prefix. */
		kfree_rcu(entry, rcu);
		return err;
	}
	eamt->n_entries++;
	return 0;
}

/**
 * nat64_eam_del - remove an entry
 * @eamt: the tables
 * @entry: the entry, which is freed when no packet uses it
 *
 * Context: process; the caller excludes other changes.
 */
void nat64_eam_del(struct nat64_eamt *eamt, struct nat64_eam_entry *entry)
{
	nat64_lpm_remove(&eamt->by4, &entry->node4);
	nat64_lpm_remove(&eamt->by6, &entry->node6);
	xa_erase_bh(&eamt->entries, entry->index);
	eamt->n_entries--;
	kfree_rcu(entry, rcu);
}

/**
 * nat64_eam_exact6 - find the entry with an IPv6 prefix
 * @eamt: the tables
 * @addr: an address in the prefix
 * @len: its length
 *
 * Return: the entry, or NULL.
 */
struct nat64_eam_entry *nat64_eam_exact6(struct nat64_eamt *eamt,
					 const struct in6_addr *addr, u8 len)
{
	struct nat64_lpm_node *node = nat64_lpm_exact(&eamt->by6, addr, len);

	return node ? container_of(node, struct nat64_eam_entry, node6) : NULL;
}

/**
 * nat64_eam_exact4 - find the entry with an IPv4 prefix
 * @eamt: the tables
 * @addr: an address in the prefix, in network byte order
 * @len: its length
 *
 * Return: the entry, or NULL.
 */
struct nat64_eam_entry *nat64_eam_exact4(struct nat64_eamt *eamt, __be32 addr,
					 u8 len)
{
	struct in6_addr word = nat64_eam_word(addr);
	struct nat64_lpm_node *node = nat64_lpm_exact(&eamt->by4, &word, len);

	return node ? container_of(node, struct nat64_eam_entry, node4) : NULL;
}

/**
 * nat64_eam_find6 - find the mapping of an IPv6 address (RFC 7757 s3.3.2)
 * @eamt: the tables
 * @addr: the address
 *
 * Context: RCU read lock.
 *
 * Return: the mapping, or NULL.
 */
const struct nat64_eam *nat64_eam_find6(struct nat64_eamt *eamt,
					const struct in6_addr *addr)
{
	struct nat64_lpm_node *node = nat64_lpm_find(&eamt->by6, addr);

	return node ? &container_of(node, struct nat64_eam_entry, node6)->eam :
		      NULL;
}

/**
 * nat64_eam_find4 - find the mapping of an IPv4 address (RFC 7757 s3.3.1)
 * @eamt: the tables
 * @addr: the address, in network byte order
 *
 * Context: RCU read lock.
 *
 * Return: the mapping, or NULL.
 */
const struct nat64_eam *nat64_eam_find4(struct nat64_eamt *eamt, __be32 addr)
{
	struct in6_addr word = nat64_eam_word(addr);
	struct nat64_lpm_node *node = nat64_lpm_find(&eamt->by4, &word);

	return node ? &container_of(node, struct nat64_eam_entry, node4)->eam :
		      NULL;
}

/**
 * nat64_denylist_add - add a prefix to the denylist
 * @eamt: the tables
 * @addr: the prefix, in network byte order
 * @len: its length
 *
 * Context: process; the caller excludes other changes.
 *
 * Return: 0, -EEXIST if it is there, or another negative errno.
 */
int nat64_denylist_add(struct nat64_eamt *eamt, __be32 addr, u8 len)
{
	struct nat64_denied *denied;
	int err;

	denied = kzalloc(sizeof(*denied), GFP_KERNEL_ACCOUNT);
	if (!denied)
		return -ENOMEM;
	denied->node.key.addr = nat64_eam_word(addr);
	denied->node.key.len = len;
	err = xa_alloc_bh(&eamt->denylist, &denied->index, denied, xa_limit_31b,
			  GFP_KERNEL_ACCOUNT);
	if (err) {
		kfree(denied);
		return err;
	}
	err = nat64_lpm_insert(&eamt->denied, &denied->node);
	if (err) {
		xa_erase_bh(&eamt->denylist, denied->index);
		kfree(denied);
		return err;
	}
	eamt->n_denied++;
	return 0;
}

/**
 * nat64_denylist_del - remove a prefix from the denylist
 * @eamt: the tables
 * @denied: the prefix, which is freed when no packet uses it
 *
 * Context: process; the caller excludes other changes.
 */
void nat64_denylist_del(struct nat64_eamt *eamt, struct nat64_denied *denied)
{
	nat64_lpm_remove(&eamt->denied, &denied->node);
	xa_erase_bh(&eamt->denylist, denied->index);
	eamt->n_denied--;
	kfree_rcu(denied, rcu);
}

/**
 * nat64_denylist_exact - find a prefix of the denylist
 * @eamt: the tables
 * @addr: an address in the prefix, in network byte order
 * @len: its length
 *
 * Return: the prefix, or NULL.
 */
struct nat64_denied *nat64_denylist_exact(struct nat64_eamt *eamt, __be32 addr,
					  u8 len)
{
	struct in6_addr word = nat64_eam_word(addr);
	struct nat64_lpm_node *node = nat64_lpm_exact(&eamt->denied, &word, len);

	return node ? container_of(node, struct nat64_denied, node) : NULL;
}

/**
 * nat64_denylist_has - check whether an address is on the denylist
 * @eamt: the tables
 * @addr: the address, in network byte order
 *
 * Context: RCU read lock.
 *
 * Return: true if it is.
 */
bool nat64_denylist_has(struct nat64_eamt *eamt, __be32 addr)
{
	struct in6_addr word = nat64_eam_word(addr);

	return nat64_lpm_find(&eamt->denied, &word);
}
