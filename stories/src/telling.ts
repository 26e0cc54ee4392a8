import type { Everybody } from './signing-in.js';

/** What a story needs: who takes part, where mail can be read, and somebody who listens to its steps. */
export type Stage = {
  readonly who: Everybody;
  readonly url: string;
  /** Under which host name the services reach a receiver of this process. */
  readonly host?: string;
  /** A word that makes ids of this performance its own, so that a story can be played again. */
  readonly run: string;
  step(text: string): void;
};

/** Says no when what the front door answered is not what the story promises. */
export const expects: (truth: unknown, sentence: string, found?: unknown) => asserts truth = (truth, sentence, found) => {
  if (!truth) throw new Error(`the story expected that ${sentence}${found === undefined ? '' : `; found ${JSON.stringify(found)}`}`);
};
