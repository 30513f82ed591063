# SPDX-License-Identifier: GPL-2.0
# Sourced by the tests of installing: what a system holds.

# files_of ROOT [MODULES]: a line for each file where packages and DKMS put them, and sums of the contents of
# those that are edited. MODULES is the kernel's module directory if it is not below ROOT. Left out is what a
# package manager keeps about its own work, what depmod makes anew, what a boot gives the machine for a name, older versions
# of lists of groups, and DKMS's signing key: the firmware may trust that by now, and it signs the modules of others as well.
files_of() {
	(
		cd "$1" || exit
		find boot etc opt usr var -path usr/lib/modules -prune -o -printf '%p %y %m %l ' \( -type f -printf '%s\n' -o -printf '\n' \)
		find etc -type f -exec cksum {} +
		cd "${2:-usr/lib/modules}" || exit
		find . -type f -printf 'modules/%p %s\n' -o -printf 'modules/%p %y\n'
	) | grep -vE '^(([0-9]+ ){0,2}etc/(machine-id|g?shadow-|group-)|var/(log|cache)|var/lib/(dpkg|apt|systemd|dkms/mok\.|man-db)|modules/\./([^/]*/)?modules\.)' | sort
}
