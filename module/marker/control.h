/* SPDX-License-Identifier: GPL-2.0 */
/* The requests of /dev/oriel: checked here, carried out by the registry.  Called with the registry's lock held. */
#pragma once

#include "marker/registry.h"
#include "uapi/linux/oriel.h"

namespace oriel {

result<void> control_arm(const process_context &ctx, registry &all, const void *owner, oriel_arm &request);
result<void> control_disarm(const process_context &ctx, registry &all, const void *owner, oriel_disarm &request);
result<void> control_wake(const process_context &ctx, oriel_wake &request);
result<void> control_allow(const process_context &ctx, registry &all, oriel_allow &request);

} // namespace oriel
