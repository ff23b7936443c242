"""Real servers and a real browser for the tests: no root, no mocks."""
