"""Make the ready templates of documents: ``python docs/templates``.

Writes them where the library keeps them, or into another folder that is named.
"""

import sys
from pathlib import Path

import letters
import minutes
import monitoring
import orders
import plan_papers

from mentormatch import wordfile
from mentormatch.messages import LANGUAGES

MAKERS = {
    **orders.MAKERS,
    **plan_papers.MAKERS,
    **letters.MAKERS,
    **minutes.MAKERS,
    **monitoring.MAKERS,
}
KEPT = Path(__file__).parents[2] / "src" / "mentormatch" / "presets" / "documents"


def publish(folder):
    """Write each template in each language."""
    for lang in LANGUAGES:
        (folder / lang).mkdir(parents=True, exist_ok=True)
        for name, make in MAKERS.items():
            (folder / lang / f"{name}.docx").write_bytes(wordfile.finish(make(lang)))


if __name__ == "__main__":
    publish(Path(sys.argv[1]) if sys.argv[1:] else KEPT)
