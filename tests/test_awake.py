"""Of models that are mapped from files, the one that works is in memory, and its twins with it."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from models.runtime.awake import rest_all, wake
from models.runtime.mapped import release_pages

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no MADV_DONTNEED as Linux has it")


class Head:
    """An output matrix that is mapped from a file."""

    def __init__(self, weight: torch.Tensor) -> None:
        self.weight = weight

    def rest(self) -> None:
        release_pages([self.weight])


def mapped(path: Path) -> torch.Tensor:
    save_file({"weight": torch.rand(2_048, 1_024)}, path)  # 8 MB
    with safe_open(path, framework="pt") as file:
        return file.get_tensor("weight")


def network(path: Path) -> torch.nn.Linear:
    layer = torch.nn.Linear(1_024, 2_048, bias=False)
    layer.weight = torch.nn.Parameter(mapped(path), requires_grad=False)
    return layer


def of_files_mb() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("RssFile"))


def test_the_last_model_rests_when_another_one_begins(tmp_path: Path) -> None:
    one, other = network(tmp_path / "one"), network(tmp_path / "other")
    head, others_head = Head(mapped(tmp_path / "head")), Head(mapped(tmp_path / "others"))
    wake(one, head)
    before, total = of_files_mb(), float(one.weight.sum() + head.weight.sum())
    assert of_files_mb() - before >= 15
    twin = copy.deepcopy(one, {id(one.weight): one.weight})
    wake(twin, head)
    wake(one, head)
    assert of_files_mb() - before >= 15  # the same weights
    wake(one, others_head)
    assert 7 <= of_files_mb() - before <= 12  # but another output matrix
    rest_all()
    assert of_files_mb() - before <= 4
    wake(one, head)
    assert float(one.weight.sum() + head.weight.sum()) == total
    wake(other, others_head)
    assert of_files_mb() - before <= 4
    assert float(one.weight.sum() + head.weight.sum()) == total  # they come back


def test_a_model_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    one, other = network(tmp_path / "one"), network(tmp_path / "other")
    wake(one, Head(mapped(tmp_path / "head")))
    del one
    wake(other, Head(mapped(tmp_path / "others")))
    assert other.weight.sum() > 0
