/** An amount in minor units (cents, fen; whole yen) with its ISO 4217 currency. |value| < 2^53. */
export type Money = { readonly currency: string; readonly value: number };

/** ISO 4217 minor-unit exponents that are not 2 (list one, 2025). */
const exponents: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLF: 4,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  UYI: 0,
  UYW: 4,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** Active ISO 4217 currencies with two decimals. */
const twoDecimals = new Set(
  (
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK ' +
    'DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR ' +
    'LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR ' +
    'SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ' +
    'ZWG'
  ).split(' '),
);

/** How many decimals the currency has, undefined when ISO 4217 does not know it. */
export const exponentOf = (currency: string): number | undefined => exponents[currency] ?? (twoDecimals.has(currency) ? 2 : undefined);

/** "USD 329.00": for logs of money and plain letters; localised wording lives with the templates. */
export const plainMoney = ({ currency, value }: Money): string => {
  const digits = exponentOf(currency) ?? 2;
  const text = String(Math.abs(value)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${currency} ${value < 0 ? '-' : ''}${whole}${digits ? `.${text.slice(-digits)}` : ''}`;
};
