"""Nights fall due once a day in their own zone; what installs them leaves the user's own alone."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest

from pipeline.errors import OutputError, UsageError
from pipeline.nightly import cron, systemd
from pipeline.nightly.due import check_timezone, due_instant, due_night, parse_time
from pipeline.nightly.sandbox import Sandbox
from pipeline.nightly.schedule import install, plan, uninstall

COMMAND = ("/opt/night desk/bin/nightdesk", "nightly", "run", "--inbox", '/srv/100% "$new"\\')
OWN = "# mine\nMAILTO=desk@example.org\n\n5 4 * * * true # 50\\% done\n"

# A crontab(1) that keeps its table in a file of the test: the real one has one place only.
CRONTAB = """#!/bin/sh
table="$CRONTAB_TABLE"
case "$1" in
-l) [ -f "$table" ] || { echo "no crontab for tester" >&2; exit 1; }; cat "$table" ;;
-r) rm "$table" ;;
-) cat > "$table" ;;
*) exit 2 ;;
esac
"""


@pytest.fixture(params=["shim", "real"])
def crontab(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A crontab that a test may change, and no systemd beside it."""
    if request.param == "real":
        if not os.environ.get("NIGHTDESK_TEST_CRONTAB"):
            pytest.skip("set NIGHTDESK_TEST_CRONTAB=1 to let this test change your crontab")
        if subprocess.run(["crontab", "-l"], capture_output=True, check=False).returncode == 0:
            pytest.skip("there is a crontab already, and it is left alone")
        monkeypatch.setattr(systemd, "available", lambda manager: False)
        yield
        subprocess.run(["crontab", "-r"], capture_output=True, check=False)
        return
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "crontab").write_text(CRONTAB)
    (tmp_path / "bin" / "crontab").chmod(0o755)
    for tool in ("cat", "rm", "sh", "env"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("CRONTAB_TABLE", str(tmp_path / "table"))
    yield


def table() -> str:
    done = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)
    return done.stdout


def put(text: str) -> None:
    subprocess.run(["crontab", "-"], input=text, text=True, check=True)


# When a night is due.


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Europe/Kyiv", "03:30"),  # skipped on 29 March, there twice on 25 October
        ("Europe/Paris", "02:37"),  # likewise, and between the quarters
        ("America/New_York", "02:00"),
        ("Australia/Lord_Howe", "02:10"),  # changes by half an hour
        ("Asia/Kathmandu", "00:00"),  # 5:45 ahead
        ("Africa/Cairo", "00:15"),  # changes at midnight
        ("America/Santiago", "23:59"),  # its clock goes back to 23:00
        ("UTC", "12:34"),
    ],
)
def test_each_date_of_a_year_has_one_instant(zone: str, at: str) -> None:
    moment, place = parse_time(at), check_timezone(zone)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    instants = [due_instant(day, at=moment, zone=place) for day in days]
    assert instants == sorted(set(instants))
    for day, instant in zip(days, instants, strict=True):
        assert due_night(instant, at=moment, zone=place) == day
        assert due_night(instant - timedelta(seconds=1), at=moment, zone=place) == (
            day - timedelta(days=1)
        )
    late = [i.astimezone(place) for i in instants if i.astimezone(place).time() != moment]
    assert len(late) <= 1, "the night whose hour is skipped"
    for there in late:  # right after the jump: a second before, the clock showed less
        before = (there.astimezone(UTC) - timedelta(seconds=1)).astimezone(place)
        assert before.utcoffset() != there.utcoffset()
        assert (
            before.replace(tzinfo=None)
            < datetime.combine(there, moment)
            < there.replace(tzinfo=None)
        )


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/St_Johns", "Asia/Kathmandu"])
def test_a_call_of_cron_comes_when_a_night_begins_to_be_due(zone: str) -> None:
    place, at = check_timezone(zone), parse_time("03:30")
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    instants = [due_instant(day, at=at, zone=place) for day in days]
    # cron counts the minutes of some zone of its own; all are quarters of an hour apart
    assert {instant.minute % cron.TICK_MINUTES for instant in instants} == {0}
    assert {int(m) % cron.TICK_MINUTES for m in cron_minutes("03:30")} == {0}


def cron_minutes(at: str) -> list[int]:
    line = cron.CrontabLine(("/bin/nightdesk",), at=parse_time(at)).text()
    return [int(minute) for minute in line.split(" ", 1)[0].split(",")]


def test_all_zones_in_use_are_whole_quarters_of_an_hour_apart() -> None:
    """What the crontab line relies on."""
    for name in available_timezones():
        for month in (1, 7):
            offset = datetime(2026, month, 1, tzinfo=ZoneInfo(name)).utcoffset()
            assert offset is not None
            assert offset % timedelta(minutes=cron.TICK_MINUTES) == timedelta(0), name


def test_a_skipped_hour_is_right_after_the_jump_and_a_double_one_is_the_first() -> None:
    paris = check_timezone("Europe/Paris")
    # 29 March 2026: 02:00 is 03:00 at once, at 01:00 UTC; 25 October: 03:00 is 02:00 again.
    assert due_instant(date(2026, 3, 29), at=time(2, 30), zone=paris) == datetime(
        2026, 3, 29, 1, 0, tzinfo=UTC
    )
    assert due_instant(date(2026, 10, 25), at=time(2, 30), zone=paris) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_calls_right_after_a_jump_that_skips_the_hour() -> None:
    timer = timer_of("02:30", "Europe/Paris").timer()
    calendars = re.findall(r"^OnCalendar=(.+)$", timer, flags=re.M)
    assert calendars == ["*-*-* 02:30:00 Europe/Paris", "*-*-* 03:00:00 Europe/Paris"]
    on_the_night = [next_after(calendar, "2026-03-28 23:00") for calendar in calendars]
    assert "2026-03-29 01:00:00 UTC" in on_the_night, on_the_night
    (only,) = re.findall(
        r"^OnCalendar=(.+)$", timer_of("05:00", "Europe/Paris").timer(), flags=re.M
    )
    assert only == "*-*-* 05:00:00 Europe/Paris"
    often = timer_of("05:00", "Europe/Paris", delivered=True).timer()
    assert "OnCalendar=*:0/15\n" in often, "what waits in the outbox is tried again"


def timer_of(at: str, zone: str, command: tuple[str, ...] = (), **more) -> systemd.Timer:
    return systemd.Timer(
        command or COMMAND, at=parse_time(at), timezone=zone, zone=check_timezone(zone), **more
    )


def next_after(calendar: str, base: str) -> str:
    shown = subprocess.run(
        ["systemd-analyze", "calendar", f"--base-time={base} UTC", calendar],
        capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC"},
    ).stdout  # fmt: skip
    (found,) = re.findall(r"Next elapse: \w+ (.+)$", shown, flags=re.M)
    return str(found)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Europe/Kyiv", "02:30", date(2026, 11, 24)),
        ("Europe/Kyiv", "03:30", date(2026, 10, 25)),
        ("Asia/Kathmandu", "00:05", date(2026, 7, 1)),
    ],
)
def test_systemd_reads_the_timer_as_the_same_instant(zone: str, at: str, day: date) -> None:
    timer = timer_of(at, zone).timer()
    calendar, *_ = re.findall(r"^OnCalendar=(.+)$", timer, flags=re.M)
    start = datetime.combine(day - timedelta(days=1), parse_time(at), ZoneInfo(zone))
    base = (start + timedelta(hours=1)).astimezone(UTC)
    shown = subprocess.run(
        ["systemd-analyze", "calendar", "--base-time", f"{base:%Y-%m-%d %H:%M:%S} UTC", calendar],
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    (next_one,) = re.findall(r"Next elapse: \w+ ([-\d]+ [:\d]+) UTC", shown)
    instant = datetime.fromisoformat(next_one).replace(tzinfo=UTC)
    assert instant == due_instant(day, at=parse_time(at), zone=check_timezone(zone))


# What a plan says.


@pytest.mark.parametrize("at", ["24:00", "2:5", "02:60", "02.30", "2h30", "", "02:30:00", "-1:00"])
def test_a_time_that_is_none_is_refused(at: str) -> None:
    with pytest.raises(UsageError, match="not a time of day") as caught:
        plan(COMMAND, at=at, timezone="UTC")
    assert "02:30" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Europe/Kyev", "Europe/Kyiv"),
        ("europe/paris", "Europe/Paris"),
        ("Kyiv", "Europe/Kyiv"),
        ("Pariss", "Europe/Paris"),
        ("Europe/Pariz", "Europe/Paris"),
        ("../../etc/passwd", None),
        ("Europe", None),
        ("", None),
    ],
)
def test_a_zone_that_is_none_is_refused_with_the_nearest(name: str, near: str | None) -> None:
    with pytest.raises(UsageError, match="unknown time zone") as caught:
        check_timezone(name)
    if near:
        assert caught.value.hint == f"did you mean {near}?"


def test_a_name_that_no_schedule_can_hold_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot hold such a name"):
        plan([*COMMAND, "/srv/a\nb"], at="02:30", timezone="UTC")


def test_the_crontab_line_calls_what_was_meant(tmp_path: Path, monkeypatch) -> None:
    """A shell gets what cron gives it (crontab(5): up to the first bare %), with cron's PATH."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a state"))
    program = tmp_path / "print it"
    program.write_text('#!/bin/sh\nprintf "[%s]" "$@"\n')
    program.chmod(0o755)
    line = cron.CrontabLine((str(program), *COMMAND[1:]), at=time(2, 37)).text()
    minutes, *stars, command = line.split(" ", 5)
    assert (minutes, stars) == ("7,22,37,52", ["*"] * 4)
    given, *stdin = re.split(r"(?<!\\)%", command)
    assert not stdin
    log = tmp_path / "a state" / "nightdesk" / "log" / "nightly.log"
    log.parent.mkdir(parents=True)
    subprocess.run(
        ["/bin/sh", "-c", given.replace("\\%", "%")],
        env={"PATH": "/usr/bin:/bin", "HOME": "/"}, check=True,
    )  # fmt: skip
    assert log.read_text() == "".join(f"[{w}]" for w in (*COMMAND[1:], "--at", "02:37"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("network", [True, False])
@pytest.mark.parametrize("manager", ["user", "system"])
def test_systemd_accepts_both_units_and_finds_them_hard(
    tmp_path: Path, manager: systemd.Manager, network: bool
) -> None:
    sandbox = Sandbox(
        writable=(tmp_path / "out of 100%",), user="daemon", credentials=("smtp:/etc/smtp", "hook"),
        network=network,
    )  # fmt: skip
    timer = timer_of(
        "03:30", "Europe/Kyiv", ("/bin/true", *COMMAND), manager=manager, sandbox=sandbox
    )
    service = tmp_path / "nightdesk.service"
    service.write_text(timer.service())
    (tmp_path / "nightdesk.timer").write_text(timer.timer())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert str(tmp_path) not in done.stderr
    assert "nightdesk" not in done.stderr
    assert "Persistent=true" in timer.timer()
    if manager == "system":
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=30", str(service)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-300:]


def test_systemd_units_quote_what_systemd_would_expand() -> None:
    service = timer_of("02:30", "UTC").service()
    (line,) = re.findall(r"^ExecStart=(.+)$", service, flags=re.M)
    program, words = '"/opt/night desk/bin/nightdesk"', '--inbox "/srv/100%% \\"$$new\\"\\\\"'
    assert line == f"{program} nightly run {words} --at 02:30"
    assert f"ExecStartPre={program} --version\n" in service


# Installing.


def test_install_adds_one_line_and_uninstall_takes_it_away(crontab: None) -> None:
    put(OWN)
    for at in ("02:30", "02:30", "04:45"):
        install(plan(COMMAND, at=at, timezone="Europe/Kyiv"))
        (line,) = [line for line in table().splitlines() if "nightdesk" in line]
        assert table() == f"{OWN}{line}\n"
        assert f"--at {at} " in line
        assert plan(COMMAND, at=at, timezone="Europe/Kyiv").describe().endswith(f"\n{line}")
    assert uninstall() is True
    assert table() == OWN
    assert uninstall() is False
    assert table() == OWN


def test_install_makes_a_crontab_where_there_is_none(crontab: None, tmp_path: Path) -> None:
    install(plan(COMMAND, at="02:30", timezone="UTC"))
    assert table().count("\n") == 1
    assert uninstall() is True
    assert table() == ""


@pytest.mark.parametrize(
    ("message", "removable"),
    [("cannot open the table: I/O error", False), ("You (tester) are not allowed to use it", True)],
)
def test_a_crontab_that_cannot_be_read_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str, removable: bool
) -> None:
    (tmp_path / "crontab").write_text(f"#!/bin/sh\necho '{message}' >&2\nexit 1\n")
    (tmp_path / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    with pytest.raises(OutputError, match=re.escape(message)):
        install(plan(COMMAND, at="02:30", timezone="UTC"))
    if removable:  # who may have no crontab has no line of ours in it
        assert uninstall() is False
    else:
        with pytest.raises(OutputError, match=re.escape(message)):
            uninstall()


def test_without_systemd_and_cron_the_plan_can_still_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    planned = plan(COMMAND, at="02:30", timezone="UTC")
    assert "--at 02:30" in planned.describe()
    with pytest.raises(OutputError, match="neither a systemd") as caught:
        install(planned)
    assert "--print" in caught.value.hint
    assert uninstall() is False


NIGHTDESK = Path(sys.executable).with_name("nightdesk")


def nightdesk(*words: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(NIGHTDESK), "nightly", *words],
        env={**os.environ, **extra}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_command_prints_without_touching_anything(crontab: None, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    done = nightdesk(
        "install", "--at", "02:30", "--tz", "Europe/Kyiv", "--inbox", str(tmp_path / "in box"),
        "--out", str(tmp_path / "out"), "--print", NIGHTDESK_CACHE=str(tmp_path / "weights"),
        NIGHTDESK_API_KEY="sk-secret",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert table() == ""
    assert sorted(tmp_path.rglob("*")) == before
    line = done.stdout.splitlines()[-1]
    words = shlex.split(line.split(" ", 5)[5].partition(" >> ")[0])
    call = words[words.index("nightly") - 1 :]
    assert call == [
        str(NIGHTDESK.resolve()), "nightly", "run", "--inbox", str(tmp_path / "in box"),
        "--out", str(tmp_path / "out"), "--tz", "Europe/Kyiv", "--at", "02:30",
    ]  # fmt: skip
    assert f"NIGHTDESK_CACHE={tmp_path / 'weights'}" in words
    assert "sk-secret" not in done.stdout


def test_a_timer_may_call_at_any_time_and_one_night_is_made(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    out = tmp_path / "out"
    words = ("run", "--inbox", str(tmp_path / "in"), "--out", str(out), "--tz", "Europe/Kyiv")
    called = {  # at 04:00 in Kyiv nothing is due that day before 05:00
        "2026-03-01T02:00": "2026-02-28", "2026-03-01T03:00": "2026-03-01",
        "2026-03-01T03:15": "2026-03-01", "2026-03-03T22:10": "2026-03-03",
    }  # fmt: skip
    for moment, night in called.items():
        instant = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        before = set(nights(out))
        done = nightdesk(*words, "--at", "05:00", SOURCE_DATE_EPOCH=f"{instant.timestamp():.0f}")
        again = night in before
        assert done.returncode == (0 if again else 1), done.stderr
        assert (done.stdout, "published" in done.stderr) == ("", not again)
        assert set(nights(out)) == before | {night}
    assert nights(out) == ["2026-02-28", "2026-03-01", "2026-03-03"]
    page = (out / "2026-03-03" / "digest.md").read_text(encoding="utf-8")
    assert "There was no digest on 2 March 2026" in page
    assert "made later" in (out / "2026-02-28" / "digest.md").read_text(encoding="utf-8")


def nights(out: Path) -> list[str]:
    return sorted(p.name for p in out.glob("2*")) if out.exists() else []


def test_an_inbox_that_is_not_there_is_not_installed(crontab: None, tmp_path: Path) -> None:
    done = nightdesk("install", "--inbox", str(tmp_path / "none"), "--cron")
    assert (done.returncode, table()) == (2, "")
    assert "there is no such folder" in done.stderr
    pattern = str(tmp_path / "feeds" / "*")
    done = nightdesk("install", "--inbox", pattern, "--out", str(tmp_path / "out"), "--cron")
    assert done.returncode == 0, done.stderr
    assert f"--inbox '{pattern}'" in table()
