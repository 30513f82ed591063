// SPDX-License-Identifier: GPL-2.0
// fuzz_seeds DIR: write valid inputs into DIR/module and DIR/signature.
#include "module_builder.hpp"
#include "module_sign.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace {

namespace fs = std::filesystem;

void write(const fs::path &path, const oriel::bytes &data)
{
	std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char *>(data.data()), static_cast<std::streamsize>(data.size()));
}

} // namespace

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	const fs::path dir = argv[1];
	fs::create_directories(dir / "module");
	fs::create_directories(dir / "signature");
	oriel::test::module_builder plain;
	write(dir / "module/plain", plain.build());
	plain.events.push_back({"second", "event"});
	plain.markers.push_back({"subsystem", "event", "key=%d", "file.c", 7});
	plain.info.push_back("livepatch=Y");
	plain.versions.reset();
	write(dir / "module/livepatch", plain.build());
	const oriel::signing_key key{dir / "key", dir / "signature/certificate"};
	fs::remove(key.key);
	fs::remove(key.certificate);
	if (!oriel::make_signing_key(key)) {
		std::fprintf(stderr, "fuzz_seeds: no key could be made in %s\n", argv[1]);
		return 1;
	}
	return 0;
}
