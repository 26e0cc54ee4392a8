import { Injectable } from '@nestjs/common';
import type { AccountContactHistory, SignpostHistory } from '@recourse/contracts';
import { Desk, Problem, type Caller } from '@recourse/edge';

/** The streams of one account. */
export const streamsOf = (tenant: string, account: string) => ({
  protection: `account-${tenant}-${account}`,
  contact: `contact-${tenant}-${account}`,
  stepUps: `step-up-${tenant}-${account}`,
});

/** Whose account it is, and where the things live that have an id of their own in the address. */
@Injectable()
export class Belonging {
  constructor(private readonly desk: Desk) {}

  /** A customer touches only an account for which the platform has registered a route of this customer's; to anyone else it is not there. */
  async mustBeTheirs({ role, sub, tenant }: Caller, account: string): Promise<void> {
    if (role !== 'customer') return;
    const contact = await this.desk.history<AccountContactHistory>(streamsOf(tenant, account).contact);
    const theirs = contact?.history.routes.some(({ subject, state }) => subject === sub && state !== 'removed');
    if (!theirs) throw new Problem(404, 'not-found');
  }

  /**
   * The account to which an unlock request or a step-up belongs; 404 for what is not there, of another tenant, or not this customer's. What is
   * not there goes the way of what is somebody else's, through the same questions, so that the time does not tell them apart.
   */
  async accountOf(caller: Caller, id: string, kind: 'unlock-request' | 'step-up'): Promise<string> {
    const sign = await this.desk.history<SignpostHistory>(`signpost-${id}`);
    const found = sign && sign.tenant === caller.tenant && sign.history.kind === kind ? sign.history.to : undefined;
    const account = found?.slice(`${kind === 'step-up' ? kind : 'account'}-${caller.tenant}-`.length) ?? `of-no-${kind}-${id}`;
    await this.mustBeTheirs(caller, account);
    if (found === undefined) throw new Problem(404, 'not-found');
    return account;
  }
}
