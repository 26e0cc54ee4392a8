/** Something one person asked for and another one decides about: this very thing as it stood then, and not for long. */
export type AskedOf<Thing> = {
  readonly askedBy: string;
  readonly expiresAt: string;
  readonly stage: 'asked' | 'approved' | 'ended';
  /** What it was asked about, with whatever tells one state of it from the next: a version, the id of a message. */
  readonly about: Thing;
};

/** Whoever acts, as a record names him. The client he uses does not count: a person with two of them is one person. */
export type Acting = { readonly by: { readonly actor: string }; readonly at: string };

export type WhyNotDecided = 'is-decided' | 'second-person-is-the-first' | 'has-expired' | 'has-moved-on';

/** Why this person may not decide about it now; undefined when he may. `stands`: what it is about, as it stands at this moment. */
export const whyNotDecided = <Thing>(asked: AskedOf<Thing>, { by, at }: Acting, stands: Thing | undefined): WhyNotDecided | undefined => {
  if (asked.stage !== 'asked') return 'is-decided';
  if (asked.askedBy === by.actor) return 'second-person-is-the-first';
  if (asked.expiresAt <= at) return 'has-expired';
  return asked.about === stands ? undefined : 'has-moved-on';
};

/** Why it may not be taken back: only who asked takes back, and only what nobody has decided. An old request may go. */
export const whyNotWithdrawn = (asked: AskedOf<unknown>, { by }: Pick<Acting, 'by'>): 'is-decided' | 'somebody-else-asked' | undefined =>
  asked.stage !== 'asked' ? 'is-decided' : asked.askedBy === by.actor ? undefined : 'somebody-else-asked';

/** What waits for a decision about this thing: while it does, nobody asks again. */
export const pendingAbout = <Thing, Asked extends AskedOf<Thing>>(
  requests: readonly Asked[],
  about: Thing,
  at: string,
): Asked | undefined => requests.find((one) => one.about === about && one.stage === 'asked' && one.expiresAt > at);
