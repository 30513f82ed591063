/* SPDX-License-Identifier: GPL-2.0 */
/* Writing netlink rows, and the two that every module of the family has. */
#pragma once

#include "bindings/okb_capability.h"
#include "bindings/okb_netlink.h"
#include "kcore/result.h"
#include "kcore/text.h"
#include "uapi/linux/oriel.h"
#include "uapi/linux/oriel_netlink.h"

namespace oriel {

/* What a row function returns when it has written one; 0: there is no more; negative: an errno. */
inline constexpr int row_written = 1;

/* Writes attributes; the first failure stays. */
class message_writer {
public:
	explicit message_writer(okb_message *message) : message_(message) {}

	/* `value` must be terminated. */
	void put(int attribute, text value) { keep(okb_put_text(message_, attribute, value.data())); }
	void put_u8(int attribute, u8 value) { keep(okb_put_u8(message_, attribute, value)); }
	void put_u32(int attribute, u32 value) { keep(okb_put_u32(message_, attribute, value)); }
	void put_u64(int attribute, u64 value) { keep(okb_put_u64(message_, attribute, value)); }

	template <class F>
	void nest(int attribute, F inside)
	{
		void *nest = okb_nest_begin(message_, attribute);
		if (!nest) {
			keep(error{errc::message_size}.negative());
			return;
		}
		inside(*this);
		okb_nest_end(message_, nest);
	}

	/* 0 or a negative errno. */
	int status() const { return status_; }
	/* For a whole row: moves the cursor on if it fitted. */
	int row(okb_cursor &cursor) const
	{
		if (status_)
			return status_;
		cursor.major++;
		return row_written;
	}

private:
	void keep(int status)
	{
		if (!status_)
			status_ = status;
	}

	okb_message *message_;
	int status_ = 0;
};

inline int report_module_status(const char *module, const char *policy, okb_cursor &cursor, okb_message *message)
{
	message_writer w{message};
	w.put_u32(ORIEL_A_STATUS_ABI, ORIEL_ABI_VERSION);
	w.put(ORIEL_A_STATUS_MODULE, module);
	w.put(ORIEL_A_STATUS_VERSION, okb_module_version());
	w.put(ORIEL_A_STATUS_POLICY, policy);
	return w.row(cursor);
}

inline int report_capability(okb_cursor &cursor, okb_message *message)
{
	okb_capability capability;
	if (!okb_capability_at(cursor.major, &capability))
		return 0;
	message_writer w{message};
	w.put(ORIEL_A_CAPABILITY_NAME, capability.name);
	w.put_u8(ORIEL_A_CAPABILITY_AVAILABLE, capability.available);
	w.put(ORIEL_A_CAPABILITY_REASON, capability.reason);
	return w.row(cursor);
}

} // namespace oriel
