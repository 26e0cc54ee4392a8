import { taxonomy } from '@recourse/contracts';
import { serviceUnderTest, type Answered } from '@recourse/edge/testing';
import type { Caller } from '@recourse/identity';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { scanVariables } from './evidence/scanning.worker.js';
import { evidenceVariables } from './evidence/vault.module.js';
import { IntakeModule } from './intake.module.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test says what it expects of the JSON it reads
type Json = any;
export type Heard = Omit<Answered, 'body'> & { readonly body: Json };
export type File = {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly name?: string;
  readonly fields?: Readonly<Record<string, string>>;
};

/** The whole service on a database, a keyring and a folder of its own, spoken to as its callers do. */
export const intakeUnderTest = async (environment: Readonly<Record<string, string>> = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'recourse-evidence-'));
  const service = await serviceUnderTest(IntakeModule, {
    service: 'intake',
    variables: [...evidenceVariables, ...scanVariables],
    environment: { RECOURSE_EVIDENCE_DIR: folder, ...environment },
    uploads: { fileSize: taxonomy.evidence.perFile.bytes },
  });
  const { app, store, views, privacy, database, issuer } = service;

  const as = (caller: Partial<Caller>) => {
    const somebody = service.as(caller);
    const get = async (url: string, headers?: Readonly<Record<string, string>>): Promise<Heard> =>
      (await somebody.get(url, headers)) as Heard;
    return {
      get,
      post: async (url: string, body: unknown = {}, asking = {}): Promise<Heard> => (await somebody.post(url, body, asking)) as Heard,
      /** The bytes of an answer, which are not text. */
      download: async (url: string, headers: Readonly<Record<string, string>> = {}) => {
        const authorization = `Bearer ${await issuer.token(caller)}`;
        const answer = await app.inject({ method: 'GET', url, headers: { authorization, ...headers } });
        return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload };
      },
      upload: async (url: string, { bytes, type, name = 'file', fields = {} }: File, key: string = randomUUID()): Promise<Heard> => {
        const form = new FormData();
        for (const [field, value] of Object.entries(fields)) form.append(field, value);
        form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>], { type }), name);
        const encoded = new Response(form);
        const headers = {
          authorization: `Bearer ${await issuer.token(caller)}`,
          'content-type': encoded.headers.get('content-type')!,
          'idempotency-key': key,
        };
        const answer = await app.inject({ method: 'POST', url, headers, payload: Buffer.from(await encoded.arrayBuffer()) });
        return { status: answer.statusCode, headers: answer.headers as Record<string, string>, text: answer.body, body: answer.json() };
      },
    };
  };

  return {
    as,
    store,
    views,
    privacy,
    app,
    send: service.send,
    database,
    issuer,
    kekFile: service.kekFile,
    folder,
    /** Every file on the disk, as it lies there. */
    files: async () => {
      const names = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      // One may be let go between its being named and its being read.
      const read = await Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path).catch(() => undefined) })));
      return read.flatMap(({ path, bytes }) => (bytes ? [{ path, bytes }] : []));
    },
    /** The ids of all evidence that was recorded. */
    recorded: async () => {
      const ids: string[] = [];
      for (let after = -1, more = true; more;) {
        const records = await store.readLog(after, 500);
        ids.push(...records.filter(({ type }) => type === 'EvidenceReceived').map(({ data }) => String(data['evidence'])));
        after = records.at(-1)?.position ?? after;
        more = records.length > 0;
      }
      return ids;
    },
    /** The types of all records of a stream, in order. */
    told: async (stream: string) => (await store.readStream(stream)).map(({ type }) => type),
    /** What an erasure order does, without the service's doing. */
    destroyKey: async (key: string): Promise<void> => {
      const keyring = new pg.Client({ connectionString: database.keyringOwnerUrl });
      await keyring.connect();
      await keyring.query('select keyring.destroy(tenant, id, $2) from keyring.data_key where id = $1', [key, 'order-1']);
      await keyring.end();
    },
    close: async () => {
      await service.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
export type IntakeUnderTest = Awaited<ReturnType<typeof intakeUnderTest>>;
