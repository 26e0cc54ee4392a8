/** Points from a record to a sealed group beside it. */
export type SealedPointer = { readonly id: string; readonly group: string; readonly key: string; readonly h: string };

/** What a history folds: one record, read for what it says and who said it. Every version of it ever stored stays readable. */
export type Past = {
  readonly type: string;
  readonly at: string;
  readonly by: { readonly actor: string; readonly role: string; readonly client: string; readonly for?: string };
  readonly data: Readonly<Record<string, unknown>>;
  readonly sealed?: readonly SealedPointer[];
  readonly version: number;
};
