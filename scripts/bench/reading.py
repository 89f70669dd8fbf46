"""Files of all kinds through sources, detect and clean: documents a second, and memory.

    python scripts/bench/reading.py                          10,000 mixed files, two processes
    python scripts/bench/reading.py --kinds .txt .md .html .jsonl --against ../main
    python scripts/bench/reading.py --kinds .html --against ../main --readers
    python scripts/bench/reading.py --warc 2000              one WARC of so many megabytes

The files are made anew, in a temporary folder. `--against` reads the same files with another
checkout, in turns, and prints the ratio; machines that others use say nothing else.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SENTENCES = {
    "en": "The harbour master said on {} that repairs of quay {} would cost {} euros.",
    "ru": "Начальник порта сообщил, что ремонт причала {} и дороги {} обойдётся в {} евро.",
    "uk": "Начальник порту повідомив, що ремонт причалу {} та дороги {} коштуватиме {} євро.",
    "fr": "Le capitaine du port a dit que le quai {} et la route {} coûteront {} euros.",
}


def paragraphs(number: int) -> list[str]:
    """Return two paragraphs of two sentences in every other file, else three of three."""
    chance = random.Random(number)
    size = chance.choice((2, 3))
    sentence = SENTENCES[chance.choice(("en", "ru", "uk", "fr"))]
    return [
        " ".join(
            sentence.format(*(chance.randrange(1, 9999) for _ in range(3))) for _ in range(size)
        )
        for _ in range(size)
    ]


def plain(number: int) -> str:
    return "\n\n".join(paragraphs(number)) + "\n"


def page(number: int) -> str:
    text = "".join(f"<p>{p}</p>" for p in paragraphs(number))
    return f"<html><head><title>Quay {number}</title></head><body><article>{text}</article></body>"


def record(number: int) -> str:
    return json.dumps({"text": plain(number), "date": "2026-03-01"}, ensure_ascii=False) + "\n"


def nitf(number: int) -> str:
    text = "".join(f"<p>{p}</p>" for p in paragraphs(number))
    head = f'<head><docdata><doc-id id-string="urn:quay:{number}"/></docdata></head>'
    return f"<nitf>{head}<body><body.content>{text}</body.content></body></nitf>"


def ninjs(number: int) -> str:
    text = "".join(f"<p>{p}</p>" for p in paragraphs(number))
    body = {"contentType": "text/html", "value": text}
    item = {"uri": f"urn:quay:{number}", "versionCreated": "2026-03-01T08:00:00Z", "bodies": [body]}
    return json.dumps(item, ensure_ascii=False)


def captions(number: int) -> str:
    cues = enumerate((s + "." for p in paragraphs(number) for s in p.split(". ")), start=1)
    times = "00:{0:02}:00,000 --> 00:{0:02}:05,000"
    return "".join(f"{n}\n{times.format(n)}\n{said}\n\n" for n, said in cues)


def table(number: int) -> str:
    return 'title,text\nQuay,"{}"\n'.format(plain(number).replace('"', "'"))


MAKERS: dict[str, Callable[[int], str]] = {
    ".txt": plain, ".md": plain, ".html": page, ".jsonl": record,
    ".xml": nitf, ".json": ninjs, ".srt": captions, ".csv": table,
}  # fmt: skip


def make_files(folder: Path, kinds: list[str], count: int) -> None:
    for number in range(count):
        suffix = kinds[number % len(kinds)]
        path = folder / f"{number // 1000:03}" / f"{number:06}{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(MAKERS[suffix](number), encoding="utf-8")


def read(folder: Path, share: int, shares: int, *, readers: bool) -> dict[str, float]:
    """Return documents, rejections, seconds by the clock and of the processor, and memory in MB.

    With `readers` documents go through no stage.
    """
    from pipeline.document import Document, Rejection
    from pipeline.sources.folder import read_file

    def items() -> Iterator[Document | Rejection]:
        for path in files:
            yield from read_file(path, name=path.name, max_file_bytes=10**7)

    flow = items if readers else staged(items)
    files = sorted(path for path in folder.rglob("*") if path.is_file())[share::shares]
    every, files = files, files[:50] if len(files) > 50 else []
    list(flow())  # what is loaded once is not counted
    files = every
    began, began_cpu = time.perf_counter(), time.process_time()
    documents = rejections = early = 0
    for item in flow():
        documents += isinstance(item, Document)
        rejections += isinstance(item, Rejection)
        if not early and documents + rejections >= max(10, len(files) // 10):
            early = memory_mb()
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    return {
        "documents": documents, "rejections": rejections, "seconds": seconds, "cpu_s": cpu,
        "early_mb": early, "mb": memory_mb(),
    }  # fmt: skip


def staged(items: Callable[[], Iterator[Any]]) -> Callable[[], Iterator[Any]]:
    """Return `items` as they come out of detect and clean."""
    from models.langid.identifier import ProfileIdentifier
    from pipeline.config import Config
    from pipeline.lang.evidence import evidence
    from pipeline.runner import Clock, through
    from pipeline.stages.clean import Clean
    from pipeline.stages.detect import Detect

    languages = Config().languages.sources
    identifier = ProfileIdentifier(languages=languages, evidence=evidence())
    stages = (Detect(identifier, languages=languages), Clean())
    return lambda: through(items(), stages, clock=Clock())


def memory_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def timed(tree: Path, folder: Path, shares: int, *, readers: bool = False) -> dict[str, float]:
    """Read a folder with the code of `tree` in several processes; seconds are of the slowest."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"}
    script = str(Path(__file__).resolve())
    running = [
        subprocess.Popen(
            [
                *(sys.executable, script, "--child", str(folder), str(share), str(shares)),
                *(["--readers"] if readers else []),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in range(shares)
    ]
    done = [json.loads(process.communicate()[0]) for process in running]
    largest = ("seconds", "early_mb", "mb")
    return {name: (max if name in largest else sum)(one[name] for one in done) for name in done[0]}


def rate(found: dict[str, float], of: str = "seconds") -> float:
    return found["documents"] / found[of]


def report(name: str, found: dict[str, float]) -> None:
    print(
        f"{name}: {found['documents']:.0f} documents, {found['rejections']:.0f} rejections,"
        f" {rate(found):.0f}/s, {rate(found, 'cpu_s'):.0f} per second of a core,"
        f" {found['early_mb']:.0f} MB after a tenth, {found['mb']:.0f} at the end",
        flush=True,
    )


def make_warc(path: Path, megabytes: int) -> None:
    """Write a WARC, packed by record: pages, and pictures of 2 MB that pack badly, as in crawls."""
    picture = packed_record("picture", "image/jpeg", random.Random(1).randbytes(2_000_000))
    with path.open("wb") as file:
        for number in itertools.count():
            file.write(packed_record(str(number), "text/html", page(number).encode()))
            file.write(picture)
            if file.tell() >= megabytes * 1_000_000:
                return


def packed_record(name: str, kind: str, body: bytes) -> bytes:
    from fastwarc import GzipWriter, WarcRecord, WarcRecordType

    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.headers["WARC-Target-URI"] = f"https://news.example/{name}"
    record.is_http = True
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode()
    record.set_bytes_content(head + body)
    record.headers["Content-Type"] = "application/http; msgtype=response"
    packed = io.BytesIO()
    writer = GzipWriter(packed)
    record.write(writer)
    writer.finish()
    return packed.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--kinds", nargs="+", default=list(MAKERS), choices=list(MAKERS))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=3, help="of a comparison")
    parser.add_argument("--readers", action="store_true", help="without detect and clean")
    parser.add_argument("--warc", type=int, metavar="MB")
    parser.add_argument("--child", nargs=3)
    given = parser.parse_args()
    if given.child:
        folder, share, shares = given.child
        print(json.dumps(read(Path(folder), int(share), int(shares), readers=given.readers)))
        return
    ours = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.warc:
            make_warc(folder / "crawl.warc.gz", given.warc)
            report(f"WARC of {given.warc} MB", timed(ours, folder, 1))
            return
        make_files(folder, given.kinds, given.files)
        if given.against is None:
            report("mixed", timed(ours, folder, given.processes, readers=given.readers))
            return
        ratios = []
        trees = [given.against.resolve(), ours]
        for number in range(given.rounds):
            done = {
                tree: timed(tree, folder, given.processes, readers=given.readers)
                for tree in trees[:: (-1) ** number]
            }
            theirs, found = (done[tree] for tree in trees)
            report("against", theirs)
            report("here", found)
            cpu = rate(found, "cpu_s") / rate(theirs, "cpu_s")
            ratios.append((rate(found) / rate(theirs), cpu))
        print("here / against, by the clock:", " ".join(f"{clock:.3f}" for clock, _ in ratios))
        print("here / against, by the processor:", " ".join(f"{cpu:.3f}" for _, cpu in ratios))


if __name__ == "__main__":
    main()
