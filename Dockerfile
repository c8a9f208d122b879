# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY schema.graphqls /src/
COPY packages /src/packages
COPY web ./
RUN npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/web/dist web/dist
# What antwon version says: docker build --build-arg VERSION=v1.2.3 --build-arg COMMIT=$(git rev-parse HEAD)
ARG VERSION COMMIT
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=${VERSION:-} -X main.commit=${COMMIT:-}" -o /antwon ./cmd/antwon
RUN mkdir -p /empty/data && chown 65532:65532 /empty/data

# No shell, no package manager, no root: nothing but the binary and what it writes.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /antwon /antwon
COPY --from=build --chown=65532:65532 /empty/data /data
USER 65532:65532
WORKDIR /
VOLUME /data
EXPOSE 8080
# SQLite needs a directory for temporary files, and there is no other.
ENV SQLITE_TMPDIR=/data
ENV ANTWON_ADDR=0.0.0.0:8080 ANTWON_LOG_FORMAT=json
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["/antwon", "healthcheck"]
ENTRYPOINT ["/antwon"]
CMD ["demo"]
