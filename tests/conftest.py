"""What every test may ask for."""

from hypothesis import settings

pytest_plugins = ["tests.servers.fixtures", "tests.stage.fixtures"]

# A slow moment of a busy machine is no finding.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")
