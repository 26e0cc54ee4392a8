import { codes, tenantName, usualLimits, type Code, type Language } from '@recourse/contracts';
import { IsCode, IsCodeList, IsCount, IsCurrency, Nested, Optional, Shaped, Text } from '@recourse/edge';

const aMillion = 1_000_000;
const aTebibyte = 2 ** 40;

export class TenantNameDto {
  @Text(60)
  en: string;

  @Text(60)
  'zh-CN': string;
}

export class TenantDto {
  /** The name that stands in tokens, for ever. */
  @Shaped(tenantName, 'tenant-malformed')
  tenant: string;

  /** What its customers call it. */
  @Nested(() => TenantNameDto)
  name: TenantNameDto;

  /** The legal entity that answers its complaints. */
  @Text(120)
  respondent: string;

  /** The first one is spoken where nobody says another. */
  @IsCodeList(['en', 'zh-CN'], { least: 1, most: 2 })
  languages: Language[];

  @IsCurrency()
  currency: string;

  /** In which its customers read times: a zone of the IANA database. */
  @Shaped(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/, 'malformed')
  zone: string;
}

/** Requests a minute. */
export class RatesDto {
  /** Of everybody of the platform together. */
  @Optional()
  @IsCount({ from: 1, to: aMillion })
  tenant?: number;

  /** Of one of its clients. */
  @Optional()
  @IsCount({ from: 1, to: aMillion })
  client?: number;

  /** Of one person or customer. */
  @Optional()
  @IsCount({ from: 1, to: aMillion })
  subject?: number;
}

export class SizesDto {
  /** Bytes of one uploaded file; the house takes no more than it usually does. */
  @Optional()
  @IsCount({ from: 1, to: usualLimits.sizes.evidenceBytes })
  evidenceBytes?: number;
}

export class QuotasDto {
  @Optional()
  @IsCount({ from: 1, to: aMillion })
  evidenceFilesPerMatter?: number;

  @Optional()
  @IsCount({ from: 1, to: aTebibyte })
  evidenceBytesPerMatter?: number;

  /** Of all uploads of the platform within a day of UTC. */
  @Optional()
  @IsCount({ from: 1, to: aTebibyte })
  evidenceBytesPerDay?: number;

  /** Searches of one person by what is sealed, within an hour. */
  @Optional()
  @IsCount({ from: 1, to: aMillion })
  searchesPerHour?: number;
}

/** What changes; each number left out stays what it was. */
export class LimitsDto {
  @Optional()
  @Nested(() => RatesDto)
  rates?: RatesDto;

  @Optional()
  @Nested(() => SizesDto)
  sizes?: SizesDto;

  @Optional()
  @Nested(() => QuotasDto)
  quotas?: QuotasDto;
}

/** What cannot be left out when somebody wants a platform closed. */
export class ClosureDto {
  @IsCode(codes['tenant-closed-why'])
  why: Code<'tenant-closed-why'>;
}

/** The second person's word. */
export class ClosureDecisionDto {
  /** Whether it is closed. */
  @IsCode(['approved', 'denied'])
  outcome: 'approved' | 'denied';

  /** Why not; needed for a denial. */
  @Optional()
  @IsCode(codes['tenant-close-denied-why'])
  why?: Code<'tenant-close-denied-why'>;
}

/** Nothing is said beyond the act itself. */
export class ClosureWithdrawalDto {}
