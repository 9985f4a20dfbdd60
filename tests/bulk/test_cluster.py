"""A Ray cluster of several nodes on this machine, one of which is killed: every line is there once."""

import inspect
import signal
import socket
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from itoaudio import bulk
from itoaudio.bulk import cluster
from itoaudio.bulk.shards import Entry

LINES = 24
PATIENCE = {
    "RAY_agent_register_timeout_ms": "600000",
    "RAY_raylet_start_wait_time_s": "600",
    "RAY_gcs_server_port_wait_time_s": "600",
    "RAY_worker_register_timeout_seconds": "600",
}
"""Ray's own limits take a busy machine for a broken one."""


@pytest.fixture
def nodes(monkeypatch):
    for name, value in PATIENCE.items():
        monkeypatch.setenv(name, value)
    pytest.importorskip("ray", reason="NOT PROVEN HERE: needs the extra `cluster`")
    from ray._private import services
    from ray.cluster_utils import Cluster

    monkeypatch.setattr(services, "start_raylet", patient(services.start_raylet))
    handler = signal.getsignal(signal.SIGTERM)  # a head node takes it for good
    made = Cluster(initialize_head=True, head_node_args={"include_dashboard": False, **node()})
    signal.signal(signal.SIGTERM, handler)
    yield made, made.add_node(**node())
    made.shutdown()
    signal.signal(signal.SIGTERM, handler)


def patient(start_raylet):
    """A node waits 15 s, which no setting changes, for a helper to say at which port it listens: say it at
    once, -1 as the helper does where there is no dashboard."""

    def started(*arguments, **named):
        known = inspect.signature(start_raylet).bind(*arguments, **named).arguments
        name = f"dashboard_agent_listen_port_{known['node_id']}"
        Path(known["session_dir"], name).write_text("-1", encoding="utf-8")
        return start_raylet(*arguments, **named)

    return started


def node():
    """One core; with its ports named, as the time that Ray gives helpers to find their own has no setting."""
    names = (
        "metrics_agent_port",
        "metrics_export_port",
        "dashboard_agent_listen_port",
        "runtime_env_agent_port",
    )
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in names]
        for found in sockets:
            found.bind(("", 0))
        return {"num_cpus": 1, **{name: found.getsockname()[1] for name, found in zip(names, sockets)}}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Ray's own
def test_a_node_that_is_killed_leaves_its_work_to_others(toy_folder, tmp_path, nodes):
    made, second = nodes
    manifest = tmp_path / "lines.csv"
    manifest.write_text("".join(f"line-{n}|Number {n}.\n" for n in range(LINES)), encoding="utf-8")
    seen = []

    def report(summary):
        seen.append(summary.done)
        if len(summary.nodes) == 2 and made.worker_nodes:
            made.remove_node(second, allow_graceful=False)

    where = {"voice": str(toy_folder), "ray": made.address, "shard_lines": 1}
    ended = signal.getsignal(signal.SIGTERM)
    done = bulk.speak(str(manifest), str(tmp_path / "out"), **where, report=report)
    assert signal.getsignal(signal.SIGTERM) is ended
    assert not made.worker_nodes, "the second node has worked, and was killed"
    assert (done.done, done.failed) == (LINES, {})
    assert len(done.nodes) == 2
    assert all(node.real_time_factor > 0 for node in done.nodes.values())
    rows = (tmp_path / "out" / "index.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(row, type=Entry).id for row in rows] == [f"line-{n}" for n in range(LINES)]
    assert seen == sorted(seen)
    assert bulk.speak(str(manifest), str(tmp_path / "out"), **where).kept == LINES


def test_without_a_cluster_there_the_address_is_named():
    pytest.importorskip("ray", reason="NOT PROVEN HERE: needs the extra `cluster`")
    with pytest.raises(ValueError, match=r"127\.0\.0\.1:1'.* no cluster answers"):
        list(cluster.run(lambda node: None, [1], address="127.0.0.1:1"))
