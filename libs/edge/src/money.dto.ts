import { IsCurrency, IsMinorUnits, Nested } from './fields.js';

/** An amount of money in minor units: 12550 with CNY is 125.50 yuan. May be zero. */
export class MoneyDto {
  /** ISO 4217 code. */
  @IsCurrency()
  currency: string;

  /** Whole minor units (fen, cents; whole yen). */
  @IsMinorUnits(0)
  value: number;
}

/** An amount of money in minor units, more than zero. */
export class AmountDto {
  /** ISO 4217 code. */
  @IsCurrency()
  currency: string;

  /** Whole minor units (fen, cents; whole yen), at least 1. */
  @IsMinorUnits(1)
  value: number;
}

/** A field that holds money, zero allowed: `@IsMoney() paid: MoneyDto`. */
export const IsMoney = () => Nested(() => MoneyDto);

/** A field that holds money, more than zero: `@IsAmount() amount: AmountDto`. */
export const IsAmount = () => Nested(() => AmountDto);
