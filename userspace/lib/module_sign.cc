// SPDX-License-Identifier: GPL-2.0
#include "module_sign.hpp"

#include "file_read.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char **environ;

namespace oriel {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path &path)
{
	std::error_code ignored;
	return fs::is_regular_file(path, ignored);
}

// The pairs that Debian's and Ubuntu's packages make.
std::vector<signing_key> distribution_keys(const fs::path &sysroot)
{
	return {{sysroot / "var/lib/dkms/mok.key", sysroot / "var/lib/dkms/mok.pub"},
		{sysroot / "var/lib/shim-signed/mok/MOK.priv", sysroot / "var/lib/shim-signed/mok/MOK.der"}};
}

signing_key own_key(const fs::path &sysroot)
{
	fs::path dir = sysroot / "var/lib/oriel";
	if (::geteuid() != 0) {
		const char *data = std::getenv("XDG_DATA_HOME");
		const char *home = std::getenv("HOME");
		dir = (data && *data ? fs::path(data) : fs::path(home ? home : "/") / ".local/share") / "oriel";
	}
	return {dir / "module-signing.key", dir / "module-signing.der"};
}

// Runs a program and waits; its output goes where ours goes.
result<bool> run(const std::vector<std::string> &words)
{
	std::vector<char *> argv;
	for (const std::string &word : words)
		argv.push_back(const_cast<char *>(word.c_str())); // posix_spawn() does not write to them
	argv.push_back(nullptr);
	pid_t child = 0;
	if (const int number = ::posix_spawn(&child, argv[0], nullptr, nullptr, argv.data(), environ); number != 0)
		return error{fmt::format("{}: {}", words[0], std::generic_category().message(number))};
	int status = 0;
	while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	return error{fmt::format("{} failed (see its message above)", words[0])};
}

// A file beside another that is removed again unless it was moved away.
class scratch_file {
public:
	explicit scratch_file(const fs::path &beside) : path_(beside.string() + ".signing") {}
	~scratch_file()
	{
		std::error_code ignored;
		fs::remove(path_, ignored);
	}
	scratch_file(const scratch_file &) = delete;
	scratch_file &operator=(const scratch_file &) = delete;
	const fs::path &path() const { return path_; }

	bool write(byte_view content, mode_t mode) const
	{
		const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
		if (fd < 0)
			return false;
		bool good = true;
		while (good && !content.empty()) {
			const ssize_t done = ::write(fd, content.data(), content.size());
			good = done > 0;
			content = content.subspan(good ? static_cast<std::size_t>(done) : 0);
		}
		return ::close(fd) == 0 && good;
	}

private:
	fs::path path_;
};

} // namespace

bool signing_key::exists() const
{
	return is_file(key) && is_file(certificate);
}

signing_key default_signing_key(const fs::path &sysroot)
{
	for (const signing_key &pair : distribution_keys(sysroot))
		if (pair.exists())
			return pair;
	return own_key(sysroot);
}

std::vector<fs::path> known_certificates(const fs::path &sysroot)
{
	std::vector<fs::path> list{own_key(sysroot).certificate, sysroot / "var/lib/oriel/module-signing.der"};
	for (const signing_key &pair : distribution_keys(sysroot))
		list.push_back(pair.certificate);
	return list;
}

signing_place describe_signing_place(const signing_key &key, const kernel_facts &kernel)
{
	signing_place place{key.exists(), key.certificate.string(), {}};
	if (const auto own = read_certificate(key.certificate); own && kernel.rings)
		place.trust = look_up({}, *own, kernel);
	return place;
}

result<fs::path> find_sign_file(const kernel_facts &kernel, const fs::path &sysroot)
{
	std::vector<fs::path> places;
	if (!kernel.build_dir.empty())
		places.push_back(fs::path(kernel.build_dir) / "scripts/sign-file");
	places.push_back(sysroot / "usr/src" / ("linux-headers-" + kernel.release) / "scripts/sign-file");
	std::error_code failed;
	for (fs::directory_iterator at(sysroot / "usr/lib", failed), end; !failed && at != end; at.increment(failed))
		if (at->path().filename().string().starts_with("linux-kbuild-"))
			places.push_back(at->path() / "scripts/sign-file");
	for (const fs::path &place : places)
		if (::access(place.c_str(), X_OK) == 0)
			return place;
	return error{"no sign-file program is installed for this kernel", "apt-get install linux-headers-" + kernel.release};
}

result<bool> sign_module(const fs::path &module, const signing_key &key, const fs::path &sign_file)
{
	auto image = read_module_image(module);
	if (!image)
		return image.failure();
	if (image->packed != compression::none)
		return error{fmt::format("{}: is compressed, and signatures belong inside", module.string()),
			     fmt::format("{} -d {}", to_string(image->packed), module.string())};
	if (const auto parsed = parse_module(image->content, module.string()); !parsed)
		return parsed.failure();
	struct stat info = {};
	if (::stat(module.c_str(), &info) != 0)
		return error{fmt::format("{}: {}", module.string(), std::generic_category().message(errno))};

	const scratch_file scratch(module);
	const std::size_t bare = read_signature(image->content).content_size;
	if (!scratch.write(byte_view(image->content).first(bare), info.st_mode & 07777))
		return error{fmt::format("{}: cannot be written: {}", scratch.path().string(), std::generic_category().message(errno)),
			     "is the folder writable, and is there space?"};
	const auto done = run({sign_file.string(), "sha256", key.key.string(), key.certificate.string(), scratch.path().string()});
	if (!done)
		return done.failure();
	std::error_code failed;
	fs::rename(scratch.path(), module, failed);
	if (failed)
		return error{fmt::format("{}: {}", module.string(), failed.message())};
	return true;
}

} // namespace oriel
