import { categories, checks, codes, type Category, type Check, type Code } from '@recourse/contracts';
import {
  AmountDto,
  IsAmount,
  IsCode,
  IsDay,
  IsFlag,
  IsInstant,
  IsPlatformId,
  IsUuidV7,
  Nested,
  Optional,
  Shaped,
  Text,
} from '@recourse/edge';

export class NarrativeDto {
  /** What happened, in the customer's own words. Sealed. */
  @Text(20_000, { min: 0 })
  text: string;

  /** The language it is told in (BCP 47); the complaint's own when left out. */
  @Optional()
  @Shaped(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'malformed')
  language?: string;
}

export class OccurredAtDto {
  /** When it happened; never in the future. */
  @IsInstant()
  at: string;

  /** How precisely it is known; to the minute when left out. */
  @Optional()
  @IsCode(codes['time-precision'])
  precision?: Code<'time-precision'>;

  /** IANA time zone in which the customer read the clock; the platform's when left out. */
  @Optional()
  @Text(64)
  zone?: string;
}

/** The device that was used or lost. Sealed. */
export class DeviceDto {
  @Optional()
  @Text(200)
  model?: string;

  /** Operating system and version. */
  @Optional()
  @Text(200)
  system?: string;

  /** The identifier the wallet knows it by. */
  @Optional()
  @Text(200)
  identifier?: string;

  @Optional()
  @Text(200)
  networkAddress?: string;

  /** Where it was, as the wallet or the customer says. */
  @Optional()
  @Text(200)
  place?: string;

  /** Whether it is the customer's own. */
  @Optional()
  @IsFlag()
  own?: boolean;

  /** Anything else about it. */
  @Optional()
  @Text(1_000)
  description?: string;
}

export class DetailsDto {
  /** The platform's id of the wallet account. */
  @Optional()
  @IsPlatformId()
  account?: string;

  @Optional()
  @Nested(() => OccurredAtDto)
  occurredAt?: OccurredAtDto;

  @Optional()
  @IsAmount()
  amount?: AmountDto;

  /** The platform's id of the transaction. */
  @Optional()
  @IsPlatformId()
  transaction?: string;

  /** The platform's id of the merchant. */
  @Optional()
  @IsPlatformId()
  merchant?: string;

  @Optional()
  @Nested(() => DeviceDto)
  device?: DeviceDto;

  /** The platform's id of whoever got the money. */
  @Optional()
  @IsPlatformId()
  recipient?: string;

  /** How it was paid. */
  @Optional()
  @IsCode(codes.method)
  method?: Code<'method'>;

  /** What the customer was doing. */
  @Optional()
  @IsCode(codes.operation)
  operation?: Code<'operation'>;
}

/** Who complains. Name, ways to reach the person and day of birth are sealed. */
export class ComplainantDto {
  /** The platform's id of the person, if it knows one. */
  @Optional()
  @IsPlatformId()
  subject?: string;

  @Optional()
  @IsCode(codes.capacity)
  capacity?: Code<'capacity'>;

  @Optional()
  @IsCode(codes['complainant-kind'])
  kind?: Code<'complainant-kind'>;

  @Optional()
  @Text(200)
  name?: string;

  @Optional()
  @Text(50)
  telephone?: string;

  @Optional()
  @Text(254)
  email?: string;

  @Optional()
  @Text(500)
  address?: string;

  /** A minor needs a guardian as representative. */
  @Optional()
  @IsDay()
  dateOfBirth?: string;
}

/** Who acts for the complainant. Name and ways to reach the person are sealed. */
export class RepresentativeDto {
  /** The platform's id of the person, if it knows one. */
  @Optional()
  @IsPlatformId()
  subject?: string;

  @IsCode(codes['representative-capacity'])
  capacity: Code<'representative-capacity'>;

  /** What the representative may do. */
  @IsCode(codes['authority-scope'])
  scope: Code<'authority-scope'>;

  /** When the authority ends. */
  @Optional()
  @IsInstant()
  until?: string;

  @Text(200)
  name: string;

  @Optional()
  @Text(50)
  telephone?: string;

  @Optional()
  @Text(254)
  email?: string;

  @Optional()
  @Text(500)
  address?: string;
}

/** Anything more about what happened; at least one of its members. */
export class DetailsGivenDto {
  @Optional()
  @Nested(() => NarrativeDto)
  narrative?: NarrativeDto;

  @Optional()
  @IsCode(categories)
  category?: Category;

  @Optional()
  @Nested(() => DetailsDto)
  details?: DetailsDto;

  /** Where the details come from; the complainant (or, from a platform, its records) when left out. */
  @Optional()
  @IsCode(codes['detail-source'])
  source?: Code<'detail-source'>;
}

/** Who complains, who acts for that person; at least one of the two. */
export class PartiesDto {
  @Optional()
  @Nested(() => ComplainantDto)
  complainant?: ComplainantDto;

  @Optional()
  @Nested(() => RepresentativeDto)
  representative?: RepresentativeDto;
}

export class AuthorityDto {
  @IsCode(codes['proof-result'])
  result: Code<'proof-result'>;

  /** The document that shows the authority; needed to accept it. */
  @Optional()
  @IsUuidV7()
  evidence?: string;

  /** Why it is rejected. */
  @Optional()
  @IsCode(codes['authority-refused-why'])
  why?: Code<'authority-refused-why'>;
}

export class CheckDto {
  /** Kept in order: network, balance, merchant interface, human. */
  @IsCode(checks)
  check: Check;

  @IsCode(codes['check-result'])
  result: Code<'check-result'>;

  /** Automatic where the platform has the data; asked otherwise (the default). */
  @Optional()
  @IsCode(codes['check-way'])
  how?: Code<'check-way'>;
}
