/** A refusal is an answer, not an accident: the caller can read it and put it right. `pointers` name the fields (RFC 6901) it is about. */
export type Refusal<Code extends string = string> = {
  readonly refused: Code;
  readonly pointers?: readonly string[];
  readonly facts?: Readonly<Record<string, string | number>>;
};

export const refuse = <Code extends string>(refused: Code, more: Omit<Refusal, 'refused'> = {}): Refusal<Code> => ({ refused, ...more });

/** Nothing new (an empty list), no (a refusal), or what happened. */
export type Decision<Event, Code extends string = string> = readonly Event[] | Refusal<Code>;

export const isRefusal = <Code extends string>(decision: Decision<unknown, Code>): decision is Refusal<Code> => 'refused' in decision;

export type Decider<Command, Event, State, Code extends string = string> = {
  readonly initial: State;
  readonly decide: (command: Command, state: State) => Decision<Event, Code>;
  readonly evolve: (state: State, event: Event) => State;
  /** Its decisions never depend on the past (a journal): nothing is read before it writes, however long its stream has grown. */
  readonly remembersNothing?: true;
};

type Named = { readonly type: string };
type Contents<Command extends Named, Event, State, Code extends string> = {
  readonly [Name in Command['type']]: (command: Extract<Command, { type: Name }>, state: State) => Decision<Event, Code>;
};

/** A table of contents for a decider: one line per command, and the compiler misses none. */
export const decisions =
  <Command extends Named, Event, State, Code extends string>(contents: Contents<Command, Event, State, Code>) =>
  (command: Command, state: State): Decision<Event, Code> =>
    (contents[command.type as Command['type']] as (command: Command, state: State) => Decision<Event, Code>)(command, state);

/** Closes a switch: the compiler complains here when a new variant is forgotten. */
export const never = (unexpected: never): never => {
  throw new Error(`Unreachable: ${JSON.stringify(unexpected)}`);
};
