import type { SealedFile } from '@recourse/privacy';
import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { drawnAt, EvidenceDamaged, EvidenceVault, VaultFull, type Kept, type Place } from './vault.js';

/** Files in a folder, as `<tenant>/<evidence>`; on their way in they have a name of their own that begins with a dot. */
export class FolderVault extends EvidenceVault {
  constructor(private readonly folder: string) {
    super();
  }

  /** A folder that cannot be written stops the start, not the first customer. */
  async onModuleInit(): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await access(this.folder, constants.W_OK);
    } catch (cause) {
      throw new Error(`RECOURSE_EVIDENCE_DIR: nothing can be written in ${this.folder}`, { cause });
    }
  }

  async keep(place: Place, bytes: AsyncIterable<Uint8Array>): Promise<Kept> {
    const path = this.pathOf(place);
    const growing = join(this.folder, `.${randomUUID()}`);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const kept = await written(growing, bytes);
      await rename(growing, path);
      // The name is durable only when the folders that hold it are.
      await syncFolder(dirname(path));
      await syncFolder(this.folder);
      return kept;
    } catch (error) {
      await rm(growing, { force: true }).catch(() => undefined);
      if (isFull(error)) throw new VaultFull('evidence cannot be stored', { cause: error });
      throw error;
    }
  }

  async open({ tenant, id, h }: Place & Pick<Kept, 'h'>): Promise<SealedFile> {
    for (const path of [this.pathOf({ tenant, id }), this.earlierPathOf(h)]) {
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      // A stream's `end` is the last byte, not the one after it.
      if (found)
        return { length: found.size, read: ({ from, to }) => createReadStream(path, { start: from, end: to - 1, highWaterMark: 65_536 }) };
    }
    throw new EvidenceDamaged(`the file of evidence ${id} is not there`);
  }

  async forget({ h, ...place }: Place & Partial<Pick<Kept, 'h'>>): Promise<void> {
    await rm(this.pathOf(place), { force: true });
    if (h) await rm(this.earlierPathOf(h), { force: true });
  }

  async *lying(from: number, to: number): AsyncGenerator<Place> {
    const tenants = await readdir(this.folder, { withFileTypes: true });
    for (const { name: tenant } of tenants.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')))
      for (const id of await readdir(join(this.folder, tenant))) {
        const drawn = drawnAt(id);
        if (drawn !== undefined && drawn >= from && drawn < to) yield { tenant, id };
      }
  }

  async clear(before: number): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      const found = name.startsWith('.') && (await stat(path).catch(() => undefined));
      if (found && found.isFile() && found.mtimeMs < before) await rm(path, { force: true });
    }
  }

  /** Where a file lay before files were named by evidence. */
  private earlierPathOf(h: string): string {
    return join(this.folder, nameOnly(h).slice(0, 2), h);
  }

  private pathOf({ tenant, id }: Place): string {
    return join(this.folder, nameOnly(tenant), nameOnly(id));
  }
}

/** Names come from tokens and from ourselves; that none of them leads elsewhere is made sure of here too. */
const nameOnly = (name: string): string => {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(name)) throw new Error('a file of evidence is named by its tenant and its id');
  return name;
};

const written = async (path: string, bytes: AsyncIterable<Uint8Array>): Promise<Kept> => {
  const hash = createHash('sha256');
  let n = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of bytes) {
      hash.update(piece);
      n += piece.length;
      await file.appendFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { h: hash.digest('base64url'), n };
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
