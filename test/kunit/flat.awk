# flat.awk: from a suite's nested KTAP, one line a test: "ok SUITE CASE PARAMETER".
# A line that ends a block which had lines of its own is left out, unless the
# block has fewer results than its plan says: then the suite died in it. Other
# lines pass, as "# ...".

{
	text = $0
	sub(/\r$/, "", text)
	match(text, /^ */)
	depth = int(RLENGTH / 4)
	text = substr(text, RLENGTH + 1)
}

text ~ /^# Subtest: / || text ~ /^# [a-z0-9_]*: (pass|ok):/ {
	if (text ~ /^# Subtest: /)
		name[depth] = substr(text, 12)
	next
}

text ~ /^(KTAP version|TAP version|1\.\.[0-9]+)/ {
	if (text ~ /^1\.\./)
		plan[depth] = substr(text, 4) + 0
	next
}

text ~ /^(not )?ok [0-9]+/ {
	verdict = text ~ /^not/ ? "not ok" : "ok"
	sub(/^(not )?ok [0-9]+ *(- )?/, "", text)
	results++
	seen[depth]++
	if (!seen[depth + 1]) {
		path = ""
		for (i = 1; i <= depth; i++)
			path = path name[i] " "
		print verdict " " path text
		leaves++
		if (verdict == "not ok")
			bad = 1
	} else if (verdict == "not ok" && !bad) {
		print "not ok " text
	}
	if (plan[depth + 1] && seen[depth + 1] != plan[depth + 1])
		print "not ok " text ": " seen[depth + 1] + 0 " results of " \
			plan[depth + 1]
	seen[depth + 1] = plan[depth + 1] = 0
	if (depth == 0)
		bad = 0
	next
}

text ~ /nat64-kunit:|^ *$/ { next }

{
	sub(/^(# )+/, "", text)
	print "# " text
}

END {
	if (!leaves)
		print "not ok " module ": no test has run"
}
