"""`python -m faultbook` is the same program as `faultbook`."""

import sys

from faultbook.cli import main

sys.exit(main())
