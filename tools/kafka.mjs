// npm run kafka: a real Kafka in the foreground, from jars. See deploy/kafka.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotStart, startKafka } from '../deploy/kafka/start.mjs';

const usage = `npm run kafka -- [--port 9092] [--data DIR]

Starts Apache Kafka (Java 17 or newer; Maven fetches it once) and stays until Ctrl-C.
  --port   where clients connect; the controller takes a free port of its own (default 9092)
  --data   where its topics are kept, found again at the next start (default .kafka/data)
  --help   this text`;

const asked = () => {
  try {
    return parseArgs({ options: { port: { type: 'string', default: '9092' }, data: { type: 'string' }, help: { type: 'boolean' } } })
      .values;
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
};

const { port, data, help } = asked();
if (help) {
  console.log(usage);
  process.exit(0);
}
if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
  console.error(`--port is a number from 0 (any free port) to 65535, not ${port}.`);
  process.exit(2);
}

try {
  const started = Date.now();
  console.log('Starting Kafka …');
  const kafka = await startKafka({ port: Number(port), ...(data && { data: resolve(data) }), say: (sentence) => console.log(sentence) });
  console.log(`
  Kafka 4.1.1 is ready after ${((Date.now() - started) / 1000).toFixed(1)} s

    brokers   ${kafka.brokers}
    use it    RECOURSE_TRANSPORT=kafka KAFKA_BROKERS=${kafka.brokers} npm start
    its log   ${kafka.log}
    stop      Ctrl-C
`);
  let leaving = false;
  const leave = () => {
    if (leaving) return;
    leaving = true;
    console.log('Stopping Kafka …');
    void kafka.stop();
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  // The broker is not counted as a reason to stay awake, so that tests may end with it running; this command stays for it.
  const staying = setInterval(() => {}, 60_000);
  const code = await kafka.ended;
  clearInterval(staying);
  if (!leaving) {
    console.error(`Kafka ended by itself (${code ?? 'killed'}); ${kafka.log} says why.`);
    process.exit(1);
  }
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  console.error(error.message);
  process.exit(1);
}
