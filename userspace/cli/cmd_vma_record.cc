// SPDX-License-Identifier: GPL-2.0
#include "cmd_vma.hpp"
#include "option_check.hpp"
#include "output.hpp"
#include "recording_vma.hpp"
#include "sampled_recording.hpp"
#include "vma_print.hpp"
#include "vma_stream.hpp"

#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace oriel {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

struct options {
	vma_options what;
	double duration_s = 0;
	double interval_s = 1;
	std::string by, output, stream;
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
	// Starts collecting before the command does anything, so that its first fault is counted.
	result<std::monostate> start();
	result<std::monostate> wait_for_end();
	vma_report report() const;
	// Writes what is still to be written, as far as it can; everything was counted.
	result<std::monostate> finish();
	int status();

private:
	recording_facts facts() const;
	result<std::monostate> collect(const vma_request &request);
	result<std::monostate> take();
	void pump();

	const context &ctx_;
	const options &opts_;
	vma_request request_;
	std::optional<vma_stream_writer> stream_;
	std::optional<sampled_recording> recording_;
	supervisor waiter_;
	std::optional<vma_collector> collector_;
	vma_snapshot counted_, pending_;           // in all, and what is not in the recording yet
	std::optional<vma_lock_stats> lock_stats_; // when counting began
	steady_clock::time_point began_, ended_;
	std::optional<error> not_written_;
};

recording_facts run::facts() const
{
	recording_facts facts = facts_of_this_machine();
	facts["began_by"] = "oriel vma record";
	facts["policies"] = request_.policies ? "1" : "0";
	if (!ctx_.command.empty())
		facts["command"] = fmt::format("{}", fmt::join(ctx_.command, " "));
	if (opts_.what.target.process != 0)
		facts["process"] = std::to_string(opts_.what.target.process);
	if (!opts_.what.target.cgroup.empty())
		facts["cgroup"] = opts_.what.target.cgroup;
	return facts;
}

result<std::monostate> run::open_files()
{
	const auto request = opts_.what.request(waiter_);
	if (!request)
		return request.failure();
	request_ = *request;
	request_.stream = !opts_.stream.empty();
	request_.policies = request_.policies || request_.stream;
	request_.by_thread = opts_.by == "thread" || !opts_.output.empty();
	if (request_.stream) {
		auto stream = vma_stream_writer::create(opts_.stream);
		if (!stream)
			return stream.failure();
		stream_.emplace(std::move(*stream));
	}
	if (!opts_.output.empty()) {
		auto recording = sampled_recording::create(opts_.output, facts(), vma_recording_part());
		if (!recording)
			return recording.failure();
		recording_.emplace(std::move(*recording));
	}
	return std::monostate{};
}

result<std::monostate> run::collect(const vma_request &request)
{
	auto started = vma_collector::start(request);
	if (!started)
		return started.failure();
	collector_.emplace(std::move(*started));
	if (const auto there = opts_.what.target.check(waiter_); !there)
		return there.failure();
	began_ = steady_clock::now();
	lock_stats_ = vma_lock_stats::read();
	if (recording_)
		recording_->begin();
	return std::monostate{};
}

result<std::monostate> run::start()
{
	if (ctx_.command.empty())
		return collect(request_);
	return waiter_.start(ctx_.command, [this](pid_t process) {
		request_.process = process;
		return collect(request_);
	});
}

// Now and then also without a recording: what has ended leaves its table so.
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
	const sampled_recording::state now{
		collector_->programs(), collector_->unseen(), {{"has_real_cache", collector_->has_real_cache() ? "1" : "0"}}};
	const auto fill = [this](recording_writer &to) { return write_vma(to, pending_, cgroup_tree::read()); };
	if (const auto written = recording_->add(now, fill); !written)
		not_written_ = written.failure();
	else
		pending_ = {};
	return std::monostate{};
}

void run::pump()
{
	if (stream_)
		collector_->pump([this](const oriel_vma_record &record) { stream_->add(record); });
}

result<std::monostate> run::wait_for_end()
{
	const auto interval = to_time(opts_.interval_s);
	const auto end = began_ + (opts_.duration_s > 0 ? to_time(opts_.duration_s) : 24h * 365);
	std::vector<int> descriptors;
	if (stream_)
		descriptors.push_back(collector_->descriptor());
	for (auto due = began_ + interval;; due = std::max(due + interval, steady_clock::now())) {
		const auto until = std::min(due, end);
		while (!waiter_.has_ended() && steady_clock::now() < until) {
			pump();
			waiter_.wait(descriptors, std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()));
		}
		pump();
		ended_ = steady_clock::now();
		if (const auto taken = take(); !taken)
			return taken;
		if (waiter_.has_ended() || steady_clock::now() >= end)
			return std::monostate{};
	}
}

vma_report run::report() const
{
	vma_report seen;
	seen.counted = counted_;
	seen.seconds = std::chrono::duration<double>(ended_ - began_).count();
	seen.policies = request_.policies;
	seen.has_real_cache = collector_->has_real_cache();
	seen.unseen = collector_->unseen();
	seen.programs = collector_->programs();
	seen.cgroups = cgroup_tree::read();
	if (const auto now = vma_lock_stats::read(); now && lock_stats_)
		seen.of_kernel = now->since(*lock_stats_);
	return seen;
}

result<std::monostate> run::finish()
{
	result<std::monostate> recording = std::monostate{}, stream = std::monostate{};
	if (recording_)
		recording = recording_->add_modules();
	if (not_written_)
		recording = *not_written_;
	if (stream_)
		stream = stream_->finish();
	return !recording ? recording : stream;
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
	const auto by = opts.by.empty() ? std::nullopt : std::optional(vma_by_called(opts.by));
	if (ctx.json)
		print_json(to_json(one.report(), by));
	else
		print(one.report(), by);
	const auto written = one.finish();
	if (!written)
		report(ctx, written.failure());
	const int status = one.status();
	if (written)
		ctx.status = status;
}

} // namespace

void add_vma_record(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("record", "Count page faults and lookups until interrupted or until COMMAND ends");
	verb->footer("-- COMMAND [ARGUMENT...]: count what the command and its children do, and exit with its status");
	opts->what.add_to(*verb);
	verb->add_option("--duration", opts->duration_s, "End after so many seconds")->check(positive_number());
	verb->add_option("--by", opts->by, "Add up by this: process, thread, cgroup or system")->check(vma_by_name());
	verb->add_option("-o,--output", opts->output, "Write a recording as well, for show and report")->type_name("FILE");
	verb->add_option("--interval", opts->interval_s, "Seconds of one sample of the recording (1)")->check(positive_number());
	verb->add_option("--stream", opts->stream, "Write every lookup to this file, for replay")->type_name("FILE");
	verb->callback([opts, &ctx] { record(ctx, *opts); });
}

} // namespace oriel
