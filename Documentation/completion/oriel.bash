# SPDX-License-Identifier: GPL-2.0
# Completion of oriel(1) in bash. Printed by `oriel completion`; do not edit.

# Names with a colon are taken apart by readline, and a subsystem is a pattern of its own.
_oriel_subsystems()
{
	oriel marker list 2>/dev/null | awk '$2 == "marker" || $2 == "event" { sub(":.*", "", $1); print $1 }' | sort -u
}

_oriel()
{
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} path=oriel words='' i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case "$path ${COMP_WORDS[i]}" in
		"oriel cgroup" | "oriel cgroup links" | "oriel marker" | "oriel marker list" | "oriel marker info" | "oriel marker arm" | "oriel marker disarm" | "oriel marker record" | "oriel marker stat" | "oriel module" | "oriel module explain" | "oriel module list" | "oriel module sign" | "oriel module watch" | "oriel module allow" | "oriel status" | "oriel vma" | "oriel vma record" | "oriel vma show" | "oriel vma top" | "oriel vma replay" | "oriel lock" | "oriel lock record" | "oriel lock show" | "oriel lock top" | "oriel fs" | "oriel fs list" | "oriel fs stat" | "oriel fs map" | "oriel fs list-cut" | "oriel fs check" | "oriel fs cut" | "oriel fs insert" | "oriel fs compact" | "oriel fs flatten" | "oriel report" | "oriel load" | "oriel unload" | "oriel completion") path+=" ${COMP_WORDS[i]}" ;;
		esac
	done
	case "$path $previous" in
	"oriel marker record --format")
		mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$current")
		return
		;;
	"oriel vma record --by")
		mapfile -t COMPREPLY < <(compgen -W 'process thread cgroup system' -- "$current")
		return
		;;
	"oriel vma show --by")
		mapfile -t COMPREPLY < <(compgen -W 'process thread cgroup system' -- "$current")
		return
		;;
	"oriel vma top --by")
		mapfile -t COMPREPLY < <(compgen -W 'process thread cgroup system' -- "$current")
		return
		;;
	"oriel lock record --class")
		mapfile -t COMPREPLY < <(compgen -W 'mmap_lock mmap_lock_foreign page_table page_table_root vma tasklist_lock css_set_lock inode slab static other' -- "$current")
		return
		;;
	"oriel lock show --class")
		mapfile -t COMPREPLY < <(compgen -W 'mmap_lock mmap_lock_foreign page_table page_table_root vma tasklist_lock css_set_lock inode slab static other' -- "$current")
		return
		;;
	"oriel lock top --class")
		mapfile -t COMPREPLY < <(compgen -W 'mmap_lock mmap_lock_foreign page_table page_table_root vma tasklist_lock css_set_lock inode slab static other' -- "$current")
		return
		;;
	"oriel lock top --by")
		mapfile -t COMPREPLY < <(compgen -W 'lock caller process cgroup owner' -- "$current")
		return
		;;
	"oriel lock top --sort")
		mapfile -t COMPREPLY < <(compgen -W 'name waits total average longest' -- "$current")
		return
		;;
	"oriel load --policy")
		mapfile -t COMPREPLY < <(compgen -W 'any not-proprietary not-forced signed' -- "$current")
		return
		;;
	"oriel cgroup links --of" | "oriel marker arm --filter" | "oriel marker arm --rate" | "oriel marker record --filter" | "oriel marker record --rate" | "oriel marker record -o" | "oriel marker record --output" | "oriel marker record --duration" | "oriel marker record --count" | "oriel marker record --buffer" | "oriel marker stat --interval" | "oriel marker stat --count" | "oriel module explain --kernel" | "oriel module explain --sysroot" | "oriel module explain --file" | "oriel module explain --cert" | "oriel module sign --kernel" | "oriel module sign --key" | "oriel module sign --cert" | "oriel module watch --count" | "oriel vma record --pid" | "oriel vma record --cgroup" | "oriel vma record --table-size" | "oriel vma record --duration" | "oriel vma record -o" | "oriel vma record --output" | "oriel vma record --interval" | "oriel vma record --stream" | "oriel vma show --last" | "oriel vma top --pid" | "oriel vma top --cgroup" | "oriel vma top --table-size" | "oriel vma top --sort" | "oriel vma top --interval" | "oriel vma top --iterations" | "oriel lock record --pid" | "oriel lock record --cgroup" | "oriel lock record --table-size" | "oriel lock record --duration" | "oriel lock record --folded" | "oriel lock record -o" | "oriel lock record --output" | "oriel lock record --interval" | "oriel lock show --last" | "oriel lock show --folded" | "oriel lock top --pid" | "oriel lock top --cgroup" | "oriel lock top --table-size" | "oriel lock top --interval" | "oriel lock top --iterations" | "oriel fs cut --offset" | "oriel fs cut --from" | "oriel fs cut --length" | "oriel fs cut --to" | "oriel fs insert --offset" | "oriel fs insert --from" | "oriel fs insert --length" | "oriel fs insert --to" | "oriel report --last" | "oriel report -o" | "oriel report --output") return ;;
	esac
	case $path in
	"oriel") words="cgroup marker module status vma lock fs report load unload completion -h --help --json --version" ;;
	"oriel cgroup") words="links -h --help --json" ;;
	"oriel cgroup links") words="-h --help --by-set --by-cgroup --of --json" ;;
	"oriel marker") words="list info arm disarm record stat -h --help --json" ;;
	"oriel marker list") words="-h --help --json $(_oriel_subsystems)" ;;
	"oriel marker info") words="-h --help --json $(_oriel_subsystems)" ;;
	"oriel marker arm") words="-h --help --filter --rate --keep --json $(_oriel_subsystems)" ;;
	"oriel marker disarm") words="-h --help --json $(_oriel_subsystems)" ;;
	"oriel marker record") words="-h --help --filter --rate -o --output --format --duration --count --buffer --bpf --json $(_oriel_subsystems)" ;;
	"oriel marker stat") words="-h --help --interval --count --json $(_oriel_subsystems)" ;;
	"oriel module") words="explain list sign watch allow -h --help --json" ;;
	"oriel module explain") words="-h --help --kernel --sysroot --file --cert --json $(cut -d ' ' -f 1 /proc/modules)" ;;
	"oriel module list") words="-h --help --tainted --json" ;;
	"oriel module sign") words="-h --help --kernel --key --cert --json" ;;
	"oriel module watch") words="-h --help --count --json" ;;
	"oriel module allow") words="-h --help --revoke --json $(cut -d ' ' -f 1 /proc/modules)" ;;
	"oriel status") words="-h --help --json" ;;
	"oriel vma") words="record show top replay -h --help --json" ;;
	"oriel vma record") words="-h --help --pid --cgroup --table-size --policies --duration --by -o --output --interval --stream --json" ;;
	"oriel vma show") words="-h --help --last --by --json" ;;
	"oriel vma top") words="-h --help --pid --cgroup --table-size --policies --by --sort --interval --iterations --json" ;;
	"oriel vma replay") words="-h --help --json" ;;
	"oriel lock") words="record show top -h --help --json" ;;
	"oriel lock record") words="-h --help --pid --cgroup --table-size --duration --class --folded --user-stacks -o --output --interval --json" ;;
	"oriel lock show") words="-h --help --last --class --folded --json" ;;
	"oriel lock top") words="-h --help --pid --cgroup --table-size --class --by --sort --interval --iterations --json" ;;
	"oriel fs") words="list stat map list-cut check cut insert compact flatten -h --help --json" ;;
	"oriel fs list") words="-h --help --json" ;;
	"oriel fs stat") words="-h --help --json" ;;
	"oriel fs map") words="-h --help --picture --json" ;;
	"oriel fs list-cut") words="-h --help --warn --json" ;;
	"oriel fs check") words="-h --help --json" ;;
	"oriel fs cut") words="-h --help --offset --from --length --to --dry-run --json" ;;
	"oriel fs insert") words="-h --help --offset --from --length --to --dry-run --json" ;;
	"oriel fs compact") words="-h --help --json" ;;
	"oriel fs flatten") words="-h --help -r --recursive --json" ;;
	"oriel report") words="-h --help --last -o --output --json" ;;
	"oriel load") words="oriel oriel_ns orielfs -h --help --policy --json" ;;
	"oriel unload") words="oriel oriel_ns orielfs -h --help --json" ;;
	"oriel completion") words="-h --help --json" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _oriel oriel
