// SPDX-License-Identifier: GPL-2.0
#include "sqlite.hpp"

#include "recording_format.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <limits>
#include <sqlite3.h>
#include <system_error>

namespace oriel {
namespace {

constexpr int patience_ms = 5000; // for others that read or write
constexpr int longest_value = 16 << 20;

error error_of(sqlite3 *database, int status)
{
	const char *path = database ? sqlite3_db_filename(database, "main") : "";
	const int number = database ? sqlite3_system_errno(database) : 0;
	const std::string reason = number != 0 ? std::generic_category().message(number) : sqlite3_errstr(status);
	switch (status & 0xff) {
	case SQLITE_NOTADB:
		return {fmt::format("{}: it is no recording", path), how_to_record};
	case SQLITE_CORRUPT:
		return {fmt::format("{} is damaged", path), "record again; what it held is lost"};
	case SQLITE_FULL:
		return {fmt::format("{} cannot be written: {}", path, std::generic_category().message(ENOSPC))};
	case SQLITE_BUSY:
		return {fmt::format("{}: another program holds it", path), "try again"};
	case SQLITE_READONLY:
		if (status != SQLITE_READONLY)
			return {fmt::format("{} was cut short while it was written, and must be mended by who may write it", path),
				"read it as root once", exit_code::permission};
		return {fmt::format("{} cannot be written", path)};
	default:
		return {fmt::format("{}: {}", path, reason), "",
			number == EACCES || number == EPERM ? exit_code::permission : exit_code::failure};
	}
}

} // namespace

void sqlite_statement::finalize::operator()(sqlite3_stmt *statement) const
{
	sqlite3_finalize(statement);
}

void sqlite_statement::bind(int parameter, std::uint64_t value)
{
	constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
	sqlite3_bind_int64(statement_.get(), parameter + 1, static_cast<std::int64_t>(value < most ? value : most));
}

void sqlite_statement::bind(int parameter, std::string_view text)
{
	sqlite3_bind_text64(statement_.get(), parameter + 1, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void sqlite_statement::bind(int parameter, byte_view blob)
{
	sqlite3_bind_blob64(statement_.get(), parameter + 1, blob.empty() ? "" : static_cast<const void *>(blob.data()), blob.size(),
			    SQLITE_TRANSIENT);
}

result<bool> sqlite_statement::next()
{
	const int status = sqlite3_step(statement_.get());
	if (status == SQLITE_ROW)
		return true;
	if (status == SQLITE_DONE) {
		sqlite3_reset(statement_.get());
		return false;
	}
	error why = error_of(sqlite3_db_handle(statement_.get()), status);
	sqlite3_reset(statement_.get());
	return why;
}

std::uint64_t sqlite_statement::number(int column) const
{
	const bool is_number = sqlite3_column_type(statement_.get(), column) == SQLITE_INTEGER;
	const std::int64_t value = is_number ? sqlite3_column_int64(statement_.get(), column) : 0;
	return value > 0 ? static_cast<std::uint64_t>(value) : 0;
}

std::string sqlite_statement::text(int column) const
{
	if (sqlite3_column_type(statement_.get(), column) != SQLITE_TEXT)
		return {};
	const auto *begin = reinterpret_cast<const char *>(sqlite3_column_text(statement_.get(), column));
	return begin ? std::string(begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))) : "";
}

byte_view sqlite_statement::blob(int column) const
{
	if (sqlite3_column_type(statement_.get(), column) != SQLITE_BLOB)
		return {};
	const auto *begin = static_cast<const std::byte *>(sqlite3_column_blob(statement_.get(), column));
	return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool sqlite_statement::is_null(int column) const
{
	return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void sqlite_database::close::operator()(sqlite3 *database) const
{
	sqlite3_close_v2(database);
}

result<sqlite_database> sqlite_database::open(const std::string &path, access wanted)
{
	sqlite3 *handle = nullptr;
	const int flags = wanted == access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	const int status = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
	sqlite_database database;
	database.database_.reset(handle);
	if (status != SQLITE_OK) {
		const int number = handle ? sqlite3_system_errno(handle) : ENOMEM;
		return error{fmt::format("{}: {}", path, number != 0 ? std::generic_category().message(number) : sqlite3_errstr(status)),
			     "", number == EACCES || number == EPERM ? exit_code::permission : exit_code::failure};
	}
	sqlite3_extended_result_codes(handle, 1);
	sqlite3_busy_timeout(handle, patience_ms);
	sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longest_value);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, wanted == access::write, nullptr);
	return database;
}

void sqlite_database::set_patience(std::chrono::milliseconds time)
{
	sqlite3_busy_timeout(database_.get(), static_cast<int>(time.count()));
}

result<std::monostate> sqlite_database::run(const std::string &sql)
{
	const int status = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
	if (status != SQLITE_OK)
		return error_of(database_.get(), status);
	return std::monostate{};
}

result<sqlite_statement> sqlite_database::prepare(const std::string &sql)
{
	sqlite_statement statement;
	sqlite3_stmt *handle = nullptr;
	const int status = sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &handle, nullptr);
	statement.statement_.reset(handle);
	if (status != SQLITE_OK)
		return error_of(database_.get(), status);
	return statement;
}

result<std::uint64_t> sqlite_database::number(const std::string &sql)
{
	auto statement = prepare(sql);
	if (!statement)
		return statement.failure();
	const auto row = statement->next();
	if (!row)
		return row.failure();
	return *row ? statement->number(0) : 0;
}

} // namespace oriel
