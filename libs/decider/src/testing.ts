import { expect } from '@jest/globals';
import type { Decider, Refusal } from './decider.js';

/** given(...past).when(command).records(...events): a test is one sentence. (Not `.then`: `await` would call it.) */
export const given =
  <Command, Event, State, Code extends string>({ initial, evolve, decide }: Decider<Command, Event, State, Code>) =>
  (...past: readonly Event[]) => ({
    when: (command: Command) => {
      const decision = decide(command, past.reduce(evolve, initial));
      return {
        records: (...events: readonly Event[]) => expect(decision).toEqual(events),
        recordsNothing: () => expect(decision).toEqual([]),
        isRefused: (refused: Code, more: Omit<Refusal, 'refused'> = {}) => expect(decision).toMatchObject({ refused, ...more }),
      };
    },
  });
