// SPDX-License-Identifier: GPL-2.0
/* POSIX ACLs: those of the lower file decide above, and are kept in no cache of ours. */
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include "bindings/fs/okb_fs.h"

/* The lower's ids as its mount maps them.  The ACL may be in the lower's cache, so it is not changed.  Takes it over. */
static struct posix_acl *map(const struct super_block *sb, struct posix_acl *acl)
{
	struct mnt_idmap *idmap = okb_fs_lower_idmap(sb);
	struct user_namespace *owners = okb_fs_super(sb)->lower->mnt_sb->s_user_ns;
	struct posix_acl *mapped;
	struct posix_acl_entry *entry;

	if (IS_ERR_OR_NULL(acl) || !is_idmapped_mnt(okb_fs_super(sb)->lower))
		return acl;
	mapped = posix_acl_clone(acl, GFP_KERNEL);
	posix_acl_release(acl);
	if (!mapped)
		return ERR_PTR(-ENOMEM);
	for (entry = mapped->a_entries; entry < mapped->a_entries + mapped->a_count; entry++)
		if (entry->e_tag == ACL_USER)
			entry->e_uid = vfsuid_into_kuid(make_vfsuid(idmap, owners, entry->e_uid));
		else if (entry->e_tag == ACL_GROUP)
			entry->e_gid = vfsgid_into_kgid(make_vfsgid(idmap, owners, entry->e_gid));
	return mapped;
}

int okb_fs_remove_sgid(struct mnt_idmap *idmap, struct dentry *dentry)
{
	struct iattr change = {.ia_valid = ATTR_KILL_SGID};
	struct inode *inode = d_inode(dentry);
	const struct cred *caller;
	int status;

	if (!(inode->i_mode & S_ISGID) || in_group_p(inode->i_gid) || capable_wrt_inode_uidgid(idmap, inode, CAP_FSETID))
		return 0;
	status = okb_fs_begin_change(inode->i_sb, &caller);
	if (status)
		return status;
	status = okb_fs_set_lower_attributes(dentry, &change);
	okb_fs_end_change(inode->i_sb, caller);
	okb_fs_refresh(inode);
	return status;
}

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
	return map(inode->i_sb, acl);
}

struct posix_acl *okb_fs_get_acl(struct mnt_idmap *idmap, struct dentry *dentry, int type)
{
	const struct cred *caller = okb_fs_enter(dentry->d_sb);
	struct posix_acl *acl = vfs_get_acl(okb_fs_lower_idmap(dentry->d_sb), okb_fs_lower_dentry(dentry), posix_acl_xattr_name(type));

	revert_creds(caller);
	return map(dentry->d_sb, acl);
}

int okb_fs_set_acl(struct mnt_idmap *idmap, struct dentry *dentry, struct posix_acl *acl, int type)
{
	struct super_block *sb = dentry->d_sb;
	struct dentry *lower = okb_fs_lower_dentry(dentry);
	const char *name = posix_acl_xattr_name(type);
	const struct cred *caller;
	int status;

	okb_fs_refresh(d_inode(dentry));
	if (!inode_owner_or_capable(idmap, d_inode(dentry)))
		return -EPERM;
	status = type == ACL_TYPE_ACCESS ? okb_fs_remove_sgid(idmap, dentry) : 0;
	if (!status)
		status = okb_fs_begin_change(sb, &caller);
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
	return map(inode->i_sb, acl);
}
#endif
