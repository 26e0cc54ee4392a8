// Runs benchmarks from their sources, so short that they measure nothing: node --conditions=@recourse/source --import … running-short.mjs <data> <names…>
import { bench } from '../src/main.ts';

const [data, ...names] = process.argv.slice(2);
const short = { rounds: 1, seconds: 0.3, warmUp: 0.1, grow: 1_000, short: true };
process.exitCode = await bench({ ...short, names, data, json: true, write: false, strict: false, list: false });
