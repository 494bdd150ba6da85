"""`python -m genba`: the command `genba` where no script was installed."""

import sys

from genba._command import main

sys.exit(main())
