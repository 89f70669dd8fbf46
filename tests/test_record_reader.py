"""Records are read back to just the documents that they were written from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from editions import made_news

from pipeline.document import Removal, Run
from pipeline.errors import UsageError
from pipeline.flag import Flag
from pipeline.output.record import document_record
from pipeline.output.record_reader import document_of, read_document, run_record
from pipeline.place import Place, Span
from pipeline.reason import Reason
from pipeline.summary import Evidence

DOCUMENTS = [document for made in made_news() for document in made.documents]


def test_a_document_comes_back_from_its_record() -> None:
    for document in DOCUMENTS:
        place = Place(document.id, document.name, 1, Span(0, 3))
        summary = document.summary
        assert summary is not None
        sentence = replace(
            summary.sentences[0], flags=(Flag.NUMBERS,), evidence=(Evidence(place, "uk", 0.5),)
        )
        paragraph = replace(
            document.paragraphs[0],
            removal=Removal("dedup", Reason.NEAR_COPY, place, 0.9, 0.8),
            runs=(Run(Span(0, 2), "ru"), Run(Span(2, 5), "uk")),
            same_as=(place,),
        )
        full = replace(
            document,
            summary=replace(summary, sentences=(sentence,), remarks=(Flag.ORDERS,)),
            paragraphs=(paragraph, *document.paragraphs[1:]),
            notes=("a remark",),
        )
        record = json.loads(json.dumps(document_record(full, engines={}, seconds={})))
        assert document_of(record) == full


@pytest.mark.parametrize("change", [{"paragraphs": [{}]}, {"origin": {"x": 1}}, {"summary": 3}])
def test_a_damaged_record_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    record = document_record(DOCUMENTS[0], engines={}, seconds={})
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**record, **change}), encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.json: not a record of a run"):
        read_document(path)


def test_a_folder_without_a_run_has_no_record(tmp_path: Path) -> None:
    assert run_record(tmp_path) is None
    (tmp_path / "run.json").write_text('{"files": []}', encoding="utf-8")
    assert run_record(tmp_path) is None
