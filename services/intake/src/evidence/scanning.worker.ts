import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import {
  choiceVariable,
  Configuration,
  EVENT_STORE,
  LOG,
  PRIVACY,
  textVariable,
  type Log,
  type Privacy,
  type Variable,
} from '@recourse/edge';
import {
  follow,
  followTypes,
  handling,
  part,
  type Follower,
  type Order,
  type PostgresEventStore,
  type Recorded,
} from '@recourse/event-store';
import { KeyGone } from '@recourse/privacy';
import { setTimeout as pause } from 'node:timers/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { complaint } from '../complaint/deciding.js';
import { Clamd, ScannerAway, type Scanner, type Verdict } from './clamd.client.js';
import { evidence } from './deciding.js';
import type { EvidenceReceived } from './evidence.js';
import { EvidenceVault } from './vault.js';

const which = choiceVariable('RECOURSE_SCAN', ['none', 'clamd'] as const, 'none');
const address: Variable<string> = {
  ...textVariable('RECOURSE_SCAN_ADDRESS', 'host:port of clamd', '127.0.0.1:3310'),
  read: (text) => (/^.{1,255}:\d{1,5}$/.test(text) ? text : undefined),
};

/** Whether and where evidence is scanned: what a service must declare to be told. */
export const scanVariables = [which, address];

/** Whether evidence waits for a scanner before anybody sees it. */
export const isScanned = (configuration: Configuration): boolean => configuration.of(which) !== 'none';

const types = ['EvidenceReceived'];

/** The index for who follows what is received. */
export class Scanning1795600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(followTypes('scanning', types));
  }

  async down(): Promise<void> {
    throw new Error('An index does no harm: there is no way back.');
  }
}

const retryAfter = 2_000;

/**
 * Shows a scanner what was received. Evidence is recorded first and seen by nobody until its scan has come to an end, so a scanner that is away keeps
 * nobody from giving evidence, and a process that dies leaves the scan to the next one: it follows the log, and a verdict heard twice is recorded once.
 */
@Injectable()
export class ScanningWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private following: Follower | undefined;
  private readonly over = new AbortController();

  constructor(
    private readonly configuration: Configuration,
    private readonly vault: EvidenceVault,
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
    @Inject(PRIVACY) private readonly privacy: Privacy,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (!isScanned(this.configuration)) return;
    const [host = '', port = ''] = this.configuration.of(address).split(/:(?=\d+$)/);
    const scanner = new Clamd({ host, port: Number(port) });
    this.following = follow({
      name: 'scanning',
      types,
      store: this.store,
      pool: this.store.pool,
      batch: 20,
      // A file that is damaged keeps only itself waiting.
      policy: 'park',
      handle: async (records, stopping) => {
        for (const record of records) await this.look(record, scanner, AbortSignal.any([stopping, this.over.signal]));
      },
      failed: (error) => {
        if (!this.over.signal.aborted) this.log.error({ err: error }, 'evidence cannot be scanned');
      },
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.over.abort();
    await this.following?.stop();
  }

  private async look(record: Recorded, scanner: Scanner, stopping: AbortSignal): Promise<void> {
    const received = record.data as unknown as EvidenceReceived;
    if (received.scan !== 'awaited') return;
    for (;;) {
      if (stopping.aborted) throw new Error('stopping');
      try {
        const version = await scanner.version();
        const verdict = await this.verdictOf(record.tenant, received, scanner);
        if (verdict) await this.note(record, received, verdict, version);
        return;
      } catch (error) {
        // It is nobody's file's fault: what waits, waits in order.
        if (!(error instanceof ScannerAway)) throw error;
        this.log.warn({ err: error }, 'the scanner is away; evidence waits for it');
        await pause(retryAfter, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
  }

  /** Undefined when its key was destroyed or restricted meanwhile: nobody can see it any more, and neither can a scanner. */
  private async verdictOf(
    tenant: string,
    { evidence: id, h, size, content }: EvidenceReceived,
    scanner: Scanner,
  ): Promise<Verdict | undefined> {
    try {
      const read = await this.privacy.openStream({ ...content, tenant, size }, await this.vault.open({ tenant, id, h }));
      return await scanner.scan(read({ from: 0, to: size }));
    } catch (error) {
      if (error instanceof KeyGone) return undefined;
      throw error;
    }
  }

  private async note(
    { stream, tenant, corr, id: cause }: Recorded,
    { evidence: id, matter }: EvidenceReceived,
    verdict: Verdict,
    scanner: string,
  ): Promise<void> {
    const told = { by: { actor: 'service:intake', role: 'service', client: 'intake' }, at: this.store.now(tenant) };
    const why = verdict.kind === 'too-large' ? 'cannot-be-opened' : 'malicious-content';
    const found = verdict.kind === 'infected' ? { found: verdict.found } : {};
    const parts: Order['parts'] =
      verdict.kind === 'clean'
        ? [part(evidence, stream, { type: 'ClearEvidence', ...told, scanner })]
        : [
            part(evidence, stream, { type: 'QuarantineEvidence', ...told, why, scanner, ...found }),
            part(complaint, `complaint-${matter}`, { type: 'SetEvidenceAside', ...told, evidence: id, why }),
          ];
    const outcome = await handling(this.store)({ tenant, corr, cause, parts });
    // A complaint that was discarded has no list any more; the evidence itself is set aside all the same.
    if (outcome.kind === 'refused' && verdict.kind !== 'clean') await handling(this.store)({ tenant, corr, cause, parts: [parts[0]] });
  }
}
