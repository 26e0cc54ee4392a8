import type { KeyOrderHistory } from '@recourse/contracts';
import { serviceUnderTest, type Answered, type ServiceUnderTest } from '@recourse/edge/testing';
import { fileKms, postgresGovernor, postgresPrivacy, type Governor, type Privacy } from '@recourse/privacy';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { GovernanceModule } from '../governance.module.js';
import { keyringBackupDays } from '../governance.variables.js';

export const body = <T>(answer: Answered): T => answer.body as T;
export const code = ({ status, body: problem }: Answered) => [status, (problem as { code?: string }).code];

const variables = [keyringBackupDays];

/** Governance on real databases; `beside` makes a second instance on the same ones. */
export const governanceUnderTest = (beside?: ServiceUnderTest, environment?: Readonly<Record<string, string>>) =>
  serviceUnderTest(GovernanceModule, {
    service: 'governance',
    variables,
    ...(beside && { beside }),
    ...(environment && { environment }),
  });

/** Waits until it is so; a test that waits in vain fails by its own time limit. */
export const until = async <T>(look: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await look();
    if (found) return found;
    await pause(25);
  }
};

/** The officers of a platform, and the keyring as others see it. */
export const officersAndKeys = (service: ServiceUnderTest, tenant = 'quanpay') => {
  const officer = (sub: string) => service.as({ sub, role: 'privacy-officer', tenant });
  const kms = fileKms(service.kekFile);
  const closing: (() => Promise<void>)[] = [];
  const governor: Governor = postgresGovernor({
    ...{ keyringUrl: service.database.keyringUrl, kms },
    restricted: fileKms(`${service.kekFile}.restricted`),
  });
  closing.push(() => governor.close());
  const [one, other, third] = [officer('officer-1'), officer('officer-2'), officer('officer-3')];
  return {
    ...{ one, other, third, governor },
    /** Seals something of somebody in a matter of his own: the id of the key. */
    keyOf: async (subject: string = `cus-${randomUUID().slice(0, 8)}`, matter: string = randomUUID()): Promise<string> =>
      (await service.privacy.seal({ tenant, scope: `matter:${matter}`, subject }, 'note', { text: 'something' })).ref.key,
    /** Another service, as far as it can be seen in the keyring. */
    neighbour: (name: string): Privacy => {
      const privacy = postgresPrivacy({ keyringUrl: service.database.keyringUrl, kms, store: service.store, service: name });
      closing.push(() => privacy.close());
      return privacy;
    },
    stateOf: async (key: string) => (await governor.keysOf(tenant, { ids: [key] }))[0]?.state,
    /** Asked by one, agreed to by another one. */
    agreed: async (asked: object): Promise<KeyOrderHistory> => {
      const order = body<KeyOrderHistory>(await one.post('/v1/privacy/key-orders', asked));
      return body<KeyOrderHistory>(await other.post(`/v1/privacy/key-orders/${order.order}/approval`, { list: order.list }));
    },
    orderIs: (order: string, ...stages: KeyOrderHistory['stage'][]): Promise<KeyOrderHistory> =>
      until(async () => {
        const shown = body<KeyOrderHistory>(await one.get(`/v1/privacy/key-orders/${order}`));
        return stages.includes(shown.stage) && shown;
      }),
    close: async () => {
      for (const step of closing) await step();
    },
  };
};

export type OfficersAndKeys = ReturnType<typeof officersAndKeys>;
