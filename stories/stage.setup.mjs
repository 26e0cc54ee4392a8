// Sets the stage once for all specs of a tier, and leaves nothing behind. RECOURSE_TIER: node (default), kafka, containers.
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

const tier = () => process.env.RECOURSE_TIER ?? 'node';
const say = (text) => process.stderr.write(`  ${text}\n`);

const embedded = async (options) => {
  const { startRecourse } = await import('../deploy/embedded/dist/starting.js');
  const recourse = await startRecourse({ ...options, tell: (news) => 'trouble' in news && say(news.trouble) });
  return { url: recourse.url, stop: () => recourse.stop() };
};

const compose = (...args) => {
  const [command, first] = spawnSync('docker-compose', ['version']).status === 0 ? ['docker-compose', []] : ['docker', ['compose']];
  const { status } = spawnSync(command, [...first, '-p', 'recourse-test', ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`docker-compose ${args.join(' ')} failed`);
};

/** A connection that a starting container takes and drops can leave fetch waiting for ever, with nothing that keeps the process alive. */
const healthy = (url) => {
  const answer = fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
  return Promise.race([answer, pause(3_000, false)]);
};

const raise = {
  node: () => embedded({}),
  kafka: () => {
    const brokers = process.env.RECOURSE_TEST_KAFKA;
    if (!brokers) throw new Error('RECOURSE_TEST_KAFKA names no broker: npm run test:kafka starts one.');
    return embedded({ transport: 'kafka', brokers });
  },
  containers: async () => {
    compose('up', '-d', '--build');
    const url = process.env.RECOURSE_URL ?? 'http://127.0.0.1:4000';
    for (let tries = 0; ; tries++) {
      if (await healthy(url)) break;
      if (tries > 180) {
        compose('logs', '--tail', '40');
        throw new Error('the containers did not become healthy within three minutes');
      }
      await pause(1000);
    }
    return { url, stop: async () => compose('down', '-v') };
  },
};

export default async () => {
  const stage = await raise[tier()]();
  process.env.RECOURSE_STAGE_URL = stage.url;
  globalThis.__recourseStage = stage;
};
