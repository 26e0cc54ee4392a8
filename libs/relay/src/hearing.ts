import type { By, Claim, Instant, Part } from '@recourse/event-store';
import type { Message } from './message.js';

export type Told = { readonly by: By; readonly at: Instant };

/** What one message does to one stream of this service. */
export type Reaction = {
  readonly stream: string;
  readonly corr: string;
  readonly parts: (told: Told) => readonly [Part, ...Part[]];
  readonly claims?: readonly Claim[];
};

/** What a service does about what it hears. */
export type Hearing<Tools = unknown> = {
  /** Part of every key: never renamed, or everything heard since the beginning of time would take effect once more. */
  readonly consumer: string;
  readonly topics: readonly string[];
  /** Listens to the announcements of its own log as well. */
  readonly own?: boolean;
  /** A message that fails holds everything behind it on its key, and is tried until it works, instead of being parked: for who may skip nothing. */
  readonly holds?: boolean;
  /**
   * Which streams the message concerns; a type it does not know concerns none. Where it names several, the list is recorded, and if the message
   * comes again it is asked with the streams of the first time.
   */
  readonly react: (message: Message, tools: Tools, targets?: readonly string[]) => Promise<readonly Reaction[]> | readonly Reaction[];
};
