# shellcheck shell=dash
# openwrt-jshn.sh: OpenWrt's functions for JSON, as far as the feed's scripts want
# them. What is written goes to the file $JSON, operation by operation.

json() {
	"$(dirname "$0")/openwrt-uci.py" "$@"
}

json_init() {
	: > "$JSON"
}

json_add_object() {
	echo "object $1" >> "$JSON"
}

json_add_array() {
	echo "array $1" >> "$JSON"
}

json_add_string() {
	echo "string $1=$2" >> "$JSON"
}

json_add_int() {
	echo "int $1=$2" >> "$JSON"
}

json_add_boolean() {
	echo "boolean $1=$2" >> "$JSON"
}

json_close_object() {
	echo close >> "$JSON"
}

json_close_array() {
	echo close >> "$JSON"
}

json_dump() {
	json json < "$JSON"
}

json_load() {
	json_text=$1
}

json_get_vars() {
	eval "$(json vars "$json_text" "$@")"
}

json_get_values() {
	json_get_vars "$2"
	eval "$1=\$$2"
}
