"""The exam: a corpus with planted identity, an answer for every plant, and a scorer that asks the outputs
alone.

``python -m deid exam`` builds the corpus, strips it by the public ``strip`` and scores by action, as the
MIDI-B challenge does (removed, retained, date shifted, UID changed and consistent, pixels retained, text
removed and retained). Everything planted is invented, so misses are shown with their values.
"""

from deid.exam.answers import Answer, Demand, Miss
from deid.exam.corpus import File, build
from deid.exam.running import run
from deid.exam.scoring import Output, Score, score

__all__ = ["Answer", "Demand", "File", "Miss", "Output", "Score", "build", "run", "score"]
