"""Reads the sandbox's clock from standard input and prints the time an hour later."""

import json
import sys
from datetime import datetime, timedelta

now = datetime.fromisoformat(json.load(sys.stdin)["now"].replace("Z", "+00:00"))
print((now + timedelta(hours=1)).isoformat())
