/** One environment variable: its name, what is expected of it, and how it is read. */
export type Variable<T> = {
  readonly name: string;
  /** For the message when it is missing or wrong: `a port, 1 to 65535`. */
  readonly expected: string;
  /** The value, or undefined when the text is not what is expected. */
  readonly read: (text: string) => T | undefined;
  /** Used when the variable is not set. Without it the variable is required. */
  readonly otherwise?: { readonly value: T };
};

export const textVariable = (name: string, expected: string, otherwise?: string): Variable<string> => ({
  name,
  expected,
  read: (text) => text || undefined,
  ...(otherwise !== undefined && { otherwise: { value: otherwise } }),
});

export const numberVariable = (name: string, from: number, to: number, otherwise?: number): Variable<number> => ({
  name,
  expected: `a whole number from ${from} to ${to}`,
  read: (text) => (/^\d+$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined),
  ...(otherwise !== undefined && { otherwise: { value: otherwise } }),
});

export const urlVariable = (name: string, protocols: readonly string[], otherwise?: string): Variable<string> => ({
  name,
  expected: `an address beginning with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  read: (text) => (URL.canParse(text) && protocols.includes(new URL(text).protocol) ? text : undefined),
  ...(otherwise !== undefined && { otherwise: { value: otherwise } }),
});

export const choiceVariable = <T extends string>(name: string, choices: readonly T[], otherwise?: T): Variable<T> => ({
  name,
  expected: `one of ${choices.join(', ')}`,
  read: (text) => choices.find((choice) => choice === text),
  ...(otherwise !== undefined && { otherwise: { value: otherwise } }),
});

/** Comma-separated; empty when not set. */
export const listVariable = (name: string, expected: string): Variable<readonly string[]> => ({
  name,
  expected,
  read: (text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''),
  otherwise: { value: [] },
});

/** What the service was started with; injectable. `configuration.of(smtpUrl)` gives the typed value. */
export class Configuration {
  constructor(private readonly values: ReadonlyMap<string, unknown>) {}

  of<T>(variable: Variable<T>): T {
    if (!this.values.has(variable.name)) throw new Error(`${variable.name} was not declared: name it in startService({ variables })`);
    return this.values.get(variable.name) as T;
  }
}
