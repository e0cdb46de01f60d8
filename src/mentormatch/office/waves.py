"""Waves of diagnostics, from the first question to the comparison."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from mentormatch.errors import Place, RegisterError
from mentormatch.files import digest_of
from mentormatch.messages import Language
from mentormatch.office.desk import Desk, with_status
from mentormatch.office.done import Done
from mentormatch.office.surveys import (
    PRESETS,
    Surveys,
    asked_in,
    read_wave_answers,
    voluntary,
    write_wave_form,
)
from mentormatch.programme import facts as f
from mentormatch.programme.refusals import defect, refuse
from mentormatch.programme.state import State
from mentormatch.questionnaire import Questionnaire
from mentormatch.spreadsheet import xlsx_bytes

_TO_ANSWER: Final = timedelta(days=14)


class Waves(Desk):
    """Waves of diagnostics."""

    def open_wave(
        self,
        wave: str,
        *,
        kind: f.WaveKind = "quarter",
        due: date | None = None,
        on: date | None = None,
        questionnaire: str | Path | None = None,
        names: bool = False,
        lang: Language = "ru",
    ) -> Done:
        """Begin a wave of diagnostics: everybody in a running pair is asked.

        What is asked is kept as ``waves/WAVE.toml``, and nobody has to answer all of it. The form
        to fill in is ``out/WAVE.xlsx``, with a row for each person.

        Parameters
        ----------
        wave
            Its code, such as ``2026-Q4``.
        kind
            ``first``, ``quarter`` or ``final``.
        due
            By when answers are expected; in two weeks when not said.
        on
            Its first day; today when not said.
        questionnaire
            What is asked, a .toml file; the ready questionnaire of this kind when not said.
        names
            Show names from the key file beside the codes; noted in the access log.
        lang
            Language of the form.
        """
        on = on or self.day
        if Path(wave).name != wave:
            raise RegisterError.of("office.wave-name", Place(field="wave"))
        form = (
            Questionnaire.preset(PRESETS[kind])
            if questionnaire is None
            else Questionnaire.load(questionnaire)
        )
        form = voluntary(form)
        state = self.state
        # Waves are told apart by their days, or nothing could be compared.
        other = next((it.wave for it in state.waves.values() if it.opened == on), wave)
        if other != wave:
            raise RegisterError.of("office.wave-day", wave=other, day=on)
        running = with_status(state, "running")
        people = tuple(sorted({who for pair in running for who in pair.members}))
        if not people:
            raise RegisterError.of("office.nothing-runs")
        due = due or on + _TO_ANSWER
        fact = f.WaveOpened(wave=wave, kind=kind, on=on, due=due, people=people)
        state.apply(state.entry(fact, self.author, self._at()))  # before anything is written
        kept, path = self._form_of(wave), self.programme.out / f"{wave}.xlsx"
        keys = self.programme.names_for(path) if names else None
        form.save(kept)
        write_wave_form(path, form, state, people, on, keys=keys, lang=lang)
        fact = fact.model_copy(update={"questionnaire": digest_of(kept.read_bytes())})
        values = {"wave": wave, "count": len(people), "due": due}
        return Done("wave-opened", values, self._record(fact), (kept, path))

    def read_answers(self, wave: str, file: str | Path, *, on: date | None = None) -> Done:
        """Read the answers to a wave from a filled form.

        Parameters
        ----------
        wave, file
            Which wave, and the form.
        on
            The day on which the answers came in; today when not said.

        Raises
        ------
        MentorMatchError
            With everything that can't be read; nothing is recorded then.
        """
        state = self.state
        form = self._asked(state, wave)
        entries = self._record(*read_wave_answers(file, form, state, wave, on or self.day))
        after = self.state.waves[wave]
        values = {
            "wave": wave,
            "count": len(entries),
            "answered": len(after.answers),
            "asked": len(after.people),
            "silent": ", ".join(after.silent) or "-",
        }
        return Done("wave-read", values, entries)

    def close_wave(self, wave: str, *, on: date | None = None) -> Done:
        """Take no more answers to a wave.

        Parameters
        ----------
        wave, on
            Which, and when; today when not said.
        """
        entries = self._record(f.WaveClosed(wave=wave, on=on or self.day))
        held = self.state.waves[wave]
        values = {"wave": wave, "answered": len(held.answers), "asked": len(held.people)}
        return Done("wave-closed", values, entries)

    def compare_waves(self, waves: Iterable[str] = (), *, lang: Language = "ru") -> Done:
        """Compare the answers of waves, and write ``out/waves.xlsx``.

        Quarters are compared with each other, the final survey with the first one.

        Parameters
        ----------
        waves
            Which waves; all when not said.
        lang
            Language of the tables.

        Raises
        ------
        MentorMatchError
            When there is no such wave, or none at all, and as ``compare_waves`` does.
        """
        state = self.state
        chosen = tuple(waves) or tuple(state.waves)
        surveys = Surveys(state, {wave: self._asked(state, wave) for wave in chosen})
        sheets = surveys.sheets(lang)
        if not sheets:
            raise RegisterError.of("office.no-waves")
        files = self._write(self.programme.out / "waves.xlsx", xlsx_bytes(sheets))
        return Done("waves-compared", {"count": len(chosen)}, files=files, more=(surveys,))

    def _form_of(self, wave: str) -> Path:
        return self.programme.folder / "waves" / f"{wave}.toml"

    def _asked(self, state: State, wave: str) -> Questionnaire:
        if wave not in state.waves:
            refuse([defect("no-wave", "wave", wave=wave)])
        return asked_in(state.waves[wave], self._form_of(wave))
