import type { Past } from './past.js';

/** A receipt: which contact it stands for, and the hash of what was said there. */
export type ReceiptHistory = {
  readonly matter: string;
  readonly contact: string;
  readonly badge: string;
  readonly h: string;
  readonly issuedAt: string;
};

export const receiptHistory = (_history: ReceiptHistory | undefined, { type, at, data }: Past): ReceiptHistory => {
  if (type !== 'ReceiptIssued') throw new Error(`unknown to a receipt: ${type}`);
  const { matter, contact, badge, h } = data as Readonly<Record<string, string>>;
  return { matter: matter!, contact: contact!, badge: badge!, h: h!, issuedAt: at };
};
