/** A payment is named by the platform's transaction; one without a transaction by the matter that disputes it. */
export const paymentOf = (matter: string, transaction?: string): string => transaction ?? `${withoutTransaction}${matter}`;

/** The stream that guards the money of a payment. A transaction's id is the platform's, so its stream carries the tenant. */
export const streamOfPayment = (tenant: string, payment: string): string =>
  namesMatter(payment) ? `payment-${payment.slice(withoutTransaction.length)}` : `payment-${tenant}-${payment}`;

const withoutTransaction = 'matter~';
/** No platform may call a transaction like this. */
export const namesMatter = (payment: string): boolean => payment.startsWith(withoutTransaction);
