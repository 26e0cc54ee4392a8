import { statSync } from 'node:fs';

/** What takes longest, longest first; a file of ten lines may live through a whole house. */
const longest = [
  'lived-through',
  'disguised',
  'killing',
  'governing',
  'starting',
  'start',
  'stories.story',
  'postgres.contract',
  'writing',
];
const rankOf = (file) => {
  const [name] = file.split('/').at(-1).split('.spec.');
  const at = longest.indexOf(name);
  return at >= 0 ? at : name.endsWith('.int') ? longest.length : longest.length + 1;
};

/** Begins with what takes longest, so that no worker ends long after the others: jest goes by how large a file is. */
export default class LongestFirst {
  sort(tests) {
    const weighed = [...tests].map((test) => ({ test, rank: rankOf(test.path), size: statSync(test.path).size }));
    return weighed.sort((one, other) => one.rank - other.rank || other.size - one.size).map(({ test }) => test);
  }

  shard(tests) {
    return tests;
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {
    // nothing is remembered from one run to the next: every run is a first one
  }
}
