/* SPDX-License-Identifier: GPL-2.0 */
/*
 * notify.h - operations that report changes of instances
 *
 * instance.c does not depend on netlink: main.c passes it these operations,
 * which only nl_notify.c implements.
 */
#ifndef NAT64_CONTROL_NOTIFY_H
#define NAT64_CONTROL_NOTIFY_H

struct nat64_config;
struct nat64_event_ops;
struct nat64_instance;

/**
 * struct nat64_notify_ops - what is called when something has happened
 *
 * Context: process, with nat64_net.mutex held; @tick without it.
 */
struct nat64_notify_ops {
	/** @events: likewise of BIB entries and sessions */
	const struct nat64_event_ops *events;
	/** @started: packets find the instance */
	void (*started)(struct nat64_instance *inst);
	/** @replaced: it has the configuration @cfg instead of @old */
	void (*replaced)(struct nat64_instance *inst,
			 const struct nat64_config *old,
			 const struct nat64_config *cfg);
	/** @flushed: its sessions have ended */
	void (*flushed)(struct nat64_instance *inst);
	/** @deleted: its tables are empty, and it is about to be freed */
	void (*deleted)(struct nat64_instance *inst);
	/** @tick: a second has passed: report what the counters show */
	void (*tick)(struct nat64_instance *inst);
};

extern const struct nat64_notify_ops nat64_nl_notify_ops;

#endif /* NAT64_CONTROL_NOTIFY_H */
