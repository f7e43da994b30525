"""libregrtest's command line (`python -m test`), for a library that has no package unittest.test of its own."""
import sys

import run_module

run_module.add_unittest_tests()
sys.path[0] = ""
from test.libregrtest import main

main()
