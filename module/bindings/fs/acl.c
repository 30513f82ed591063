// SPDX-License-Identifier: GPL-2.0
/* POSIX ACLs: those of the lower file decide above, and are kept in no cache of ours. */
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include "bindings/fs/okb_fs.h"

#ifdef ORIEL_HAVE_VFS_ACL
struct posix_acl *okb_fs_inode_acl(struct inode *inode, int type, bool rcu)
{
	const struct cred *caller;
	struct posix_acl *acl;

	if (rcu)
		return ERR_PTR(-ECHILD); /* the lower may have to read it */
	caller = okb_fs_enter(inode->i_sb);
	acl = get_inode_acl(okb_fs_lower_inode(inode), type);
	revert_creds(caller);
	return acl;
}

struct posix_acl *okb_fs_get_acl(struct mnt_idmap *idmap, struct dentry *dentry, int type)
{
	const struct cred *caller = okb_fs_enter(dentry->d_sb);
	struct posix_acl *acl = vfs_get_acl(okb_fs_lower_idmap(dentry->d_sb), okb_fs_lower_dentry(dentry), posix_acl_xattr_name(type));

	revert_creds(caller);
	return acl;
}

int okb_fs_set_acl(struct mnt_idmap *idmap, struct dentry *dentry, struct posix_acl *acl, int type)
{
	struct super_block *sb = dentry->d_sb;
	struct dentry *lower = okb_fs_lower_dentry(dentry);
	const char *name = posix_acl_xattr_name(type);
	const struct cred *caller;
	int status = okb_fs_begin_change(sb, &caller);

	if (status)
		return status;
	if (acl)
		status = vfs_set_acl(okb_fs_lower_idmap(sb), lower, name, acl);
	else
		status = vfs_remove_acl(okb_fs_lower_idmap(sb), lower, name);
	okb_fs_end_change(sb, caller);
	okb_fs_copy_attributes(d_inode(dentry));
	return status;
}
#else
struct posix_acl *okb_fs_inode_acl(struct inode *inode, int type, bool rcu)
{
	const struct cred *caller;
	struct posix_acl *acl;

	if (rcu)
		return ERR_PTR(-ECHILD);
	caller = okb_fs_enter(inode->i_sb);
	acl = get_acl(okb_fs_lower_inode(inode), type);
	revert_creds(caller);
	return acl;
}
#endif
