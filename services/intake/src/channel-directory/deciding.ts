import { decisions, type Decider } from '@recourse/decider';
import { evolve, initial, type ChannelDirectory, type ChannelEvent } from './channel-directory.js';
import { change, list, retire, verify, type ChangeChannel, type ListChannel, type RetireChannel, type VerifyChannel } from './keeping.js';
import type { ChannelRefusal } from './refusals.js';

export type ChannelCommand = ListChannel | VerifyChannel | ChangeChannel | RetireChannel;

/** Where one may complain to a platform. */
export const channelDirectory: Decider<ChannelCommand, ChannelEvent, ChannelDirectory, ChannelRefusal> = {
  initial,
  evolve,
  decide: decisions({
    ListChannel: list,
    VerifyChannel: verify,
    ChangeChannel: change,
    RetireChannel: retire,
  }),
};
