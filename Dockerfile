# The server: docker build -t itoaudio . && docker run --rm --stop-timeout 140 -p 127.0.0.1:8000:8000 itoaudio
# Both stages are Debian's Python, so the environment moves between them as it is. Only wheels: no compiler, no apt.
FROM python:3.11-slim-bookworm AS build
WORKDIR /source
COPY constraints.txt ./
# PIP_CONSTRAINT holds for the build backend as well.
ENV PIP_CONSTRAINT=/source/constraints.txt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
COPY pyproject.toml README.md LICENSE THIRD_PARTY.md ./
COPY src ./src
# A first sentence and the server's modules leave the bytecode that the user below could not write.
RUN python -m venv /opt/itoaudio && /opt/itoaudio/bin/pip install --no-compile ".[serve]" \
    && /opt/itoaudio/bin/ito say "One." -o /tmp/one.wav && /opt/itoaudio/bin/python -c "import itoaudio.serve.run"

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 ito
COPY --from=build /opt/itoaudio /opt/itoaudio
ENV PATH=/opt/itoaudio/bin:$PATH \
    PYTHONUNBUFFERED=1
USER 10001
WORKDIR /home/ito
EXPOSE 8000
# SIGTERM closes the door and finishes what was accepted: give it the time limit of a request and some.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=4).read()"]
CMD ["ito", "serve", "--host", "0.0.0.0", "--port", "8000"]
