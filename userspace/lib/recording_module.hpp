// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "module_state.hpp"
#include "recording.hpp"

#include <optional>

namespace oriel {

// The verdicts of loaded modules, as they were last: of the whole recording, not of samples.
const recording_part &module_recording_part();

// Instead of what was there before. Within a sample or without; the part was added.
result<std::monostate> write_modules(recording_writer &writer, const module_states &states);

// Nothing if the recording has no such part, or nothing was written into it.
result<std::optional<module_states>> read_modules(recording_reader &reader);

} // namespace oriel
