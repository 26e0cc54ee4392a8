import type { PostgresEventStore, Views } from '@recourse/event-store';
import type { DueWorker } from './due.worker.js';
import type { Metrics } from './measuring.js';

/** The log, its connections and its views. */
export const measureHouse = (metrics: Metrics, store: PostgresEventStore, views: Views): void => {
  const { pool } = store;
  metrics.gauge('recourse_log_head', 'The last position of the log.', [], async () => [{ labels: {}, value: await store.head() }]);
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
export const measureDue = (metrics: Metrics, worker: DueWorker): void =>
  metrics.gauge('recourse_due_total', 'Due work by name and what came of it, since the start.', ['name', 'result'], () =>
    worker.counts.flatMap(({ name, done, failed }) => [
      { labels: { name, result: 'done' }, value: done },
      { labels: { name, result: 'failed' }, value: failed },
    ]),
  );
