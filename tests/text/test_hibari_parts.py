import subprocess
import sys


def test_reading_english_loads_no_synthesiser():
    """A command that says a word must not wait for SciPy, which only hibari's own voice needs."""
    code = (
        "import sys; from itoaudio.text import English; English().read('It costs $5, Zyxqua.')\n"
        "assert 'hibari' not in sys.modules and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
