import { decisions, type Decider } from '@recourse/decider';
import { evolve, initial, type AccountContact, type AccountContactEvent } from './account-contact.js';
import type { ContactRefusal } from './refusals.js';
import {
  distrust,
  distrustKinds,
  endDistrust,
  register,
  remove,
  trust,
  type DistrustKinds,
  type DistrustRoute,
  type EndDistrust,
  type RegisterRoute,
  type RemoveRoute,
  type TrustRoute,
} from './registering.js';

export type ContactCommand = RegisterRoute | RemoveRoute | DistrustRoute | DistrustKinds | EndDistrust | TrustRoute;

/** By which routes the owner of an account is reached, and which of them are believed. */
export const accountContact: Decider<ContactCommand, AccountContactEvent, AccountContact, ContactRefusal> = {
  initial,
  evolve,
  decide: decisions({
    RegisterRoute: register,
    RemoveRoute: remove,
    DistrustRoute: distrust,
    DistrustKinds: distrustKinds,
    EndDistrust: endDistrust,
    TrustRoute: trust,
  }),
};
