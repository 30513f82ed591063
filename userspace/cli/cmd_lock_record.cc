// SPDX-License-Identifier: GPL-2.0
#include "cmd_lock.hpp"
#include "lock_print.hpp"
#include "option_check.hpp"
#include "output.hpp"
#include "recording_lock.hpp"
#include "sampled_recording.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/ranges.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace oriel {
namespace {

using std::chrono::steady_clock;

struct options {
	lock_options what;
	std::string lock_class;
	std::string folded;
	std::string output;
	double duration_s = 0;
	double interval_s = 1;
	bool user_stacks = false;
};

std::chrono::milliseconds to_time(double seconds)
{
	return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

// One recording from its start to its end.
class run {
public:
	run(const context &ctx, const options &opts) : ctx_(ctx), opts_(opts) {}

	// Whatever can fail for a wrong name, before anything is attached.
	result<std::monostate> open_files();
	// Starts collecting before the command does anything.
	result<std::monostate> start();
	result<std::monostate> wait_for_end();
	lock_report report() const;
	// Writes what is still to be written, as far as it can; everything was counted.
	result<std::monostate> finish();
	int status();

private:
	recording_facts facts() const;
	result<std::monostate> collect();
	result<std::monostate> take();

	const context &ctx_;
	const options &opts_;
	lock_request request_;
	std::optional<sampled_recording> recording_;
	supervisor waiter_;
	std::optional<lock_collector> collector_;
	lock_snapshot counted_, pending_; // in all, and what is not in the recording yet
	steady_clock::time_point began_, ended_;
	std::optional<error> not_written_;
};

recording_facts run::facts() const
{
	recording_facts facts = facts_of_this_machine();
	facts["began_by"] = "oriel lock record";
	facts["command"] = fmt::format("{}", fmt::join(ctx_.command, " "));
	return facts;
}

result<std::monostate> run::open_files()
{
	const auto request = opts_.what.request(waiter_);
	if (!request)
		return request.failure();
	request_ = *request;
	request_.user_stacks = opts_.user_stacks;
	if (opts_.output.empty())
		return std::monostate{};
	auto recording = sampled_recording::create(opts_.output, facts(), lock_recording_part());
	if (!recording)
		return recording.failure();
	recording_.emplace(std::move(*recording));
	return std::monostate{};
}

result<std::monostate> run::collect()
{
	auto started = lock_collector::start(request_);
	if (!started)
		return started.failure();
	collector_.emplace(std::move(*started));
	if (const auto there = opts_.what.target.check(waiter_); !there)
		return there.failure();
	began_ = steady_clock::now();
	if (recording_)
		recording_->begin();
	return std::monostate{};
}

result<std::monostate> run::start()
{
	if (ctx_.command.empty())
		return collect();
	return waiter_.start(ctx_.command, [this](pid_t process) {
		request_.process = process;
		return collect();
	});
}

// Now and then also without a recording, so that the tables of the programs do not fill.
result<std::monostate> run::take()
{
	const auto taken = collector_->take();
	if (!taken)
		return taken.failure();
	counted_.add(*taken);
	not_written_.reset();
	if (!recording_)
		return std::monostate{};
	pending_.add(*taken);
	const auto fill = [this](recording_writer &to) { return write_lock(to, pending_, cgroup_tree::read()); };
	if (const auto written = recording_->add({collector_->programs(), collector_->unseen(), {}}, fill); !written)
		not_written_ = written.failure();
	else
		pending_ = {};
	return std::monostate{};
}

result<std::monostate> run::wait_for_end()
{
	using namespace std::chrono_literals;
	const auto interval = to_time(opts_.interval_s);
	const auto end = began_ + (opts_.duration_s > 0 ? to_time(opts_.duration_s) : 24h * 365);
	std::vector<int> descriptors;
	if (collector_->descriptor() >= 0)
		descriptors.push_back(collector_->descriptor());
	for (auto due = began_ + interval;; due = std::max(due + interval, steady_clock::now())) {
		const auto until = std::min(due, end);
		while (!waiter_.has_ended() && steady_clock::now() < until) {
			waiter_.wait(descriptors, std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()));
			collector_->pump();
		}
		ended_ = steady_clock::now();
		if (const auto taken = take(); !taken)
			return taken;
		if (waiter_.has_ended() || steady_clock::now() >= end)
			return std::monostate{};
	}
}

lock_report run::report() const
{
	lock_report seen{counted_, std::chrono::duration<double>(ended_ - began_).count(), collector_->unseen(), collector_->programs(),
			 cgroup_tree::read()};
	if (!opts_.lock_class.empty())
		keep_class(seen, opts_.lock_class);
	return seen;
}

result<std::monostate> run::finish()
{
	result<std::monostate> recording = std::monostate{}, folded = std::monostate{};
	if (recording_)
		recording = recording_->add_modules();
	if (not_written_)
		recording = *not_written_;
	if (!opts_.folded.empty())
		folded = write_folded(opts_.folded, report().counted);
	return !recording ? recording : folded;
}

int run::status()
{
	waiter_.wait_for_command();
	return waiter_.child_status().value_or(0);
}

void record(context &ctx, const options &opts)
{
	if (opts.what.target.process != 0 && !ctx.command.empty())
		return report(ctx, {"--pid and a command exclude each other", "leave one out", exit_code::usage});
	run one(ctx, opts);
	for (const auto step : {&run::open_files, &run::start, &run::wait_for_end})
		if (const auto done = (one.*step)(); !done)
			return report(ctx, done.failure());
	if (ctx.json)
		print_json(to_json(one.report()));
	else
		print(one.report());
	const auto written = one.finish();
	if (!written)
		report(ctx, written.failure());
	const int status = one.status();
	if (written)
		ctx.status = status;
}

} // namespace

void add_lock_record(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("record", "Count waits for locks until interrupted or until COMMAND ends");
	verb->footer("-- COMMAND [ARGUMENT...]: count what the command and its children do, and exit with its status");
	opts->what.add_to(*verb);
	verb->add_option("--duration", opts->duration_s, "End after so many seconds")->check(positive_number());
	add_lock_class(*verb, opts->lock_class);
	verb->add_option("--folded", opts->folded, "Write folded stacks, for a flame graph of the time waited")->type_name("FILE");
	verb->add_flag("--user-stacks", opts->user_stacks, "Stacks of the waiting program as well, where it keeps frame pointers");
	verb->add_option("-o,--output", opts->output, "Write a recording, for oriel lock show and oriel report")->type_name("FILE");
	verb->add_option("--interval", opts->interval_s, "Seconds of one sample of the recording (1)")->check(positive_number());
	verb->callback([opts, &ctx] { record(ctx, *opts); });
}

} // namespace oriel
