# One image for web, workers and scheduler; docker-compose.yml says which part it plays.
# Python's index offers the CUDA build of PyTorch. For a smaller image without a GPU give
# --build-arg TORCH_INDEX=... with the address of PyTorch's own index of CPU builds.
FROM node:22-bookworm-slim AS front
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim-bookworm
ARG TORCH_INDEX=""
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    MEDAPP_ENV=production MEDAPP_VAR_DIR=/var/lib/medapp MEDAPP_MODELS_DIR=/opt/medapp/var/models \
    OMP_WAIT_POLICY=PASSIVE TOKENIZERS_PARALLELISM=false
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
       fontconfig fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/medapp
COPY requirements.lock requirements-alone.lock ./
# torch first and alone, then everything else without a resolver: see scripts/setting_up/packages.py.
RUN export PIP_EXTRA_INDEX_URL="${TORCH_INDEX}" \
    && pip install -c requirements.lock $(grep '^torch==' requirements-alone.lock) \
    && pip install --no-deps $(grep -v -e '^#' -e '^torch==' requirements-alone.lock) \
    && pip install --no-deps -r requirements.lock
COPY ml ml
RUN python -m ml.assemble
COPY . .
COPY --from=front /front/node_modules/htmx.org/dist/htmx.min.js var/front/htmx.min.js
RUN python scripts/compile_messages.py \
    && useradd --system --create-home --home-dir /var/lib/medapp medapp
USER medapp
VOLUME /var/lib/medapp
EXPOSE 8000
CMD ["uvicorn", "medapp.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", \
     "--no-access-log", "--proxy-headers"]
