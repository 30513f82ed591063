/* SPDX-License-Identifier: GPL-2.0 */
/* <linux/fileattr.h> of the newest kernel.  6.17 renamed struct fileattr, as user space has one of that name. */
#ifndef ORIEL_COMPAT_FILEATTR_H
#define ORIEL_COMPAT_FILEATTR_H

#include <linux/fileattr.h>

#ifndef ORIEL_HAVE_FILE_KATTR
#define file_kattr fileattr
#endif

#endif
