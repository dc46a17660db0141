"""Runs an example that uses an official Python SDK as it stands, but sends its requests to the sandbox."""

import os
import runpy
import sys

import sib_api_v3_sdk.configuration
from brevo.environment import BrevoEnvironment

URL = os.environ["BREVO_API_URL"]
usual = sib_api_v3_sdk.configuration.Configuration.__init__


def configured(self: object) -> None:
    usual(self)
    self.host = URL


sib_api_v3_sdk.configuration.Configuration.__init__ = configured
BrevoEnvironment.DEFAULT._value_ = URL
runpy.run_path(sys.argv[1], run_name="__main__")
