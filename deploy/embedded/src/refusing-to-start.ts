/** Why Recourse does not start, or cannot go on. The message is one sentence or two that a person without our sources can act on. */
export class CannotStart extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'CannotStart';
  }
}
