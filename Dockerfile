# cfglint in a container: docker run --rm -v "$PWD:/work:ro" cfglint check .
FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN python -m pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    python -m pip install --no-cache-dir --no-index --find-links=/wheels cfglint \
    && useradd --system --no-create-home cfglint
USER cfglint
WORKDIR /work
ENTRYPOINT ["cfglint"]
CMD ["check"]
