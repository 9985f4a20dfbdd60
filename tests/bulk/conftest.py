"""A file server on loopback, in the place of an object store."""

import threading

import pytest


@pytest.fixture
def ftp(tmp_path):
    """URL of a folder on an FTP server of this machine that anyone may write."""
    pytest.importorskip("pyftpdlib", reason="NOT PROVEN HERE: needs pyftpdlib")
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.servers import ThreadedFTPServer

    (tmp_path / "served").mkdir()

    class Handler(FTPHandler):
        authorizer = DummyAuthorizer()

    Handler.authorizer.add_user("ito", "ito", str(tmp_path / "served"), perm="elradfmwMT")
    server = ThreadedFTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.1}, daemon=True)
    thread.start()
    yield f"ftp://ito:ito@127.0.0.1:{server.address[1]}"
    server.close_all()
    thread.join(timeout=5)
