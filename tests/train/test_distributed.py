"""Many processes do what one does: the same losses for the same global batch, over loopback, SLURM's
variables and two hosts; a lost process ends the run with a word, and another number of them goes on.

TOLERANCE: sums over frames are added in another order, in float32.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import torch

from itoaudio.train.checkpoint import WEIGHTS, saved_step
from itoaudio.train.draws import Draws
from itoaudio.train.tensors import read_tensors

SCRIPT = Path(__file__).with_name("toy_job.py")
TOLERANCE = 1e-4
QUIET = {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", "TORCH_CPP_LOG_LEVEL": "ERROR"}
ITSELF = [sys.executable, "-m", "torch.distributed.run"]


def environment(**more):
    known = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM", "TORCHEL"))}
    return known | QUIET | more


def torchrun(processes, runs, options, *, check=True):
    command = [*ITSELF, "--standalone", f"--nproc-per-node={processes}", str(SCRIPT), str(runs)]
    done = subprocess.run(
        [*command, json.dumps(options)], env=environment(), capture_output=True, text=True, timeout=900
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def losses(folder, world):
    return {int(k): v for k, v in json.loads((folder / f"losses-{world}.json").read_text()).items()}


def near(one, other):
    return one.keys() == other.keys() and all(abs(one[k] - other[k]) < TOLERANCE for k in one)


def nearly_equal_weights(one, other):
    one, other = (read_tensors(folder / "toy" / WEIGHTS)[0] for folder in (one, other))
    return all(torch.allclose(one[k].float(), other[k].float(), atol=2e-3) for k in one)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """One process' losses."""
    folder = tmp_path_factory.mktemp("alone")
    subprocess.run([sys.executable, str(SCRIPT), str(folder), "{}"], env=environment(), check=True)
    return folder


def test_draws_of_shares_are_those_of_the_whole():
    def drawn(share, shares):
        draws, count = Draws(3, 0, 11, share=share, shares=shares), 8 // shares
        return draws.levels(count), draws.normal_like(torch.zeros(count, 5)), draws.uniform(count)

    whole = drawn(0, 1)
    for share in range(4):
        for part, all_rows in zip(drawn(share, 4), whole):
            assert torch.equal(part, all_rows[share::4])
    assert ((whole[0] * 8).long() == torch.arange(8)).all()
    assert not torch.equal(whole[2], drawn(0, 1)[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("processes", "options"),
    [(2, {}), (4, {}), (2, {"strategy": "fsdp"}), (1, {"compile": True})],
    ids=["2", "4", "2-fsdp", "1-compiled"],
)
def test_the_same_global_batch_gives_the_same_losses(alone, tmp_path, processes, options):
    torchrun(processes, tmp_path, options)
    assert near(losses(tmp_path, processes), losses(alone, 1))
    assert nearly_equal_weights(tmp_path, alone)


@pytest.mark.slow
def test_a_killed_process_ends_the_run_with_a_word_and_others_go_on(alone, tmp_path):
    done = torchrun(2, tmp_path, {"kill": [1, 3]}, check=False)
    assert done.returncode != 0
    assert "SIGKILL" in done.stderr
    assert "lost another process" in done.stderr or "Signal 15" in done.stderr, done.stderr
    assert saved_step(tmp_path / "toy") in (2, 3)
    torchrun(4, tmp_path, {})
    later, whole = losses(tmp_path, 4), losses(alone, 1)
    assert max(later) == 6
    assert near(later, {step: whole[step] for step in later})
    assert nearly_equal_weights(tmp_path, alone)


@pytest.mark.slow
def test_a_state_goes_from_whole_weights_to_sharded_ones_and_back(alone, tmp_path):
    one = [sys.executable, str(SCRIPT), str(tmp_path)]
    subprocess.run([*one, '{"kill": [0, 3]}'], env=environment(), check=False)
    assert saved_step(tmp_path / "toy") == 2
    done = torchrun(2, tmp_path, {"strategy": "fsdp", "kill": [1, 5]}, check=False)
    assert saved_step(tmp_path / "toy") in (4, 5), done.stderr
    subprocess.run([*one, "{}"], env=environment(), check=True)
    later, whole = losses(tmp_path, 1), losses(alone, 1)
    assert near(later, {step: whole[step] for step in later})
    assert nearly_equal_weights(tmp_path, alone)


@pytest.mark.slow
def test_slurm_starts_the_processes(alone, tmp_path):
    """What `srun --ntasks=2` sets, set by hand: there is no SLURM here."""
    port = free_port()
    workers = []
    for rank in range(2):
        variables = {
            "SLURM_JOB_ID": "4711",
            "SLURM_JOB_NAME": "train",
            "SLURM_NTASKS": "2",
            "SLURM_NNODES": "1",
            "SLURM_NTASKS_PER_NODE": "2",
            "SLURM_PROCID": str(rank),
            "SLURM_LOCALID": str(rank),
            "SLURM_NODEID": "0",
            "SLURM_NODELIST": "127.0.0.1",
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
        }
        command = [sys.executable, str(SCRIPT), str(tmp_path), "{}"]
        workers.append(subprocess.Popen(command, env=environment(**variables)))
    assert [worker.wait(timeout=900) for worker in workers] == [0, 0]
    assert near(losses(tmp_path, 2), losses(alone, 1))


@pytest.mark.slow
def test_two_hosts_train_as_one(alone, tmp_path, two_hosts):
    workers = []
    for rank, host in enumerate(two_hosts):
        command = [
            *[
                "ip",
                "netns",
                "exec",
                host,
                *ITSELF,
                "--nnodes=2",
                "--nproc-per-node=1",
                f"--node-rank={rank}",
            ],
            *["--master-addr=10.77.0.1", "--master-port=29577", str(SCRIPT), str(tmp_path), "{}"],
        ]
        workers.append(subprocess.Popen(command, env=environment(GLOO_SOCKET_IFNAME="ito")))
    assert [worker.wait(timeout=900) for worker in workers] == [0, 0]
    assert near(losses(tmp_path, 2), losses(alone, 1))


@pytest.fixture
def two_hosts():
    """Two network namespaces with a cable between them, each with its own loopback and nothing else."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("NOT PROVEN HERE: two hosts need root and `ip netns`")
    tag = uuid.uuid4().hex[:6]
    hosts = [f"ito-{tag}-a", f"ito-{tag}-b"]
    ends = [f"v{tag}a", f"v{tag}b"]
    try:
        for command in cabling(hosts, ends):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"NOT PROVEN HERE: {' '.join(command)}: {done.stderr.strip()}")
        yield hosts
    finally:
        for host in hosts:
            subprocess.run(["ip", "netns", "delete", host], capture_output=True)


def cabling(hosts, ends):
    for host in hosts:
        yield ["ip", "netns", "add", host]
    yield ["ip", "link", "add", ends[0], "type", "veth", "peer", "name", ends[1]]
    for number, (host, end) in enumerate(zip(hosts, ends), 1):
        inside = ["ip", "-n", host]
        yield ["ip", "link", "set", end, "netns", host]
        yield [*inside, "link", "set", end, "name", "ito"]
        yield [*inside, "address", "add", f"10.77.0.{number}/24", "dev", "ito"]
        yield [*inside, "link", "set", "ito", "up"]
        yield [*inside, "link", "set", "lo", "up"]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
