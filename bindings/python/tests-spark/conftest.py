"""What stands apart from the gate, for the sake of its time."""


def pytest_configure(config):
    config.addinivalue_line("markers", "apart: also tested without a cluster; not run by the gate")
