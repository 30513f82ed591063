// SPDX-License-Identifier: GPL-2.0
#include "fs/report.h"

#include "bindings/fs/okb_fs_stat.h"
#include "kcore/message.h"

namespace oriel {
namespace {

void put_cut_stat(message_writer &w, const okb_fs_stat &stat)
{
	w.put_u64(ORIEL_A_MOUNT_CUTS, stat.cuts);
	w.put_u64(ORIEL_A_MOUNT_INSERTS, stat.inserts);
	w.put_u64(ORIEL_A_MOUNT_PUNCHES, stat.punches);
	w.put_u64(ORIEL_A_MOUNT_PIECEWISE_CHANGES, stat.piecewise_changes);
	w.put_u64(ORIEL_A_MOUNT_CACHED_CHANGES, stat.cached_changes);
	w.put_u64(ORIEL_A_MOUNT_DROPPED_PAGES, stat.dropped_pages);
	w.put_u64(ORIEL_A_MOUNT_FIRST_CUTS, stat.first_cuts);
	w.put_u64(ORIEL_A_MOUNT_COMMITS, stat.commits);
	w.put_u64(ORIEL_A_MOUNT_CHECKPOINTS, stat.checkpoints);
	w.put_u64(ORIEL_A_MOUNT_COMPACTIONS, stat.compactions);
	w.put_u64(ORIEL_A_MOUNT_COMPACTED_BYTES, stat.compacted_bytes);
	w.put_u64(ORIEL_A_MOUNT_FREED_BYTES, stat.freed_bytes);
	w.put_u64(ORIEL_A_MOUNT_CUT_INODES, stat.cut_inodes);
	w.put_u64(ORIEL_A_MOUNT_CUT_EXTENTS, stat.cut_extents);
}

void put_stat(message_writer &w, const okb_fs_stat &stat)
{
	w.put_u64(ORIEL_A_MOUNT_READS, stat.reads);
	w.put_u64(ORIEL_A_MOUNT_WRITES, stat.writes);
	w.put_u64(ORIEL_A_MOUNT_READ_BYTES, stat.read_bytes);
	w.put_u64(ORIEL_A_MOUNT_WRITTEN_BYTES, stat.written_bytes);
	w.put_u64(ORIEL_A_MOUNT_DIRECT, stat.direct);
	w.put_u64(ORIEL_A_MOUNT_QUEUED, stat.queued);
	w.put_u64(ORIEL_A_MOUNT_IN_FLIGHT, stat.in_flight);
	w.put_u64(ORIEL_A_MOUNT_DEEPEST, stat.deepest);
	w.put_u64(ORIEL_A_MOUNT_RETRIED, stat.retried);
	w.put_u64(ORIEL_A_MOUNT_BOUNCED, stat.bounced);
	w.put_u64(ORIEL_A_MOUNT_CACHED_READS, stat.cached_reads);
	w.put_u64(ORIEL_A_MOUNT_CACHED_WRITES, stat.cached_writes);
	w.put_u64(ORIEL_A_MOUNT_INODES, stat.inodes);
	w.put_u64(ORIEL_A_MOUNT_CACHED_INODES, stat.cached_inodes);
	w.put_u64(ORIEL_A_MOUNT_ENTERED, stat.entered);
	w.put_u64(ORIEL_A_MOUNT_STALE, stat.stale);
	put_cut_stat(w, stat);
}

} // namespace

int report_mount(const process_context &, okb_cursor &cursor, okb_message *message)
{
	const u64 last = static_cast<u64>(cursor.major) << 32 | cursor.minor;
	okb_fs_mount mount;
	const int found = okb_fs_next_mount(last, &mount);
	if (found)
		return found == error{errc::not_found}.negative() ? 0 : found;
	message_writer w{message};
	w.put_u64(ORIEL_A_MOUNT_ID, mount.id);
	w.put_u32(ORIEL_A_MOUNT_MAJOR, mount.major);
	w.put_u32(ORIEL_A_MOUNT_MINOR, mount.minor);
	w.put(ORIEL_A_MOUNT_SOURCE, mount.source);
	w.put(ORIEL_A_MOUNT_TYPE, mount.type);
	put_stat(w, mount.stat);
	if (w.status())
		return w.status();
	cursor = {static_cast<u32>(mount.id >> 32), static_cast<u32>(mount.id)};
	return row_written;
}

} // namespace oriel
