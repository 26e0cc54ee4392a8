// For `node --import`: ends this process without a word at one step of an upload (DIES), as a power cut would.
import fs from 'node:fs/promises';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const dies = process.env.DIES;
const die = () => process.kill(process.pid, 'SIGKILL');
/** Evidence alone: other parts of the service rename files too. */
const isEvidence = (path) => String(path).startsWith(process.env.RECOURSE_EVIDENCE_DIR);

const { open, rename } = fs;
fs.open = async (path, ...rest) => {
  const file = await open(path, ...rest);
  if (dies !== 'while-it-is-written' || !isEvidence(path)) return file;
  const append = file.appendFile.bind(file);
  let pieces = 0;
  file.appendFile = async (...given) => {
    await append(...given);
    if (++pieces === 3) die();
  };
  return file;
};
fs.rename = async (from, to) => {
  if (!isEvidence(from)) return rename(from, to);
  if (dies === 'before-it-has-its-name') die();
  await rename(from, to);
  if (dies === 'after-it-has-its-name') die();
};
syncBuiltinESMExports();

const { writeHead } = http.ServerResponse.prototype;
http.ServerResponse.prototype.writeHead = function (...given) {
  if (dies === 'after-it-is-recorded' && this.req.method === 'POST' && this.req.url.endsWith('/evidence')) die();
  return writeHead.apply(this, given);
};
