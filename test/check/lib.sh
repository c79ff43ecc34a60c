# shellcheck shell=bash
# lib.sh: what the layers of `make check` share: TAP lines, and where things are

# shellcheck source=test/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/lib.sh"
cd "$top" || exit 1
tests=0
tests_failed=0

# ok NAME; not_ok NAME; skip NAME WHY
ok() {
	tests=$((tests + 1))
	echo "ok $tests - $1"
}

not_ok() {
	tests=$((tests + 1))
	tests_failed=$((tests_failed + 1))
	echo "not ok $tests - $1"
}

skip() {
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

# silent NAME COMMAND...: passes if COMMAND succeeds and prints nothing; what it
# prints is shown.
silent() {
	local name=$1 rc=0 out

	shift
	out=$("$@" 2>&1) || rc=$?
	if [ "$rc" = 0 ] && [ -z "$out" ]; then
		ok "$name"
	else
		[ -z "$out" ] || echo "# ${out//$'\n'/$'\n'# }"
		not_ok "$name"
	fi
}

# succeeds NAME COMMAND...: passes if COMMAND succeeds; what it prints is shown
# only if it does not.
succeeds() {
	local name=$1 rc=0 out

	shift
	out=$("$@" 2>&1) || rc=$?
	if [ "$rc" = 0 ]; then
		ok "$name"
	else
		tail -n 100 <<< "$out" | sed 's/^/# /'
		not_ok "$name"
	fi
}

# nested NAME COMMAND...: the TAP lines of COMMAND, renumbered and with NAME in
# front of theirs. If COMMAND fails without a failed test, or tests nothing, that
# is one more failed test. It may say of a part of what it does, by a line "part
# NAME" before and "part ends STATUS" behind it, that this was a COMMAND itself.
# What a line "# why: " says stands in that further test's name.
nested() {
	local name=$1 part=$1 line rc why=''
	local first=$tests before=$tests_failed part_first part_before

	shift
	while read -r line; do
		case $line in
		"rc="*) rc=${line#rc=} ;;
		"part ends "*)
			ended "$part" "${line#part ends }" "$part_first" \
				"$part_before"
			part=$name
			;;
		"part "*)
			part=${line#part }
			part_first=$tests
			part_before=$tests_failed
			;;
		"ok "*"# "[Ss][Kk][Ii][Pp]*)
			tests=$((tests + 1))
			echo "ok $tests - $part: $(tap_text "$line")"
			;;
		"ok "*) ok "$part: $(tap_text "$line")" ;;
		"not ok "*) not_ok "$part: $(tap_text "${line#not }")" ;;
		[0-9]*..[0-9]*) ;;
		*)
			echo "# ${line#\# }"
			[[ $line != "# why: "* ]] || why=": ${line#\# why: }"
			;;
		esac
	done < <("$@" 2>&1 < /dev/null; echo "rc=$?")
	ended "$name" "$rc" "$first" "$before"
}

# ended NAME STATUS TESTS FAILED: of a command that began when there had been so
# many tests and failures
ended() {
	if [ "$2" != 0 ] && [ $tests_failed = "$4" ]; then
		not_ok "$1: ended with status $2${why-}"
	elif [ $tests = "$3" ]; then
		not_ok "$1: found nothing to run"
	fi
}

# tap_text LINE: what an ok line says after its number
tap_text() {
	sed -E 's/^ok *[0-9]* *(- )?//' <<< "$1"
}

# finish: the end of a layer
finish() {
	echo "1..$tests"
	[ $tests_failed = 0 ]
	exit
}

# kernel_files SERIES NAME DEPTH PATTERN...: print the folder of the cache with
# those files of a kernel's source package, without the first DEPTH folders of
# their names, taken from it once.
kernel_files() {
	local series=$1 name=$2 depth=$3 version dir

	shift 3
	version=$(dpkg-query -W -f '${Version}' "linux-source-$series") || return
	dir=$cache/$name-$version
	if [ ! -d "$dir" ]; then
		rm -rf "$dir.new"
		mkdir -p "$dir.new"
		tar -C "$dir.new" --strip-components="$depth" --wildcards \
			-xf "/usr/src/linux-source-$series.tar.xz" "$@" || return
		mv "$dir.new" "$dir"
	fi
	echo "$dir"
}

# kernel_scripts: the checking scripts of the kernel
kernel_scripts() {
	kernel_files 6.1 scripts 2 '*/scripts/checkpatch.pl' \
		'*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch' \
		'*/scripts/kernel-doc'
}

# kernel_ynl: the kernel's own client of netlink specs, and what it needs
kernel_ynl() {
	kernel_files 6.12 ynl 1 '*/tools/net/ynl/cli.py' \
		'*/tools/net/ynl/lib/*.py' '*/Documentation/netlink/genetlink*' \
		'*/Documentation/netlink/specs/nlctrl.yaml'
}

# sources DIR... -- PATTERN...: the files of this tree, without what was built
sources() {
	local dirs=() names=()

	while [ "$1" != -- ]; do
		dirs+=("$1")
		shift
	done
	shift
	for p; do
		names+=(-o -name "$p")
	done
	find "${dirs[@]}" \( -name build -o -name .git -o -name __pycache__ \) \
		-prune -o -type f ! -name '*.mod.c' \
		\( "${names[@]:1}" \) -print | sort | only_changed
}

# only_changed: of the files on standard input, those that differ from the last
# commit, if NAT64_CHANGED is set
only_changed() {
	if [ -z "${NAT64_CHANGED:-}" ]; then
		cat
	else
		sed 's,^\./,,' | grep -xFf <(git diff --name-only HEAD
			git ls-files --others --exclude-standard)
	fi
}

# net_scripts: the tests of test/net
net_scripts() {
	find test/net -maxdepth 1 -name '*.sh' ! -name lib.sh | sort
}

# build_command: nat64ctl, where it is found by the test machines; two layers may
# want it at the same time
build_command() {
	mkdir -p "$build"
	flock "$build/usr.lock" make -s -C usr >&2
}

# strict WHICH: build the module for a kernel (see vm_find) in build/*/strict, with
# gcc's W=1 and, on the host, sparse; print what they say. Everything is built anew: a
# warning is printed only then. Headers of the kernel's own have theirs; what counts
# is what a line of our files causes.
strict() {
	local src rc=0 args=(W=1 KCFLAGS=-Werror -j"$(nproc)")

	vm_find "$1" || return
	src=$build/$vm_id/strict
	# The headers of some kernels lack what calls sparse.
	[ -n "$vm_tree" ] || args+=(C=2 CF="-D__CHECK_ENDIAN__ -Wbitwise")
	rm -rf "$src"
	vm_sources "$src"
	vm_make "$src" "${args[@]}" modules > "$src/log" 2>&1 || rc=1
	if [ "$rc" != 0 ] || grep -qE '(warning|error):' "$src/log"; then
		grep -E -A 3 '(warning|error):|\*\*\*' "$src/log" |
			grep -vE '^ +(CC|CHECK|LD|MODPOST) ' | head -n 60
		return 1
	fi
}
