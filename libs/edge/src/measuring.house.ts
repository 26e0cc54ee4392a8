import { followerStandings, type PostgresEventStore, type Views } from '@recourse/event-store';
import type { Privacy } from '@recourse/privacy';
import type { DueWorker } from './due.worker.js';
import type { Metrics } from './measuring.js';

/** The log, its connections and its views. */
export const measureHouse = (metrics: Metrics, store: PostgresEventStore, views: Views, privacy: Pick<Privacy, 'opened'>): void => {
  const { pool } = store;
  metrics.gauge('recourse_log_head', 'The last position of the log.', [], async () => [{ labels: {}, value: await store.head() }]);
  metrics.gauge(
    'recourse_store_waiting',
    'Requests that wait to be written; beyond a limit further ones are answered with 503.',
    [],
    () => [{ labels: {}, value: store.waiting }],
  );
  metrics.counter(
    'recourse_store_total',
    'Appends since the start: batches, the requests in them (their ratio is the size of a batch), conflicts, and first answers given again.',
    ['result'],
    () => Object.entries(store.counts).map(([result, value]) => ({ labels: { result }, value })),
  );
  metrics.gauge('recourse_pool_connections', 'Connections of the store by state; waiting are those who ask for one.', ['state'], () => [
    { labels: { state: 'open' }, value: pool.totalCount },
    { labels: { state: 'idle' }, value: pool.idleCount },
    { labels: { state: 'waiting' }, value: pool.waitingCount },
  ]);
  metrics.counter(
    'recourse_groups_opened_total',
    'Sealed groups that were opened, by the role of whoever did and the purpose stated, since the start.',
    ['role', 'purpose'],
    () => privacy.opened().map(({ role, purpose, groups }) => ({ labels: { role, purpose }, value: groups })),
  );
  measureFollowers(metrics, store, views);
};

/** Whoever follows the log: views by generation, and subscriptions. */
const measureFollowers = (metrics: Metrics, store: PostgresEventStore, views: Views): void => {
  const standings = () => followerStandings(store.pool);
  metrics.gauge(
    'recourse_view_lag',
    'Records the view that is read has still to take in, where this instance leads it.',
    ['view'],
    async () => {
      const head = await store.head();
      const led = views.positions().filter(({ leads, state }) => leads && state === 'live');
      return led.map(({ name, position }) => ({ labels: { view: name }, value: head - position }));
    },
  );
  metrics.gauge(
    'recourse_view_rebuild_progress',
    'How much of the log a generation that is being built has taken in, from 0 to 1.',
    ['view', 'generation'],
    async () => {
      const building = (await views.catalogue.all()).filter(({ state }) => state === 'building');
      const head = building.length > 0 ? await store.head() : 0;
      return building.map(({ view, generation, reached }) => ({
        labels: { view, generation: `${generation}` },
        value: Math.max(0, Math.min(1, (reached + 1) / (head + 1))),
      }));
    },
  );
  metrics.gauge('recourse_follower_position', 'The last record each follower of the log has taken in.', ['follower'], async () =>
    (await standings()).map(({ name, position }) => ({ labels: { follower: name }, value: position })),
  );
  metrics.gauge('recourse_follower_led', 'Whether somebody follows under this name: 1, or 0.', ['follower'], async () =>
    (await standings()).map(({ name, led }) => ({ labels: { follower: name }, value: Number(led) })),
  );
  metrics.gauge('recourse_follower_parked', 'Streams that wait because one of their records failed.', ['follower'], async () =>
    (await standings()).map(({ name, parked }) => ({ labels: { follower: name }, value: parked })),
  );
  metrics.gauge(
    'recourse_follower_stopped',
    'Followers that stopped at a record and wait for somebody, by the code of why.',
    ['follower', 'why'],
    async () =>
      (await standings()).flatMap(({ name, stopped }) =>
        stopped === null ? [] : [{ labels: { follower: name, why: stopped }, value: 1 }],
      ),
  );
};

/** Work that must happen by an instant. */
export const measureDue = (metrics: Metrics, worker: DueWorker): void => {
  metrics.counter('recourse_due_total', 'Due work by name and what came of it, since the start.', ['name', 'result'], () =>
    worker.counts.flatMap(({ name, done, failed }) => [
      { labels: { name, result: 'done' }, value: done },
      { labels: { name, result: 'failed' }, value: failed },
    ]),
  );
  metrics.gauge('recourse_due_behind_seconds', 'Since when due work has not been looked for and done without a failure.', ['name'], () =>
    worker.counts.map(({ name, cleanAt }) => ({ labels: { name }, value: (performance.now() - cleanAt) / 1000 })),
  );
};
