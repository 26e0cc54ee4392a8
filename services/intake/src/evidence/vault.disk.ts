import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration, textVariable } from '@recourse/edge';
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const evidenceFolder = textVariable('RECOURSE_EVIDENCE_DIR', 'the folder in which evidence is kept, encrypted');

/** The disk is full or may not be written: the caller did nothing wrong. */
export class VaultFull extends Error {}
/** The bytes under a hash are gone, or are not those any more. */
export class EvidenceDamaged extends Error {}

/**
 * Files named by the hash of what is in them, and what is in them is encrypted. A file is whole, synced and under its final name before
 * any record speaks of it: a crash leaves a file nobody knows, never a record without its file.
 */
@Injectable()
export class EvidenceVault implements OnModuleInit {
  private readonly folder: string;

  constructor(configuration: Configuration) {
    this.folder = configuration.of(evidenceFolder);
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

  async keep(h: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(h);
    const growing = join(this.folder, `.${randomUUID()}`);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(growing, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(growing, path);
      // The name is durable only when the folders that hold it are.
      await syncFolder(dirname(path));
      await syncFolder(this.folder);
    } catch (error) {
      await rm(growing, { force: true }).catch(() => undefined);
      if (isFull(error)) throw new VaultFull('evidence cannot be stored', { cause: error });
      throw error;
    }
  }

  async read(h: string): Promise<Uint8Array> {
    const bytes = await readFile(this.pathOf(h)).catch((cause: unknown) => {
      throw new EvidenceDamaged(`the file ${h} cannot be read`, { cause });
    });
    if (createHash('sha256').update(bytes).digest('base64url') !== h) throw new EvidenceDamaged(`the file ${h} was changed`);
    return bytes;
  }

  /** Only for a file no record speaks of: its command was refused. */
  async forget(h: string): Promise<void> {
    await rm(this.pathOf(h), { force: true });
  }

  private pathOf(h: string): string {
    if (!/^[A-Za-z0-9_-]{43}$/.test(h)) throw new Error('evidence is named by its hash');
    return join(this.folder, h.slice(0, 2), h);
  }
}

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
