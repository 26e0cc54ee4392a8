// A container's health check, where no curl is: node deploy/compose/healthy.mjs [path]. Ends with 0 when this container answers 200 there.
const [path = '/readyz'] = process.argv.slice(2);
const answer = await fetch(`http://127.0.0.1:${process.env.RECOURSE_SERVICE_PORT}${path}`, { signal: AbortSignal.timeout(8000) }).catch(
  () => undefined,
);
process.exit(answer?.ok ? 0 : 1);
