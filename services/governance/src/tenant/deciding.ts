import { decisions, type Decider } from '@recourse/decider';
import {
  approveClosure,
  askClosure,
  denyClosure,
  withdrawClosure,
  type ApproveClosure,
  type AskClosure,
  type DenyClosure,
  type WithdrawClosure,
} from './closing.js';
import { create, limit, type CreateTenant, type LimitTenant } from './creating.js';
import type { TenantRefusal } from './refusals.js';
import { evolve, initial, type Tenant, type TenantEvent } from './tenant.js';

export type TenantCommand = CreateTenant | LimitTenant | AskClosure | ApproveClosure | DenyClosure | WithdrawClosure;

/** Everything that may be done about a platform. */
export const tenant: Decider<TenantCommand, TenantEvent, Tenant, TenantRefusal> = {
  initial,
  evolve,
  decide: decisions({
    CreateTenant: create,
    LimitTenant: limit,
    AskClosure: askClosure,
    ApproveClosure: approveClosure,
    DenyClosure: denyClosure,
    WithdrawClosure: withdrawClosure,
  }),
};
