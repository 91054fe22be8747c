#!/usr/bin/env python3
"""tools/check_words.py finds what is planted, and finds nothing in the tables that ship."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_words  # noqa: E402

if __name__ == "__main__":
    sys.exit(check_words.main(["--planted"]) or check_words.main([]))
