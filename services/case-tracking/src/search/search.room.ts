import type { Room } from '../case-tracking.room.js';
import { IndexingWorker } from './indexing.worker.js';
import { searchRefusals } from './refusals.js';
import { SearchTables1763700000000 } from './search-tables.migration.js';
import { SearchesHttp } from './searches.http.js';

/** Finding cases by what is sealed, without reading it. */
export const search: Room = {
  controllers: [SearchesHttp],
  providers: [IndexingWorker],
  house: { histories: {}, announce: {}, hears: [], views: [], migrations: [SearchTables1763700000000], refusals: searchRefusals, due: [] },
};
