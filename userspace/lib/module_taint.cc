// SPDX-License-Identifier: GPL-2.0
#include "module_taint.hpp"

#include <array>
#include <fmt/format.h>

namespace oriel {
namespace {

struct description {
	char letter;
	std::string_view words;
};

constexpr unsigned unknown_bit = 63;

// By bit, after Documentation/admin-guide/tainted-kernels.rst.
constexpr std::array<description, 20> descriptions{{
	{'P', "a proprietary module"},
	{'F', "a module loaded by force"},
	{'S', "a processor out of its specification"},
	{'R', "a module unloaded by force"},
	{'M', "a machine check"},
	{'B', "a bad page"},
	{'U', "requested by user space"},
	{'D', "the kernel died (oops or BUG)"},
	{'A', "an overridden ACPI table"},
	{'W', "a kernel warning"},
	{'C', "a staging driver"},
	{'I', "a workaround for a severe firmware bug"},
	{'O', "a module from outside the kernel's tree"},
	{'E', "a module whose signature is missing or not trusted"},
	{'L', "a soft lockup"},
	{'K', "a live patch"},
	{'X', "a reason of the distribution's own"},
	{'T', "randomized structure layout"},
	{'N', "a test module"},
	{'J', "a mutating firmware control command"},
}};

} // namespace

taint_set taint_set::from_letters(std::string_view letters)
{
	std::uint64_t bits = 0;
	for (const char letter : letters) {
		if (letter == ' ' || letter == 'G' || letter == '-')
			continue;
		unsigned number = unknown_bit;
		for (unsigned i = 0; i < descriptions.size(); i++)
			if (descriptions[i].letter == letter)
				number = i;
		bits |= std::uint64_t{1} << number;
	}
	return taint_set(bits);
}

std::string taint_set::letters() const
{
	std::string text;
	for (unsigned i = 0; i <= unknown_bit; i++)
		if (bits_ >> i & 1)
			text += i < descriptions.size() ? descriptions[i].letter : '?';
	return text;
}

std::vector<std::string> taint_set::words() const
{
	std::vector<std::string> list;
	for (unsigned i = 0; i <= unknown_bit; i++)
		if (bits_ >> i & 1)
			list.push_back(i < descriptions.size() ? std::string(descriptions[i].words)
							       : fmt::format("taint bit {} of unknown meaning", i));
	return list;
}

} // namespace oriel
