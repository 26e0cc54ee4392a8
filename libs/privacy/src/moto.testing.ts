import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Somebody who answers as AWS does. Any credentials will do. */
export type Moto = { readonly url: string; readonly region: string; close(): Promise<void> };

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** It ends with whoever started it, however he ends: that closes its standard input. */
const program = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(['-H', '127.0.0.1', '-p', sys.argv[1]])
`;

/** Where the Python of moto is, or undefined after one sentence that says how to get it. */
const pythonOfMoto = (whatIsLeftOut: string): string | undefined => {
  const { stdout } = spawnSync(process.execPath, ['tools/python.mjs', '--look', 'moto'], { cwd: root, encoding: 'utf8' });
  const python = stdout.trim();
  if (python === '') process.stderr.write(`${whatIsLeftOut} is left out: moto is not here. "node tools/python.mjs" installs it.\n`);
  return python === '' ? undefined : python;
};

/** Starts moto (KMS, S3 and more) on a free port, or says in one sentence that it is not installed: then what needs it is skipped. */
export const startMoto = async (whatNeedsIt: string): Promise<Moto | undefined> => {
  const python = pythonOfMoto(whatNeedsIt);
  if (!python) return undefined;
  const port = await freePort();
  const child = spawn(python, ['-c', program, `${port}`], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`moto did not start: ${said}`);
    if (
      await fetch(`${url}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    await pause(100);
  }
  return {
    url,
    region: 'eu-central-1',
    close: async () => {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
