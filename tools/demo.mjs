// npm run demo [-- story]: plays the stories against a running Recourse. --help says more.
import { prepare } from './preparing.mjs';

await prepare();
await import('../stories/dist/demo.js');
