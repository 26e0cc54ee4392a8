import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { evidence } from './deciding.js';
import type { EvidenceEvent } from './evidence.js';

const given = givenFor(evidence);
const by = { actor: 'cus-0012', role: 'customer', client: 'quanpay' };
const at = '2026-11-17T18:41:00.000Z';
const sealed = [{ id: '019a9c3e-0000-7000-8000-000000000001', group: 'evidence-name', key: 'k1', h: 'h'.repeat(43) }];
const file = {
  evidence: 'e1',
  matter: 'm1',
  from: 'complainant',
  kind: 'chat-log',
  h: 'h'.repeat(43),
  size: 400,
  content: { id: 'c1', key: 'k1' },
  sealed,
  attachments: [{ h: 'h'.repeat(43), n: 428 }],
} as const;

const receive = { type: 'ReceiveEvidence', by, at, ...file, declared: 'text/plain', found: 'text/plain' } as const;
const received: EvidenceEvent = { type: 'EvidenceReceived', ...file, mediaType: 'text/plain' };
const quarantined: EvidenceEvent = { type: 'EvidenceQuarantined', why: 'malicious-content' };
const redacted: EvidenceEvent = { type: 'EvidenceRedacted', to: 'e2', why: 'card-data' };

describe('Receiving evidence', () => {
  it('is recorded with the hash of the stored bytes and the sealed name', () => given().when(receive).records(received));
  it('says nothing the second time', () => given(received).when(receive).recordsNothing());
  it('is refused when the bytes say another type than the sender', () =>
    given()
      .when({ ...receive, declared: 'image/png', found: 'application/pdf', kind: 'screenshot' })
      .isRefused('evidence-type-does-not-match', {
        pointers: ['/file'],
        facts: { kind: 'screenshot', declared: 'image/png', found: 'application/pdf' },
      }));
  it('is refused when the kind of evidence is never such a file', () =>
    given()
      .when({ ...receive, kind: 'call-record' })
      .isRefused('evidence-type-does-not-match', { facts: { kind: 'call-record' } }));
  it('is refused when the bytes are nothing we know', () => {
    const { found: _found, ...unknown } = receive;
    given()
      .when(unknown)
      .isRefused('evidence-type-does-not-match', { facts: { kind: 'chat-log', declared: 'text/plain', found: 'unknown' } });
  });
});

describe('Clearing evidence', () => {
  const clear = { type: 'ClearEvidence', by, at } as const;
  it('is recorded', () => given(received).when(clear).records({ type: 'EvidenceCleared' }));
  it('says nothing the second time', () => given(received, { type: 'EvidenceCleared' }).when(clear).recordsNothing());
  it('is refused for what was set aside', () => given(received, quarantined).when(clear).isRefused('evidence-is-quarantined'));
});

describe('Evidence that awaits its scan', () => {
  const awaited: EvidenceEvent = { ...received, scan: 'awaited' };
  const clear = { type: 'ClearEvidence', by, at } as const;
  it('is recorded so', () =>
    given()
      .when({ ...receive, scan: 'awaited' })
      .records(awaited));
  it('is cleared by the scanner', () =>
    given(awaited)
      .when({ ...clear, scanner: 'ClamAV 1.4.3/27800' })
      .records({ type: 'EvidenceCleared', scanner: 'ClamAV 1.4.3/27800' }));
  it('is cleared by no person', () => given(awaited).when(clear).isRefused('evidence-awaits-scan'));
  it('is not cleared by a scanner after a person has set it aside', () =>
    given(awaited, quarantined)
      .when({ ...clear, scanner: 'ClamAV 1.4.3/27800' })
      .recordsNothing());
  it('is not redacted yet', () =>
    given(awaited).when({ type: 'RedactEvidence', by, at, to: 'e2', why: 'card-data' }).isRefused('evidence-awaits-scan'));
});

describe('Setting evidence aside', () => {
  const quarantine = { type: 'QuarantineEvidence', by, at, why: 'malicious-content' } as const;
  it('is recorded', () => given(received).when(quarantine).records(quarantined));
  it('is recorded for what was cleared too: we may learn better', () =>
    given(received, { type: 'EvidenceCleared' }).when(quarantine).records(quarantined));
  it('says nothing the second time', () => given(received, quarantined).when(quarantine).recordsNothing());
});

describe('Redacting evidence', () => {
  const redact = { type: 'RedactEvidence', by, at, to: 'e2', why: 'card-data' } as const;
  it('names the version that stands for it from now on', () => given(received).when(redact).records(redacted));
  it('is refused when it was redacted already: the last version is redacted further', () =>
    given(received, redacted).when(redact).isRefused('evidence-is-redacted'));
  it('is refused for what was set aside', () => given(received, quarantined).when(redact).isRefused('evidence-is-quarantined'));
});
