"""A voice folder on disk: find it by name or path, read voice.json, vouch for files by their SHA-256.

Voices are embedded in the package (`itoaudio/voices/<name>/`) or lie in the user's data folder.
"""

from dataclasses import dataclass
from pathlib import Path

from itoaudio.runtime.errors import DamagedVoice, UnknownVoice, suggestion
from itoaudio.runtime.voice_format import FILE_NAME, VoiceSpec, decode

EMBEDDED = Path(__file__).resolve().parent.parent / "voices"
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class VoiceFolder:
    """A folder and what its voice.json says."""

    path: Path
    spec: VoiceSpec

    @classmethod
    def open(cls, path: Path) -> "VoiceFolder":
        """Read voice.json and see that every file is there; contents are checked when they are read."""
        try:
            data = (path / FILE_NAME).read_bytes()
        except OSError as error:
            raise UnknownVoice(f"{path}: no voice folder ({FILE_NAME}: {error.strerror})") from None
        spec = decode(data, source=str(path / FILE_NAME))
        missing = [name for name in spec.files if not (path / name).is_file()]
        if missing:
            raise DamagedVoice(f"{path}: {', '.join(missing)} missing; copy the voice folder again")
        return cls(path, spec)

    def checked(self, name: str) -> Path:
        """Path of a file that voice.json lists; `DamagedVoice` when its SHA-256 is another."""
        from hashlib import sha256

        digest = sha256()
        with (self.path / name).open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                digest.update(block)
        if digest.hexdigest() != self.spec.files[name]:
            raise DamagedVoice(
                f"{self.path / name} is damaged: SHA-256 {digest.hexdigest()[:12]}…, {FILE_NAME} says"
                f" {self.spec.files[name][:12]}…; copy the voice folder again"
            )
        return self.path / name

    def verify(self) -> None:
        """Read and check every file."""
        for name in self.spec.files:
            self.checked(name)


def user_voices() -> Path:
    """Where a user's own voices lie: `<data folder>/itoaudio/voices`."""
    from platformdirs import user_data_path

    return user_data_path("itoaudio", appauthor=False) / "voices"


def known_voices() -> dict[str, Path]:
    """Name -> folder: the embedded voices, then the user's; an embedded name is never overridden."""
    return {**_voices_in(user_voices()), **_voices_in(EMBEDDED)}


def find(voice: str | Path | None = None) -> Path:
    """The folder of a voice given by name or path; None is the first known one.

    `UnknownVoice` names the nearest known voice.
    """
    if voice is not None and Path(voice).name != str(voice):
        return Path(voice)
    for root in (lambda: EMBEDDED, user_voices):
        voices = _voices_in(root())
        if voice is None and voices:
            return min(voices.values())
        if str(voice) in voices:
            return voices[str(voice)]
    if voice is not None and (Path(voice) / FILE_NAME).is_file():
        return Path(voice)
    known = known_voices()
    wanted = "no voice" if voice is None else f"no voice {str(voice)!r}"
    hint = suggestion(str(voice), known) if known else f"; there are none in {EMBEDDED} and {user_voices()}"
    raise UnknownVoice(f"{wanted}{hint}; or give the path of a voice folder")


def _voices_in(root: Path) -> dict[str, Path]:
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{FILE_NAME}"))}
