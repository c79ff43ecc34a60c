/* SPDX-License-Identifier: GPL-2.0 */
/* expire.h - the worker that removes expired sessions and BIB entries */
#ifndef NAT64_EXPIRE_H
#define NAT64_EXPIRE_H

#include "table/config.h"
#include "table/entry.h"

struct nat64_instance;

/**
 * struct nat64_expire_ops - what the end of a lifetime sends; the tables
 *	themselves know no packets
 */
struct nat64_expire_ops {
	/**
	 * @probe: a TCP session was idle for its lifetime; called with softirqs
	 * off and the RCU read lock, no lock held
	 */
	void (*probe)(struct nat64_instance *inst,
		      const struct nat64_config *cfg,
		      const struct nat64_bib *bib,
		      const struct nat64_session *ses);
	/** @tick: once a second; process context */
	void (*tick)(struct nat64_instance *inst);
};

void nat64_expire_start(struct nat64_instance *inst,
			const struct nat64_expire_ops *ops);
void nat64_expire_stop(struct nat64_instance *inst);

#endif /* NAT64_EXPIRE_H */
