"""The sentences that a digest begins with when a night was not as it should be.

The words are those of `[notices]` in `pipeline/lang/*.toml`; numbers stand behind a colon, so that
no language needs a plural.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from pipeline.digest.wording import Wording, wording
from pipeline.errors import ConfigError
from pipeline.lang.data import by_language

_NAMED = 5  # feeds, in one sentence


@dataclass(frozen=True, slots=True)
class Notices:
    """The sentences of one language; `words` has its dates.

    A text in braces is replaced: {day}, {first}, {last}, {count}, {all}, {headline}, {names}.
    """

    words: Wording
    nothing_new: str
    too_old: str
    half_refused: str
    own_sentences: str
    deadline_reached: str
    no_room: str
    one_missed: str
    several_missed: str
    later: str
    under_embargo: str
    still_refused: str
    withdrawn: str
    feeds_failed: str

    def stale(self, day: str) -> str:
        """Say of which day the newest text is."""
        return self.too_old.format(day=self.words.short_day(day))

    def refused(self, count: int, all_inputs: int) -> str:
        """Say how many of the inputs could not be used."""
        return self.half_refused.format(count=count, all=all_inputs)

    def extractive(self, count: int, summaries: int) -> str:
        """Say how many summaries the engine did not write."""
        return self.own_sentences.format(count=count, all=summaries)

    def deadline(self, count: int) -> str:
        """Say how many texts wait because it was time to publish."""
        return self.deadline_reached.format(count=count)

    def beyond(self, count: int) -> str:
        """Say how many texts wait because the night is full."""
        return self.no_room.format(count=count)

    def missed(self, days: Sequence[str]) -> str:
        """Say which nights there were none of; this one tells what they would have told."""
        first, last = self.words.short_day(days[0]), self.words.short_day(days[-1])
        if len(days) == 1:
            return self.one_missed.format(day=first)
        return self.several_missed.format(count=len(days), first=first, last=last)

    def made_later(self, day: str) -> str:
        """Say on which day the digest was made."""
        return self.later.format(day=self.words.short_day(day))

    def embargoed(self, count: int) -> str:
        """Say how many texts wait for their hour."""
        return self.under_embargo.format(count=count)

    def refused_before(self, count: int) -> str:
        """Say how many inputs still cannot be used, which were named before."""
        return self.still_refused.format(count=count)

    def failed_feeds(self, names: Sequence[str], feeds: int) -> str:
        """Say which feeds could not be fetched, the first of them by name."""
        shown = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
        return self.feeds_failed.format(count=len(names), all=feeds, names=shown)

    def taken_back(self, headline: str, night: str) -> str:
        """Say which story, told on `night`, its agency has taken back."""
        return self.withdrawn.format(headline=headline, day=self.words.short_day(night))


def notices(language: str) -> Notices:
    """Return the sentences for a target language, from `[notices]` in its language file.

    A language file without that section has those of English. Raises ConfigError, with the file
    and the key, for a sentence that is missing or no text.
    """
    known = by_language("notices")
    tag = language if language in known else "en"
    keys = [field.name for field in fields(Notices) if field.name != "words"]
    for key in keys:
        if not isinstance(known[tag].get(key), str):
            raise ConfigError(
                f"{tag}.toml, [notices] {key}: is missing, or no text",
                hint="a digest needs every key that en.toml has in its section [notices]",
            )
    return Notices(wording(language), **{key: known[tag][key] for key in keys})
