# One image for everything that is ours; docker-compose.yml gives each container its command.

# Only what decides which packages are needed, so that a change of sources keeps the layers below.
FROM node:24-bookworm-slim AS manifests
WORKDIR /all
COPY . .
RUN mkdir /manifests && find . -name package.json -not -path '*/node_modules/*' -exec cp --parents {} /manifests/ \; \
 && cp package-lock.json .npmrc /manifests/ && { ! [ -d patches ] || cp -r patches /manifests/; }

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY --from=manifests /manifests ./
RUN npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
COPY . .
RUN npm run --silent build && find . -name node_modules -prune -o \( -name '*.spec.*' -o -name '*.map' -o -name '.tsbuildinfo' \) -path '*/dist/*' -print | xargs rm -f

# Optional packages are binaries of the embedded PostgreSQL: containers have a server of their own.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY --from=manifests /manifests ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund --no-update-notifier --loglevel=error

FROM node:24-bookworm-slim
ENV NODE_ENV=production RECOURSE_HOST=0.0.0.0
WORKDIR /app
RUN mkdir -p /var/lib/recourse/keys /var/lib/recourse/restricted /var/lib/recourse/evidence /var/lib/recourse/issuer && chown -R 1000:1000 /var/lib/recourse
COPY --from=packages /app ./
COPY --from=build /app/contracts ./contracts
COPY --from=build /app/libs ./libs
COPY --from=build /app/services ./services
COPY --from=build /app/deploy ./deploy
COPY --from=build /app/stories ./stories
COPY --from=build /app/tools ./tools
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=6 CMD ["node", "deploy/compose/healthy.mjs"]
CMD ["node", "services/front-door/dist/bundle.js"]
