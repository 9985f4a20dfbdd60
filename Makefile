# hello: hear the voice. test: prove the code. Both make their environment once and again only when
# pyproject.toml or constraints.txt change (the stamp's name holds their checksum).

PYTHON ?= python3
PINS := $(shell cat pyproject.toml constraints.txt | cksum | cut -d ' ' -f 1)
BASE := .venv/.ready-$(PINS)
DEV := .venv-dev/.ready-$(PINS)
SENTENCE ?= Hello! I am noise that learned to speak, one small step at a time.
WORKERS ?= 2

export PIP_DISABLE_PIP_VERSION_CHECK = 1

# Of `table`. Where the voice's recordings are not at hand, and no others are named, it reads Harvard sentences.
RECORDINGS ?= $(if $(wildcard ../shared/corpora/kathleen-22k),configs/vocoder.yaml)
TEST_LIST = $(if $(RECORDINGS),--recordings $(RECORDINGS),--texts benchmarks/texts/harvard.tsv)
COUNT ?= 20
SEEDS ?= 1
PAPER ?= $(firstword $(dir $(wildcard checkpoints/waveform/config.yaml runs/waveform/config.yaml)) checkpoints/waveform)
TABLE ?= evaluation
JUDGES := .venv-dev/.judges-$(shell cksum < requirements-judges.txt | cut -d ' ' -f 1)
SECOND_SPEAKER := runs/corpora/two/heart/README.md
RIVALS := .venv-rivals/.ready-$(shell cksum < constraints-rivals.txt | cut -d ' ' -f 1)

.PHONY: hello test test-all check voice table samples docs dist pin

# Speak SENTENCE into hello.wav: no torch, no system package, no network.
hello: $(BASE)
	.venv/bin/ito say "$(SENTENCE)" --output hello.wav

# A test process has a core; trainings, tables and sounds have all of them.
test test-all: export OMP_NUM_THREADS ?= 1

# ruff, mypy, and every test that is not slow.
test: check
	.venv-dev/bin/python -m pytest -m "not slow" -n $(WORKERS)

# The full proofs as well, the judges' too.
test-all: check $(JUDGES)
	.venv-dev/bin/python -m pytest -n $(WORKERS)

check: $(DEV)
	.venv-dev/bin/ruff check .
	.venv-dev/bin/mypy

# The voice `kathleen` anew, from its recordings, into VOICE/: a night on two cores, and after a stop it goes on.
# docs/results.md has the hours and figures of each stage.
voice: VOICE ?= runs/voices/kathleen
voice: $(DEV) $(SECOND_SPEAKER)
	.venv-dev/bin/ito train acoustic configs/acoustic_start.yaml
	.venv-dev/bin/ito train acoustic configs/acoustic.yaml
	.venv-dev/bin/ito train refine-acoustic configs/acoustic_few.yaml
	.venv-dev/bin/ito train refine-acoustic configs/acoustic_adversarial.yaml
	.venv-dev/bin/ito train vocoder configs/vocoder.yaml
	.venv-dev/bin/ito train refine-vocoder configs/vocoder_few.yaml
	.venv-dev/bin/ito train refine-vocoder configs/vocoder_final.yaml
	.venv-dev/bin/ito train refine-vocoder configs/vocoder_adversarial.yaml
	.venv-dev/bin/ito train refine-vocoder configs/vocoder_near.yaml
	.venv-dev/bin/ito train refine-vocoder configs/vocoder_nearest.yaml
	.venv-dev/bin/ito export --acoustic runs/acoustic --acoustic-few runs/acoustic_adversarial \
	  --vocoder runs/vocoder --vocoder-few runs/vocoder_nearest \
	  --voice configs/voice_kathleen.yaml --weights int8 --output "$(VOICE)"

# Six hours of the prompts in a synthesiser's voice, which the acoustic model learns to read from.
$(SECOND_SPEAKER): | $(DEV)
	mkdir -p $(@D)
	ln -sfn "$(abspath ../shared/corpora/kathleen-22k)" $(@D)/../kathleen
	cat prompts/english_*.txt > runs/corpora/prompts.txt
	.venv-dev/bin/python benchmarks/second_speaker.py runs/corpora/prompts.txt $(@D) --minutes 600

# The paper's tables, ours and the rivals', into TABLE/. Once its environments are there it needs no network.
table: $(DEV) $(JUDGES) $(RIVALS)
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=2 .venv-dev/bin/ito evaluate recordings griffin-lim world \
	  "paper=paper:$(PAPER:%/=%),steps=10,clips=5" espeak piper hibari presets:kathleen --nfe 1,2,4,8,16 \
	  --rivals .venv-rivals/bin/python --task copy --task read --count $(COUNT) --seeds $(SEEDS) \
	  $(TEST_LIST) --output $(TABLE) --title "The paper's tables, here"

# Some sounds of the table's last run, for docs/evaluating.md.
samples: $(DEV)
	.venv-dev/bin/python -m itoaudio.evaluate.samples $(TABLE) docs/evaluating.md

# The site, into SITE/; a warning is an error. Read it at http://127.0.0.1:8001 by `python3 -m http.server 8001 -d site`.
docs: SITE ?= site
docs: $(DEV)
	NO_MKDOCS_2_WARNING=1 .venv-dev/bin/python -m mkdocs build --strict --site-dir "$(abspath $(SITE))"

# Wheel and sdist, into DIST/, by the pinned hatchling: no network.
dist: DIST ?= dist
dist: $(DEV)
	.venv-dev/bin/python -m build --no-isolation --outdir "$(DIST)"

# Resolve the newest dependencies and write constraints.txt. TORCH stays: newer wheels weigh gigabytes.
pin: TORCH ?= 2.13.0
pin:
	rm -rf .venv-pin && $(PYTHON) -m venv .venv-pin
	.venv-pin/bin/pip install -q "torch==$(TORCH)" ".[train,dev]"
	{ sed '/^[^#]/d' constraints.txt; .venv-pin/bin/pip freeze -q --all --exclude pip --exclude itoaudio \
	  | grep -v ' @ ' | sed 's/+cpu$$//'; } > .venv-pin/constraints.txt
	mv .venv-pin/constraints.txt constraints.txt && rm -rf .venv-pin

# An environment that exists is updated, never made anew: a training may be running from it.
# The base install leaves bytecode to Python, which writes that of what it imports: 20 MB less.
$(BASE): EXTRAS = .
$(BASE): LEAN = --no-compile
$(DEV): EXTRAS = .[train,dev]
$(BASE) $(DEV):
	test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install -q $(LEAN) -c constraints.txt -e "$(EXTRAS)"
	rm -f $(@D)/.ready-*
	touch $@

$(JUDGES): $(DEV)
	.venv-dev/bin/pip install -q --no-deps -r requirements-judges.txt
	rm -f $(@D)/.judges-*
	touch $@

# Systems under the GPL, run by subprocess only.
$(RIVALS):
	test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install -q -r constraints-rivals.txt
	rm -f $(@D)/.ready-*
	touch $@
