#!/usr/bin/env bash
# fastwarc reads the last page of a web archive that was cut off as a shorter page, without an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" --no-deps 'fastwarc==2.0.1'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import gzip
import importlib.metadata
import io
import random
import sys

from fastwarc import ArchiveIterator, GzipWriter, WarcRecord, WarcRecordType


def page(number):
    letters = random.Random(number)
    return b"<p>" + bytes(letters.randrange(97, 123) for _ in range(4000)) + b"</p>"


packed = io.BytesIO()
for number in range(3):
    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.headers["WARC-Target-URI"] = f"https://news.example/{number}"
    record.is_http = True
    record.set_bytes_content(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(number))
    writer = GzipWriter(packed)
    record.write(writer)
    writer.finish()
whole = packed.getvalue()

print(f"fastwarc {importlib.metadata.version('fastwarc')}")
print("One would swear that an archive whose last 1500 bytes are missing, as when a download breaks")
print("off, is an error at its last record: Python's own gzip raises EOFError there.")
try:
    gzip.decompress(whole[:-1500])
    told = False
except EOFError as error:
    told = True
    print(f"  gzip:      EOFError: {error}")
short = []
for name, archive in (("packed", whole), ("plain", gzip.decompress(whole))):
    for record in ArchiveIterator(io.BytesIO(archive[:-1500])):
        found = len(record.reader.read())
        print(f"  {name + ':':10} {record.headers['WARC-Target-URI']} {found} of {record.content_length} bytes")
        short.append(found < record.content_length)
print("The last page is there with less than two thirds of its text, and nothing says so, packed or")
print("not. Who compares the bytes with content_length finds out.")
sys.exit(not (told and short == [False, False, True] * 2))
PYTHON
