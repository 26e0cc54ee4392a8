import { decisions, type Decider } from '@recourse/decider';
import { evolve, initial, type AccountProtection, type AccountProtectionEvent } from './account-protection.js';
import { expireLimit, liftLimit, setLimit, type ExpireLimit, type LiftLimit, type SetLimit } from './limiting.js';
import {
  confirm,
  confirmClaim,
  lapse,
  lift,
  lock,
  lockByClaim,
  meetDemand,
  signal,
  type ConfirmClaim,
  type ConfirmLock,
  type LapseLock,
  type LiftLock,
  type LockAccount,
  type LockByClaim,
  type MeetDemand,
  type SignalAnomaly,
} from './locking.js';
import type { ProtectionRefusal } from './refusals.js';
import {
  approveUnlock,
  denyUnlock,
  recordProof,
  requestUnlock,
  type ApproveUnlock,
  type DenyUnlock,
  type RecordOwnershipProof,
  type RequestUnlock,
} from './unlocking.js';

export type ProtectionCommand =
  | SignalAnomaly
  | MeetDemand
  | LockAccount
  | LockByClaim
  | ConfirmLock
  | ConfirmClaim
  | LapseLock
  | LiftLock
  | SetLimit
  | LiftLimit
  | ExpireLimit
  | RequestUnlock
  | RecordOwnershipProof
  | ApproveUnlock
  | DenyUnlock;

/** How an account is protected, from the first signal to its owner's return. */
export const accountProtection: Decider<ProtectionCommand, AccountProtectionEvent, AccountProtection, ProtectionRefusal> = {
  initial,
  evolve,
  decide: decisions({
    SignalAnomaly: signal,
    MeetDemand: meetDemand,
    LockAccount: lock,
    LockByClaim: lockByClaim,
    ConfirmLock: confirm,
    ConfirmClaim: confirmClaim,
    LapseLock: lapse,
    LiftLock: lift,
    SetLimit: setLimit,
    LiftLimit: liftLimit,
    ExpireLimit: expireLimit,
    RequestUnlock: requestUnlock,
    RecordOwnershipProof: recordProof,
    ApproveUnlock: approveUnlock,
    DenyUnlock: denyUnlock,
  }),
};
