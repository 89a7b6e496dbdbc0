"""What every run of the integration tests shares: its marker, the order of its files, and the folder of what is made once for all of them."""
import os
import shutil
import tempfile

# These take longest: they begin first, so that none of them is left alone at the end.
FIRST = ("test_system.py", "test_same_verdict.py", "test_operators.py", "test_gateway_watch.py", "test_hostile_git.py", "test_tls.py",
         "test_dashboard.py", "test_openapi.py", "test_identity.py", "test_gateway_wishes.py", "test_cli_operators.py")


def is_worker(config):
    return hasattr(config, "workerinput")


def pytest_configure(config):
    config.addinivalue_line("markers", "serial: measures times; runs after the others, alone (tests/integration/run)")
    if not is_worker(config) and "ASPORA_IT_SHARED" not in os.environ:
        config.made = os.environ["ASPORA_IT_SHARED"] = tempfile.mkdtemp(prefix="aspora-it-shared-")
        os.chmod(config.made, 0o755)


def pytest_unconfigure(config):
    if getattr(config, "made", None):
        shutil.rmtree(config.made, ignore_errors=True)
        del os.environ["ASPORA_IT_SHARED"]


def pytest_collection_modifyitems(items):
    rank = {name: i for i, name in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(FIRST)))  # stable: the rest as it was
