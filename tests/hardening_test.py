"""The protections of compiler and linker are in the program that was built, not only asked for (cmake/rooms.cmake)."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

BUILD = pathlib.Path(os.environ.get("ALLROADS_BUILD", pathlib.Path(__file__).parent.parent / "build/release"))


def is_hardened_build():
    cache = BUILD / "CMakeCache.txt"
    if not cache.exists():
        return False
    chosen = dict(re.findall(r"^(\w+):\w+=(.*)$", cache.read_text(encoding="utf-8"), re.M))
    return (chosen.get("CMAKE_BUILD_TYPE") == "Release" and chosen.get("ALLROADS_HARDENED", "ON") == "ON"
            and not chosen.get("ALLROADS_SANITIZE"))


def told(*flags):
    return subprocess.run(["readelf", "-W", *flags, BUILD / "allroads"], capture_output=True, text=True, check=True,
                          timeout=60).stdout


@unittest.skipUnless(shutil.which("readelf"), "there is no readelf here")
@unittest.skipUnless(is_hardened_build(), "this is no release build")
class Hardening(unittest.TestCase):
    def must_say(self, pattern, flag):
        self.assertIsNotNone(re.search(pattern, told(flag)), f"readelf {flag} does not say {pattern}")

    def test_it_lies_anywhere_in_memory(self):
        self.must_say(r"Type:\s+DYN", "-h")
        self.must_say(r"FLAGS_1.*\bPIE\b", "-d")

    def test_what_the_loader_writes_is_read_only_afterwards(self):
        self.must_say("GNU_RELRO", "-l")
        self.must_say(r"BIND_NOW|FLAGS_1.*\bNOW\b", "-d")

    def test_no_stack_is_run(self):
        self.must_say(r"GNU_STACK\s+(0x\w+\s+){5}RW\s", "-l")

    def test_an_overrun_of_the_stack_is_seen(self):
        self.must_say("__stack_chk_fail", "--dyn-syms")

    def test_copies_know_how_much_room_there_is(self):
        self.must_say("__(memcpy|memmove|memset|snprintf|vsnprintf|read|fread|strcpy|recv)_chk", "--dyn-syms")


if __name__ == "__main__":
    unittest.main()
