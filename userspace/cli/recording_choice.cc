// SPDX-License-Identifier: GPL-2.0
#include "recording_choice.hpp"

#include "daemon_client.hpp"
#include "option_check.hpp"

namespace oriel {

void add_recording_choice(CLI::App &verb, recording_choice &choice)
{
	verb.add_option("FILE", choice.file, "What record -o or orield has written; without it, what orield records now");
	add_last(verb, choice.last);
}

void add_last(CLI::App &verb, std::chrono::nanoseconds &last)
{
	using namespace std::chrono;
	const auto take = [&last](double seconds) { last = duration_cast<nanoseconds>(duration<double>(seconds)); };
	verb.add_option_function<double>("--last", take, "Only the last part of this length: 90s, 5m, 2h; seconds without a unit")
		->transform(length_of_time())
		->type_name("DURATION");
}

result<recording_reader> open_recording(const recording_choice &choice)
{
	std::string file = choice.file;
	if (file.empty()) {
		auto found = daemon_recording();
		if (!found)
			return found.failure();
		file = std::move(*found);
	}
	auto reader = recording_reader::open(file);
	if (reader && choice.last.count() > 0)
		reader->keep_last(choice.last);
	return reader;
}

} // namespace oriel
