// SPDX-License-Identifier: GPL-2.0
#include "file_write.hpp"
#include "recording.hpp"
#include "recording_format.hpp"
#include "unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace oriel {
namespace {

constexpr std::chrono::milliseconds patience{500}; // of what never ends, and has the next sample to write

// Rolls back what does not come to its commit().
class transaction {
public:
	static result<transaction> begin(sqlite_database &database)
	{
		if (const auto begun = database.run("BEGIN IMMEDIATE"); !begun)
			return begun.failure();
		return transaction(database);
	}
	transaction(transaction &&from) noexcept : database_(std::exchange(from.database_, nullptr)) {}
	~transaction()
	{
		if (database_)
			static_cast<void>(database_->run("ROLLBACK"));
	}
	result<std::monostate> commit()
	{
		const auto committed = database_->run("COMMIT");
		if (committed)
			database_ = nullptr;
		return committed;
	}
	// Goes on beyond this object.
	void keep() { database_ = nullptr; }

private:
	explicit transaction(sqlite_database &database) : database_(&database) {}
	sqlite_database *database_;
};

// Makes sure that there is a file that can be written; true if it is empty.
result<bool> make_file(const std::string &path, bool empty_it)
{
	const unique_fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666));
	struct stat facts {};
	if (!fd || ::fstat(fd.get(), &facts) != 0)
		return cannot_write(path, errno);
	if (!S_ISREG(facts.st_mode))
		return error{fmt::format("{} is no regular file", path), "a recording is a database: name a file"};
	if (!empty_it)
		return facts.st_size == 0;
	// A journal that a crash has left behind belongs to what is overwritten.
	for (const char *suffix : {"-journal", "-wal", "-shm"})
		::unlink((path + suffix).c_str());
	if (::ftruncate(fd.get(), 0) != 0)
		return cannot_write(path, errno);
	return true;
}

} // namespace

result<recording_writer> recording_writer::begin(const std::string &path, const recording_limits &limits, bool is_new)
{
	auto database = sqlite_database::open(path, sqlite_database::access::write);
	if (!database)
		return database.failure();
	recording_writer writer(std::move(*database), limits);
	if (!is_new)
		return writer;
	auto changes = transaction::begin(writer.database_);
	if (!changes)
		return changes.failure();
	const std::string header =
		fmt::format("PRAGMA application_id = {};\nPRAGMA user_version = {};\n", recording_application, recording_version);
	if (const auto made = writer.database_.run(header + recording_tables); !made)
		return made.failure();
	if (const auto committed = changes->commit(); !committed)
		return committed.failure();
	return writer;
}

result<recording_writer> recording_writer::create(const std::string &path, const recording_limits &limits)
{
	if (const auto made = make_file(path, true); !made)
		return made.failure();
	return begin(path, limits, true);
}

result<recording_writer> recording_writer::append(const std::string &path, const recording_limits &limits)
{
	const auto is_empty = make_file(path, false);
	if (!is_empty)
		return is_empty.failure();
	if (!*is_empty) {
		// Mends what a crash has left half written, which a reader may not.
		auto mended = sqlite_database::open(path, sqlite_database::access::write);
		if (!mended)
			return mended.failure();
		if (const auto read = mended->number("SELECT count(*) FROM sqlite_schema"); !read)
			return read.failure();
		if (const auto checked = recording_reader::open(path); !checked)
			return checked.failure();
	}
	auto writer = begin(path, limits, *is_empty);
	if (writer)
		writer->database_.set_patience(patience);
	return writer;
}

result<std::monostate> recording_writer::set_facts(const recording_facts &facts)
{
	auto changes = transaction::begin(database_);
	if (!changes)
		return changes.failure();
	auto set = database_.prepare("INSERT INTO fact VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value");
	if (!set)
		return set.failure();
	for (const auto &[name, value] : facts)
		if (const auto written = set->run(name, value); !written)
			return written.failure();
	return changes->commit();
}

result<std::monostate> recording_writer::change(const std::function<result<std::monostate>()> &write)
{
	if (sample_ != 0)
		return write();
	auto changes = transaction::begin(database_);
	if (!changes)
		return changes.failure();
	if (const auto written = write(); !written)
		return written.failure();
	return changes->commit();
}

result<std::monostate> recording_writer::add_part(const recording_part &part)
{
	auto changes = transaction::begin(database_);
	if (!changes)
		return changes.failure();
	auto found = database_.prepare("SELECT version FROM part WHERE name = ?");
	auto add = database_.prepare("INSERT INTO part VALUES(?, ?)");
	if (!found || !add)
		return found ? add.failure() : found.failure();
	found->bind(0, part.name);
	const auto row = found->next();
	if (!row)
		return row.failure();
	if (*row && found->number(0) == part.version)
		return std::monostate{};
	if (*row)
		return error{fmt::format("its part {} has version {}, and this oriel writes version {}", part.name, found->number(0),
					 part.version),
			     "begin another recording"};
	if (const auto added = add->run(part.name, part.version); !added)
		return added.failure();
	if (const auto made = database_.run(part.tables); !made)
		return made.failure();
	return changes->commit();
}

result<std::monostate> recording_writer::set_programs(const recording_part &part, const std::vector<program_state> &programs,
						      const std::vector<std::string> &unseen)
{
	return change([&]() -> result<std::monostate> {
		for (const char *table : {"program", "unseen"}) {
			auto clear = database_.prepare(fmt::format("DELETE FROM {} WHERE part = ?", table));
			if (!clear)
				return clear.failure();
			if (const auto cleared = clear->run(part.name); !cleared)
				return cleared.failure();
		}
		auto add_program = database_.prepare("INSERT INTO program VALUES(?, ?, ?, ?, ?, ?)");
		auto add_unseen = database_.prepare("INSERT INTO unseen VALUES(?, ?)");
		if (!add_program || !add_unseen)
			return add_program ? add_unseen.failure() : add_program.failure();
		for (const program_state &p : programs)
			if (const auto added = add_program->run(part.name, p.name, p.hook, p.attached, p.reason, p.misses); !added)
				return added.failure();
		for (const std::string &sentence : unseen)
			if (const auto added = add_unseen->run(part.name, sentence); !added)
				return added.failure();
		return std::monostate{};
	});
}

result<std::uint64_t> recording_writer::used_bytes()
{
	const auto pages = database_.number("PRAGMA page_count"), unused = database_.number("PRAGMA freelist_count"),
		   size = database_.number("PRAGMA page_size");
	if (!pages || !unused || !size)
		return (!pages ? pages : !unused ? unused : size).failure();
	return (*pages - std::min(*pages, *unused)) * *size;
}

// Before a sample is written: the file never grows beyond the limit, as what is deleted leaves room in it.
result<std::monostate> recording_writer::make_room()
{
	if (limits_.bytes == 0)
		return std::monostate{};
	constexpr std::uint64_t part_kept_free = 16;
	const std::uint64_t free = std::max(2 * largest_sample_, limits_.bytes / part_kept_free);
	for (;;) {
		const auto used = used_bytes(), samples = database_.number("SELECT count(*) FROM sample");
		if (!used || !samples)
			return (!used ? used : samples).failure();
		if (*used + free <= limits_.bytes || *samples <= 1)
			return std::monostate{};
		if (const auto gone = database_.run("DELETE FROM sample WHERE number = (SELECT min(number) FROM sample)"); !gone)
			return gone.failure();
		if (const auto gone = database_.run("DELETE FROM word WHERE used < (SELECT min(number) FROM sample)"); !gone)
			return gone.failure();
	}
}

// By the lengths of the samples: a clock that is set does not make them older.
result<std::monostate> recording_writer::forget_the_old()
{
	if (limits_.time.count() <= 0)
		return std::monostate{};
	auto samples = database_.prepare("SELECT number, length_ns FROM sample ORDER BY number DESC");
	if (!samples)
		return samples.failure();
	std::uint64_t length = 0, oldest = 0;
	for (;;) {
		const auto row = samples->next();
		if (!row)
			return row.failure();
		if (!*row)
			return std::monostate{};
		if (oldest != 0 && length >= static_cast<std::uint64_t>(limits_.time.count()))
			break;
		oldest = samples->number(0);
		length += samples->number(1);
	}
	samples = sqlite_statement{};
	if (const auto gone = database_.run(fmt::format("DELETE FROM sample WHERE number < {}", oldest)); !gone)
		return gone.failure();
	return database_.run(fmt::format("DELETE FROM word WHERE used < {}", oldest));
}

result<recording_sample> recording_writer::begin_sample(std::uint64_t begin_ns, std::uint64_t length_ns)
{
	if (sample_ != 0)
		return error{"a sample is being written already"};
	auto changes = transaction::begin(database_);
	if (!changes)
		return changes.failure();
	if (const auto made = make_room(); !made)
		return made.failure();
	const auto used = used_bytes(), last = database_.number("SELECT max(number) FROM sample");
	auto add = database_.prepare("INSERT INTO sample VALUES(?, ?, ?)");
	if (!used || !last || !add)
		return !used ? used.failure() : !last ? last.failure() : add.failure();
	const recording_sample sample{*last + 1, begin_ns, std::max<std::uint64_t>(length_ns, 1)};
	if (const auto added = add->run(sample.number, sample.begin_ns, sample.length_ns); !added)
		return added.failure();
	changes->keep();
	sample_ = sample.number;
	used_before_ = *used;
	words_.clear();
	return sample;
}

result<std::monostate> recording_writer::commit()
{
	const auto used = used_bytes();
	if (!used)
		return used.failure();
	if (const auto forgotten = forget_the_old(); !forgotten)
		return forgotten.failure();
	if (const auto committed = database_.run("COMMIT"); !committed)
		return committed.failure();
	largest_sample_ = std::max(largest_sample_, *used - std::min(*used, used_before_));
	sample_ = 0;
	return std::monostate{};
}

void recording_writer::drop_sample()
{
	if (sample_ != 0)
		static_cast<void>(database_.run("ROLLBACK"));
	sample_ = 0;
}

result<std::uint64_t> recording_writer::word(std::string_view text)
{
	if (const auto known = words_.find(text); known != words_.end())
		return known->second;
	auto add = database_.prepare("INSERT INTO word(text, used) VALUES(?, ?) "
				     "ON CONFLICT(text) DO UPDATE SET used = excluded.used RETURNING number");
	if (!add)
		return add.failure();
	add->bind(0, text);
	add->bind(1, sample_);
	const auto row = add->next();
	if (!row)
		return row.failure();
	return words_.emplace(text, add->number(0)).first->second;
}

result<std::monostate> recording_writer::add_loss(const recording_part &part, const std::string &reason, std::uint64_t count)
{
	auto add = database_.prepare("INSERT INTO loss VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count");
	if (!add)
		return add.failure();
	return add->run(sample_, part.name, reason, count);
}

} // namespace oriel
