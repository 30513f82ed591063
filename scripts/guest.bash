# SPDX-License-Identifier: GPL-2.0
# Sourced by the runners of guests, scripts/vm and scripts/uml: their common options, the files of a run,
# its end and its verdict. A runner sources common.bash first, provides parse_own for the options that
# only it has, and calls, in this order: parse_options, start_run, run_machine, finish_run.

memory=1024 limit=120 append='' out='' log='' interactive='' allow_splat=''
dirs='' tools='' disks=() command=()
run='' machine_pid='' machine_status=0 machine_seconds=0 terminal='' judged=''

usage() { die "$1" "${0##*/} --help" 2; }

parse_options() {
	local taken
	while (($#)); do
		taken=1
		case $1 in
		--help | -h) help_of "$0"; exit ;;
		--interactive) interactive=1 ;;
		--allow-splat) allow_splat=1 ;;
		--) shift; command=("$@"); break ;;
		--*) parse_value "$@" ;;
		*) usage "unexpected '$1': the command follows --" ;;
		esac
		shift $taken
	done
	[[ $interactive ]] || ((${#command[@]})) || usage "no command"
	[[ ! $interactive || -t 0 ]] || usage "--interactive needs a terminal"
	[[ $memory$limit =~ ^[0-9]+$ ]] || usage "--memory and --timeout are whole numbers"
}

# Sets taken to the number of arguments used. parse_own OPTION VALUE says 1 for an unknown option.
parse_value() {
	taken=2
	case $1 in
	--payload) [[ -d ${2:-} ]] || usage "there is no directory ${2:-}"; dirs+=$(realpath "$2")$'\n' ;;
	--tool) [[ -x ${2:-} ]] || usage "there is no program ${2:-}"; tools+=$2$'\n' ;;
	--out) out=${2:-} ;;
	--disk) disks+=("${2:-}") ;;
	--memory) memory=${2:-} ;;
	--append) append+=" ${2:-}" ;;
	--timeout) limit=${2:-} ;;
	--log) log=${2:-} ;;
	*) parse_own "$1" "${2:-}" || usage "unknown option $1" ;;
	esac
	((taken <= $#)) || usage "$1 needs a value"
}

# A run's files. Those of a run that was killed outright are known by its number and removed.
start_run() {
	local stale pid prefix=${TMPDIR:-/tmp}/oriel-${0##*/}
	for stale in "$prefix".*; do
		pid=${stale##*/oriel-"${0##*/}".}
		[[ ! -d $stale || -d /proc/${pid%%.*} ]] || rm -rf "$stale"
	done
	run=$(mktemp -d "$prefix.$$.XXXXXX")
	touch "$run"/{console.log,dmesg.log,machine.log,status,out}
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# For a runner whose machine has processes that may outlive it
stop_rest() { :; }

# Whatever fails before the guest's own verdict is the runner's failure, not the command's.
clean_up() {
	local status=$?
	[[ -z $machine_pid ]] || { kill "$machine_pid" && wait "$machine_pid"; } 2>/dev/null || true
	stop_rest
	[[ -z $terminal ]] || stty "$terminal" || true
	rm -rf "$run"
	[[ $judged || $status != 1 ]] || exit 125
}

# guest_line WORD...: one word as it is, several quoted for a POSIX shell
guest_line() {
	local word line=
	(($# != 1)) || { printf '%s\n' "$1"; return; }
	for word; do
		line+="'${word//\'/\'\\\'\'}' "
	done
	printf '%s\n' "$line"
}

# make_payload CONF OUT: the archive with the command, its settings and what it brings along
make_payload() {
	local conf=$1 script='' rows columns
	((${#command[@]} == 0)) || script=$(guest_line "${command[@]}")
	if [[ $interactive ]]; then
		read -r rows columns < <(stty size)
		conf+=$'\n'"ORIEL_INTERACTIVE=1 ORIEL_TERM=${TERM:-linux} ORIEL_ROWS=$rows ORIEL_COLUMNS=$columns"
		script+=$'\nexport PS1="guest\$ "; exec $(command -v bash || echo /bin/sh) -i'
	fi
	GUEST_CONF=$conf GUEST_COMMAND=$script GUEST_DIRS=$dirs GUEST_TOOLS=$tools \
		"$top/scripts/guest-payload" "$env_file" "$2"
}

# run_machine COMMAND...: until it ends or its time is over. It dies with this script, however this
# script dies.
run_machine() {
	local input=/dev/null
	if [[ $interactive ]]; then
		terminal=$(stty -g)
		stty raw -echo
		input=/dev/stdin
		limit=0
	fi
	setpriv --pdeathsig TERM timeout --foreground -k 5 "$limit" setpriv --pdeathsig KILL \
		"$@" <"$input" 2>"$run/machine.log" &
	machine_pid=$!
	machine_seconds=$SECONDS
	wait "$machine_pid" 2>/dev/null || machine_status=$? # without the shell's word on a machine that aborts
	machine_pid=''
	machine_seconds=$((SECONDS - machine_seconds))
	[[ -z $terminal ]] || stty "$terminal"
	terminal=''
}

# What the guest said of itself: started, tainted N, exit N
reported() { sed -n "s/^$1 *//p" "$run/status"; }

keep_results() {
	if [[ $log ]]; then
		mkdir -p "$log"
		cp "$run"/{console,dmesg,machine}.log "$log/"
	fi
	if [[ $out && -s $run/out ]]; then
		mkdir -p "$out"
		tar -xf "$run/out" -C "$out" --no-same-owner
	fi
}

# The kernel's trouble counts before the command's status. Bits 7 and 9 of the taint, "it died" and "it
# warned", cover words that the patterns do not know.
fail_on_splat() {
	if "$top/scripts/splats" "$run/console.log" "$run/dmesg.log" >"$run/splats"; then
		say "the kernel of the guest went wrong:"
		awk '!seen[$0]++ && shown++ < 20 { print "  " $0 }' "$run/splats" >&2
		exit 126
	fi
	if (($(reported tainted) + 0 & (1 << 7 | 1 << 9))); then
		say "the kernel of the guest warned or oopsed: its taint is $(reported tainted); see --log"
		exit 126
	fi
}

# Keeps what was asked for and exits with the status of the run.
finish_run() {
	local started=''
	keep_results
	judged=1
	! grep -q '^started' "$run/status" || started=1
	[[ ! $started || $allow_splat ]] || fail_on_splat
	[[ -z $(reported exit) ]] || exit "$(reported exit)"
	if ((limit && (machine_status == 124 || machine_status == 137) && machine_seconds >= limit)); then
		say "stopped after $limit s$([[ $started ]] || echo ', before the guest had booted')"
		exit 124
	fi
	say "the guest $([[ $started ]] && echo died || echo 'did not boot') (the machine's status is $machine_status)"
	cat "$run/console.log" "$run/machine.log" | tail -n 15 >&2
	exit 125
}
