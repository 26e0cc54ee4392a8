import { Inject, Injectable } from '@nestjs/common';
import type { OrderedKey } from '@recourse/contracts';
import { EVENT_STORE } from '@recourse/edge';
import type { EventStore } from '@recourse/event-store';
import type { KeyState } from '@recourse/privacy';
import { createHash } from 'node:crypto';
import { KeyGovernor } from '../keys.governor.js';
import type { OrderKind } from './key-order.js';

/** Which keys somebody means: all of a subject, all of a matter, both, or by id. */
export type Meant = { readonly subject?: string; readonly matter?: string; readonly keys?: readonly string[] };

/** What an order of this kind can still do something about. */
const actsOn: Readonly<Record<OrderKind, readonly KeyState[]>> = {
  restrict: ['active'],
  release: ['restricted'],
  destroy: ['active', 'restricted'],
};

/** Whatever else somebody writes there names no key. */
const looksLikeKey = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);

/** Names the list of keys of an order, whatever their order in it: two lists with one name are one list. */
export const listOf = (keys: readonly Pick<OrderedKey, 'key'>[]): string =>
  createHash('sha256')
    .update(
      keys
        .map(({ key }) => key)
        .sort()
        .join('\n'),
    )
    .digest('base64url');

/** What the keyring says of keys that somebody wants to order about, at this moment. */
@Injectable()
export class KeysInQuestion {
  constructor(
    private readonly keys: KeyGovernor,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** The keys meant that an order of this kind can do something about, each with the account its matter is about. */
  async meant(tenant: string, kind: OrderKind, { subject, matter, keys: ids }: Meant): Promise<readonly OrderedKey[]> {
    const which = {
      ...(subject && { subject }),
      ...(matter && { scope: `matter:${matter}` }),
      ...(ids && { ids: ids.filter(looksLikeKey) }),
    };
    const found = await this.keys.governor.keysOf(tenant, which);
    const open = found.filter(({ state }) => actsOn[kind].includes(state));
    return Promise.all(
      open.map(async ({ id, scope, subject: of }) => {
        const account = await this.accountOf(tenant, scope);
        return { key: id, scope, subject: of, ...(account !== undefined && { account }) };
      }),
    );
  }

  /** The name of this list of keys while an order of this kind can still do something about each of them; else undefined. */
  async standing(tenant: string, kind: OrderKind, keys: readonly OrderedKey[]): Promise<string | undefined> {
    const now = await this.meant(tenant, kind, { keys: keys.map(({ key }) => key) });
    return now.length === keys.length ? listOf(now) : undefined;
  }

  /** A matter says on its first record which account it is about. */
  private async accountOf(tenant: string, scope: string): Promise<string | undefined> {
    if (!scope.startsWith('matter:')) return undefined;
    const [first] = await this.store.readStream(`matter-${scope.slice('matter:'.length)}`);
    return first?.tenant === tenant ? (first.data['account'] as string | undefined) : undefined;
  }
}
