/* SPDX-License-Identifier: GPL-2.0 */
/* keys.h - the configuration keys: their names, values and limits */
#ifndef NAT64CTL_KEYS_H
#define NAT64CTL_KEYS_H

#include "cli/args.h"
#include "cli/out.h"
#include "nl/nl.h"

/* Room for a table of the keys, of which the first place is not used. */
#define KEY_COUNT (NAT64_CONFIG_A_MAX + 1)
/* A value in words: the longest is a list of plateaus. */
#define KEY_TEXT (NAT64_PLATEAUS_MAX * 6 + 1)

int key_find(const char *word);
int key_put(struct nl_msg *msg, int key, const char *word);
int key_check(int key, struct nlattr *attr, bool force);
bool key_fits(int key, struct nlattr *attr);
void key_text(char *text, int key, struct nlattr *attr, bool table);
struct json_object *key_json(int key, struct nlattr *attr);
const char *key_name(int key);
const char *key_meaning(int key);
const char *key_values(int key);
const char *key_default(int key);
bool key_is_of_machine(int key, struct nlattr *attr);
bool key_takes(int key, enum json_type type);
const char *key_json_values(int key);
bool key_may_be_none(int key);

#endif /* NAT64CTL_KEYS_H */
