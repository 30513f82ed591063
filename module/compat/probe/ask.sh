#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# ask.sh QUESTION.c ANSWER.h RELEASE COMPILER [OPTION...]: whether the question compiles: the answer defines ORIEL_HAVE_QUESTION.
# "No" is what the compiler says of the question itself; that it is not there, or that it was killed, is no answer.
question=$1 answer=$2 release=$3
shift 3
name=$(basename "$question" .c | tr '[:lower:]' '[:upper:]')
if said=$(LC_ALL=C "$@" -fsyntax-only "$question" 2>&1); then
	has="#define ORIEL_HAVE_$name 1"
elif echo "$said" | grep -F "$question:" | grep -q " error: "; then
	has="/* no $name */"
else
	echo "$said" >&2
	exit 1
fi
printf '/* of %s */\n%s\n' "$release" "$has" >"$answer.new" && mv "$answer.new" "$answer"
