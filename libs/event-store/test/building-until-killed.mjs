// Keeps two views of a database, generations and all, until it is killed. Told a position, it stops in the middle of the fold there, for ever.
import { PostgresEventStore, Views } from '@recourse/event-store';
import { caseload, histories, quick, tally } from '../src/noting.testing.ts';

const [logUrl, webUrl, stallAt] = process.argv.slice(2);
const store = await PostgresEventStore.open({ service: 'test', logUrl });
const stalling = {
  ...caseload,
  apply: async (rows, record, history) => {
    if (stallAt && record.position >= Number(stallAt)) {
      process.stdout.write('stalled\n');
      await new Promise((resolve) => setTimeout(resolve, 1e9));
    }
    return caseload.apply(rows, record, history);
  },
};
await Views.open({ store, logUrl, webUrl, views: [stalling, tally], histories, pace: quick });
process.stdout.write('open\n');
