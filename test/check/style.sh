#!/bin/bash
# style.sh [-c]: what can be said of the sources without building them; with -c
# only of files that differ from the last commit, where files are looked at one
# by one (make tidy)
set -u

NAT64_CHANGED=
[ "${1:-}" != -c ] || NAT64_CHANGED=1

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

scripts=$(kernel_scripts) || exit 1

# patterns IGNORED FILE...: of those files, what checkpatch finds but for FILE_PATH_CHANGES
# and the types IGNORED
patterns() {
	local ignored=FILE_PATH_CHANGES$1

	shift
	[ $# = 0 ] || "$scripts/checkpatch.pl" --no-tree --strict --terse --no-summary \
		--show-types -q --ignore "$ignored" -f "$@"
}

# checkpatch takes longer to start than for most files.
checkpatch() {
	local file rc=0 versions events suites command
	local compat=() tracepoint=() kunit=() usr=() others=()

	# The file for version tests; SPACING misreads __has_include().
	versions=,LINUX_VERSION_CODE,CONSTANT_COMPARISON,SPACING
	# Tracepoints are macros of a form of their own.
	events=,COMPLEX_MACRO,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT
	events+=,TRAILING_SEMICOLON
	# EST is a TCP state there, not an error.
	suites=,USE_NEGATIVE_ERRNO
	# User space has no __printf(), and its signals want volatile.
	command=,PREFER_DEFINED_ATTRIBUTE_MACRO,VOLATILE
	for file in $(sources kernel usr include/uapi test/kunit -- '*.[ch]'); do
		case $file in
		kernel/compat.h) compat+=("$file") ;;
		kernel/path/tracepoint.h) tracepoint+=("$file") ;;
		test/kunit/*) kunit+=("$file") ;;
		usr/*) usr+=("$file") ;;
		*) others+=("$file") ;;
		esac
	done
	patterns "$versions" "${compat[@]}" || rc=1
	patterns "$events" "${tracepoint[@]}" || rc=1
	patterns "$suites" "${kunit[@]}" || rc=1
	patterns "$command" "${usr[@]}" || rc=1
	patterns '' "${others[@]}" || rc=1
	return "$rc"
}

spelling() {
	sources . -- '*' | xargs -r codespell -L ans,iif,nd,parm,statics
}

shell() {
	sources . -- '*' | xargs -r grep -lE -m1 \
		'^(#!/bin/(ba)?sh|# shellcheck shell=)' | xargs -r shellcheck -x
}

# Only compat.h asks which kernel it is.
versions() {
	! grep -rnE 'LINUX_VERSION_CODE|KERNEL_VERSION|linux/version\.h' \
		kernel --include='*.[ch]' | grep -v '^kernel/compat\.h:'
}

documentation() {
	sources kernel include/uapi -- '*.[ch]' |
		xargs -r "$scripts/kernel-doc" -none
}

# Every function that another file can call says what it does.
# shellcheck disable=SC2016 # awk's
documented() {
	sources kernel -- '*.c' | xargs -r awk '
		FNR == 1 { comment = 0; before = "" }
		/^\/\*\*/ { comment = 1 }
		/^[a-z].*[^a-z_][a-z0-9_]+\(/ && !/;[ \t]*$/ && !comment &&
		!/^(static|typedef|extern|module_)/ && before !~ /^static/ {
			print FILENAME ":" FNR ": no kernel-doc: " $0
		}
		/^}/ { comment = 0 }
		{ before = $0 }'
}

manuals() {
	local pages

	pages=$(sources usr -- '*.[1-8]')
	[ -n "$pages$NAT64_CHANGED" ] || echo "there are none"
	# Which other pages and which index the machine has says nothing of ours.
	! xargs -r mandoc -Tlint -Wstyle <<< "$pages" 2>&1 |
		grep -vE 'referenced manual not found|outdated mandoc.db'
}

# At 80 columns, by both programs that format pages: no line is longer, no cell of
# a table has one word a line, and no quotes are doubled by a macro inside another.
rendered() {
	local page

	sources usr -- '*.[1-8]' | while read -r page; do
		for as in "mandoc -Tascii -Owidth=78" \
			"groff -mandoc -Tascii -rLL=78n"; do
			$as "$page" | col -bx | awk -v page="$page, ${as%% *}" '
				length > 80 { bad("longer than 80 columns") }
				/""/ { bad("doubled quotes") }
				/^ {40,}[^ ]+$/ && one++ { bad("one word a line") }
				!/^ {40,}[^ ]+$/ { one = 0 }
				function bad(why) {
					print page ": " why ": " $0
				}'
		done
	done
}

version() {
	local header dkms deb

	header=$(sed -n 's/^#define NAT64_VERSION[ \t]*"\(.*\)"/\1/p' \
		 kernel/nat64.h)
	dkms=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
	deb=$(sed -n '1s/.*(\(.*\)).*/\1/p' usr/packaging/debian/changelog)
	[ -n "$header" ] && [ "$header" = "$dkms" ] && [ "$header" = "$deb" ] ||
		echo "kernel/nat64.h says '$header', dkms.conf '$dkms'," \
		     "usr/packaging/debian/changelog '$deb'"
}

# What make mutants changes is found in the sources.
mutants() {
	test/mutants/run.py -n > /dev/null
}

silent "checkpatch --strict" checkpatch
silent "codespell" spelling
silent "shellcheck" shell
silent "kernel versions are tested in compat.h only" versions
for root in kernel usr; do
	silent "a layer of $root/ needs only those below it" \
		test/check/structure.py $root check layers
	silent "no files of $root/ need each other" \
		test/check/structure.py $root check circles
	silent "no two headers of $root/ have one name" \
		test/check/structure.py $root check headers
done
silent "kernel-doc" documentation
silent "every function of another file has kernel-doc" documented
silent "manual pages" manuals
silent "manual pages are whole at 80 columns" rendered
silent "the module, dkms.conf and the packages have one version" version
silent "the lists of mutants fit the sources" mutants
finish
