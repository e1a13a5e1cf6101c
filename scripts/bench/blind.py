"""`python -m scripts.bench.blind MODULE ARGUMENT…`: run a worker that looks at no picture for text.

For measuring alone: what other programs do not do at all is left out of a comparison with them.
"""

import os
import runpy
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.embedded")
    import django

    django.setup()
    from uploads.pipeline import looking

    looking.detect = lambda *_, **__: []
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
