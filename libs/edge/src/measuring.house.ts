import type { PostgresEventStore, Views } from '@recourse/event-store';
import type { DueWorker } from './due.worker.js';
import type { Metrics } from './measuring.js';

/** The log, its connections and its views. */
export const measureHouse = (metrics: Metrics, store: PostgresEventStore, views: Views): void => {
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
  metrics.gauge('recourse_view_lag', 'Records a view has still to take in, where this instance leads it.', ['view'], async () => {
    const head = await store.head();
    const led = views.positions().filter(({ leads }) => leads);
    return led.map(({ name, position }) => ({ labels: { view: name }, value: head - position }));
  });
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
