// SPDX-License-Identifier: GPL-2.0
// report_recordings DIR: writes recordings for the tests of oriel report into DIR.
#include "synthetic.hpp"

int main(int argc, char **argv)
{
	using oriel::test::synthetic;
	if (argc != 2)
		return 2;
	const std::string dir = std::string(argv[1]) + "/";
	const synthetic plain;
	write_synthetic(dir + "before", plain);
	synthetic other = plain;
	other.load = 3;
	write_synthetic(dir + "after", other);
	synthetic one = plain;
	one.lock = false;
	one.samples = 1;
	write_synthetic(dir + "vma", one);
	one.vma = false;
	one.lock = true;
	write_synthetic(dir + "lock", one);
	one.samples = 0;
	write_synthetic(dir + "nothing", one);
	one.lock = false;
	write_synthetic(dir + "no-part", one);
	synthetic local = plain;
	local.facts = oriel::facts_of_this_machine();
	write_synthetic(dir + "here", local);
	// What comes from a process or a command line may be anything; a name has 15 bytes.
	synthetic hostile = plain;
	hostile.first = "</script><b>x\xff";
	hostile.command = "</script><script>document.title = 'taken over'</script><img src=http://192.0.2.1/x> @chart@ @nonce@ "
			  "\x1b[31m\xe2\x80\xae \"'&";
	hostile.facts["machine"] = "<script>alert(1)</script>";
	write_synthetic(dir + "hostile", hostile);
}
